"""Restoring standard spelling, which the sentence embedding reads.

A noisy channel (Kernighan, Church and Gale 1990): each word as typed gets the words that it may
stand for, in Latvian, Russian and English; the likeliest row of them wins, by how often a word is
used, by the word before it, by how far it is from what was typed, and by the language around it.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from bot.languages import LANGUAGES, Language
from bot.nlu.fold import strip_accents
from bot.nlu.lexicon import START, Lexicon
from bot.nlu.lexicons import lexicon
from bot.nlu.spelling import is_cyrillic, latvian_readings, russian_readings, russian_sounds

_TOKEN = re.compile(
    r"(?P<kept>\S*(?:@|://|www\.)\S*|/\w+)|(?P<word>[^\W_]+(?:['’`´][^\W_]+)*['’`´]?)"
)
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_LATVIAN_LETTER = re.compile(r"[āčēģīķļņōŗšūž]", re.IGNORECASE)

# Costs in nats.
_UNKNOWN = 17.0  # a word that is in no list
_OTHER_LANGUAGE = 4.5  # a word of another language than the message
_SWITCH = 1.0  # two words in a row of different languages
_DIACRITIC_FORGOTTEN = 2.5  # in a message that has others
_DIACRITIC_WRONG = 5.0
_SOUND = 0.8  # for a difference within a key
_MOST_CANDIDATES = 5
_MARGIN = 9.0


@dataclass(frozen=True)
class Candidate:
    """A word that a typed one may stand for.

    Attributes:
        word: in standard spelling, lower case.
        language: whose word it is; None for what is no word.
        log: log probability of the word, less the costs of typing it so.
        known: whether it is in the word list.
    """

    word: str
    language: Language | None
    log: float
    known: bool


def restore(text: str, language: Language | None) -> str:
    """Return ``text`` in standard spelling: Latvian with diacritics, Russian in Cyrillic."""
    tokens = list(_TOKEN.finditer(text))
    marked = _LATVIAN_LETTER.search(text) is not None
    options: list[tuple[re.Match[str], list[Candidate]]] = []
    for token in tokens:
        word = token["word"]
        if word and _LETTER.search(word):
            options.append((token, _candidates(word.lower(), marked)))
    if not options:
        return text
    chosen = _likeliest([candidates for _, candidates in options], language)
    parts: list[str] = []
    end = 0
    for (token, _), candidate in zip(options, chosen):
        parts += text[end : token.start()], _cased(candidate.word, token[0])
        end = token.end()
    return "".join([*parts, text[end:]])


def _likeliest(options: list[list[Candidate]], language: Language | None) -> list[Candidate]:
    """Return the likeliest row of candidates (Viterbi)."""
    best: list[tuple[float, tuple[Candidate, ...]]] = [(0.0, ())]
    for candidates in options:
        step: list[tuple[float, tuple[Candidate, ...]]] = []
        for candidate in candidates:
            own = candidate.log
            if language and candidate.language not in (language, None):
                own -= _OTHER_LANGUAGE
            step.append(max(
                ((score + own + _transition(row[-1] if row else None, candidate), (*row, candidate))
                 for score, row in best),
                key=lambda scored: scored[0],
            ))
        best = step
    return list(max(best, key=lambda scored: scored[0])[1])


def _transition(before: Candidate | None, candidate: Candidate) -> float:
    """Return what the word before changes in a candidate's log probability."""
    if before is not None and before.language != candidate.language:
        return -_SWITCH
    if not candidate.known or candidate.language is None:
        return 0.0
    words = lexicon(candidate.language)
    alone = words.log_probability(candidate.word)
    if alone is None:
        return 0.0
    return words.log_pair(before.word if before else START, candidate.word, alone) - alone


@functools.lru_cache(maxsize=20_000)
def _candidates(word: str, marked: bool) -> list[Candidate]:
    """Return what a typed word in lower case may stand for.

    Args:
        word: the word as typed, lower case.
        marked: whether the message has Latvian diacritics.
    """
    found: dict[tuple[str, Language], Candidate] = {}
    digits = _DIGIT.search(word) is not None

    def add(candidate: Candidate) -> None:
        assert candidate.language is not None
        at = (candidate.word, candidate.language)
        if at not in found or found[at].log < candidate.log:
            found[at] = candidate

    for edits in (0, 1, 2):
        if edits and (digits or (found and max(c.log for c in found.values()) > -_UNKNOWN)):
            break
        for language, spelling in _spellings(word, marked):
            for candidate in spelling(lexicon(language), edits):
                add(candidate)
    kept = Candidate(word, None, -_UNKNOWN, False)
    ranked = sorted([*found.values(), kept], key=lambda c: -c.log)
    return [c for c in ranked[:_MOST_CANDIDATES] if c.log > ranked[0].log - _MARGIN]


def _spellings(word: str, marked: bool):
    def latvian(words: Lexicon, edits: int):
        for reading in latvian_readings(word):
            for key, distance in _keys(words, reading.key, edits):
                for other, log in words.of_key(key):
                    cost = _typo_cost(distance, len(word)) + _latvian_cost(word, reading.sounds, other, marked)
                    yield Candidate(other, "lv", log - cost, True)

    def russian(words: Lexicon, edits: int):
        for rank, reading in enumerate(russian_readings(word)):
            for key, distance in _keys(words, reading.key, edits):
                for other, log in words.of_key(key):
                    sounds = russian_sounds(other)
                    cost = _typo_cost(distance, len(word)) + _SOUND * Levenshtein.distance(reading.sounds, sounds)
                    yield Candidate(other, "ru", log - cost - (0.5 if rank else 0.0), True)

    def english(words: Lexicon, edits: int):
        for key, distance in _keys(words, word, edits):
            for other, log in words.of_key(key):
                yield Candidate(other, "en", log - _typo_cost(distance, len(word)), True)

    if is_cyrillic(word):
        return [("ru", russian), ("lv", latvian)]
    if _LATVIAN_LETTER.search(word):
        return [("lv", latvian), ("ru", russian)]
    return [("lv", latvian), ("ru", russian), ("en", english)]


def _keys(words: Lexicon, key: str, edits: int):
    if edits == 0:
        return [(key, 0)]
    if len(key) < 4 or (edits == 2 and len(key) < 8):
        return []
    return words.near_keys(key, edits)


def _typo_cost(distance: int, length: int) -> float:
    if distance == 0:
        return 0.0
    return (8.0 if length <= 4 else 6.5 if length <= 6 else 5.0) + 4.5 * (distance - 1)


def _latvian_cost(typed: str, merged: str, word: str, marked: bool) -> float:
    if typed == word:
        return 0.0
    if is_cyrillic(typed):
        return 1.0
    if len(merged) == len(word):
        cost = 0.0
        for have, want in zip(merged, word):
            if have == want:
                continue
            plain = strip_accents(want)
            if have == plain:
                cost += _DIACRITIC_FORGOTTEN if marked else 0.0
            elif strip_accents(have) == plain:
                cost += _DIACRITIC_WRONG
            else:
                cost += 2.0
        return cost
    return 2.0 * abs(len(merged) - len(word))


def _cased(word: str, typed: str) -> str:
    """Return a word in the capitals of the typed one."""
    if typed.isupper() and len(typed) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
