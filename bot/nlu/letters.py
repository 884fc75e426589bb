"""Spelling a word that is in no list: the likeliest row of letters for what was typed.

A model of which letters follow which, learnt from the words of a language, chooses among the
letters that the typed ones may stand for: ``turejis`` → ``turējis``, ``flazhkov`` → ``флажков``.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping

_ORDER = 5
BUCKETS = 2**20
_EDGE = "·"
# How much the shorter context counts, in units of seen letters.
_BACKING = 4.0
_BEAM = 6

# What is typed → letters with the cost in nats of typing them so.
Options = Mapping[str, tuple[tuple[str, float], ...]]

LATVIAN_OPTIONS: Options = {
    **{letter: ((letter, 0.0),) for letter in "abcčdeēfgģhiījkķlļmnņoprsštuūvzžāō"},
    "a": (("a", 0.0), ("ā", 0.0)), "e": (("e", 0.0), ("ē", 0.0)), "i": (("i", 0.0), ("ī", 0.0)),
    "u": (("u", 0.0), ("ū", 0.0)), "c": (("c", 0.0), ("č", 0.0)), "s": (("s", 0.0), ("š", 0.0)),
    "z": (("z", 0.0), ("ž", 0.0)), "g": (("g", 0.0), ("ģ", 0.0)), "k": (("k", 0.0), ("ķ", 0.0)),
    "l": (("l", 0.0), ("ļ", 0.0)), "n": (("n", 0.0), ("ņ", 0.0)), "aa": (("ā", 0.0),), "ee": (("ē", 0.0),),
    "ii": (("ī", 0.0),), "uu": (("ū", 0.0),), "sh": (("š", 0.0),), "ch": (("č", 0.0),), "zh": (("ž", 0.0),),
    "lj": (("ļ", 0.0),), "nj": (("ņ", 0.0),), "gj": (("ģ", 0.0),), "kj": (("ķ", 0.0),), "w": (("v", 0.0),),
    "y": (("i", 0.0), ("j", 0.0)), "x": (("ks", 0.0),), "q": (("k", 0.0),),
}  # fmt: skip


def marked_latvian_options(vowels: float, consonants: float) -> Options:
    """Return options where a diacritic left out of a vowel or of a consonant costs something."""

    def cost(letter: str, typed: str) -> float:
        return 0.0 if letter == typed or len(typed) > 1 else vowels if letter in "āēīū" else consonants

    return {
        typed: tuple((letter, cost(letter, typed)) for letter, _ in options)
        for typed, options in LATVIAN_OPTIONS.items()
    }


_MAY_BE_SOFT = frozenset("лнтдсзрвмбпшжч")
_PLAIN_RUSSIAN_OPTIONS: Options = {
    "a": (("а", 0.0),), "b": (("б", 0.0),), "c": (("ц", 0.0), ("к", 2.0), ("ч", 1.5)),
    "d": (("д", 0.0),), "e": (("е", 0.0), ("э", 0.5)), "f": (("ф", 0.0),), "g": (("г", 0.0),),
    "h": (("х", 0.0),), "i": (("и", 0.0), ("ы", 1.0), ("й", 0.7)),
    "j": (("й", 0.3), ("ь", 0.3), ("ж", 1.5), ("ъ", 2.0)), "k": (("к", 0.0),), "l": (("л", 0.0),), "m": (("м", 0.0),),
    "n": (("н", 0.0),), "o": (("о", 0.0),), "p": (("п", 0.0),), "q": (("я", 0.3), ("к", 2.0)), "r": (("р", 0.0),),
    "s": (("с", 0.0), ("ш", 2.0)), "t": (("т", 0.0),), "u": (("у", 0.0), ("ю", 2.0)), "v": (("в", 0.0),),
    "w": (("в", 0.5), ("ш", 0.7), ("щ", 2.0)), "x": (("х", 0.0), ("кс", 1.5)),
    "y": (("ы", 0.3), ("й", 0.3), ("и", 1.0)), "z": (("з", 0.0), ("ж", 1.5)), "ž": (("ж", 0.0),),
    "š": (("ш", 0.0), ("щ", 1.0)), "č": (("ч", 0.0),), "sh": (("ш", 0.0), ("щ", 1.0), ("сх", 2.0)), "zh": (("ж", 0.0),),
    "ch": (("ч", 0.0),), "kh": (("х", 0.0),), "ts": (("ц", 0.3),), "shch": (("щ", 0.0),),
    "sch": (("щ", 0.0), ("сч", 1.5)),
    "šč": (("щ", 0.0),), "ya": (("я", 0.0),), "ja": (("я", 0.0),), "ia": (("я", 0.5),), "yu": (("ю", 0.0),),
    "ju": (("ю", 0.0),), "iu": (("ю", 0.5),), "yo": (("е", 0.0),), "jo": (("е", 0.0),), "ye": (("е", 0.0),),
    "je": (("е", 0.0),), "4": (("ч", 0.0),), "6": (("ш", 0.0), ("щ", 1.5)), "3": (("з", 0.5),), "0": (("о", 0.5),),
    "'": (("ь", 0.0), ("ъ", 1.0)), "ā": (("а", 0.0),), "ē": (("е", 0.0),), "ī": (("и", 0.0),), "ū": (("у", 0.0),),
}  # fmt: skip
_LONGEST = 4


class LetterModel:
    """Which letters follow which in the words of a language.

    Args:
        counts: of n-grams of 2 to 5 letters, by hash, at most 65535.
        letters: counts of single letters.
    """

    def __init__(self, counts: array[int], letters: dict[str, int]) -> None:
        self.counts = counts
        self.letters = letters
        self._total = sum(letters.values())

    @classmethod
    def fit(cls, words: Iterable[str]) -> LetterModel:
        """Learn from words; each counts once, since those to be spelt are the rare ones."""
        seen: Counter[str] = Counter()
        single: Counter[str] = Counter()
        for word in words:
            letters = _EDGE + word + _EDGE
            single.update(letters[1:])
            for length in range(2, _ORDER + 1):
                seen.update([letters[at : at + length] for at in range(len(letters) - length + 1)])
        counts = array("H", bytes(2 * BUCKETS))
        for ngram, count in seen.items():
            bucket = _bucket(ngram)
            counts[bucket] = min(counts[bucket] + count, 65535)
        return cls(counts, dict(single))

    def spell(self, typed: str, options: Options) -> tuple[str, float] | None:
        """Return the likeliest letters for a typed word, with their log probability less the costs.

        None where something typed stands for no letter.
        """
        known: dict[str, float] = {}
        rows: list[dict[str, float]] = [{} for _ in range(len(typed) + 1)]
        rows[0][_EDGE] = 0.0
        for at in range(len(typed)):
            best = sorted(rows[at].items(), key=lambda row: -row[1])[:_BEAM]
            for length in range(1, min(_LONGEST, len(typed) - at) + 1):
                reached = rows[at + length]
                for letters, cost in options.get(typed[at : at + length], ()):
                    for row, score in best:
                        new = score - cost
                        for letter in letters:
                            new += self._log_letter(row[-_ORDER + 1 :], letter, known)
                            row += letter
                        if new > reached.get(row, -math.inf):
                            reached[row] = new
        final = [
            (score + self._log_letter(row[-_ORDER + 1 :], _EDGE, known), row[1:]) for row, score in rows[-1].items()
        ]
        if not final:
            return None
        score, word = max(final)
        return word, score

    def log_word(self, word: str) -> float:
        """Return the log probability of a row of letters."""
        letters = _EDGE + word + _EDGE
        known: dict[str, float] = {}
        return sum(
            self._log_letter(letters[max(0, at - _ORDER + 1) : at], letters[at], known) for at in range(1, len(letters))
        )

    def _log_letter(self, before: str, letter: str, known: dict[str, float]) -> float:
        """Return the log probability of a letter after others, interpolated over shorter contexts."""
        found = known.get(before + letter)
        if found is not None:
            return found
        counts = self.counts
        probability = (self.letters.get(letter, 0) + 0.1) / self._total
        seen = self.letters.get(before[-1:], 0)
        for start in range(len(before) - 1, -1, -1):
            if not seen:
                break
            count = counts[_bucket(before[start:] + letter)]
            probability = min((count + _BACKING * probability) / (seen + _BACKING), 1.0)
            if start:
                seen = counts[_bucket(before[start - 1 :])]
        known[before + letter] = result = math.log(probability)
        return result


def _bucket(letters: str) -> int:
    return zlib.crc32(letters.encode()) % BUCKETS


def _with_soft_signs(options: Options) -> Options:
    """Return options where ь may have been left out after a consonant."""
    extended = {}
    for typed, letters in options.items():
        soft = tuple((letter + "ь", cost + 1.5) for letter, cost in letters if letter in _MAY_BE_SOFT)
        extended[typed] = letters + soft
    return extended


RUSSIAN_OPTIONS = _with_soft_signs(_PLAIN_RUSSIAN_OPTIONS)
