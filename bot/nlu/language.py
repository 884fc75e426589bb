"""The language of a message, and of the reply."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.directory.errors import ContentError, Finding
from bot.directory.loading import read_yaml
from bot.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.nlu.fold import fold
from bot.nlu.language_model import language_model
from bot.nlu.lexicons import place_words
from bot.nlu.restore import restorer
from bot.nlu.spelling import latvian_key, latvian_readings, russian_key, russian_readings
from bot.nlu.vocabulary import vocabulary
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.assistant.context import Context

CUES = ROOT / "data" / "cues" / "languages.yml"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
# Not č, š and ž: Russian in Latin letters has them too.
_LATVIAN = re.compile(r"[āēģīķļņū]", re.IGNORECASE)
_TELLING_LETTER = re.compile(f"{_CYRILLIC.pattern}|{_LATVIAN.pattern}", re.IGNORECASE)
_CLAUSE = re.compile(r"[,.;:!?()–—\n]+")
# In so short a message a place may be all that is said, and it is told by no language.
_SHORT = 4
# Short and frequent words are taken for words, though a place is called so too (Saka, Cena).
_TELLING_LENGTH = 5
_COMMON = -9.5
# Below this share of the likeliest language, words are asked besides letters, with this weight. Tried on
# examples as people type them: 98.3 % right without the words, 98.5 % with a weight from 0.1 to 0.4.
_CLEAR = 0.98
_WORDS_WEIGHT = 0.25
# A reply in the wrong language is worse than staying with the language of the talk.
SURE = 0.6


@dataclass(frozen=True)
class LanguageGuess:
    """A language with a confidence from 0 to 1."""

    language: Language
    confidence: float


def identify_language(text: str) -> LanguageGuess | None:
    """Return the language of a message; None where it can't be told (no letters, a bare name).

    Latvian without diacritics and Russian in Latin letters are told as well. What is written by
    hand in two languages gets the one with the larger part, with a low confidence.
    """
    words = [word for word in _WORD.findall(text) if _LETTER.search(word)]
    if len(words) <= _SHORT:
        same = language_cues().same
        words = [word for word in words if word.lower() not in same and not is_place_name(word)]
    telling = " ".join(words)
    letters = len(_LETTER.findall(telling))
    if letters < (2 if _TELLING_LETTER.search(telling) else 3):
        return None
    shares = language_model().probabilities(telling)
    if max(shares.values()) < _CLEAR:
        likely = {language: restorer().log_likelihood(telling, language) for language in LANGUAGES}
        best = max(likely.values())
        shares = _weighed(shares, {lang: math.exp(_WORDS_WEIGHT * (log - best)) for lang, log in likely.items()})
    if len(_CYRILLIC.findall(telling)) * 2 > letters:
        # Cyrillic is hardly ever anything else, even where the words are borrowed.
        shares = _weighed(shares, {"ru": 50.0})
    elif _LATVIAN.search(telling) and not _CYRILLIC.search(telling):
        shares = _weighed(shares, {"lv": 10.0})
    language = max(LANGUAGES, key=shares.__getitem__)
    return LanguageGuess(language, round(shares[language], 3))


def is_place_name(word: str) -> bool:
    """Tell whether a word, in any spelling or case form, names a place and is no common word."""
    lowered = word.lower()
    latvian, russian = _place_keys()
    keys = {reading.key for reading in latvian_readings(lowered)} & latvian
    if not keys and not ({reading.key for reading in russian_readings(lowered)} & russian):
        return False
    return word[:1].isupper() or len(word) >= _TELLING_LENGTH or not _is_common(lowered)


def _is_common(word: str) -> bool:
    """Tell whether a word as typed is a frequent word of some language."""
    lexicons = vocabulary().lexicons
    keys: dict[Language, str] = {"lv": latvian_key(word), "ru": russian_key(word), "en": word}
    return any(
        known == word and log > _COMMON
        for language, key in keys.items()
        for known, log in lexicons[language].of_key(key)
    )


@functools.lru_cache(maxsize=1)
def _place_keys() -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of the names of places in all their forms, in Latvian and in Russian."""
    return (
        frozenset(latvian_key(word) for word in place_words("lv") if len(word) > 2),
        frozenset(russian_key(word) for word in place_words("ru") if len(word) > 2),
    )


