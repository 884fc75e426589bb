"""Turning a text into what is said, step by step."""

from __future__ import annotations

import functools
import re
from typing import Protocol

from bot.languages import Language
from bot.voice.speech.addresses import AddressReader
from bot.voice.speech.cleaning import tidy, with_pauses, without_pictures, without_position, without_source
from bot.voice.speech.english import EnglishNumbersReader
from bot.voice.speech.latvian import LatvianNumbersReader
from bot.voice.speech.lexicon import EnglishLexicon, LatvianLexicon, Lexicon, RussianLexicon, lexicon_as
from bot.voice.speech.russian import RussianNumbersReader
from bot.voice.speech.spelling import Speller
from bot.voice.speech.telephone import TelephoneReader

# The letters that a voice of the language can read.
ALPHABETS: dict[Language, str] = {
    "lv": "aābcčdeēfgģhiījkķlļmnņoprsštuūvzž",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "en": "abcdefghijklmnopqrstuvwxyz'",
}
PUNCTUATION = " .,;:!?-'"
ONE_LETTER_WORDS: dict[Language, str] = {"lv": "", "ru": "авикосуяб", "en": "ai"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_NUMBER_AND_LETTER = re.compile(r"(\d)([^\W\d_])(?!\w)")
_POSTAL_CODE = re.compile(r"\b([A-Z]{2})-(\d\d)(\d\d)\b")


class NumbersReader(Protocol):
    """What each language does with its numbers."""

    def read(self, text: str) -> str:
        """Return the text with its numbers in words."""

    def digit(self, digit: int) -> str:
        """Return the word for a digit."""

    def is_counted(self, words: list[str]) -> bool:
        """Whether words after a number are what it counts."""


class Reader:
    """Reads texts of one language aloud."""

    def __init__(self, language: Language, lexicon: Lexicon, numbers: NumbersReader):
        self._lexicon = lexicon
        self._numbers = numbers
        self._speller = Speller(lexicon, ALPHABETS[language], ONE_LETTER_WORDS[language])
        self._addresses = AddressReader(lexicon, self._speller.word)
        self._telephone = TelephoneReader(lexicon, numbers.digit, numbers.is_counted)
        self._signs = re.compile("|".join(re.escape(sign) for sign in lexicon.signs))
        letters = ALPHABETS[language]
        self._unreadable = re.compile(f"[^{re.escape(letters + letters.upper() + PUNCTUATION)}]+")

    def read(self, text: str) -> str:
        """Return what is said; empty where nothing is. What no rule made readable is left out."""
        return tidy(self._unreadable.sub(" ", self.words(text)))

    def words(self, text: str) -> str:
        """Return what is said, with what no rule made readable still in it: that is for checks to find."""
        text = without_source(text, self._lexicon.source_line)
        text = without_position(without_pictures(text))
        text = self._addresses.read(text)
        text = self._telephone.read(text)
        text = _POSTAL_CODE.sub(r"\1 \2 \3", text)
        text = self._speller.expand(text)
        text = _NUMBER_AND_LETTER.sub(lambda m: f"{m[1]} {self._speller.letter(m[2])}", text)
        text = self._numbers.read(text)
        text = self._signs.sub(lambda match: f" {self._lexicon.signs[match[0]]} ", text)
        text = self._speller.spell(text)
        return with_pauses(text)


@functools.cache
def reader(language: Language) -> Reader:
    """Return the reader of a language.

    Raises:
        ContentError: the words of the language are missing or malformed.
    """
    if language == "lv":
        latvian = lexicon_as(LatvianLexicon, language)
        return Reader(language, latvian, LatvianNumbersReader(latvian))
    if language == "ru":
        russian = lexicon_as(RussianLexicon, language)
        return Reader(language, russian, RussianNumbersReader(russian))
    english = lexicon_as(EnglishLexicon, language)
    return Reader(language, english, EnglishNumbersReader(english))


def spoken(text: str, language: Language) -> str:
    """Return what is read aloud of a text: only words that a voice can say, and pauses.

    >>> spoken("☎ Zvaniet 112.", "lv")
    'Zvaniet viens viens divi.'
    """
    return reader(language).read(text)


def sentences(spoken_text: str) -> tuple[str, ...]:
    """Return the sentences of a text that :func:`spoken` gave."""
    return tuple(part for part in _SENTENCE_END.split(spoken_text.strip()) if part)
