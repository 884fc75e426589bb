"""Restoring standard spelling, which the sentence embedding reads.

A noisy channel (Kernighan, Church and Gale 1990): each word as typed gets the words that it may
stand for, in Latvian, Russian and English; the likeliest row of them wins, by how often a word is
used, by the word before it, by how far it is from what was typed, and by the language around it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from rapidfuzz.distance import Levenshtein

from bot.languages import Language
from bot.nlu.fold import strip_accents
from bot.nlu.letters import RUSSIAN_OPTIONS, LetterModel, Options, marked_latvian_options
from bot.nlu.lexicon import START, Lexicon
from bot.nlu.spelling import Reading, is_cyrillic, latvian_readings, russian_readings, russian_sounds
from bot.nlu.vocabulary import vocabulary

_TOKEN = re.compile(r"(?P<kept>\S*(?:@|://|www\.)\S*|/\w+)|(?P<word>[^\W_]+(?:['’`´-][^\W_]+)*['’`´]?)")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_LATVIAN_LETTER = re.compile(r"[āčēģīķļņōŗšūž]", re.IGNORECASE)
# Russian in Latin letters may have š, č and ž, but never these.
_ONLY_LATVIAN_LETTER = re.compile(r"[āēģīķļņū]")
_LONG_VOWEL = re.compile(r"aa|ee|ii|uu", re.IGNORECASE)
_HUSHING = re.compile(r"sh|ch|zh", re.IGNORECASE)
# The words of one letter; other single letters are left alone.
_OF_ONE_LETTER: dict[Language, frozenset[str]] = {"lv": frozenset(), "ru": frozenset("авикосуя"), "en": frozenset("ai")}
# What begins words more often than it is one that was joined to the next.
_PREFIXES: dict[Language, frozenset[str]] = {
    "lv": frozenset(["ne", "no", "uz", "pa", "par", "pie", "aiz", "ap", "at", "ie", "iz", "sa", "pār"]),
    "ru": frozenset(
        ["за", "по", "на", "о", "у", "с", "в", "до", "от", "об", "из", "под", "при", "про", "со", "во", "над", "без"]
    ),
    "en": frozenset(["in", "on", "out", "up", "over"]),
}

# Letters that are heard alike where they are not stressed, or at the end of a word.
_SOUND_ALIKE = frozenset(frozenset(pair) for pair in ("ao", "ei", "gk", "dt", "vf", "zs", "bp", "ae", "ia", "ea"))

# Costs in nats; fitted by hand on training examples that were set aside.
_UNKNOWN = 3.5  # of a word that is in no list, besides that of its letters
_LETTERS = 0.85  # weight of the letters' cost of such a word
_SURELY_KNOWN = 12.5  # a known word of less cost is not tried as an unknown one
_RARE = 13.0  # a known word of this cost or more may be a mistyped one
_VERY_RARE = 17.0  # and it may have two slips
_KEPT_LATIN = 4.0  # of leaving a word in Latin letters where the message is Russian in these
_OTHER_LANGUAGE = 3.0  # of each word of another language than the message's
_SWITCH = 2.5  # of two words in a row of different languages
_OTHER_LETTERS = 3.0  # of taking Latin letters for Russian, or Cyrillic for Latvian, in a message that is not
_DIACRITIC_FORGOTTEN = 2.5  # in a message that has others
_DIACRITIC_WRONG = 5.0
_SOUND = 1.3  # of a difference within a key
_LETTER_WRONG = 3.5  # of the same where the letters are Russian
_SECOND_READING = 0.5
_SLIP = 5.0  # of one slip in a long word
_SECOND_SLIP = 4.5
_BY_EAR = 2.5  # less, for a slip that sounds nearly the same
_SLIP_IN_KNOWN = 3.0  # of taking a known word for a mistyped one
_SPLIT = 5.0  # of a forgotten space
_PREFIX = 3.0  # more, where what was split off is a prefix as well
_MOST_CANDIDATES = 6
_MARGIN = 9.0


_NOTHING = -99.0
# A word in standard spelling, its log probability less the costs of typing it so, and that alone.
Spelt = tuple[str, float, Optional[float]]


@dataclass(frozen=True)
class Candidate:
    """A word that a typed one may stand for.

    Attributes:
        word: in standard spelling, lower case.
        language: whose word it is; None where it is left as typed.
        log: log probability of the word, less the costs of typing it so.
        alone: log probability of the word by itself; None for a word that is in no list.
    """

    word: str
    language: Language | None
    log: float
    alone: float | None


@dataclass(frozen=True)
class Habits:
    """How a message is typed.

    Attributes:
        language: of the message; None where it is not known.
        vowels: cost of leaving a macron out: none, unless others are there.
        consonants: the same of a caron or a cedilla.
        russian_in_latin: it is Russian, in Latin letters for the most part.
    """

    language: Language | None
    vowels: float
    consonants: float
    russian_in_latin: bool


class Restorer:
    """Restores spelling with the words and the letters of each language.

    Args:
        lexicons: words of each language.
        letters: which letters follow which in Latvian and in Russian, for words in no list.
    """

    def __init__(self, lexicons: Mapping[Language, Lexicon], letters: Mapping[Language, LetterModel]) -> None:
        self._lexicons = lexicons
        self._letters = letters
        self._channels: dict[Language, Callable[[str, Habits, int], Iterator[Spelt]]] = {
            "lv": self._latvian,
            "ru": self._russian,
            "en": self._english,
        }
        self.candidates = functools.lru_cache(maxsize=20_000)(self._candidates)

    def restore(self, text: str, language: Language | None) -> str:
        """Return ``text`` in standard spelling; capitals, punctuation, numbers and addresses stay."""
        tokens = [token for token in _TOKEN.finditer(text) if token["word"] and _LETTER.search(token["word"])]
        if not tokens:
            return text
        habits = _habits(text, language)
        # A word with a hyphen that is in no list is taken for two.
        spans = [span for token in tokens for span in self._spans(token)]
        chosen = self._likeliest([self.candidates(word.lower(), habits) for _, word in spans], habits)
        shouted = text.isupper()
        parts: list[str] = []
        end = 0
        for (start, word), candidate in zip(spans, chosen, strict=True):
            spelt = word if _is_acronym(word, shouted) else _cased(candidate.word, word)
            parts += text[end:start], spelt
            end = start + len(word)
        return "".join([*parts, text[end:]])

    def _spans(self, token: re.Match[str]) -> list[tuple[int, str]]:
        word, start = token[0], token.start()
        if "-" not in word or any(self._is_known(word.lower(), language) for language in self._lexicons):
            return [(start, word)]
        spans = []
        for part in word.split("-"):
            if _LETTER.search(part):
                spans.append((start, part))
            start += len(part) + 1
        return spans

    def _is_known(self, word: str, language: Language) -> bool:
        return any(self._lexicons[language].of_key(reading.key) for reading in _READINGS[language](word))

    def _likeliest(self, options: list[list[Candidate]], habits: Habits) -> list[Candidate]:
        """Return the likeliest row of candidates (Viterbi)."""
        best: list[tuple[float, list[Candidate]]] = [(0.0, [])]
        for candidates in options:
            step: list[tuple[float, list[Candidate]]] = []
            for candidate in candidates:
                score, row = max(
                    (
                        (score + self._transition(row[-1] if row else None, candidate, habits), row)
                        for score, row in best
                    ),
                    key=lambda scored: scored[0],
                )
                step.append((score + candidate.log, [*row, candidate]))
            best = step
        return max(best, key=lambda scored: scored[0])[1]

    def _transition(self, before: Candidate | None, candidate: Candidate, habits: Habits) -> float:
        """Return what the word before changes in a candidate's log probability."""
        change = 0.0
        language = before.language if before else habits.language
        if language and candidate.language and language != candidate.language:
            return -_SWITCH
        if candidate.alone is not None and candidate.language and (before is None or before.language):
            last = before.word.rsplit(" ", 1)[-1] if before else START
            change += (
                self._lexicons[candidate.language].log_pair(last, candidate.word, candidate.alone) - candidate.alone
            )
        return change

    def _candidates(self, word: str, habits: Habits) -> list[Candidate]:
        """Return what a typed word in lower case may stand for, the likeliest first."""
        languages = _possible_languages(word)
        found = _Found(habits, is_cyrillic(word))
        for language in languages:
            found.add(language, self._channels[language](word, habits, 0))
        if len(word) == 1:
            return found.of_one_letter() or [Candidate(word, None, 0.0, None)]
        doubt = _SLIP_IN_KNOWN if found.best > _NOTHING else 0.0
        if found.best < -_SURELY_KNOWN:
            for language, spelt in self._unknown(word, habits):
                found.add(language, [spelt])
        for edits in (1, 2):
            if found.best > (-_RARE if edits == 1 else -_VERY_RARE) or _DIGIT.search(word):
                break
            for language in languages:
                found.add(language, self._channels[language](word, habits, edits), doubt)
        if found.best < -_RARE:
            for language in languages:
                found.add(language, self._split(word, language, habits), doubt)
        return found.ranked()

    def _latvian(self, word: str, habits: Habits, edits: int) -> Iterator[Spelt]:
        words = self._lexicons["lv"]
        for reading in latvian_readings(word):
            for key, typo_cost in _keys(words, reading, edits, len(word)):
                if edits and is_cyrillic(word) and habits.language != "lv":
                    return
                for other, log in words.of_key(key):
                    cost = typo_cost + _latvian_cost(word, reading.sounds, other, habits)
                    yield other, log - cost, log

    def _russian(self, word: str, habits: Habits, edits: int) -> Iterator[Spelt]:
        words = self._lexicons["ru"]
        sound = _LETTER_WRONG if is_cyrillic(word) else _SOUND
        for rank, reading in enumerate(russian_readings(word.replace("ё", "е"))):
            for key, typo_cost in _keys(words, reading, edits, len(word)):
                for other, log in words.of_key(key):
                    cost = typo_cost + sound * Levenshtein.distance(
                        reading.sounds, russian_sounds(other.replace("ё", "е"))
                    )
                    yield other, log - cost - (_SECOND_READING if rank else 0.0), log

    def _english(self, word: str, habits: Habits, edits: int) -> Iterator[Spelt]:
        words = self._lexicons["en"]
        for key, typo_cost in _keys(words, Reading(word, word), edits, len(word)):
            for other, log in words.of_key(key):
                yield other, log - typo_cost, log

    def _split(self, word: str, language: Language, habits: Habits) -> Iterator[Spelt]:
        """Yield two words that a typed one may be, with the space forgotten."""
        if len(word) < 5:
            return
        channel = self._channels[language]
        for at in range(1, len(word) - 1):
            left = max(channel(word[:at], habits, 0), key=_by_log, default=None)
            if not left or (len(left[0]) == 1 and left[0] not in _OF_ONE_LETTER[language]):
                continue
            right = max(channel(word[at:], habits, 0), key=_by_log, default=None)
            if right and right[2] is not None:
                together = self._lexicons[language].log_pair(left[0], right[0], right[2]) - right[2]
                cost = _SPLIT + (_PREFIX if left[0] in _PREFIXES[language] else 0.0)
                yield f"{left[0]} {right[0]}", left[1] + right[1] + together - cost, None

    def _unknown(self, word: str, habits: Habits) -> Iterator[tuple[Language | None, Spelt]]:
        """Yield a word as one that is in no list: as typed, and as it would be spelt by its letters."""
        cyrillic = is_cyrillic(word)
        models: tuple[Language, ...] = ("ru",) if cyrillic else ("lv", "en")
        likeliest = max(self._letters[language].log_word(word) for language in models)
        yield (
            None,
            (word, _unknown_log(likeliest) - (_KEPT_LATIN if habits.russian_in_latin and not cyrillic else 1.0), None),
        )
        if cyrillic or len(word) < 3:
            return
        if habits.language in ("lv", None):
            options = _latvian_options(2 * habits.vowels, 2 * habits.consonants)
            if spelt := self._letters["lv"].spell(word, options):
                yield "lv", (spelt[0], _unknown_log(spelt[1]), None)
        is_in_doubt = habits.language is None and not _ONLY_LATVIAN_LETTER.search(word)
        if (habits.russian_in_latin or is_in_doubt) and (spelt := self._letters["ru"].spell(word, RUSSIAN_OPTIONS)):
            yield "ru", (spelt[0], _unknown_log(spelt[1]), None)


