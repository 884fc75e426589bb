"""Names of places beside those of the towns themselves: former units, parishes, what people say."""

from __future__ import annotations

import datetime
from enum import Enum

from pydantic import validator

from bot.directory.models import Confidence, Strict


def _ids(value: object) -> object:
    """Turn a cell of ids with spaces between them into a list."""
    return value.split() if isinstance(value, str) else value


class FormerMunicipality(Strict):
    """A municipality (novads) that was merged in 2021 or 2025, and what became of it."""

    name: str
    base: str  # the name it is made of, in the nominative
    municipalities: list[str]  # ids; more than one where it was divided
    source: str
    checked_on: datetime.date
    confidence: Confidence

    _split = validator("municipalities", pre=True, allow_reuse=True)(_ids)


class Parish(Strict):
    """A parish or village that is not among the places: a guess to ask back with, never an answer."""

    name: str
    municipalities: list[str]  # ids; more than one where several bear the name
    source: str
    checked_on: datetime.date
    confidence: Confidence

    _split = validator("municipalities", pre=True, allow_reuse=True)(_ids)


class NameKind(str, Enum):
    """Why a place has another name."""

    DISTRICT = "district"  # a part of a town that everybody knows
    COLLOQUIAL = "colloquial"
    OLD = "old"
    SPELLING = "spelling"


class OtherName(Strict):
    """Another name of a place, in Latin or Cyrillic letters."""

    name: str
    place: str
    kind: NameKind
