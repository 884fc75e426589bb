"""What stands around a match: the words before and after it, as far as the next punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_BREAK = re.compile(r"[.,;:!?()\n]")


def words_before(match: re.Match[str], count: int = 3) -> list[str]:
    """Return up to ``count`` words before a match, lower case, the nearest last."""
    part = _BREAK.split(match.string[: match.start()])[-1]
    return [word.lower() for word in _WORD.findall(part)][-count:]


def words_after(match: re.Match[str], count: int = 3) -> list[str]:
    """Return up to ``count`` words after a match, lower case, the nearest first."""
    part = _BREAK.split(match.string[match.end() :], maxsplit=1)[0]
    return [word.lower() for word in _WORD.findall(part)][:count]


def begins_with_any(words: Iterable[str], stems: Iterable[str]) -> bool:
    """Whether one of ``words`` begins with one of ``stems``."""
    stems = tuple(stems)
    return any(word.startswith(stems) for word in words)


def nearby_text(match: re.Match[str], reach: int = 60) -> str:
    """Return the text around a match, lower case, whatever punctuation stands in it."""
    return match.string[max(0, match.start() - reach) : match.end() + reach].lower()
