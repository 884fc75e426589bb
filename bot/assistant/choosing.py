"""Choosing a button by its number: who can't read hears "for an office, press one", and writes or says "1"."""

from __future__ import annotations

from typing import Any

from bot.assistant.messages import Button, Reply
from bot.assistant.phrases import with_permanent_buttons
from bot.languages import DEFAULT_LANGUAGE, as_language
from bot.questionnaire.loading import find_question
from bot.voice.menus import choose, number_said


def chosen_button(text: str, tracker: Any) -> Button | None:
    """Return the button of the last reply that a message chooses; None where it chooses none.

    Args:
        text: what a person wrote or said.
        tracker: Rasa's tracker of the talk, before the message.
    """
    language = as_language(tracker.get_slot("language")) or DEFAULT_LANGUAGE
    number = number_said(text, language)
    if number is None or _answers_question(number, tracker.get_slot("requested_slot")):
        return None
    return choose(text, buttons_on_screen(tracker), language)


def buttons_on_screen(tracker: Any) -> list[Button]:
    """Return the buttons under the last reply of a talk, as the person sees them."""
    language = as_language(tracker.get_slot("language")) or DEFAULT_LANGUAGE
    for event in reversed(tracker.events):
        if event.type_name == "bot":
            last = Reply.from_rasa({"text": event.text, **(event.data or {})})
            return with_permanent_buttons([last], language)[0].buttons
        if event.type_name == "user":
            break
    return []


def _answers_question(number: int, slot: str | None) -> bool:
    """Whether a bare number is an answer to the open question: an age, a grade."""
    found = find_question(slot)
    reading = found[1].number if found else None
    return reading is not None and reading.least <= number <= reading.most
