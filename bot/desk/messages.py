"""The words of the desk: the message about a request as a member sees it now, and what the person is told."""

from __future__ import annotations

from bot.assistant.messages import Button, Reply, payload
from bot.desk.models import Member, Promise, Request, Telling
from bot.desk.requests import CHATS
from bot.desk.states import HELD, WAITING, State
from bot.directory.directory import directory, help_line_number
from bot.languages import Language
from bot.questionnaire.desk import Reach
from bot.questionnaire.loading import CALLBACK, questionnaire
from bot.texts import text

# What stands in place of the details where a request is nobody's or somebody else's.
SHORT = {
    State.ASKED: "card_waits",
    State.TAKEN: "card_other",
    State.LATE: "card_other",
    State.NOT_REACHED: "card_other",
    State.DONE: "card_other",
    State.ASKED_BACK: "card_other",
    State.CLOSED: "card_gone",
    State.TOLD: "card_told",
    State.CANCELLED: "card_cancelled",
    State.ERASED: "card_erased",
}
TAKERS_SHORT = {
    State.NOT_REACHED: "card_not_reached",
    State.DONE: "card_done",
    State.ASKED_BACK: "card_done",
    State.CLOSED: "card_done",
}


def words(key: str, language: Language, **values: object) -> str:
    """Return a text of ``data/texts/desk.yml``."""
    return text("desk", key, language, **values)


def button(key: str, language: Language, name: str, value: str | int) -> Button:
    """Return a button about a request."""
    return Button(words(f"button_{key}", language), payload(name, value=str(value)))


def who(member: Member | None, language: Language) -> str:
    """Return how people read of a member: by the name to which they agreed, and the organisation."""
    if member is None:
        return words("who_nameless", language, organization="Drom")
    key = "who_named" if member.name else "who_nameless"
    return words(key, language, called=member.name, organization=member.invitation.organization)


def card(
    request: Request, member: Member | None, language: Language, declined: bool = False, telephone: str | None = None
) -> Reply:
    """Return the message about a request as a member sees it now.

    Args:
        request: the request.
        member: who sees it; None: they left the desk.
        language: theirs.
        declined: whether they said that it is not for them, or gave it back.
        telephone: the person's number, only for the one who has it.
    """
    is_mine = member is not None and request.taker == member.id
    if member is None:
        return _short("card_gone", request, language)
    if request.state in HELD and is_mine:
        return _held(request, language, telephone)
    if request.state in WAITING and not declined:
        lead = {State.REMINDED: "card_reminder", State.AT_DESK: "card_desk"}.get(request.state)
        return Reply(
            "\n".join([*([words(lead, language)] if lead else []), details(request, language)]),
            [
                button("take", language, "desk_take", request.id),
                button("decline", language, "desk_decline", request.id),
            ],
        )
    if request.state in WAITING:
        return _short("card_declined", request, language)
    if request.state is State.TOLD and request.channel not in CHATS:
        return _short("card_told_web", request, language)
    taker_key = TAKERS_SHORT.get(request.state) if is_mine else None
    return _short(taker_key or SHORT[request.state], request, language)


def _short(key: str, request: Request, language: Language) -> Reply:
    return Reply(words(key, language, number=request.id))


def _held(request: Request, language: Language, telephone: str | None) -> Reply:
    lines = [words("card_late" if request.state is State.LATE else "card_mine", language), details(request, language)]
    if telephone:
        lines.append(words("card_number", language, telephone=telephone))
    if request.promise:
        lines.append(words(f"card_promised_{request.promise.value}", language))
    keys = ["done", "missed", "back"]
    if request.channel in CHATS:
        keys = [*(["today", "tomorrow"] if request.reach is Reach.TELEPHONE else []), "write", *keys]
    return Reply("\n".join(lines), [button(key, language, f"desk_{key}", request.id) for key in keys])


def details(request: Request, language: Language) -> str:
    """Return what a member must know to decide; the person's number is not in it."""
    reach = words("by_telephone" if request.reach is Reach.TELEPHONE else "in_chat", language)
    lines = [
        words("card_title", language, number=request.id),
        words("card_place", language, place=place(request, language)),
        words("card_need", language, need=need(request, language)),
        words("card_reach", language, reach=reach),
        words("card_time", language, time=time(request, language) or words("not_told", language)),
        words("card_language", language, speaks=words(f"in_{request.language}", language)),
    ]
    return "\n".join(lines)


def place(request: Request, language: Language) -> str:
    """Return the municipality of a request."""
    municipality = directory().municipality(request.municipality)
    return municipality.name.in_language(language) if municipality else words("not_told", language)


def need(request: Request, language: Language) -> str:
    """Return what a request is about."""
    if request.need is None:
        return _service(request, language) or words("not_told", language)
    if request.need_is_own_words:
        service = _service(request, language)
        return f"„{request.need}”" + (f" ({service})" if service else "")
    return _chosen("callback_need", request.need, language)


def time(request: Request, language: Language) -> str | None:
    """Return when the call suits; None: that was not told."""
    return _chosen("callback_time", request.time, language) if request.time else None


def _service(request: Request, language: Language) -> str | None:
    found = directory().services.get(request.service or "")
    return found.name.in_language(language) if found else None


def _chosen(slot: str, value: str, language: Language) -> str:
    question = questionnaire(CALLBACK).question(slot)
    option = question.option(value) if question else None
    if option and option.button:
        return option.button.in_language(language)
    service = directory().services.get(value)
    return service.name.in_language(language) if service else value


def telling(kind: Telling, request: Request, member: Member | None) -> Reply:
    """Return what the person is told."""
    language = request.language
    line = help_line_number("nva")
    call_off = button("cancel", language, "desk_cancel", request.reference)
    by = who(member, language)
    if kind is Telling.TAKEN:
        in_chat = request.reach is Reach.CHAT
        when = time(request, language) or words("soon", language)
        return Reply(
            words("taken_chat" if in_chat else "taken_call", language, who=by, time=when),
            [button("write", language, "desk_write_taker", request.reference), call_off],
        )
    if kind is Telling.PROMISED:
        promise = request.promise or Promise.TODAY
        return Reply(words(f"promised_{promise.value}", language, who=by), [call_off])
    if kind is Telling.GIVEN_BACK:
        return Reply(words("given_back", language), [call_off])
    if kind is Telling.NOT_REACHED:
        again = button("again", language, "desk_again", request.reference)
        return Reply(words("not_reached", language), [again, call_off])
    if kind is Telling.ASK_BACK:
        answers = [button(key, language, f"desk_{key}", request.reference) for key in ("helped", "not_helped")]
        return Reply(words("ask_back", language, who=by), answers)
    return told(language, line)


def told(language: Language, line: str) -> Reply:
    """Return the honest word that nobody took a request, with the ways that are left."""
    ways = [
        Button(text("buttons", "office", language), payload("find_office")),
        Button(text("channels", "person", language), payload("request_callback")),
    ]
    return Reply(words("told", language, line=line), [Button(line, f"tel:{line}"), *ways])