class _Found:
    """The candidates found for a word, the likeliest of each spelling in each language."""

    def __init__(self, habits: Habits, cyrillic: bool) -> None:
        self.best = _NOTHING
        self._habits = habits
        self._cyrillic = cyrillic
        self._candidates: dict[tuple[str, Language | None], Candidate] = {}

    def add(self, language: Language | None, spelt: Iterable[Spelt], cost: float = 0.0) -> None:
        """Add spellings of a language, for an additional cost."""
        foreign = language is not None and self._habits.language not in (None, language)
        if foreign:
            cost += _OTHER_LANGUAGE
            if self._cyrillic != (language == "ru"):
                cost += _OTHER_LETTERS
        for word, log, alone in spelt:
            known = self._candidates.get((word, language))
            if known is None or known.log < log - cost:
                self._candidates[word, language] = Candidate(word, language, log - cost, alone)
                self.best = max(self.best, log - cost)

    def ranked(self) -> list[Candidate]:
        """Return the likeliest candidates."""
        ranked = sorted(self._candidates.values(), key=lambda candidate: -candidate.log)
        return [c for c in ranked[:_MOST_CANDIDATES] if c.log > ranked[0].log - _MARGIN]

    def of_one_letter(self) -> list[Candidate]:
        """Return those that are words of one letter, in the letters of the message."""
        cyrillic = self._cyrillic or self._habits.russian_in_latin
        return [
            candidate
            for (word, language), candidate in self._candidates.items()
            if language and word in _OF_ONE_LETTER[language] and is_cyrillic(word) == cyrillic
        ]


