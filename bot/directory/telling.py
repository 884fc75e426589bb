"""Choosing what may be told: which statements hold today, how surely, and where they are from."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from bot.directory.models import Confidence, Source, Statement
from bot.languages import Language


@dataclass(frozen=True)
class Told:
    """What a person is told of a section.

    Attributes:
        text: the statements that hold, one after another; empty where none does.
        call_first: at least one is not certain: the person should call before going.
        expired: an amount or deadline is past its day: it must be asked, and is not in ``text``.
        publishers: who said so, without repetition.
        checked_on: the oldest day on which one of them was checked.
    """

    text: str
    call_first: bool
    expired: bool
    publishers: tuple[str, ...]
    checked_on: datetime.date | None


def tell(statements: Iterable[Statement], language: Language, today: datetime.date, sources: dict[str, Source]) -> Told:
    """Return what may be told of ``statements`` on the day ``today`` in ``language``."""
    told = [statement for statement in statements if statement.confidence is not Confidence.LOW]
    holds = [statement for statement in told if statement.is_told(today)]
    publishers = dict.fromkeys(sources[s.source].publisher for s in holds if s.source)
    dates = [s.checked_on for s in holds if s.source and s.checked_on]
    return Told(
        text=" ".join(statement.text.in_language(language) for statement in holds),
        call_first=any(statement.confidence is Confidence.MEDIUM for statement in holds),
        expired=any(statement.has_expired(today) for statement in told),
        publishers=tuple(publishers),
        checked_on=min(dates, default=None),
    )
