"""A text as tokens: words, numbers, single signs; and what is found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.privacy.redaction.words import Words, cues, plain

# A letter O among digits is a zero.
_TOKEN = re.compile(r"\d(?:[OoОо](?=\d)|\d)*|[^\W\d_]+(?:['’][^\W\d_]+)*|\S")
_LETTER_O = str.maketrans("OoОо", "0000")


class Kind(str, Enum):
    """What personal data it is."""

    CODE = "code"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    CARD = "card"
    ADDRESS = "address"
    BIRTH = "birth"
    NAME = "name"


@dataclass(frozen=True)
class Found:
    """Personal data in a text: ``text[start:end]``."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign.

    Attributes:
        start, end: where it stands.
        raw: as it is written.
        plain: folded; of a number its digits.
    """

    start: int
    end: int
    raw: str
    plain: str

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.raw[0].isdecimal()

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.raw[0].isalpha()

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.raw[0].isupper()


class Tokens:
    """A text and its tokens."""

    def __init__(self, text: str):
        self.text = text
        self.all = [_token(match) for match in _TOKEN.finditer(text)]

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, index: int) -> Token:
        return self.all[index]

    def get(self, index: int) -> Token | None:
        """Return a token, None past either end."""
        return self.all[index] if 0 <= index < len(self.all) else None

    def gap(self, index: int) -> str:
        """Return what stands between a token and the next."""
        return self.text[self.all[index].end : self.all[index + 1].start]

    def near(self, words: Words, index: int, before: int = 0, after: int = 0, end: int | None = None) -> bool:
        """Whether one of the words stands up to so many tokens before ``index`` or from ``end`` (after it) on."""
        following = (index + 1 if end is None else end) if after else 0
        nearby = self.all[max(0, index - before) : index] + self.all[following : following + after]
        return any(words.has(token.plain) for token in nearby)

    def found(self, kind: Kind, first: int, last: int) -> Found:
        """Return what the tokens ``first`` … ``last`` are."""
        return Found(kind, self.all[first].start, self.all[last].end)


def _token(match: re.Match[str]) -> Token:
    raw = match[0]
    if raw[0].isdecimal():
        return Token(match.start(), match.end(), raw, _ascii_digits(raw))
    return Token(match.start(), match.end(), raw, plain(raw) if raw[0].isalpha() else raw)


def _ascii_digits(raw: str) -> str:
    """Return the digits of any script as those of ASCII."""
    return "".join(str(int(character)) for character in raw.translate(_LETTER_O))


LONGEST_DIGIT = 14  # letters of the word for a digit, in any case and language


def number_of(word: str) -> int | None:
    """Return the number that a folded word says, None where it says none."""
    whole, beginnings = cues().numbers
    if word in whole:
        return whole[word]
    # The longest beginning wins; no number word is shorter than five letters or its beginning longer than twelve.
    for length in range(min(len(word), 14), 4, -1):
        if word[:length] in beginnings:
            return beginnings[word[:length]]
    return _two_digits(word)


def _two_digits(word: str) -> int | None:
    """Return what *divdeviņi* says: two digits written as one word, the first often without its ending."""
    whole, _ = cues().numbers
    for length in range(3, min(len(word) - 2, LONGEST_DIGIT + 1)):
        second = whole.get(word[length:])
        first = whole.get(word[:length], whole.get(word[:length] + "i"))
        if first is not None and second is not None and 0 < first < 10 and second < 10:
            return 10 * first + second
    return None