def restore(text: str, language: Language | None) -> str:
    """Return ``text`` in standard spelling: Latvian with diacritics, Russian in Cyrillic.

    Args:
        text: a message as typed.
        language: the language of the message; None where it is not known. Words of another
            language in it are restored as what they are.
    """
    return restorer().restore(text, language)


@functools.lru_cache(maxsize=1)
def restorer() -> Restorer:
    """Return the restorer with the word lists of the project."""
    words = vocabulary()
    return Restorer(words.lexicons, words.letters)


_READINGS: Mapping[Language, Callable[[str], list[Reading]]] = {
    "lv": latvian_readings,
    "ru": russian_readings,
    "en": lambda word: [Reading(word, word)],
}


def _by_log(spelt: Spelt) -> float:
    return spelt[1]


def _unknown_log(letters: float) -> float:
    """Return the log probability of a word in no list from that of its letters."""
    return _LETTERS * letters - _UNKNOWN


def _habits(text: str, language: Language | None) -> Habits:
    letters = _LETTER.findall(text)
    cyrillic = sum(1 for letter in letters if is_cyrillic(letter))
    marked = _LATVIAN_LETTER.search(text) is not None
    return Habits(
        language=language,
        vowels=_DIACRITIC_FORGOTTEN if marked or _LONG_VOWEL.search(text) else 0.0,
        consonants=_DIACRITIC_FORGOTTEN if marked or _HUSHING.search(text) else 0.0,
        russian_in_latin=language == "ru" and cyrillic * 2 < len(letters),
    )


