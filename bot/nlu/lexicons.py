"""Building the word lists of the three languages from wordfreq and the project's own texts."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from bot.languages import LANGUAGES, Language
from bot.nlu import corpus
from bot.nlu.fold import strip_accents
from bot.nlu.letters import LetterModel
from bot.nlu.lexicon import Lexicon, general_words, mixed, words_of
from bot.nlu.place_forms import adjectives, latvian_forms, russian_forms
from bot.nlu.spelling import differs_in_ending, is_cyrillic, latvian_key, latvian_readings, russian_key

PLACE_FILES = ("places.csv", "municipalities.csv")
# Which list of wordfreq, and how many of its words. Latvian has only a small one.
_SIZES: dict[Language, tuple[str, int]] = {"lv": ("small", 60_000), "ru": ("large", 150_000), "en": ("small", 30_000)}
_ADJECTIVE_ENDINGS = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их")
_OWN_SHARE = 0.5
_LEAST = 1e-7
# In the texts that wordfreq counted, about one in ten Latvian ones has no diacritics.
_SLOPPY = 0.1
# Log probability of Latvian words that are known as such in Russian talk.
_FREQUENT = -12.0
# Probability of words that a language hardly knows, and how much more one is used that they are mistyped for.
_RARE = 3e-7
_TIMES = 100


def build_lexicons(lines: dict[Language, Iterable[str]] | None = None) -> dict[Language, Lexicon]:
    """Build the word lists.

    Args:
        lines: the project's texts in each language; its examples and what it says where left out.
    """
    if lines is None:
        lines = {language: [*corpus.examples(language), *corpus.content(language)] for language in LANGUAGES}
    latvian = _latvian(lines["lv"])
    return {"lv": latvian, "ru": _russian(lines["ru"], latvian), "en": _english(lines["en"])}


def build_letters() -> dict[Language, LetterModel]:
    """Build the models of which letters follow which."""
    return {language: LetterModel.fit(word for word, _ in common_words(language, 60_000)) for language in LANGUAGES}


def common_words(language: Language, most: int) -> list[tuple[str, float]]:
    """Return the commonest words of a language in its own letters, with their probabilities."""
    cyrillic = language == "ru"
    wordlist, _ = _SIZES[language]
    return [(word, p) for word, p in general_words(language, wordlist, most) if is_cyrillic(word) == cyrillic]


def _general(language: Language) -> dict[str, float]:
    return dict(common_words(language, _SIZES[language][1]))


def _latvian(lines: Iterable[str]) -> Lexicon:
    general = _without_sloppy(_general("lv"))
    well_written = [words for line in lines if (words := _well_written(line, general))]
    own = _without_slips(Counter(word for words in well_written for word in words), general, latvian_key)
    own.update(place_words("lv"))
    return Lexicon.build(mixed(general, own, _OWN_SHARE, _LEAST), latvian_key, well_written)


def _without_sloppy(general: dict[str, float]) -> dict[str, float]:
    """Return Latvian words less what of them is other words typed without diacritics."""
    marked: dict[str, float] = {}
    for word, probability in general.items():
        plain = strip_accents(word)
        if plain != word:
            marked[plain] = marked.get(plain, 0.0) + probability
    left = {word: probability - _SLOPPY * marked.get(word, 0.0) for word, probability in general.items()}
    return {word: probability for word, probability in left.items() if probability > 0}


def _well_written(line: str, general: dict[str, float]) -> list[str]:
    """Return the words of a line; none where it seems typed without diacritics."""
    words = words_of(line)
    if any(is_cyrillic(word) for word in words):
        return []
    marked = any(strip_accents(word) != word for word in words)
    unknown = sum(1 for word in words if word not in general and strip_accents(word) == word)
    return words if marked and unknown <= len(words) / 4 else []


def _russian(lines: Iterable[str], latvian: Lexicon) -> Lexicon:
    general = _general("ru")
    cyrillic = [[word for word in words_of(line) if is_cyrillic(word)] for line in lines]
    places = place_words("ru")
    own = Counter(
        word
        for words in cyrillic
        for word in words
        if word in general or word in places or not _is_borrowed(word, latvian)
    )
    own = _without_slips(own, general, russian_key)
    own.update(places)
    return Lexicon.build(mixed(general, own, _OWN_SHARE, _LEAST), russian_key, cyrillic)


def _is_borrowed(word: str, latvian: Lexicon) -> bool:
    """Tell whether a word in Cyrillic letters is a frequent Latvian one: ``бездарбниекс``."""
    return any(log > _FREQUENT for reading in latvian_readings(word) for _, log in latvian.of_key(reading.key))


def _english(lines: Iterable[str]) -> Lexicon:
    latin = [[word for word in words_of(line) if not is_cyrillic(word)] for line in lines]
    general = _general("en")
    own = _without_slips(Counter(word for words in latin for word in words), general, str)
    own.update(place_words("en"))
    return Lexicon.build(mixed(general, own, _OWN_SHARE, _LEAST), str, latin)


def _without_slips(own: Counter[str], general: dict[str, float], key: Callable[[str], str]) -> Counter[str]:
    """Return the counts of the project's words less those that look mistyped.

    The examples hold slips on purpose. A word that the language hardly knows, one slip away from
    a word that is used a hundred times as often, is taken for one.
    """
    known = Lexicon.build(general, key)
    kept: Counter[str] = Counter()
    for word, count in own.items():
        least = max(general.get(word, 0.0), _RARE) * _TIMES
        key_of_word = key(word)
        near = known.near_keys(key_of_word, 1) if len(key_of_word) > 3 and general.get(word, 0.0) < _RARE * 10 else []
        if not any(
            slips and not differs_in_ending(key_of_word, other) and known.of_key(other)[0][1] > math.log(least)
            for other, slips in near
        ):
            kept[word] = count
    return kept


def place_words(language: Language) -> set[str]:
    """Return the words of the names of places in Latvia in all their cases, lower case."""
    words: set[str] = set()
    for name in place_names(language):
        for word in name.split():
            words.update(_forms(word, language))
    return {part for word in words for part in words_of(word)}


def _forms(word: str, language: Language) -> Iterator[str]:
    yield word
    if language == "lv":
        yield from (form for _, form in latvian_forms(word))
    elif language == "ru" and len(word) > 2:
        yield from (form for _, form in russian_forms(word))
        for adjective in adjectives(word):
            yield from (adjective.removesuffix("ий") + ending for ending in _ADJECTIVE_ENDINGS)


def place_names(language: Language) -> set[str]:
    """Return the names of towns, villages and municipalities in a language."""
    names: set[str] = set()
    for file in PLACE_FILES:
        path = corpus.DATA / "directory" / file
        if path.exists():
            with path.open(encoding="utf-8", newline="") as rows:
                names.update(row[f"name_{language}"] for row in csv.DictReader(rows))
    return {name for name in names if name}
