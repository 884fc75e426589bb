"""Finding phrases of the data in what a person wrote, however it is spelt."""

from __future__ import annotations

import functools
import re

from bot.nlu.fold import fold
from bot.questionnaire.models import Phrases

_TOKEN = re.compile(r"\d+|[^\W\d_]+")


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text, each word folded by itself (folding the whole would eat digits)."""
    return [token if token.isdecimal() else fold(token) for token in _TOKEN.findall(text.lower())]


@functools.cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """Return the pattern of a phrase over words joined by one space (see :class:`Phrases`)."""
    whole, start = phrase.startswith("="), phrase.startswith("^")
    parts = []
    for written in phrase.lstrip("=^").split():
        tokens = words_of(written)
        parts.append(r"\s".join(map(re.escape, tokens)) + (r"\S*" if written.endswith("*") else ""))
    body = r"\s".join(parts)
    if whole:
        return re.compile(rf"^{body}$")
    return re.compile((r"^" if start else r"(?<!\S)") + body + r"(?!\S)")


def longest_match(phrases: Phrases, words: list[str]) -> int:
    """Return how many characters the longest phrase that is there covers; 0: none is there."""
    text = " ".join(words)
    found = (match.end() - match.start() for p in phrases.all() if (match := _pattern(p).search(text)))
    return max(found, default=0)


def matches(phrases: Phrases, words: list[str]) -> bool:
    """Whether one of the phrases is there."""
    return longest_match(phrases, words) > 0


def begins_with(phrases: Phrases, words: list[str]) -> bool:
    """Whether the words begin with one of the phrases; those that mean the whole message are left out."""
    text = " ".join(words)
    return any(_pattern("^" + p.lstrip("^")).search(text) for p in phrases.all() if not p.startswith("="))


def is_only(phrases: Phrases, words: list[str], polite: Phrases) -> bool:
    """Whether the words are one of the phrases and nothing else but politeness."""
    rest = [word for word in words if not matches(polite, [word])]
    text = " ".join(rest)
    return bool(rest) and any(
        match.end() == len(text) for p in phrases.all() if (match := _pattern("^" + p.lstrip("=^")).match(text))
    )
