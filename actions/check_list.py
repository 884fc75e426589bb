"""What follows from the guided check: the list, with the first step today, and the version to show."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events, Talk
from actions.questions import answer_payload, label
from actions.routing import route_for, town_name
from actions.services import where_button
from bot.assistant.messages import Button, Reply
from bot.directory.models import Confidence, ServiceCard, Statement
from bot.directory.telling import tell
from bot.languages import DEFAULT_LANGUAGE, Language
from bot.questionnaire.flow import notes, services
from bot.questionnaire.loading import SUPPORT_CHECK, questionnaire
from bot.questionnaire.models import Answers

LIST_SLOT = "check_list"  # the ids of the cards on the list: nothing of what was answered
SHOW, SHOW_OFFICIAL = "show", "official"
MAX_WORDS = 60


def show_list(talk: Talk, answers: Answers) -> Events:
    """Show the cards in the order of use, with the first step, what to bring and where, within 60 words."""
    check = questionnaire(SUPPORT_CHECK)
    found = services(check, answers)
    cards = [talk.directory.services[service] for service in found]
    route = route_for(talk, cards[0]).route if talk.directory.municipality(talk.slot("municipality")) else None
    text, source = list_text(talk, cards, answers, route)
    buttons = [
        *(talk.service_button(card) for card in cards),
        where_button(talk, cards[0]),
        Button(label(talk, "show_list"), answer_payload(LIST_SLOT, SHOW)),
    ]
    talk.utter(Reply(text, buttons, service=cards[0].id, source=source, route=route))
    return [SlotSet(LIST_SLOT, found), SlotSet("service", cards[0].id)]


def list_text(
    talk: Talk, cards: list[ServiceCard], answers: Answers, route: dict[str, str] | None
) -> tuple[str, str | None]:
    """Return the text of the list and its last line, the source.

    The list and the first step are always there; where to go, what must be known beside it and what
    to bring join as long as the message stays short.
    """
    lines = [f"{i}. {card.button.in_language(talk.language)}" for i, card in enumerate(cards, start=1)]
    listing = talk.say("utter_check_list") + "\n" + "\n".join(lines)
    step = first_told(talk, cards[0].apply)
    note = next(
        (n.statement for n in notes(questionnaire(SUPPORT_CHECK), answers) if n.statement.is_told(talk.today)), None
    )
    bring = first_told(talk, cards[0].documents)
    used = [step] if step else []
    parts = {"list": listing, "step": talk.say("utter_check_today", step=told(talk, cards[0], step)) if step else ""}
    optional: list[tuple[str, str, Statement | None]] = [
        ("note", told(talk, cards[0], note), note),
        ("where", where_text(talk, route), None),
        ("bring", told(talk, cards[0], bring), bring),
    ]
    for name, text, statement in optional:
        following = [*used, *([statement] if statement else [])]
        whole = [*parts.values(), text, source_line(talk, following) or ""]
        if text and sum(len(part.split()) for part in whole) <= MAX_WORDS:
            parts[name] = text
            used = following
    order = ("list", "note", "step", "bring", "where")
    source = source_line(talk, used)
    return "\n".join(part for part in [*(parts.get(name) for name in order), source] if part), source


def first_told(talk: Talk, statements: list[Statement]) -> Statement | None:
    """Return the first statement that may be told today and says something: not that we do not know."""
    return next((s for s in statements if s.is_told(talk.today) and s.confidence is not Confidence.UNKNOWN), None)


def told(talk: Talk, card: ServiceCard, statement: Statement | None) -> str:
    """Return a statement as it is read, with the line to call first where it is not certain."""
    if statement is None:
        return ""
    text = statement.text.in_language(talk.language)
    if statement.confidence is not Confidence.MEDIUM or any(
        line.number in text for line in talk.directory.help_lines.values()
    ):
        return text
    line = talk.directory.help_lines.get(card.help_line or "")
    call = talk.say("utter_call_first", line=line.number) if line else talk.say("utter_ask_social_service_first")
    return f"{text} {call}"


def source_line(talk: Talk, statements: list[Statement]) -> str | None:
    """Return where the statements are from and when the oldest was checked; None for advice of our own."""
    about = tell(statements, talk.language, talk.today, talk.directory.sources)
    if not about.publishers or not about.checked_on:
        return None
    return talk.say("utter_source", publishers=", ".join(about.publishers), date=about.checked_on.strftime("%d.%m.%Y"))


def where_text(talk: Talk, route: dict[str, str] | None) -> str:
    """Return in few words where the first card leads; empty while the place is not known."""
    if route is None:
        return ""
    if route["kind"] == "office":
        return talk.say("utter_check_office", town=town_name(talk, route["town"]))
    if route["kind"] == "social_service":
        municipality = talk.directory.municipality(route["municipality"])
        name = municipality.name.in_language(talk.language) if municipality else ""
        return talk.say("utter_check_social_service", municipality=name)
    return ""


def show_version(talk: Talk, version: str) -> Events:
    """Show the list for a mediator or an office: the official names, and nothing about the person."""
    cards = [card for s in talk.slot(LIST_SLOT) or [] if (card := talk.directory.services.get(s))]
    if not cards:
        talk.utter(Reply(talk.say("utter_question_closed"), [talk.button("support", "find_support")]))
        return []
    own: Language = talk.language
    if version == SHOW_OFFICIAL:
        talk.language = DEFAULT_LANGUAGE
    lines = [f"{i}. {card.name.in_language(talk.language)}" for i, card in enumerate(cards, start=1)]
    line = talk.directory.help_lines["nva"].number
    head = talk.say("utter_check_version", date=talk.today.strftime("%d.%m.%Y"))
    text = "\n".join([head, *lines, talk.say("utter_check_version_line", line=line)])
    talk.language = own
    buttons = [talk.button("mediator", "find_mediator"), talk.button("office", "find_office")]
    if own != DEFAULT_LANGUAGE and version != SHOW_OFFICIAL:
        buttons.insert(0, Button(label(talk, "show_official"), answer_payload(LIST_SLOT, SHOW_OFFICIAL)))
    talk.utter(Reply(text, buttons))
    return []
