"""How alike a typed word is to the words of the index: other endings, typos, parts of compounds.

Works on folded words (:func:`bot.nlu.fold.fold`), in which Latvian with and without diacritics,
Russian in Cyrillic and in Latin letters are written alike. The page in the browser has the same
rules in ``static/search.js``; the numbers below are given to it with the index, and a test holds
the two against each other.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, Prefix


@dataclass(frozen=True)
class Rules:
    """The numbers of the rules. Lengths are in letters, likeness runs from 0 to 1.

    Attributes:
        ending: an ending of a case or a verb has at most so many letters.
        stem: the shortest stem that two forms of a word share.
        stem_share: and the least share of the longer form.
        other_ending: likeness of two forms of a word, less ``per_letter`` for each letter of the ending.
        beginning: likeness of a word that is still being typed.
        shortest_beginning: a word is taken for the beginning of another from so many letters on.
        shortest_typo: shorter words have no typos: "gmi" is not "ģmo".
        two_typos: words from this length on may have two slips.
        typo: what a slip costs, times its share of the word; ``first_letter`` is added where that differs.
        part: likeness of a part of a compound, plus ``part_share`` times its share of the compound.
        shortest_part: shorter parts say nothing.
        sharpness: the power to which likeness is raised to become a weight.
        known: the weight of merely alike words is multiplied by it where the typed word itself is known.
    """

    ending: int = 3
    stem: int = 3
    stem_share: float = 0.6
    other_ending: float = 0.94
    per_letter: float = 0.02
    beginning: float = 0.85
    shortest_beginning: int = 3
    shortest_typo: int = 4
    two_typos: int = 7
    typo: float = 0.9
    first_letter: float = 0.05
    part: float = 0.6
    part_share: float = 0.3
    shortest_part: int = 5
    sharpness: float = 8.0
    known: float = 0.5

    def as_dict(self) -> dict[str, float]:
        """Return the rules as the browser reads them."""
        return asdict(self)


RULES = Rules()


class Vocabulary:
    """The words of an index, ready to be compared.

    Args:
        words: folded words, sorted, without repetition.
        rules: how they are compared.
    """

    def __init__(self, words: Sequence[str], rules: Rules = RULES) -> None:
        self.words = tuple(words)
        self.rules = rules
        self._rows = {word: row for row, word in enumerate(self.words)}
        self._lengths = np.array([len(word) for word in self.words], dtype=np.int32)
        self._text = "\n".join(self.words)
        self._starts = np.cumsum([0, *(len(word) + 1 for word in self.words[:-1])])
        self._of_length = {
            int(length): np.flatnonzero(self._lengths == length).astype(np.int32) for length in np.unique(self._lengths)
        }
        self._words_of_length = {length: [self.words[row] for row in rows] for length, rows in self._of_length.items()}
        self.weights = functools.lru_cache(maxsize=4096)(self._weights)

    def _weights(self, typed: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the words that a typed one may stand for, and how much each counts (float32)."""
        likeness = self.likeness(typed)
        rows = np.fromiter(likeness, dtype=np.int32, count=len(likeness))
        weights = np.fromiter(likeness.values(), dtype=np.float32, count=len(likeness)) ** self.rules.sharpness
        if typed in self._rows:
            weights[rows != self._rows[typed]] *= self.rules.known
        return rows, weights

    def likeness(self, typed: str) -> dict[int, float]:
        """Return the likeness of the words that are at all like a typed one, by row."""
        likeness = dict(self._parts(typed))
        for rule in (self._forms, self._typos):
            for row, value in rule(typed):
                likeness[row] = max(value, likeness.get(row, 0.0))
        return likeness

    def _forms(self, typed: str) -> Iterator[tuple[int, float]]:
        """Yield words with the same stem, and those that the typed one may be the beginning of."""
        rules = self.rules
        stem = typed[: rules.stem]
        first = bisect_left(self.words, stem)
        last = bisect_left(self.words, stem + "\U0010ffff")
        for row in range(first, last):
            word = self.words[row]
            shared = Prefix.similarity(typed, word)
            longest = max(len(typed), len(word))
            rest = longest - shared
            if not rest:
                yield row, 1.0
            elif shared >= rules.stem and rest <= rules.ending and shared >= rules.stem_share * longest:
                yield row, rules.other_ending - rules.per_letter * rest
            elif shared == len(typed) >= rules.shortest_beginning:
                yield row, rules.beginning

    def _typos(self, typed: str) -> Iterator[tuple[int, float]]:
        """Yield words that differ by a slip or two: a letter more, less, other, or two swapped."""
        rules = self.rules
        for length in range(len(typed) - 2, len(typed) + 3):
            longest = max(length, len(typed))
            allowed = 2 if longest >= rules.two_typos else 1
            if length not in self._of_length or longest < rules.shortest_typo or abs(length - len(typed)) > allowed:
                continue
            words = self._words_of_length[length]
            slips = process.cdist([typed], words, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8)[0]
            for at in np.flatnonzero(slips <= allowed):
                cost = rules.typo * int(slips[at]) / longest
                if words[at][0] != typed[0]:
                    cost += rules.first_letter
                yield int(self._of_length[length][at]), 1.0 - cost

    def _parts(self, typed: str) -> Iterator[tuple[int, float]]:
        """Yield compounds that hold the typed word, and words that the typed compound holds."""
        rules = self.rules
        length = len(typed)
        if length < rules.shortest_part:
            return
        at = self._text.find(typed)
        while at >= 0:
            row = int(np.searchsorted(self._starts, at, side="right")) - 1
            yield row, rules.part + rules.part_share * length / int(self._lengths[row])
            at = self._text.find(typed, at + 1)
        for start in range(length):
            for end in range(start + rules.shortest_part, length + 1):
                row_of_part = self._rows.get(typed[start:end])
                if row_of_part is not None:
                    yield row_of_part, rules.part + rules.part_share * (end - start) / length
