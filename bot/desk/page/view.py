"""What the page shows to whom: pure, so that nothing is shown that a role may not see."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.desk import messages
from bot.desk.models import Member, Request
from bot.desk.states import HELD, WAITING, State
from bot.languages import Language
from bot.questionnaire.desk import Reach
from bot.texts import text

# Somebody should have done something by now.
OVERDUE = frozenset({State.REMINDED, State.AT_DESK, State.LATE, State.NOT_REACHED})


def words(key: str, language: Language, **values: object) -> str:
    """Return a text of ``data/texts/desk_page.yml``."""
    return text("desk_page", key, language, **values)


@dataclass(frozen=True)
class Row:
    """A request as one member sees it.

    Attributes:
        request: the request.
        place: the municipality's name.
        need: what it is about.
        time: when a call suits.
        age: how long ago it was asked.
        taker: who has it; None: nobody.
        is_overdue: whether somebody should have done something by now.
        is_mine: whether this member has it.
        acts: what this member can do.
    """

    request: Request
    place: str
    need: str
    time: str | None
    age: str
    taker: str | None
    is_overdue: bool
    is_mine: bool
    acts: tuple[str, ...]


def rows(
    requests: Iterable[Request],
    member: Member,
    offered: dict[int, dict[int, bool]],
    members: dict[int, Member],
    now: datetime.datetime,
) -> list[Row]:
    """Return the open requests that a member may see, overdue ones first, then the oldest.

    Args:
        requests: the open requests.
        member: who looks.
        offered: by request, who has a message about it and whether they declined it.
        members: by number, everybody at the desk.
        now: the time.
    """
    seen = [request for request in requests if may_see(request, member, offered.get(request.id, {}))]
    shown = [_row(request, member, members, now) for request in seen]
    return sorted(shown, key=lambda row: (not row.is_overdue, row.request.created_at))


def may_see(request: Request, member: Member, offered: dict[int, bool]) -> bool:
    """Whether a request is shown: all to coordinators, to mediators their own and those offered to them."""
    if member.is_coordinator or (request.taker == member.id and request.state in HELD | {State.NOT_REACHED}):
        return True
    return request.state in WAITING and offered.get(member.id) is False


def by_place(shown: Sequence[Row]) -> list[tuple[str, int]]:
    """Return how many requests there are in each municipality, the most first."""
    return sorted(Counter(row.place for row in shown).items(), key=lambda entry: (-entry[1], entry[0]))


def export(requests: Iterable[Request], now: datetime.datetime) -> str:
    """Return all requests as CSV, with nothing in it that is about a person."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["number", "asked_on", "state", "municipality", "service", "language", "channel", "helped", "days"])
    for request in requests:
        helped = "" if request.helped is None else ("yes" if request.helped else "no")
        days = (now.date() - request.created_at.date()).days
        told = (request.municipality or "", request.service or "", request.language, request.channel)
        asked_on = request.created_at.date().isoformat()
        writer.writerow([request.id, asked_on, request.state.value, *told, helped, days])
    return written.getvalue()


def _row(request: Request, member: Member, members: dict[int, Member], now: datetime.datetime) -> Row:
    language = member.language
    taker = members.get(request.taker) if request.taker is not None and request.state in HELD else None
    is_mine = request.state in HELD and request.taker == member.id
    return Row(
        request=request,
        place=messages.place(request, language),
        need=messages.need(request, language),
        time=messages.time(request, language),
        age=_age(now - request.created_at, language),
        taker=messages.who(taker, language) if taker else None,
        is_overdue=request.state in OVERDUE,
        is_mine=is_mine,
        acts=tuple(_acts(request, member, is_mine)),
    )


def _acts(request: Request, member: Member, is_mine: bool) -> list[str]:
    if is_mine:
        return [*(["number"] if request.reach is Reach.TELEPHONE else []), "done", "missed", "back"]
    acts = ["take"] if request.state in WAITING else []
    if request.state in WAITING and not member.is_coordinator:
        acts.append("decline")
    if member.is_coordinator and request.state in (State.OFFERED, State.REMINDED):
        acts.append("pass_on")
    return acts


def _age(age: datetime.timedelta, language: Language) -> str:
    if age.days:
        return words("days", language, number=age.days)
    return words("hours", language, number=age.seconds // 3600)
