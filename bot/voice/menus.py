"""Menus by ear: buttons read after the answer, and a number, typed or spoken, that chooses one."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.languages import LANGUAGES, Language
from bot.texts import text as short_text
from bot.voice.speech import spoken
from bot.voice.speech.lexicon import read_lexicon

MAX_OPTIONS = 12  # as many as have number words; more than nobody keeps in mind anyway
_NUMBERED = re.compile(r"^\d{1,2}\. ")


class Choosable(Protocol):
    """What a button must tell to be read and chosen: its words, and whether it leads out of the talk."""

    @property
    def title(self) -> str:
        """The words on it."""

    @property
    def is_link(self) -> bool:
        """Whether it leads out of the talk: such a one can't be chosen by a number."""


AnyButton = TypeVar("AnyButton", bound=Choosable)


def read_aloud(buttons: Sequence[AnyButton]) -> list[AnyButton]:
    """Return the buttons that are read after an answer, in order."""
    return [button for button in buttons if not button.is_link][:MAX_OPTIONS]


def options(buttons: Sequence[AnyButton]) -> list[AnyButton]:
    """Return the buttons that have numbers, in order: number one is the first.

    None has where one has a number in its own words ("Grade 7 or 8"): "seven" is an answer there.
    """
    choices = read_aloud(buttons)
    return [] if any(re.search(r"\d", bare_title(button.title)) for button in choices) else choices


def menu_text(buttons: Sequence[Choosable], language: Language) -> str:
    """Return what is read after an answer: each option, then its number. Empty where nothing can be chosen."""
    has_numbers = bool(options(buttons))
    parts = []
    for number, button in enumerate(read_aloud(buttons), start=1):
        title = spoken(bare_title(button.title), language)
        if not title:
            continue
        if not has_numbers:
            parts.append(title if title[-1] in ".?!" else f"{title}.")
            continue
        frame = "menu_option" if title[-1] in "?!" else "menu_option_after"
        parts.append(
            short_text("voice", frame, language, option=title.rstrip(".:"), number=number_word(number, language))
        )
    if not parts:
        return ""
    return " ".join([short_text("voice", "menu_intro", language), *parts])


def numbered(buttons: Sequence[Choosable]) -> list[str]:
    """Return the titles with the number that the ear hears: who can't read may know the digits."""
    numbers = {id(button): number for number, button in enumerate(options(buttons), start=1)}
    return [f"{numbers[id(button)]}. {button.title}" if id(button) in numbers else button.title for button in buttons]


def bare_title(title: str) -> str:
    """Return a title without the number that :func:`numbered` put before it.

    >>> bare_title("2. 📄 Papers")
    '📄 Papers'
    """
    return _NUMBERED.sub("", title)


def choose(text: str, buttons: Sequence[AnyButton], language: Language) -> AnyButton | None:
    """Return the button that a typed or spoken number means; None where the text is more, or less, than a number."""
    number = number_said(text, language)
    choices = options(buttons)
    return choices[number - 1] if number is not None and 1 <= number <= len(choices) else None


def number_said(text: str, language: Language) -> int | None:
    """Return the number that a text is, in digits or words; None where it is more, or less, than one.

    People mix languages, so number words of all of them are understood; those of ``language`` come first.
    """
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+", _folded(text))
    for candidate in (language, *(other for other in LANGUAGES if other != language)):
        numbers, around = _number_words(candidate)
        found = [
            int(word) if word.isdecimal() else numbers.get(word)
            for word in words
            if word not in around or word in numbers
        ]
        if len(found) == 1 and found[0] is not None:
            return found[0]
    return None


def number_word(number: int, language: Language) -> str:
    """Return the word for a number of a menu."""
    return read_lexicon(language).choices.numbers[number][0]


@functools.cache
def _number_words(language: Language) -> tuple[dict[str, int], frozenset[str]]:
    choices = read_lexicon(language).choices
    numbers = {_folded(word): number for number, words in choices.numbers.items() for word in words}
    return numbers, frozenset(_folded(word) for word in choices.around)


def _folded(text: str) -> str:
    """Lower case, no accents: people type "cetri" and "четвертый"."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u20e3", "").lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
