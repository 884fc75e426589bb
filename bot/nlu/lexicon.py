"""Words of a language with how often they are used, found by the key of their spelling.

General frequencies are those of ``wordfreq`` (Speer 2022); the project's own texts are weighed in,
since people here ask about work and benefits, not about what newspapers write of. Kept as sorted
lists and arrays: some megabytes for a hundred thousand words.
"""

from __future__ import annotations

import math
import re
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
START = ""
# Rarer words are found as typed, but a mistyped word is never taken for one of them.
_FREQUENT_ENOUGH = math.log(2e-6)
_MOST_NEAR = 12
# Lengths are letters of shelved keys, from the blank on: all are printable and none is a line break.
_FIRST_LENGTH = 32
_LONGEST = 90
# Lengths are letters of shelved keys, from the blank on: all are printable and none is a line break.
_FIRST_LENGTH = 32
_LONGEST = 90
# A word seen so often in the project's texts has followers of its own; others share by their ending.
_OFTEN = 12
_BACKING = 8.0
_ENDING_WEIGHT = 0.3


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [match[0].lower() for match in WORD.finditer(text)]


class WordPairs:
    """How often one word followed another in the project's texts.

    Kept by hash: a hundred thousand pairs in one megabyte instead of twenty.

    Args:
        pairs: hashes of pairs, sorted.
        counts: how often each pair was seen.
        words: hashes of the words before, sorted.
        totals: how often something followed each of them.
        kinds: how many different words followed.
    """

    def __init__(
        self, pairs: array[int], counts: array[int], words: array[int], totals: array[int], kinds: array[int]
    ) -> None:
        self.pairs = pairs
        self.counts = counts
        self.words = words
        self.totals = totals
        self.kinds = kinds

    @classmethod
    def count(cls, lines: Iterable[list[str]]) -> WordPairs:
        """Count the pairs in lines of words; ``START`` stands before the first."""
        pairs: Counter[int] = Counter()
        totals: Counter[int] = Counter()
        kinds: Counter[int] = Counter()
        for words in lines:
            for before, word in pairwise([START, *words]):
                pair, first = _hash(f"{before} {word}"), _hash(before)
                kinds[first] += pair not in pairs
                pairs[pair] += 1
                totals[first] += 1
        return cls(
            array("I", sorted(pairs)),
            array("I", (pairs[pair] for pair in sorted(pairs))),
            array("I", sorted(totals)),
            array("I", (totals[word] for word in sorted(totals))),
            array("I", (kinds[word] for word in sorted(totals))),
        )

    def log_after(self, before: str, word: str, log: float) -> float:
        """Return the log probability of a word after another, backed by its own ``log``.

        Interpolated as by Witten and Bell (1991): the more often the word before was seen, and the
        fewer different ones followed it, the more its followers count.
        """
        at = _place(self.words, _hash(before))
        if at is None:
            return log
        total = self.totals[at]
        trust = total / (total + self.kinds[at])
        pair = _place(self.pairs, _hash(f"{before} {word}"))
        seen = 0 if pair is None else self.counts[pair]
        return math.log(trust * seen / total + (1 - trust) * math.exp(log))


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _place(values: array[int], value: int) -> int | None:
    at = bisect_left(values, value)
    return at if at < len(values) and values[at] == value else None


class Lexicon:
    """Words with the logarithm of their probability, by key.

    Args:
        shelved: keys of the words as :func:`shelve` makes them, sorted.
        first: for each key the place of its first word, and the number of words at the end.
        letters: the words in the order of their keys, those of one key from the most frequent to
            the rarest, in one string: a third of the memory of a list.
        ends: where each word ends in it, after a nought.
        logs: logarithms of the words' probabilities.
        pairs: which words follow which.
    """

    def __init__(
        self,
        shelved: list[str],
        first: array[int],
        letters: str,
        ends: array[int],
        logs: array[float],
        pairs: WordPairs,
    ) -> None:
        self.shelved = shelved
        self.first = first
        self.letters = letters
        self.ends = ends
        self.logs = logs
        self.pairs = pairs
        self._frequent = [key for key, at in zip(shelved, first) if logs[at] > _FREQUENT_ENOUGH]  # noqa: B905

    @classmethod
    def build(
        cls, probabilities: Mapping[str, float], key: Callable[[str], str], lines: Iterable[list[str]] = ()
    ) -> Lexicon:
        """Build from words in standard spelling, lower case, with their probabilities.

        Args:
            probabilities: the words.
            key: makes a word's key.
            lines: rows of words, which teach what follows what.
        """
        entries = sorted(
            (shelve(key(word)), -math.log(probability), word) for word, probability in probabilities.items()
        )
        shelved: list[str] = []
        first = array("I")
        for at, (key_of_word, _, _) in enumerate(entries):
            if not shelved or shelved[-1] != key_of_word:
                shelved.append(key_of_word)
                first.append(at)
        first.append(len(entries))
        words = [word for _, _, word in entries]
        return cls(
            shelved,
            first,
            "".join(words),
            array("I", accumulate(map(len, words), initial=0)),
            array("f", (-cost for _, cost, _ in entries)),
            WordPairs.count(lines),
        )

    def __len__(self) -> int:
        return len(self.logs)

    def of_key(self, key: str) -> list[tuple[str, float]]:
        """Return the words of a key with their log probabilities, the most frequent first."""
        shelved = shelve(key)
        at = bisect_left(self.shelved, shelved)
        if at == len(self.shelved) or self.shelved[at] != shelved:
            return []
        places = range(self.first[at], self.first[at + 1])
        return [(self.letters[self.ends[i] : self.ends[i + 1]], self.logs[i]) for i in places]

    def near_keys(self, key: str, edits: int) -> list[tuple[str, int]]:
        """Return keys of frequent words within so many edits, which begin with the same letter."""
        found: list[tuple[str, int]] = []
        for length in range(max(1, len(key) - edits), len(key) + edits + 1):
            shelf = _shelf(key, length)
            low = bisect_left(self._frequent, shelf)
            high = bisect_left(self._frequent, _shelf(key, length + 1))
            near = process.extract(
                shelf + key, self._frequent[low:high], scorer=OSA.distance, score_cutoff=edits, limit=_MOST_NEAR
            )
            found += [(choice[2:], int(distance)) for choice, distance, _ in near]
        return found


def mixed(general: dict[str, float], own: Counter[str], own_share: float, floor: float) -> dict[str, float]:
    """Return word probabilities: those of the language mixed with those of the project's texts.

    Args:
        general: probabilities of words in the language.
        own: counts of words in the project's texts.
        own_share: the share of the project's texts in the mixture, 0 to 1.
        floor: the least probability of a word.
    """
    total = sum(own.values()) or 1
    words = general.keys() | own.keys()
    return {
        word: max((1 - own_share) * general.get(word, 0.0) + own_share * own[word] / total, floor) for word in words
    }


def general_words(language: str, wordlist: str, most: int) -> Iterator[tuple[str, float]]:
    """Yield the most frequent words of a language with their probabilities, as wordfreq has them."""
    from wordfreq import get_frequency_list

    left = most
    for centibels, words in enumerate(get_frequency_list(language, wordlist)):
        probability = 10 ** (-centibels / 100)
        for word in words:
            if left <= 0:
                return
            if WORD.fullmatch(word):
                left -= 1
                yield word, probability


def shelve(key: str) -> str:
    """Return a key so that keys of one first letter and one length stand together when sorted."""
    return _shelf(key, len(key)) + key


def _shelf(key: str, length: int) -> str:
    return key[:1] + chr(_FIRST_LENGTH + min(length, _LONGEST))
