"""Words as they are pronounced: abbreviations, single letters, and words in other languages' letters."""

from __future__ import annotations

import re

from bot.voice.speech.lexicon import Lexicon

_LATIN = r"A-Za-zĀ-žȘ-ț"
_LATIN_WORD = re.compile(rf"[{_LATIN}]+(?:['’][{_LATIN}]+)*")
_ABBREVIATION = re.compile(r"(?<![\w-])[^\W\d_a-zà-žа-яё]{2,5}(?!\w)")
_LETTER = re.compile(r"(?<![\w'’-])[^\W\d_](?![\w'’-])")
_VOWELS = set("AEIOUYĀĒĪŪАЕЁИОУЫЭЮЯ")


class Speller:
    """Replaces what is not read as it is written."""

    def __init__(self, lexicon: Lexicon, alphabet: str, one_letter_words: str):
        """Make a speller.

        Args:
            lexicon: the words of the language.
            alphabet: the lower-case letters that the language's voice can read.
            one_letter_words: letters that are words of the language, when they stand alone.
        """
        self._words = lexicon.words
        self._letters = lexicon.letters
        self._spelling = lexicon.spelling
        self._alphabet = set(alphabet)
        self._one_letter_words = set(one_letter_words)
        self._lower = {key.lower(): value for key, value in lexicon.words.items() if key == key.lower()}
        names = sorted(lexicon.words, key=len, reverse=True)
        # A key that ends in a full stop swallows it only where the sentence goes on.
        exact = "|".join(_pattern(name) for name in names if name != name.lower())
        lower = "|".join(_pattern(name) for name in names if name == name.lower())
        self._exact = re.compile(rf"(?<!\w)(?:{exact})(?!\w)") if exact else None
        self._any_case = re.compile(rf"(?<!\w)(?:{lower})(?!\w)", re.IGNORECASE) if lower else None
        self._foreign = re.compile("|".join(re.escape(k) for k in sorted(lexicon.spelling, key=len, reverse=True)))

    def expand(self, text: str) -> str:
        """Return the text with the words of the lexicon as they are spoken."""
        if self._exact:
            text = self._exact.sub(lambda match: self._words[match[0]], text)
        if self._any_case:
            text = self._any_case.sub(lambda match: self._lower[match[0].lower()], text)
        return text

    def spell(self, text: str) -> str:
        """Return the text with the rest of its abbreviations, lone letters and foreign letters readable."""
        text = _ABBREVIATION.sub(lambda match: self._abbreviation(match[0]), text)
        text = _LETTER.sub(lambda match: self._lone_letter(match[0]), text)
        return _LATIN_WORD.sub(lambda match: self.word(match[0]), text)

    def word(self, word: str) -> str:
        """Return a word with only letters that the language's voice can read."""
        if set(word.lower()) <= self._alphabet:
            return word
        spelt = self._foreign.sub(lambda match: self._spelling[match[0]], word.lower())
        return spelt[:1].upper() + spelt[1:] if word[:1].isupper() else spelt

    def letter(self, letter: str) -> str:
        """Return the name of a letter."""
        return self._letters.get(letter.lower(), letter)

    def _abbreviation(self, letters: str) -> str:
        """Spell what has no vowels; read what can be read as a word as one."""
        if set(letters) & _VOWELS and len(letters) > 3:
            return letters.capitalize()
        return " ".join(self.letter(letter) for letter in letters)

    def _lone_letter(self, letter: str) -> str:
        # Lower-case ones are words, or letters that are already spelled.
        is_word = letter.islower() or letter.lower() in self._one_letter_words
        return letter if is_word else self.letter(letter)


def _pattern(name: str) -> str:
    if name.endswith("."):
        return re.escape(name[:-1]) + r"\.(?=\s*[\w,;:–-]|\s*$)"
    return re.escape(name)
