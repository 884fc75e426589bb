"""Numbers that identify a person: codes, telephones, cards, accounts; in digits, in words, or in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy.redaction.tokens import Found, Kind, Tokens, number_of
from bot.privacy.redaction.words import cues, plain

MAX_GROUPS = 20  # no number is told in more
NEAR = 5  # tokens
SHORTEST_ACCOUNT = 8  # digits: at home in the United Kingdom and Ireland
_SEPARATORS = "-–—.,/()_\u2010\u2011\u00b7"
_PLUS = ("+", "plus", "pluss")
_REPEATED = {plain("double"): 2, plain("triple"): 3}  # as British people tell their numbers
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Group:
    """Digits said in one breath: tokens ``first`` … ``last``, and what separates them from the next group."""

    digits: str
    first: int
    last: int
    separator: str = ""


def find_numbers(tokens: Tokens) -> Iterator[Found]:
    """Find the numbers, from left to right."""
    for run in _runs(tokens):
        start = 0
        while start < len(run):
            for end in range(min(len(run), start + MAX_GROUPS), start, -1):
                kind = _kind(tokens, run[start:end])
                if kind is not None:
                    break
            else:
                start += 1
                continue
            if kind is not _NOBODYS:
                yield tokens.found(Kind(kind), run[start].first, run[end - 1].last)
            start = end


_NOBODYS = "nobody's"


def _runs(tokens: Tokens) -> Iterator[list[Group]]:
    """Return groups of digits that stand together."""
    run: list[Group] = []
    index = 0
    while index < len(tokens):
        group = _group(tokens, index)
        if group is None:
            if run:
                yield run
                run = []
            index += 1
            continue
        after, separator = _next_group(tokens, group.last)
        run.append(Group(group.digits, group.first, group.last, separator or ""))
        if separator is None:
            yield run
            run = []
        index = after
    if run:
        yield run


def _group(tokens: Tokens, index: int) -> Group | None:
    token = tokens[index]
    if token.is_number:
        return Group(token.plain, index, index)
    value = number_of(token.plain) if token.is_word else None
    times = _REPEATED.get(token.plain)
    repeated = tokens.get(index + 1)
    if times and repeated and (digit := number_of(repeated.plain)) is not None and digit < 10:
        return Group(str(digit) * times, index, index + 1)
    if value is None:
        return None
    last = index
    for smaller in (100, 10):  # "sto dvadcat tri": hundreds, tens and units are one group
        following = tokens.get(last + 1)
        added = number_of(following.plain) if following and following.is_word else None
        if value >= smaller and value % smaller == 0 and value >= 20 and added is not None and 0 < added < smaller:
            value, last = value + added, last + 1
    return Group(str(value), index, last)


def _next_group(tokens: Tokens, last: int) -> tuple[int, str | None]:
    """Return the index of the next token that may go on with the number, and the separator; None: nothing goes on."""
    index = last + 1
    while index < len(tokens) and index <= last + 3 and tokens[index].raw in _SEPARATORS:
        index += 1
    if index >= len(tokens) or not (tokens[index].is_number or tokens[index].is_word):
        return last + 1, None
    if cues().lists["dash"].has(tokens[index].plain) and index + 1 < len(tokens):
        return (index + 1, "-") if _group(tokens, index + 1) else (last + 1, None)
    separator = tokens.text[tokens[last].end : tokens[index].start]
    are_words = tokens[last].is_word and tokens[index].is_word
    if "(" in separator and last and tokens[last - 1].is_number:
        return last + 1, None  # 548 379 (2009-2012)
    if len(separator) > 4 or "\n" in separator or ("," in separator and " " in separator and not are_words):
        return last + 1, None
    return (index, separator) if _group(tokens, index) else (last + 1, None)


def _kind(tokens: Tokens, groups: list[Group]) -> str | None:
    """Return what the groups are together; ``_NOBODYS`` for what is recognised as harmless, None for nothing."""
    digits = "".join(group.digits for group in groups)
    if len(digits) < 6 or len(digits) > 22:
        return None
    first, last = groups[0].first, groups[-1].last
    if _is_public(digits):
        return _NOBODYS
    if _is_date(groups) or _is_span_of_time(groups) or all(_YEAR.fullmatch(group.digits) for group in groups):
        return _NOBODYS
    if _has_unit(tokens, groups):
        return _NOBODYS if _is_grouped_by_thousands(groups) else None
    lists = cues().lists
    if _is_of_matter(tokens, digits, first, last):
        return _NOBODYS
    if _is_code(digits, groups, tokens.near(lists["code"], first, NEAR, NEAR, last + 1)):
        return Kind.CODE.value
    if _is_phone(tokens, digits, groups, tokens.near(lists["phone"], first, NEAR, NEAR, last + 1)):
        return Kind.PHONE.value
    if 13 <= len(digits) <= 19 and (
        len(digits) == 16 or _passes_luhn(digits) or tokens.near(lists["card"], first, NEAR, NEAR, last + 1)
    ):
        return Kind.CARD.value
    is_account = tokens.near(lists["account"], first, NEAR, NEAR, last + 1)
    if (len(digits) >= 12 and len(groups) == 1) or (len(digits) >= SHORTEST_ACCOUNT and is_account):
        return Kind.ACCOUNT.value
    return None


def find_codes_apart(tokens: Tokens) -> Iterator[Found]:
    """Find personal codes with words between their halves, *150378 un tad 11234*, or a letter, *150378-11x34*."""
    for index, token in enumerate(tokens.all):
        if not (token.is_number and len(token.plain) == 6 and tokens.near(cues().lists["code"], index, NEAR)):
            continue
        if not (_is_day_and_month(token.plain[:2], token.plain[2:4]) or token.plain[0] == "3"):
            continue
        last = index
        while last + 1 < len(tokens) and last < index + MAX_GROUPS and tokens.gap(last) == "":
            last += 1
        if any(one.is_number for one in tokens.all[index + 1 : last + 1]):
            yield tokens.found(Kind.CODE, index, last)
            continue
        for second in range(index + 2, min(index + 5, len(tokens))):
            if tokens[second].is_number and 4 <= len(tokens[second].plain) <= 6:
                yield tokens.found(Kind.CODE, index, second)
                break


def find_documents(tokens: Tokens) -> Iterator[Found]:
    """Find numbers of passports and identity cards: two letters and seven digits."""
    for index in range(len(tokens) - 1):
        letters, digits = tokens[index], tokens[index + 1]
        is_shape = letters.is_word and len(letters.raw) == 2 and letters.raw.isascii() and len(digits.plain) == 7
        if is_shape and letters.raw.isupper() and digits.is_number and tokens.gap(index) in ("", " "):
            yield tokens.found(Kind.CODE, index, index + 1)


def _is_public(digits: str) -> bool:
    local = digits.removeprefix("00").removeprefix("371") if len(digits) > 8 else digits
    is_free_line = len(local) == 8 and local.startswith("80")
    return is_free_line or local in cues().public_numbers


def _is_of_matter(tokens: Tokens, digits: str, first: int, last: int) -> bool:
    """Whether it is the number of a vacancy, an application, a firm; not where a telephone is told after it."""
    lists = cues().lists
    if len(digits) == 11 and digits[0] in "459" and tokens.near(lists["firm"], first, NEAR, 2, last + 1):
        return True  # of a firm or an authority; of persons they begin with 0 to 3
    index = first - 1
    while index >= 0 and first - index <= 4 and lists["number_word"].has(tokens[index].plain):
        index -= 1
    before = tokens.get(index)
    is_told = tokens.near(lists["phone"], last, 0, NEAR, last + 1)
    return len(digits) <= 8 and before is not None and lists["matter"].has(before.plain) and not is_told


def _is_day_and_month(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _is_date(groups: list[Group]) -> bool:
    if len(groups) != 3:
        return False
    one, two, three = (group.digits for group in groups)
    if len(three) == 4 and _YEAR.fullmatch(three) and len(one) <= 2 and len(two) <= 2:
        return _is_day_and_month(one, two)
    if _YEAR.fullmatch(one) and len(two) <= 2 and len(three) <= 2:
        return _is_day_and_month(three, two)
    return False


def _is_span_of_time(groups: list[Group]) -> bool:
    """Whether it is *20.00 - 22.00*."""
    if len(groups) != 4 or any(len(group.digits) > 2 for group in groups):
        return False
    seps = [group.separator.strip() for group in groups[:3]]
    return seps[0] == seps[2] == "." and seps[1] in ("-", "–", "—")


def _has_unit(tokens: Tokens, groups: list[Group]) -> bool:
    following = tokens.get(groups[-1].last + 1)
    before = tokens.get(groups[0].first - 1)
    if before is not None and (before.raw in "€$£" or cues().lists["currency"].has(before.plain)):
        return True
    return following is not None and cues().lists["units"].has(following.plain)


def _is_grouped_by_thousands(groups: list[Group]) -> bool:
    return all(len(group.digits) == 3 for group in groups[1:]) and len(groups[0].digits) <= 9


def _is_code(digits: str, groups: list[Group], is_told: bool) -> bool:
    """Whether it is a personal code: *DDMMYY-NNNNN*, or the newer form, which begins with 32 … 39."""
    shape = [len(group.digits) for group in groups]
    is_dashed = len(groups) == 2 and groups[0].separator.strip() in ("-", "–", "—", "\u2010", "\u2011")
    if is_dashed and shape[0] in (5, 6, 7) and shape[1] in (4, 5, 6) and 10 <= sum(shape) <= 12:
        return True
    if is_told and 9 <= len(digits) <= 12 and not (len(digits) == 11 and digits.startswith("371")):
        return True
    if len(digits) != 11 or digits.startswith("371"):
        return False
    return _is_day_and_month(digits[:2], digits[2:4]) or (digits[0] == "3" and digits[1] in "23456789")


def _is_phone(tokens: Tokens, digits: str, groups: list[Group], is_told: bool) -> bool:
    before = tokens.get(groups[0].first - 1)
    if before is not None and before.raw == "(":
        before = tokens.get(groups[0].first - 2)
    has_plus = before is not None and before.plain in _PLUS
    if has_plus:
        return 7 <= len(digits) <= 15
    if digits.startswith("00") and 10 <= len(digits) <= 17:
        return True
    local = digits.removeprefix("371") if len(digits) == 11 else digits
    if re.fullmatch(r"[26]\d{7}", local):
        return True
    if len(digits) == 11 and re.match(r"89|79|0[1-9]|80", digits):  # Russia, Belarus, the United Kingdom at home
        return True
    if len(digits) == 10 and re.match(r"0[1-9]", digits):  # Ireland, Ukraine, Germany at home
        return True
    return is_told and 7 <= len(digits) <= 12 and not _YEAR.fullmatch(groups[0].digits)


def _passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
