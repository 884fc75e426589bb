"""Telephone numbers: digit by digit, in groups that can be written down while listening."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.voice.speech.context import words_after, words_before
from bot.voice.speech.lexicon import Lexicon

# Eight digits as a Latvian subscriber has them (with or without the country code, or in groups), or
# any number with a plus. What a comma, a percent sign or more digits follow is an amount.
BALTIC_CODE = 3  # +371, +370, +372
_INTERNATIONAL = r"\+\d[\d \u00a0-]{5,}\d"
_SUBSCRIBER = r"(?<![\d,.+])[2678]\d(?:[ \u00a0-]?\d){6}(?![\d%])(?!,\d)"
_YEAR = re.compile(r"(?:19|20)\d\d")
_AFTER_CUE = r"(?<![\d.,])\d{4,7}(?![\d.,]\d|[ \u00a0]\d{3}|\d|[–-]\d)"


def groups(digits: str) -> list[str]:
    """Split digits as people dictate them: pairs, and threes where pairs don't come out even.

    >>> groups("80200206"), groups("116123"), groups("112")
    (['80', '20', '02', '06'], ['116', '123'], ['112'])
    """
    if len(digits) <= 4:
        return [digits]
    size = 3 if len(digits) % 2 or len(digits) == 6 else 2
    head = len(digits) % size
    parts = [digits[:head]] if head else []
    return parts + [digits[i : i + size] for i in range(head, len(digits), size)]


class TelephoneReader:
    """Replaces telephone numbers in a text by their spoken digits."""

    def __init__(self, lexicon: Lexicon, digit: Callable[[int], str], is_counted: Callable[[list[str]], bool]):
        """Make a reader.

        Args:
            lexicon: the words of the language.
            digit: the word for a digit.
            is_counted: whether the words after a number are what it counts ("112 cilvēki" is no line).
        """
        self._telephone = lexicon.telephone
        self._digit = digit
        self._is_counted = is_counted
        short = "|".join(lexicon.telephone.short)
        self._pattern = re.compile(f"{_INTERNATIONAL}|{_SUBSCRIBER}|(?<![\\d.,])(?:{short})(?![\\d%])(?![.,]\\d)")
        self._after_cue = re.compile(_AFTER_CUE)

    def read(self, text: str) -> str:
        """Return the text with its telephone numbers in words."""
        text = self._pattern.sub(self._spoken_unless_counted, text)
        return self._after_cue.sub(self._spoken_after_cue, text)

    def _spoken_unless_counted(self, match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        if len(digits) < 6 and self._is_counted(words_after(match)):
            return match[0]
        return self._spoken(match[0])

    def _spoken_after_cue(self, match: re.Match[str]) -> str:
        is_line = set(words_before(match)) & set(self._telephone.cues)
        return self._spoken(match[0]) if is_line and not _YEAR.fullmatch(match[0]) else match[0]

    def _spoken(self, number: str) -> str:
        digits = re.sub(r"\D", "", number)
        parts = groups(digits)
        if number.startswith("+") and len(digits) > BALTIC_CODE + 6:
            parts = [digits[:BALTIC_CODE], *groups(digits[BALTIC_CODE:])]
        read = ", ".join(" ".join(self._digit(int(digit)) for digit in part) for part in parts)
        return f"{self._telephone.plus} {read}" if number.startswith("+") else read