@functools.cache
def _latvian_options(vowels: float, consonants: float) -> Options:
    return marked_latvian_options(vowels, consonants)


def _possible_languages(word: str) -> list[Language]:
    if is_cyrillic(word):
        return ["ru", "lv"]
    if _ONLY_LATVIAN_LETTER.search(word):
        return ["lv"]
    return ["lv", "ru"] if _LATVIAN_LETTER.search(word) else ["lv", "ru", "en"]


def _keys(words: Lexicon, reading: Reading, edits: int, length: int) -> list[tuple[str, float]]:
    """Return the keys of words that a reading may stand for, with the cost of the slips."""
    if edits == 0:
        return [(reading.key, 0.0)]
    if len(reading.key) < 3 or (edits == 2 and len(reading.key) < 8):
        return []
    first = _SLIP + (4.0 if length <= 3 else 2.5 if length == 4 else 1.0 if length <= 6 else 0.0)
    return [
        (
            key,
            first
            + _SECOND_SLIP * (distance - 1)
            - (_BY_EAR if distance == 1 and _is_by_ear(reading.key, key) else 0.0),
        )
        for key, distance in words.near_keys(reading.key, edits)
        if distance
    ]


def _is_by_ear(typed: str, key: str) -> bool:
    """Tell whether a key differs from another in one letter that sounds nearly the same."""
    if len(typed) != len(key):
        return False
    return any(a != b and frozenset((a, b)) in _SOUND_ALIKE for a, b in zip(typed, key, strict=True))


def _latvian_cost(typed: str, merged: str, word: str, habits: Habits) -> float:
    """Return the cost of typing a Latvian word so, slips apart.

    Args:
        typed: as typed.
        merged: with digraphs turned into letters.
        word: in standard spelling.
        habits: how the message is typed.
    """
    if typed == word:
        return 0.0
    if is_cyrillic(typed):
        return 1.0
    if len(merged) != len(word):
        return 2.0 * abs(len(merged) - len(word))
    cost = 0.0
    for have, want in zip(merged, word, strict=True):
        if have != want:
            plain = strip_accents(want)
            if have == plain:
                cost += habits.vowels if want in "āēīū" else habits.consonants
            else:
                cost += _DIACRITIC_WRONG if strip_accents(have) == plain else 2.0
    return cost


def _is_acronym(word: str, shouted: bool) -> bool:
    """Tell whether a word is one like NVA: in capitals where the rest is not."""
    return not shouted and 2 <= len(word) <= 6 and word.isupper()


def _cased(word: str, typed: str) -> str:
    """Return a word in the capitals of the typed one."""
    if typed.isupper() and len(typed) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
