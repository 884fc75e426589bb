"""Words of a language with how often they are used, found by the key of their spelling.

General frequencies are those of ``wordfreq`` (Speer 2022); the project's own texts are weighed in,
since people here ask about work and benefits, not about what newspapers write of. Kept as sorted
lists and arrays: some megabytes for a hundred thousand words.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
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
# A word seen so often in the project's texts has followers of its own; others share by their ending.
_OFTEN = 12
_BACKING = 8.0
_ENDING_WEIGHT = 0.3


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [match[0].lower() for match in WORD.finditer(text)]


Pairs = Mapping[tuple[str, str], int]


class Lexicon:
    """Words with the logarithm of their probability, by key.

    Args:
        shelved: keys of the words as :func:`shelve` makes them, sorted.
        first: for each key the place of its first word, and the number of words at the end.
        words: in the order of their keys, those of one key from the most frequent to the rarest.
        logs: logarithms of the words' probabilities.
        pairs: counts of two words in a row in the project's texts, ``START`` at the beginning.
    """

    def __init__(
        self, shelved: list[str], first: array[int], words: list[str], logs: array[float], pairs: Pairs
    ) -> None:
        self.shelved = shelved
        self.first = first
        self.logs = logs
        self.pairs = pairs
        # One string and where each word ends: a third of the memory of a list of strings.
        self.letters = "".join(words)
        self._ends = array("I", accumulate(map(len, words), initial=0))
        self._frequent = [key for at, key in enumerate(shelved) if logs[first[at]] > _FREQUENT_ENOUGH]
        self._followers: dict[str, dict[str, int]] = defaultdict(dict)
        for (before, word), count in pairs.items():
            self._followers[before][word] = count
        self._totals = {before: sum(after.values()) for before, after in self._followers.items()}
        self._endings = EndingPairs(pairs)

    @classmethod
    def build(cls, probabilities: Mapping[str, float], key: Callable[[str], str], pairs: Pairs) -> Lexicon:
        """Build from words in standard spelling, lower case, with their probabilities.

        Args:
            probabilities: the words.
            key: makes a word's key.
            pairs: counts of two words in a row in the project's texts.
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
        return cls(
            shelved, first, [word for _, _, word in entries], array("f", (-cost for _, cost, _ in entries)), pairs
        )

    def __len__(self) -> int:
        return len(self.logs)

    def words(self) -> list[str]:
        """Return all words, in the order of their keys."""
        return [self._word(at) for at in range(len(self))]

    def _word(self, at: int) -> str:
        return self.letters[self._ends[at] : self._ends[at + 1]]

    def of_key(self, key: str) -> list[tuple[str, float]]:
        """Return the words of a key with their log probabilities, the most frequent first."""
        shelved = shelve(key)
        at = bisect_left(self.shelved, shelved)
        if at == len(self.shelved) or self.shelved[at] != shelved:
            return []
        return [(self._word(i), self.logs[i]) for i in range(self.first[at], self.first[at + 1])]

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

    def log_pair(self, before: str, word: str, log: float) -> float:
        """Return the log probability of a word after another, backed by its own ``log``.

        Interpolated as by Witten and Bell (1991): the more often the word before was seen, and the
        fewer different ones followed it, the more its followers count. What is left goes to words
        whose ending fits: after a preposition comes a certain case.
        """
        backed = log + self._endings.change(before, word)
        after = self._followers.get(before)
        if not after:
            return backed
        total = self._totals[before]
        trust = total / (total + len(after))
        return math.log(trust * after.get(word, 0) / total + (1 - trust) * math.exp(backed))


class EndingPairs:
    """How likely a word with a certain ending stands after another, against how likely it is anyway.

    Frequent words count as themselves, others by their last two letters.
    """

    def __init__(self, pairs: Pairs) -> None:
        words: Counter[str] = Counter()
        for (_, word), count in pairs.items():
            words[word] += count
        self._own = frozenset(word for word, count in words.items() if count >= _OFTEN) | {START}
        self._pairs: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        for (before, word), count in pairs.items():
            first, second = self._class(before), self._class(word)
            self._pairs[f"{first} {second}"] += count
            self._before[first] += count
            self._after[second] += count
        self._total = sum(self._after.values()) or 1

    def _class(self, word: str) -> str:
        return word if word in self._own else "~" + word[-2:]

    def change(self, before: str, word: str) -> float:
        """Return what the word before adds to the log probability of a word."""
        first, second = self._class(before), self._class(word)
        usual = (self._after[second] + 0.5) / (self._total + 0.5)
        together = (self._pairs[f"{first} {second}"] + _BACKING * usual) / (self._before[first] + _BACKING)
        return _ENDING_WEIGHT * math.log(together / usual)


def count_pairs(lines: Iterable[list[str]]) -> Counter[tuple[str, str]]:
    """Count the pairs of words that stand in a row."""
    pairs: Counter[tuple[str, str]] = Counter()
    for words in lines:
        pairs.update(pairwise([START, *words]))
    return pairs


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
