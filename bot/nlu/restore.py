"""Restoring standard spelling, which the sentence embedding reads.

A noisy channel (Kernighan, Church and Gale 1990): each word as typed gets the words that it may
stand for, in Latvian, Russian and English; the likeliest row of them wins, by how often a word is
used, by the word before it, by how far it is from what was typed, and by the language around it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from bot.languages import Language
from bot.nlu.candidates import LETTER, Candidate, CandidateFinder, Habits, habits_of
from bot.nlu.letters import LetterModel
from bot.nlu.lexicon import START, Lexicon
from bot.nlu.vocabulary import vocabulary

# What is kept is looked for where a row of signs begins: at each of them, a long row would take ages.
_TOKEN = re.compile(r"(?P<kept>(?<!\S)\S*(?:@|://|www\.)\S*|/\w+)|(?P<word>[^\W_]+(?:['’`´-][^\W_]+)*['’`´]?)")
_SWITCH = 2.5  # cost in nats of two words in a row of different languages
_NO_WORD = -25.0  # log probability of a word in a language that has none like it
# Words whose candidates are remembered; frequent words come back in most messages.
_REMEMBERED = 10_000


class Restorer:
    """Restores spelling with the words and the letters of each language.

    Args:
        lexicons: words of each language.
        letters: which letters follow which in them, for words in no list.
    """

    def __init__(self, lexicons: Mapping[Language, Lexicon], letters: Mapping[Language, LetterModel]) -> None:
        self._lexicons = lexicons
        self._finder = CandidateFinder(lexicons, letters)
        self.candidates = functools.lru_cache(maxsize=_REMEMBERED)(self._finder.find)

    def restore(self, text: str, language: Language | None) -> str:
        """Return ``text`` in standard spelling; capitals, punctuation, numbers and addresses stay."""
        tokens = [token for token in _TOKEN.finditer(text) if token["word"] and LETTER.search(token["word"])]
        if not tokens:
            return text
        habits = habits_of(text, language)
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

    def log_likelihood(self, text: str, language: Language) -> float:
        """Return how likely the words of a text are in a language, as log probability."""
        habits = habits_of(text, language)
        words = [token["word"].lower() for token in _TOKEN.finditer(text) if token["word"]]
        return sum(
            max((c.log for c in self.candidates(word, habits) if c.language == language), default=_NO_WORD)
            for word in words
            if LETTER.search(word)
        )

    def _spans(self, token: re.Match[str]) -> list[tuple[int, str]]:
        word, start = token[0], token.start()
        if "-" not in word or self._finder.is_known(word.lower()):
            return [(start, word)]
        spans = []
        for part in word.split("-"):
            if LETTER.search(part):
                spans.append((start, part))
            start += len(part) + 1
        return spans

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
                self._lexicons[candidate.language].pairs.log_after(last, candidate.word, candidate.alone)
                - candidate.alone
            )
        return change


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


def _is_acronym(word: str, shouted: bool) -> bool:
    """Tell whether a word is one like NVA: in capitals where the rest is not."""
    return not shouted and 2 <= len(word) <= 6 and word.isupper()


def _cased(word: str, typed: str) -> str:
    """Return a word in the capitals of the typed one."""
    if typed.isupper() and len(typed) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