def _weighed(shares: dict[Language, float], factors: dict[Language, float]) -> dict[Language, float]:
    weighed = {language: share * factors.get(language, 1.0) for language, share in shares.items()}
    total = sum(weighed.values())
    return {language: share / total for language, share in weighed.items()}


def resolve_language(guess: LanguageGuess | None, context: Context) -> Language:
    """Return the language to reply in: chosen, else that of the message, else of the talk, else of the phone."""
    return (
        context.chosen_language
        or (guess.language if guess and guess.confidence >= SURE else None)
        or context.current_language
        or context.phone_language
        or DEFAULT_LANGUAGE
    )


def asked_language(text: str) -> Language | None:
    """Return the language that a request to change names: ``var krieviski?`` → Russian; None: not said.

    Of several, the last one that is not turned down in its clause: ``not Russian, English!``.
    """
    cues = language_cues()
    wanted = [language for clause in cues.clauses(text) if (language := cues.wanted(clause))]
    return wanted[-1] if wanted else None


@dataclass(frozen=True)
class LanguageCues:
    """How languages are named and turned down, as patterns over folded text.

    Attributes:
        names: a pattern for the names of each language.
        turned_down: what says that the language of the clause is not wanted.
        not_before: what says so right before the name.
        conjunctions: words that begin a clause, folded.
        same: words that are the same in all languages, lower case.
    """

    names: dict[Language, re.Pattern[str]]
    turned_down: re.Pattern[str]
    not_before: re.Pattern[str]
    conjunctions: frozenset[str]
    same: frozenset[str]

    def clauses(self, text: str) -> list[str]:
        """Return the clauses of a text."""
        found: list[str] = []
        for part in _CLAUSE.split(text):
            found.append("")
            for word in part.split():
                if fold(word) in self.conjunctions:
                    found.append("")
                found[-1] += f" {word}"
        return found

    def wanted(self, clause: str) -> Language | None:
        """Return the language that a clause names last and does not turn down."""
        folded = fold(clause)
        if self.turned_down.search(folded):
            return None
        named = [
            (match.start(), language)
            for language, pattern in self.names.items()
            for match in pattern.finditer(folded)
            if not self.not_before.search(folded[: match.start()])
        ]
        return max(named)[1] if named else None


@functools.lru_cache(maxsize=1)
def language_cues(path: Path = CUES) -> LanguageCues:
    """Read how languages are named.

    Raises:
        ContentError: the file can't be used.
    """
    file = read_yaml(path, ROOT)
    data = file.data if isinstance(file.data, dict) else {}

    def phrases(*keys: str) -> list[str]:
        value: object = data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, list) or not all(isinstance(phrase, str) for phrase in value):
            remedy = "Write a list of words in brackets"
            raise ContentError([Finding(file.name, file.line(keys), ".".join(keys), "is no list of words", remedy)])
        return value

    return LanguageCues(
        names={lang: _pattern(phrases("names", lang), phrases("short", lang)) for lang in LANGUAGES},
        turned_down=_pattern(phrases("not"), []),
        not_before=_pattern([], phrases("not_before"), after=r"(?: \w{1,3})? $"),
        conjunctions=frozenset(fold(word) for word in phrases("clause")),
        same=frozenset(phrases("same")),
    )


def _pattern(beginnings: list[str], whole: list[str], after: str = "") -> re.Pattern[str]:
    """Return a pattern that finds beginnings of words, and whole words, in folded text."""
    alternatives = [re.escape(fold(word)) for word in beginnings] + [re.escape(fold(word)) + r"\b" for word in whole]
    return re.compile(r"\b(?:" + "|".join(alternatives) + ")" + after)
