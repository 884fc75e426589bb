"""The words that a typed one may stand for, and how likely each is.

The channel half of the noisy channel (Kernighan, Church and Gale 1990): what is typed is read as
Latvian, Russian and English; words of the same key are looked up, then words one or two slips
away, then two words typed as one, then what its letters alone would spell.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Optional

from rapidfuzz.distance import Levenshtein

from bot.languages import Language
from bot.nlu.fold import strip_accents
from bot.nlu.letters import RUSSIAN_OPTIONS, LetterModel, Options, marked_latvian_options
from bot.nlu.lexicon import Lexicon
from bot.nlu.spelling import Reading, differs_in_ending, is_cyrillic, latvian_readings, russian_readings, russian_sounds

LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_LATVIAN_LETTER = re.compile(r"[āčēģīķļņōŗšūž]", re.IGNORECASE)
# Russian in Latin letters may have š, č and ž, but never these.
_ONLY_LATVIAN_LETTER = re.compile(r"[āēģīķļņū]")
_LONG_VOWEL = re.compile(r"aa|ee|ii|uu", re.IGNORECASE)
_HUSHING = re.compile(r"sh|ch|zh", re.IGNORECASE)
# Longer rows of letters are no words, and would take long to look up.
_LONGEST = 40
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

# In Russian "not" is a word by itself, and often written with the next one.
_OFTEN_JOINED: dict[Language, str] = {"ru": "не"}

# Letters that are heard alike where they are not stressed, or at the end of a word.
_SOUND_ALIKE = frozenset(frozenset(pair) for pair in ("ao", "ei", "gk", "dt", "vf", "zs", "bp", "ae", "ia", "ea"))

# Costs in nats, fitted on training examples that were set aside.
_UNKNOWN = 3.5  # of a word that is in no list, besides that of its letters
_LETTERS = 0.85  # weight of the letters' cost of such a word
_SURELY_KNOWN = 13.5  # a known word of less cost is not tried as an unknown one
_RARE = 12.0  # a known word of this cost or more may be a mistyped one
_VERY_RARE = 17.0  # and it may have two slips
_LETTER_ALONE = 9.0  # of a single letter that is no word
_KEPT_LATIN = 4.0  # of leaving a word in Latin letters where the message is Russian in these
_OTHER_LANGUAGE = 4.0  # of each word of another language than the message's
_OTHER_LETTERS = 3.0  # of taking Latin letters for Russian in a message that is not
_DIACRITIC_FORGOTTEN = 2.0  # in a message that has others
_DIACRITIC_WRONG = 5.0
_SOUND = 1.3  # of a difference within a key
_LETTER_WRONG = 4.5  # of the same where the letters are Russian
_SECOND_READING = 0.5
_SLIP = 6.0  # of one slip in a long word
_SECOND_SLIP = 5.5
_ENDING = 2.5  # more, for one in the ending: it is likelier another form of the word
_BY_EAR = 3.5  # less, for a slip that sounds nearly the same
_SLIP_IN_KNOWN = 1.0  # of taking a known word for a mistyped one
_SPLIT = 4.5  # of a forgotten space
_PREFIX = 2.0  # more, where what was split off is a prefix as well
_SHORT = 3  # letters of a short word
_COMMON_SHORT = -9.0  # log probability of a short word, and of others, that may have been joined
_COMMON = -13.3
_MOST_CANDIDATES = 6
_MARGIN = 9.0
_NOTHING = -99.0

# A word in standard spelling, its log probability less the costs of typing it so, and that alone.
Spelt = tuple[str, float, Optional[float]]


class Candidate(NamedTuple):
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


class Habits(NamedTuple):
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


def habits_of(text: str, language: Language | None) -> Habits:
    """Return how a message of a language is typed."""
    letters = LETTER.findall(text)
    cyrillic = sum(1 for letter in letters if is_cyrillic(letter))
    marked = _LATVIAN_LETTER.search(text) is not None
    return Habits(
        language=language,
        vowels=_DIACRITIC_FORGOTTEN if marked or _LONG_VOWEL.search(text) else 0.0,
        consonants=_DIACRITIC_FORGOTTEN if marked or _HUSHING.search(text) else 0.0,
        russian_in_latin=language == "ru" and cyrillic * 2 < len(letters),
    )


class CandidateFinder:
    """Finds what typed words may stand for.

    Args:
        lexicons: words of each language.
        letters: which letters follow which in them, for words in no list.
    """

    def __init__(self, lexicons: Mapping[Language, Lexicon], letters: Mapping[Language, LetterModel]) -> None:
        self._lexicons = lexicons
        self._letters = letters
        self._channels: dict[Language, Callable[[str, Habits, int], Iterator[Spelt]]] = {
            "lv": self._latvian,
            "ru": self._russian,
            "en": self._english,
        }

    def is_known(self, word: str) -> bool:
        """Tell whether a word in lower case may be one of a list, slips apart."""
        return any(
            self._lexicons[language].of_key(reading.key)
            for language, read in _READINGS.items()
            for reading in read(word)
        )

    def find(self, word: str, habits: Habits) -> list[Candidate]:
        """Return what a typed word in lower case may stand for, the likeliest first."""
        if len(word) > _LONGEST:
            return [Candidate(word, None, 0.0, None)]
        languages = _possible_languages(word)
        found = _Found(habits, is_cyrillic(word))
        for language in languages:
            found.add(language, self._channels[language](word, habits, 0))
        if len(word) == 1:
            return found.of_one_letter(word) or [Candidate(word, None, 0.0, None)]
        doubt = _SLIP_IN_KNOWN if found.best > _NOTHING else 0.0
        if found.best < -_SURELY_KNOWN:
            for owner, spelt in self._unknown(word, habits):
                found.add(owner, [spelt])
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
        if edits and is_cyrillic(word) and habits.language != "lv":
            return
        words = self._lexicons["lv"]
        for reading in latvian_readings(word):
            for key, slips in _keys(words, reading, edits):
                slip_cost = _slip_cost(reading.key, key, slips)
                for other, log in words.of_key(key):
                    yield other, log - slip_cost - _latvian_cost(word, reading.sounds, other, habits, slips), log

    def _russian(self, word: str, habits: Habits, edits: int) -> Iterator[Spelt]:
        words = self._lexicons["ru"]
        sound = _LETTER_WRONG if is_cyrillic(word) else _SOUND
        for rank, reading in enumerate(russian_readings(word.replace("ё", "е"))):
            for key, slips in _keys(words, reading, edits):
                cost = _slip_cost(reading.key, key, slips) + (_SECOND_READING if rank else 0.0)
                for other, log in words.of_key(key):
                    differences = Levenshtein.distance(reading.sounds, russian_sounds(other.replace("ё", "е")))
                    yield other, log - cost - sound * max(0, differences - slips), log

    def _english(self, word: str, habits: Habits, edits: int) -> Iterator[Spelt]:
        words = self._lexicons["en"]
        for key, slips in _keys(words, Reading(word, word), edits):
            cost = _slip_cost(word, key, slips)
            for other, log in words.of_key(key):
                yield other, log - cost, log

    def _split(self, word: str, language: Language, habits: Habits) -> Iterator[Spelt]:
        """Yield two words that a typed one may be, with the space forgotten."""
        if len(word) < 5:
            return
        channel = self._channels[language]
        for at in range(1, len(word) - 1):
            left = max(channel(word[:at], habits, 0), key=_by_log, default=None)
            if not left or not _is_worth_splitting_off(left, language):
                continue
            right = max(channel(word[at:], habits, 0), key=_by_log, default=None)
            if right and right[2] is not None and _is_worth_splitting_off(right, language):
                together = self._lexicons[language].pairs.log_after(left[0], right[0], right[2]) - right[2]
                cost = _SPLIT + _prefix_cost(left[0], language)
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
            # Latvian in Cyrillic letters costs nothing more: what else are Russian letters to be?
            if language == "ru" and not self._cyrillic:
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

    def of_one_letter(self, typed: str) -> list[Candidate]:
        """Return those that are words of one letter, in the letters of the message."""
        words = [
            candidate
            for (word, language), candidate in self._candidates.items()
            if language and word in _OF_ONE_LETTER[language]
        ]
        if self._habits.russian_in_latin or self._cyrillic:
            return [candidate for candidate in words if is_cyrillic(candidate.word)]
        kept = Candidate(typed, None, -_LETTER_ALONE, None)
        if self._habits.language is None:
            return [*words, kept]
        return [candidate for candidate in words if not is_cyrillic(candidate.word)]


_READINGS: Mapping[Language, Callable[[str], list[Reading]]] = {
    "lv": latvian_readings,
    "ru": russian_readings,
    "en": lambda word: [Reading(word, word)],
}


def _by_log(spelt: Spelt) -> float:
    return spelt[1]


def _is_worth_splitting_off(spelt: Spelt, language: Language) -> bool:
    """Tell whether a word is frequent enough for its length: short ones are found in any row of letters."""
    word, log, _ = spelt
    if len(word) == 1:
        return word in _OF_ONE_LETTER[language]
    return log > (_COMMON_SHORT if len(word) <= _SHORT else _COMMON)


def _prefix_cost(word: str, language: Language) -> float:
    """Return what it costs more to split a word off that is a prefix too, and less where it is often joined."""
    if word == _OFTEN_JOINED.get(language):
        return -_PREFIX
    return _PREFIX if word in _PREFIXES[language] else 0.0


def _unknown_log(letters: float) -> float:
    """Return the log probability of a word in no list from that of its letters."""
    return _LETTERS * letters - _UNKNOWN


@functools.cache
def _latvian_options(vowels: float, consonants: float) -> Options:
    return marked_latvian_options(vowels, consonants)


def _possible_languages(word: str) -> list[Language]:
    if is_cyrillic(word):
        return ["ru", "lv"]
    if _ONLY_LATVIAN_LETTER.search(word):
        return ["lv"]
    return ["lv", "ru"] if _LATVIAN_LETTER.search(word) else ["lv", "ru", "en"]


def _keys(words: Lexicon, reading: Reading, edits: int) -> list[tuple[str, int]]:
    """Return the keys of words that a reading may stand for, with the number of slips."""
    if edits == 0:
        return [(reading.key, 0)]
    if len(reading.key) < 3 or (edits == 2 and len(reading.key) < 8):
        return []
    return [(key, slips) for key, slips in words.near_keys(reading.key, edits) if slips]


def _slip_cost(typed: str, key: str, slips: int) -> float:
    """Return the cost of typing a key so."""
    if not slips:
        return 0.0
    length = len(typed)
    cost = _SLIP + (4.0 if length <= 3 else 2.5 if length == 4 else 1.0 if length <= 6 else 0.0)
    cost += _SECOND_SLIP * (slips - 1)
    if slips == 1 and _is_by_ear(typed, key):
        cost -= _BY_EAR
    if differs_in_ending(typed, key):
        cost += _ENDING
    return cost


def _is_by_ear(typed: str, key: str) -> bool:
    """Tell whether a key differs from another in one letter that sounds nearly the same."""
    if len(typed) != len(key):
        return False
    return any(a != b and frozenset((a, b)) in _SOUND_ALIKE for a, b in zip(typed, key, strict=True))


def _latvian_cost(typed: str, merged: str, word: str, habits: Habits, slips: int) -> float:
    """Return the cost of typing a Latvian word so, slips apart.

    Args:
        typed: as typed.
        merged: with digraphs turned into letters.
        word: in standard spelling.
        habits: how the message is typed.
        slips: how many slips there are besides.
    """
    if typed == word:
        return 0.0
    if is_cyrillic(typed):
        return 1.0
    if slips or len(merged) != len(word):
        marks = Levenshtein.distance(merged, word) - slips
        return max(0, marks) * (habits.vowels if slips else 2.0)
    cost = 0.0
    for have, want in zip(merged, word, strict=True):
        if have != want:
            plain = strip_accents(want)
            if have == plain:
                cost += habits.vowels if want in "āēīū" else habits.consonants
            else:
                cost += _DIACRITIC_WRONG if strip_accents(have) == plain else 2.0
    return cost
