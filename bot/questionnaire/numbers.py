"""Reading a number out of an answer: an age, a year of birth, finished school years."""

from __future__ import annotations

from dataclasses import dataclass

from bot.questionnaire.matching import matches, words_of
from bot.questionnaire.models import NumberReading, Phrases

SHORT = 4  # words: so short an answer is about the question, even without "years" in it
NEAR = 3  # words before a number that say whose it is
BORN = range(1920, 2100)


class NumberWords:
    """Number words, ready to be looked up.

    Args:
        words: see ``CommonWords.numbers``.
    """

    def __init__(self, words: dict[str, int]):
        folded = {" ".join(words_of(word)) + ("*" if word.endswith("*") else ""): n for word, n in words.items()}
        self._whole = {word: n for word, n in folded.items() if not word.endswith("*")}
        beginnings = [(word[:-1], n) for word, n in folded.items() if word.endswith("*")]
        self._beginnings = sorted(beginnings, key=lambda entry: -len(entry[0]))

    def value(self, word: str) -> int | None:
        """Return the number that a folded word says: as digits, as a whole word, or by its longest beginning."""
        if word.isdecimal():  # not "²", which is a digit to Python and no number
            return int(word)
        if word in self._whole:
            return self._whole[word]
        return next((number for beginning, number in self._beginnings if word.startswith(beginning)), None)


@dataclass(frozen=True)
class _Found:
    """A number with its place among the words: from ``start`` up to ``end``."""

    value: int
    start: int
    end: int


def read_numbers(text: str, reading: NumberReading, number_words: NumberWords, this_year: int) -> set[int]:
    """Return the number that an answer gives.

    Args:
        text: what the person wrote.
        reading: what number is asked for.
        number_words: the words for numbers.
        this_year: the year of today.

    Returns:
        One number; two that follow each other where only a year of birth is known; none where
        nothing, or more than one thing, is said.
    """
    words = words_of(text)
    found = _find(words, number_words)
    if reading.is_birth_year_too:
        years = {f.value for f in found if f.value in BORN and f.value <= this_year}
        if len(years) == 1:
            age = this_year - years.pop()
            return {age - 1, age}
    found = [f for f in found if reading.least <= f.value <= reading.most]
    found = [f for f in found if not _near(reading.not_about_me, words, f)]
    with_unit = [f for f in found if _has_unit(reading.units, words, f)]
    mine = [f for f in found if _near(reading.about_me, words, f)]
    candidates = with_unit or mine or (found if len(words) <= SHORT else [])
    if len({f.value for f in candidates}) > 1:
        candidates = [f for f in candidates if _near(reading.about_me, words, f)]
    if len({f.value for f in candidates}) != 1:
        return set()
    value = candidates[0].value
    if matches(reading.unfinished, words) and not matches(reading.finished, words):
        value = max(value - 1, reading.least)
    return {value}


def _find(words: list[str], number_words: NumberWords) -> list[_Found]:
    """Return the numbers among the words; tens and units in words are one number."""
    values = [number_words.value(word) for word in words]
    found: list[_Found] = []
    index = 0
    while index < len(values):
        value = values[index]
        if value is None:
            index += 1
            continue
        end = index + 1
        following = values[end] if end < len(values) else None
        is_word = not words[index].isdecimal()
        if is_word and value in range(20, 100, 10) and following is not None and following < 10:
            value, end = value + following, end + 1
        found.append(_Found(value, index, end))
        index = end
    return found


def _has_unit(units: Phrases, words: list[str], found: _Found) -> bool:
    """Whether a unit stands right after the number (or a word later), or right before it."""
    after = [words[i : i + 1] for i in range(found.end, min(found.end + 2, len(words)))]
    before = [words[found.start - 1 : found.start]] if found.start else []
    return any(word and matches(units, word) for word in (*after, *before))


def _near(phrases: Phrases, words: list[str], found: _Found) -> bool:
    """Whether one of the words stands shortly before the number, or right after it."""
    near = [*words[max(0, found.start - NEAR) : found.start], *words[found.end : found.end + 1]]
    return any(matches(phrases, [word]) for word in near)
