"""Danger in a message: a check of its own beside the classifier, and which kind it is.

Missing a danger is worse than a false alarm, so it need not be the likeliest need to be answered, and a certain
phrase raises it by itself. A story is mostly about something else, so where the whole message leaves danger open its
sentences are looked at one by one. Where it stays unsure, the need is answered and the line for danger stands above it.
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
MIN_WORDS = 7  # a shorter message is looked at as a whole
MIN_SENTENCE_WORDS = 3
MAX_SENTENCES = 8  # each costs an embedding
SUSPECTED = 0.6  # the least confidence of a danger that is answered though another need may be meant


_SENTENCE_END = re.compile(r"[.!?;\n]+")


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


def find_danger(text: str, restored: str | None = None) -> Danger:
    """Return what the words of a message say of danger.

    Args:
        text: the message as typed.
        restored: the same in standard spelling, where slips hide no phrase.
    """
    views = [fold(text)] if restored is None else [fold(text), fold(restored)]
    for cues in danger_cues():
        if any(cues.certain.search(view) for view in views):
            return Danger(cues.kind, True)
    # A family put out on the street speaks of its children too: the kind that more words tell of is meant.
    told = {cues.kind: len({word for view in views for word in cues.telling.findall(view)}) for cues in danger_cues()}
    kind = max(told, key=lambda kind: told[kind])  # of equals the first in the file
    return Danger(kind if told[kind] else None, False)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a message in which danger may be told; none where there is only one.

    Of a long message the first and the last ones: a story comes to its point at the beginning or at the end.
    """
    if len(text.split()) < MIN_WORDS:
        return []
    sentences = [part.strip() for part in _SENTENCE_END.split(text)]
    sentences = [sentence for sentence in sentences if len(sentence.split()) >= MIN_SENTENCE_WORDS]
    if len(sentences) > MAX_SENTENCES:
        sentences = sentences[: MAX_SENTENCES // 2] + sentences[-MAX_SENTENCES // 2 :]
    return sentences if len(sentences) > 1 else []


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
    """Return a pattern that finds the phrases, as whole words, in folded text."""
    return re.compile(r"\b(?:" + "|".join(map(_words, phrases)) + r")\b")


def _words(phrase: str) -> str:
    """Return a pattern for a phrase: a hyphen stands for any ending, a star for up to four words."""
    parts = []
    for part in phrase.split("*"):
        words = [re.escape(fold(word)) + (r"\w*" if word.endswith("-") else "") for word in part.split()]
        parts.append(" ".join(words))
    return r" (?:\w+ ){0,4}?".join(parts)
