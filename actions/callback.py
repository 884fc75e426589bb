"""Asking to be called: what is shown before it is sent, and handing it to the desk."""

from __future__ import annotations

import datetime

from actions.base import Talk
from bot.assistant.messages import Button, Reply, payload
from bot.questionnaire.desk import CallbackRequest, Reach, Receipt, desk
from bot.questionnaire.loading import CALLBACK, questionnaire
from bot.questionnaire.models import SKIP, Answers
from bot.questionnaire.vault import is_token, marked, vault
from bot.texts import text as short_text

NEED, CONTACT, TIME = "callback_need", "callback_contact", "callback_time"
CONSENT, CONFIRM = "callback_consent", "callback_confirm"
SERVICE = "callback_service"  # no question: the card that the person's words are about
CHAT = "chat"
TOLD_WORDS = 25  # of a person's own words that are shown before sending; the desk keeps no more either


def is_desk_open(talk: Talk) -> bool:
    """Whether somebody receives requests from where this person lives; with the place unknown: from anywhere."""
    return desk().is_open(talk.slot("municipality"), talk.language)


def closed(talk: Talk, response: str = "utter_callback_not_here") -> Reply:
    """Return the honest word that a request can't be passed on, and who can be reached instead."""
    line = talk.directory.help_lines["nva"].number
    own = talk.directory.help_lines.get(talk.card.help_line or "") if talk.card else None
    numbers = dict.fromkeys([line, own.number] if own else [line])
    contact_point = talk.directory.content.organizations["ministry_of_culture"]
    buttons = [
        *(talk.call_button(number) for number in numbers),
        talk.button("mediator", "find_mediator"),
        talk.button("office", "find_office"),
        Button(talk.label("roma_contact"), contact_point.url),
    ]
    return Reply(talk.say(response, line=line), buttons, route={"kind": "helpline"})


def consent_values(talk: Talk) -> dict[str, str]:
    """Return who will see a request, and for how many days it is kept."""
    content = questionnaire(CALLBACK)
    assert content.audience is not None
    names = desk().readers(talk.slot("municipality"), talk.language)
    audience = ", ".join(names) or content.audience.in_language(talk.language)
    return {"audience": audience, "days": str(content.keep_days)}


def shown_values(talk: Talk, answers: Answers) -> dict[str, str]:
    """Return everything that was given, as it is shown before it is sent.

    A person's own words and their number stand there as marked tokens: the tracker keeps the text of
    a reply, and they are put in after that (see ``bot.questionnaire.vault``).
    """
    municipality = talk.directory.municipality(talk.slot("municipality"))
    return {
        "place": municipality.name.in_language(talk.language) if municipality else talk.say("utter_callback_not_told"),
        "need": _shown(talk, NEED, answers),
        "contact": _shown(talk, CONTACT, answers),
        "time": _shown(talk, TIME, answers),
    }


def _shown(talk: Talk, slot: str, answers: Answers) -> str:
    value = answers.get(slot, SKIP)
    question = questionnaire(CALLBACK).question(slot)
    option = question.option(value) if question else None
    if is_token(value):
        return marked(value)
    if option and option.button:
        return option.button.in_language(talk.language)
    card = talk.directory.services.get(value)
    if card:
        return card.name.in_language(talk.language)
    return talk.say("utter_callback_in_chat") if slot == CONTACT else talk.say("utter_callback_not_told")


def is_reachable(talk: Talk, answers: Answers) -> bool:
    """Whether the desk can reach the person: by a number, or in this chat."""
    return is_token(answers.get(CONTACT, SKIP)) or talk.tracker.get_latest_input_channel() in chat_channels()


def chat_channels() -> list[str]:
    """Return the ways in on which somebody can write back into the same talk."""
    question = questionnaire(CALLBACK).question(CONTACT)
    option = question.option(CHAT) if question else None
    return list(option.channels) if option else []


def sent(talk: Talk, receipt: Receipt, line: str) -> Reply:
    """Return the word that a request was passed on; where the person can be told more later, with a way back."""
    support = talk.button("support", "find_support")
    if talk.tracker.get_latest_input_channel() not in chat_channels():
        return Reply(short_text("desk", "sent_web", talk.language, line=line), [support])
    call_off = Button(
        short_text("desk", "button_cancel", talk.language), payload("desk_cancel", value=receipt.reference)
    )
    return Reply(talk.say("utter_callback_sent", line=line), [call_off, support])


def likely_service(talk: Talk) -> str | None:
    """Return the card that a person's own words are most likely about."""
    ranking = talk.tracker.latest_message.get("intent_ranking") or []
    likeliest = next((entry for entry in ranking if entry["name"] != "answer"), None)
    service = str(likeliest["name"]).removeprefix("ask_") if likeliest and likeliest["confidence"] >= 0.4 else ""
    return service if service in talk.directory.services else None


def short_words(text: str) -> str:
    """Return a person's own words as they are kept and shown: the first of a long message."""
    words = text.split()
    return " ".join(words[:TOLD_WORDS]) + (" …" if len(words) > TOLD_WORDS else "")


def submit(talk: Talk, answers: Answers) -> Receipt:
    """Hand the request to the desk.

    Raises:
        RequestRefused: the desk did not take it.
    """
    vaulted = vault()
    need, contact, time = (answers.get(slot, SKIP) for slot in (NEED, CONTACT, TIME))
    keep_days = questionnaire(CALLBACK).keep_days or 0
    telephone = vaulted.reveal(contact)
    service = answers.get(SERVICE) or (need if need in talk.directory.services else None)

    def given(value: str) -> str | None:
        return vaulted.reveal(value) if is_token(value) else None if value == SKIP else value

    return desk().submit(
        CallbackRequest(
            chat=talk.tracker.sender_id,
            channel=str(talk.tracker.get_latest_input_channel() or ""),
            language=talk.language,
            municipality=talk.slot("municipality"),
            service=service or talk.slot("service"),
            need=given(need),
            need_is_own_words=is_token(need),
            reach=Reach.TELEPHONE if telephone else Reach.CHAT,
            telephone=telephone,
            time=given(time),
            consented_at=talk.now,
            keep_until=talk.today + datetime.timedelta(days=keep_days),
        )
    )
