"""Reading a message: which language it is in, and what it is in standard spelling."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context

from bot.nlu.language import LanguageGuess, identify_language
from bot.nlu.restore import restore

# Below it, starting processes costs more than they save.
_MANY = 2_000
_AT_ONCE = 100


@dataclass(frozen=True)
class Reading:
    """A message as it was read.

    Attributes:
        language: its language, where it can be told.
        restored: its text in standard spelling.
    """

    language: LanguageGuess | None
    restored: str


def read(text: str) -> Reading:
    """Read one message."""
    guess = identify_language(text)
    return Reading(guess, restore(text, guess.language if guess else None))


def read_all(texts: Sequence[str]) -> list[Reading]:
    """Read training examples, on all cores where they are many: it takes a millisecond for each.

    The other processes share the word lists with this one, which only a fork can.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if len(texts) < _MANY or cores == 1 or "fork" not in get_all_start_methods():
        return [read(text) for text in texts]
    read(texts[0])  # the lists are loaded before they are shared
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
        return list(pool.map(read, texts, chunksize=_AT_ONCE))
