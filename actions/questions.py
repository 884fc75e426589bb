"""What both questionnaires share: the open question, how it is asked, and how the asking ends.

The state stands in three slots: ``questionnaire`` (which one is open), ``answers`` (what was given,
by the slot of the question; a person's own words only as tokens of the vault) and
``requested_slot`` (the open question).
"""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, Talk
from actions.callback import NEED
from bot.assistant.messages import Button, Reply, payload
from bot.questionnaire.flow import position
from bot.questionnaire.loading import CALLBACK, NAMES, PLACE_SLOT, common_words, questionnaire
from bot.questionnaire.models import SKIP, STOP, Answers, Kind, Option, Question, Questionnaire
from bot.questionnaire.vault import is_token, vault

ANSWER = "answer"
QUESTIONNAIRE, ANSWERS, REQUESTED = "questionnaire", "answers", "requested_slot"
LISTEN = "action_listen"
KNOWN = "known"  # the answer to the question for the place, where the talk has it in its own slot


def open_questionnaire(talk: Talk) -> Questionnaire | None:
    """Return the questionnaire that is open in the talk."""
    name = talk.slot(QUESTIONNAIRE)
    return questionnaire(name) if name in NAMES else None


def given_answers(talk: Talk, opened: Questionnaire) -> Answers:
    """Return what was answered so far; a place that the talk knows is an answer too.

    What the vault has no more, since it is an hour old, is asked again.
    """
    answers = {
        str(slot): str(value)
        for slot, value in (talk.slot(ANSWERS) or {}).items()
        if not is_token(value) or vault().reveal(value) is not None
    }
    return with_known_place(talk, opened, answers)


def with_known_place(talk: Talk, opened: Questionnaire, answers: Answers) -> Answers:
    """Return the answers with the place as known, where the questionnaire asks for it and the talk has it."""
    if talk.slot("municipality") and opened.question(PLACE_SLOT):
        return {**answers, PLACE_SLOT: KNOWN}
    return answers


def ask(
    talk: Talk,
    opened: Questionnaire,
    question: Question,
    answers: Answers,
    lead: str = "",
    **values: str,
) -> Events:
    """Ask a question, with ``lead`` before it and ``values`` in its braces, and wait for the answer."""
    text = question.text.in_language(talk.language).format(**values)
    if opened.id != CALLBACK:
        number, total = position(opened, question)
        text = f"{number}/{total}. {text}"
    reply = Reply(f"{lead}\n{text}" if lead else text, question_buttons(talk, opened, question))
    reply.share_location = question.kind is Kind.PLACE
    reply.share_contact = question.kind is Kind.CONTACT
    talk.utter(reply)
    return [SlotSet(QUESTIONNAIRE, opened.id), SlotSet(ANSWERS, answers), SlotSet(REQUESTED, question.slot)]


def question_buttons(talk: Talk, opened: Questionnaire, question: Question) -> list[Button]:
    """Return the buttons of a question: its options, and the ways past it."""
    buttons = [
        answer_button(question, option.value, option.button.in_language(talk.language))
        for option in question.options
        if option.button and is_offered(talk, option)
    ]
    if question.slot == NEED and talk.card:
        about = f"{talk.card.icon} {talk.card.button.in_language(talk.language)}"
        buttons.insert(0, answer_button(question, talk.card.id, about))
    if question.skippable:
        buttons.append(answer_button(question, SKIP, talk.label("skip")))
        if opened.id == CALLBACK:
            buttons.append(answer_button(question, STOP, label(talk, "stop")))
    return buttons


def answer_button(question: Question, value: str, words: str) -> Button:
    """Return a button that answers this question and no other, also when it is tapped much later."""
    return Button(words, answer_payload(question.slot, value))


def label(talk: Talk, name: str) -> str:
    """Return the words of a button that belongs to no question."""
    return common_words().labels[name].in_language(talk.language)


def answer_payload(slot: str, value: str) -> str:
    """Return the payload that answers the question ``slot``."""
    return payload(ANSWER, slot=slot, value=value)


def is_offered(talk: Talk, option: Option) -> bool:
    """Whether an option can be chosen on the way in that the person uses."""
    return not option.channels or talk.tracker.get_latest_input_channel() in option.channels


def close(talk: Talk, opened: Questionnaire) -> Events:
    """Return the events that end a questionnaire and forget what was given in it."""
    vault().drop(*(talk.slot(ANSWERS) or {}).values())
    events = [SlotSet(QUESTIONNAIRE, None), SlotSet(ANSWERS, None)]
    asked_elsewhere = talk.slot(REQUESTED) == PLACE_SLOT and asked_for_place_now(talk)
    return events if asked_elsewhere else [*events, SlotSet(REQUESTED, None)]


def and_listen(events: Events) -> Events:
    """Return the events with the turn over: the rules that hold while questions are open may not hold any more."""
    return [*events, FollowupAction(LISTEN)]


def asked_for_place_now(talk: Talk) -> bool:
    """Whether another action of this turn asked where the person lives."""
    for event in reversed(talk.tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") == REQUESTED and event.get("value") == PLACE_SLOT:
            return True
    return False


def is_first_of_session(talk: Talk) -> bool:
    """Whether this message begins a session: the questions of the one before are an hour old or older."""
    messages = 0
    for event in reversed(talk.tracker.events):
        if event.get("event") == "session_started":
            break
        messages += event.get("event") == "user"
    return messages <= 1
