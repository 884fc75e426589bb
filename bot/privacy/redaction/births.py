"""Dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.redaction.tokens import Found, Kind, Tokens, number_of
from bot.privacy.redaction.words import cues

BEFORE, AFTER = 7, 5  # tokens in which a word of birth tells whose date it is
AROUND = 8  # tokens on either side of a month's name
OLDEST, YOUNGEST_ALONE = 1925, 2010  # a date by itself is of birth only where an adult can be born on it
_NUMERIC = re.compile(
    r"(?<!\d)(?:(\d{1,2})([ ./-]) ?(\d{1,2})\2 ?(\d{4}|\d{2})|(\d{4})([./-])(\d{1,2})\6(\d{1,2}))(?!\d)"
)


_TOGETHER = re.compile(r"(?<![\w.,-])([0-3]\d)([01]\d)(?:19|20)?\d\d(?![\w-])")
_DAY_AND_MONTH = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?![\d])\.?(?!\d)")
SHORTLY = 3  # tokens: from a word of birth to a day without a year; from one child's date to the next


def find_births(tokens: Tokens) -> Iterator[Found]:
    """Find dates of birth, in digits and with the month's name."""
    starts = {token.start: index for index, token in enumerate(tokens.all)}
    before = -AROUND
    for match in _NUMERIC.finditer(tokens.text):
        if match.start() not in starts:
            continue
        first = starts[match.start()]
        last = first
        while last + 1 < len(tokens) and tokens[last + 1].end <= match.end():
            last += 1
        day, month, year = (match[1], match[3], match[4]) if match[1] else (match[8], match[7], match[5])
        if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
            continue
        is_next = first - before <= SHORTLY
        if is_next or _is_birth(tokens, first, last, int(year), match[2] != " "):
            before = last
            yield Found(Kind.BIRTH, match.start(), match.end())
    for match in _TOGETHER.finditer(tokens.text):  # 050387
        at = starts.get(match.start())
        if at is not None and 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12 and _is_told(tokens, at, at):
            yield Found(Kind.BIRTH, match.start(), match.end())
    for match in _DAY_AND_MONTH.finditer(tokens.text):
        at = starts.get(match.start())
        if at is None or not (1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12):
            continue
        preceding = tokens.get(at - 1)
        is_of_something = preceding is not None and _is_of_something(preceding.plain)
        if tokens.near(cues().lists["birth"], at, SHORTLY) and not is_of_something:
            yield Found(Kind.BIRTH, match.start(), match.end())
    for index, token in enumerate(tokens.all):
        if token.is_word and cues().lists["months"].has(token.plain):
            yield from _with_month(tokens, index)


def _is_birth(tokens: Tokens, first: int, last: int, year: int, is_written_as_date: bool) -> bool:
    lists = cues().lists
    before = tokens.get(first - 1)
    if _is_told(tokens, first, last):
        return before is None or tokens.near(lists["birth"], first, 1) or not _is_of_something(before.plain)
    is_of_something = tokens.near(lists["date_of_something"], first, 5, 2, last + 1)
    return is_written_as_date and OLDEST <= year <= YOUNGEST_ALONE and not is_of_something


def _is_of_something(word: str) -> bool:
    return word not in ("of",) and cues().lists["date_of_something"].has(word)


def _is_told(tokens: Tokens, first: int, last: int) -> bool:
    """Whether a word of birth stands near, also *d. r.* with its dots."""
    if tokens.near(cues().lists["birth"], first, BEFORE, AFTER, last + 1):
        return True
    around = [*tokens.all[max(0, first - 6) : first], *tokens.all[last + 1 : last + 6]]
    letters = f" {' '.join(token.plain for token in around)} "
    return any(short in letters for short in (" d . r ", " g . r "))


def _with_month(tokens: Tokens, month: int) -> Iterator[Found]:
    first, last = month, month
    while first > 0 and month - first < AROUND and _is_part(tokens, first - 1):
        first -= 1
    while last + 1 < len(tokens) and last - month < AROUND and _is_part(tokens, last + 1):
        last += 1
    while first < month and not _is_numeral(tokens, first):
        first += 1
    while last > month and not _is_numeral(tokens, last):
        last -= 1
    if not any(_is_numeral(tokens, i) for i in range(first, last + 1)):
        return
    if _is_told(tokens, first, last) or _is_whole_date(tokens, first, last):
        after = tokens.get(last + 1)
        has_word = last > month and after is not None and cues().lists["year_word"].has(after.plain)
        yield tokens.found(Kind.BIRTH, first, last + has_word)


def _is_whole_date(tokens: Tokens, first: int, last: int) -> bool:
    """Whether it has a day and a year in which an adult can be born, and is the date of nothing that is named."""
    numbers = [int(tokens[i].plain) for i in range(first, last + 1) if tokens[i].is_number]
    has_day = any(1 <= number <= 31 for number in numbers)
    has_year = any(OLDEST <= number <= YOUNGEST_ALONE for number in numbers)
    return has_day and has_year and not tokens.near(cues().lists["date_of_something"], first, 5, 2, last + 1)


def _is_numeral(tokens: Tokens, index: int) -> bool:
    token = tokens[index]
    return token.is_number or (token.is_word and number_of(token.plain) is not None)


def _is_part(tokens: Tokens, index: int) -> bool:
    return _is_numeral(tokens, index) or cues().lists["date_parts"].has(tokens[index].plain)
