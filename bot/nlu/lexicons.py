"""The word lists of the three languages, from wordfreq and the project's own texts."""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter
from collections.abc import Iterable

from bot.languages import LANGUAGES, Language
from bot.nlu import corpus
from bot.nlu.fold import strip_accents
from bot.nlu.letters import LetterModel
from bot.nlu.lexicon import Lexicon, count_pairs, general_words, mixed, words_of
from bot.nlu.spelling import is_cyrillic, latvian_key, latvian_readings, russian_key, russian_readings

_OWN_SHARE = 0.5
_LEAST = 1e-7


@functools.lru_cache(maxsize=None)
def lexicon(language: Language) -> Lexicon:
    """Return the word list of a language."""
    return build(language, [*corpus.examples(language), *corpus.content(language)])


def vocabularies() -> tuple[dict[Language, Lexicon], dict[Language, LetterModel]]:
    """Return the words of the languages, and the letters of those that are spelt by them."""
    return {lang: lexicon(lang) for lang in LANGUAGES}, {lang: letters(lang) for lang in LANGUAGES}


@functools.cache
def letters(language: Language) -> LetterModel:
    """Return which letters follow which in a language."""
    return LetterModel.fit(word for word, _ in common_words(language, 60_000, "small" if language == "lv" else "large"))


def build(language: Language, lines: Iterable[str]) -> Lexicon:
    """Build the word list of a language from general words and lines of the project's texts."""
    return _BUILDERS[language](lines)


def _latvian(lines: Iterable[str]) -> Lexicon:
    general = {
        word: p for word, p in general_words("lv", "small", 60_000) if not is_cyrillic(word)
    }
    general = _without_sloppy(general)
    well_written = [words for line in lines if (words := _well_written(line, general))]
    own = Counter(word for words in well_written for word in words)
    own.update({name: 1 for name in _names("name_lv")})
    return Lexicon(mixed(general, own, _OWN_SHARE, _LEAST), latvian_key, count_pairs(well_written))


def _without_sloppy(general: dict[str, float]) -> dict[str, float]:
    """Return Latvian words less what of them is other words typed without diacritics."""
    marked: dict[str, float] = {}
    for word, probability in general.items():
        plain = strip_accents(word)
        if plain != word:
            marked[plain] = marked.get(plain, 0.0) + probability
    # About one in ten of the texts counted by wordfreq's Latvian sources has no diacritics.
    return {
        word: left
        for word, probability in general.items()
        if (left := probability - 0.1 * marked.get(word, 0.0)) > 0
    }


def _well_written(line: str, general: dict[str, float]) -> list[str]:
    """Return the words of a line; none where it seems typed without diacritics."""
    words = words_of(line)
    if any(is_cyrillic(word) for word in words):
        return []
    marked = any(strip_accents(word) != word for word in words)
    unknown = sum(1 for word in words if word not in general and strip_accents(word) == word)
    return words if marked and unknown <= len(words) / 4 else []


def _russian(lines: Iterable[str]) -> Lexicon:
    general = {word: p for word, p in general_words("ru", "large", 150_000) if is_cyrillic(word)}
    cyrillic = [[word for word in words_of(line) if is_cyrillic(word)] for line in lines]
    own = Counter(word for words in cyrillic for word in words)
    own.update({name: 1 for name in _names("name_ru")})
    return Lexicon(mixed(general, own, _OWN_SHARE, _LEAST), russian_key, count_pairs(cyrillic))


def _english(lines: Iterable[str]) -> Lexicon:
    general = dict(general_words("en", "small", 30_000))
    own = [words_of(line) for line in lines]
    counts = Counter(word for words in own for word in words)
    return Lexicon(mixed(general, counts, _OWN_SHARE, _LEAST), lambda word: word, count_pairs(own))


def _names(column: str) -> set[str]:
    names: set[str] = set()
    for file in ("places.csv", "municipalities.csv"):
        path = corpus.DATA / "directory" / file
        if path.exists():
            with path.open(encoding="utf-8", newline="") as rows:
                for row in csv.DictReader(rows):
                    names.update(words_of(row[column]))
    return names


_BUILDERS = {"lv": _latvian, "ru": _russian, "en": _english}


def common_words(language: Language, most: int = 8000, wordlist: str = "small") -> list[tuple[str, float]]:
    """Return the commonest words of a language in its own letters, with their probabilities."""
    cyrillic = language == "ru"
    return [(w, p) for w, p in general_words(language, wordlist, most) if is_cyrillic(w) == cyrillic]


def is_place_name(word: str) -> bool:
    """Tell whether a word, in any spelling or case form, is the name of a place and no common word."""
    lowered = word.lower()
    stems = _place_stems()
    for language in ("lv", "ru"):
        readings = latvian_readings(lowered) if language == "lv" else russian_readings(lowered)
        for reading in readings:
            key = reading.key
            if any(key[:length] in stems for length in range(max(3, len(key) - 4), len(key) + 1)):
                return word[:1].isupper() or not _is_common(lowered)
    return False


def _is_common(word: str) -> bool:
    return any((lexicon(language).log_probability(word) or -99.0) > -10.0 for language in ("lv", "ru", "en"))


@functools.lru_cache(maxsize=1)
def _place_stems() -> frozenset[str]:
    """Return the keys of the names of places without their endings."""
    stems = set()
    for column, key in (("name_lv", latvian_key), ("name_ru", russian_key)):
        for name in _names(column):
            stem = key(name)
            stem = re.sub(r"(?:is|as|es|us|s|a|e|i|u)$", "", stem)
            if len(stem) >= 4 or (len(stem) == 3 and len(name) <= 5):
                stems.add(stem)
    return frozenset(stems)
