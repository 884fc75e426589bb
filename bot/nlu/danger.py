"""Danger in a message: a check of its own beside the classifier, and which kind it is.

Missing a danger is worse than a false alarm, so three things may raise it: the classifier, a lower
probability together with a certain phrase, and a certain phrase that the classifier did not see.
Where it stays unsure, the need is answered and the line for danger stands above it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.directory.loading import read_yaml
from bot.nlu.fold import fold
from bot.settings import ROOT

CUES = ROOT / "data" / "cues" / "danger.yml"
URGENT = "urgent_danger"
SUSPECTED = 0.6  # the least confidence of a danger that is answered though another need may be meant


@dataclass(frozen=True)
class DangerCues:
    """Phrases of one kind of danger as patterns over folded text."""

    kind: str
    certain: re.Pattern[str]
    telling: re.Pattern[str]


@dataclass(frozen=True)
class Danger:
    """What the words say of danger.

    Attributes:
        kind: suicide, trafficking, child, violence, roof, or None where no word tells.
        certain: a phrase that hardly means anything else.
    """

    kind: str | None
    certain: bool


def find_danger(text: str) -> Danger:
    """Return what the words of a message say of danger."""
    folded = fold(text)
    for cues in danger_cues():
        if cues.certain.search(folded):
            return Danger(cues.kind, True)
    for cues in danger_cues():
        if cues.telling.search(folded):
            return Danger(cues.kind, False)
    return Danger(None, False)


@functools.lru_cache(maxsize=1)
def danger_cues(path: Path = CUES) -> list[DangerCues]:
    """Read the phrases, in the order of the file.

    Raises:
        ContentError: the file can't be used.
    """
    file = read_yaml(path, ROOT)
    cues = []
    for kind, lists in (file.data or {}).items():
        for key in ("certain", "kind"):
            if not isinstance(lists.get(key), list):
                remedy = "Write a list of phrases under `certain` and under `kind`"
                raise ContentError([Finding(file.name, file.line((kind,)), f"{kind}.{key}", "is no list", remedy)])
        cues.append(DangerCues(kind, _pattern(lists["certain"]), _pattern(lists["kind"])))
    return cues


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Return a pattern that finds the phrases at the beginning of a word of folded text."""
    alternatives = []
    for phrase in phrases:
        parts = [re.escape(fold(part)) for part in phrase.split("*")]
        alternatives.append(
            r"\b(?:\w+\s+){0,4}?".join(part + (r"\w*\s+" if i < len(parts) - 1 else "") for i, part in enumerate(parts))
        )
    return re.compile(r"\b(?:" + "|".join(alternatives) + ")")
