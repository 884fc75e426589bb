"""What somebody must check again: what is old, and what nobody has confirmed yet."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.directory.directory import Directory
from bot.directory.models import Confidence, Source

STALE_DAYS = 180
WORST = {Confidence.UNVERIFIED: 0, Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}

Reason = Literal["old", "unconfirmed", "expired"]


@dataclass(frozen=True)
class ToCheck:
    """One thing to check.

    Attributes:
        file: where it stands.
        what: which card and section, office, line, mediator or table.
        reason: it is old, past its day (``expired``), or was never confirmed.
        checked_on: when it was last checked.
        days: how long ago.
        who: who knows: the institution, or the organization of a mediator.
        where: the web address to check it at, or how to reach who knows; empty where none is known.
    """

    file: str
    what: str
    reason: Reason
    checked_on: datetime.date
    days: int
    who: str
    where: str


def to_check(directory: Directory, today: datetime.date, days: int = STALE_DAYS) -> list[ToCheck]:
    """Return what must be checked on the day ``today``, what was left longest first."""
    items = [
        *_cards(directory, today, days),
        *_offices(directory, today, days),
        *_lines(directory, today, days),
        *_mediators(directory, today, days),
        *_whole_tables(directory, today, days),
    ]
    return sorted(items, key=lambda item: (-item.days, item.reason != "unconfirmed", item.file, item.what))


def _cards(directory: Directory, today: datetime.date, days: int) -> Iterator[ToCheck]:
    for card in directory.services.values():
        seen = set()
        for section, statement in card.statements():
            if not statement.source or not statement.checked_on:
                continue
            reason = _reason(statement.checked_on, today, days, statement.confidence)
            if statement.has_expired(today):
                reason = "expired"
            if reason and (section, statement.source, reason) not in seen:
                seen.add((section, statement.source, reason))
                source = directory.sources[statement.source]
                what = f"{card.name.lv}: {section}"
                file = f"services/{card.id}.yml"
                yield _item(file, what, reason, statement.checked_on, today, source.publisher, source.url)


def _offices(directory: Directory, today: datetime.date, days: int) -> Iterator[ToCheck]:
    page = directory.sources["nva_branches"]
    for office in directory.offices:
        reason = _reason(office.checked_on, today, days, office.confidence)
        if not office.has_confirmed_address:
            reason = "unconfirmed"
        if reason:
            unknown = "address" if office.is_attested else "whether there is an office, and its address"
            what = f"NVA {office.town}: {unknown}"
            yield _item("offices.csv", what, reason, office.checked_on, today, page.publisher, page.url)


def _lines(directory: Directory, today: datetime.date, days: int) -> Iterator[ToCheck]:
    for line in directory.help_lines.values():
        reason = _reason(line.checked_on, today, days, line.confidence)
        if reason:
            source = directory.sources[line.source]
            what = f"{line.name.lv} {line.number}"
            yield _item("help_lines.csv", what, reason, line.checked_on, today, source.publisher, source.url)


def _mediators(directory: Directory, today: datetime.date, days: int) -> Iterator[ToCheck]:
    for mediator in directory.mediators:
        if (today - mediator.confirmed_on).days > days:
            where = mediator.phone or mediator.email or f"https://t.me/{mediator.telegram}"
            who = f"{mediator.name}, {mediator.organization}"
            yield _item("mediators.csv", mediator.id, "old", mediator.confirmed_on, today, who, where)


def _whole_tables(directory: Directory, today: datetime.date, days: int) -> Iterator[ToCheck]:
    """Yield a table as a whole for each of its sources: nobody checks 147 villages one by one."""
    tables: dict[str, Iterable[_Row]] = {
        "places.csv": [(p.source, p.checked_on, p.confidence) for p in directory.places.values()],
        "municipalities.csv": [(m.source, m.checked_on, m.confidence) for m in directory.municipalities.values()],
        "former_municipalities.csv": [(f.source, f.checked_on, f.confidence) for f in directory.former_municipalities],
        "parishes.csv": [(p.source, p.checked_on, p.confidence) for p in directory.parishes],
    }
    for file, rows in tables.items():
        by_source: dict[str, list[_Row]] = {}
        for row in rows:
            by_source.setdefault(row[0], []).append(row)
        for name, members in by_source.items():
            checked_on = min(row[1] for row in members)
            confidence = min((row[2] for row in members), key=lambda c: WORST.get(c, len(WORST)))
            reason = _reason(checked_on, today, days, confidence)
            if reason:
                source: Source = directory.sources[name]
                what = f"{len(members)} × {source.title}"
                yield _item(file, what, reason, checked_on, today, source.publisher, source.url)


_Row = tuple[str, datetime.date, Confidence]


def _reason(checked_on: datetime.date, today: datetime.date, days: int, confidence: Confidence) -> Reason | None:
    if confidence in (Confidence.UNVERIFIED, Confidence.LOW):
        return "unconfirmed"
    return "old" if (today - checked_on).days > days else None


def _item(
    file: str, what: str, reason: Reason, checked_on: datetime.date, today: datetime.date, who: str, where: str
) -> ToCheck:
    return ToCheck(f"data/directory/{file}", what, reason, checked_on, (today - checked_on).days, who, where)
