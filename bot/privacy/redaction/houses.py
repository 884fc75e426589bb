"""The numbers of houses and flats, in digits and in words."""

from __future__ import annotations

from bot.privacy.redaction.tokens import Tokens, number_of
from bot.privacy.redaction.words import cues

DASHES = "-–—/"  # between a house and a flat


def house_at(tokens: Tokens, index: int) -> int | None:
    """Return the last token of the number of a house that begins at ``index``; None where there is none."""
    lists = cues().lists
    before = index
    for _ in range(3):  # ", d. 12"
        token = tokens.get(index)
        if token and (token.raw in ",." or lists["house"].has(token.plain)):
            index += 1
    token = tokens.get(index)
    if token is None or not _is_house_number(tokens, index):
        return None
    if token.is_word and index > before and tokens[index - 1].raw == ",":
        return None  # "in Riga street, on the second floor"
    following = tokens.get(index + 1)
    if following and lists["units"].has(following.plain) and following.start > token.end:
        return None
    last = index
    while token.is_word and (following := tokens.get(last + 1)) and number_of(following.plain) is not None:
        last += 1  # a hundred and two
    return flat_after(tokens, last)


def _is_house_number(tokens: Tokens, index: int) -> bool:
    token = tokens[index]
    if token.is_number:
        return len(token.raw) <= 4
    return token.is_word and number_of(token.plain) is not None


def flat_after(tokens: Tokens, last: int) -> int:
    """Return the last token of what follows the number of a house: its letter, the flat, the building."""
    for _ in range(4):
        following, second = tokens.get(last + 1), tokens.get(last + 2)
        if following is None:
            break
        if following.is_word and len(following.raw) == 1 and following.start == tokens[last].end:
            last += 1  # 14a
        elif following.raw in DASHES and second and second.is_number:
            last += 2
        elif (flat := told_flat(tokens, last + 1)) is not None:
            last = flat
        elif following.is_number and len(following.raw) <= 3 and not is_unit(tokens, last + 2):
            last += 1
        else:
            break
    return last


def told_flat(tokens: Tokens, index: int) -> int | None:
    """Return the last token of *, dz. 12*, *dzīvoklis trīs*, *, 4. dzīvoklis* that begins at ``index``."""
    flat = cues().lists["flat"]
    first = index
    if (comma := tokens.get(index)) and comma.raw == ",":
        index += 1
    word = tokens.get(index)
    if word is None:
        return None
    if word.is_number or number_of(word.plain) is not None:
        index += 1
        while (sign := tokens.get(index)) and sign.raw in ".-" and index < first + 4:
            index += 1
        told = tokens.get(index)
        return index if told is not None and len(told.raw) > 1 and flat.has(told.plain) else None
    if not flat.has(word.plain):
        return None
    index += 1
    while (sign := tokens.get(index)) and sign.raw in ".-" and index < first + 4:
        index += 1
    number = tokens.get(index)
    if number is None or not (number.is_number or (number.is_word and number_of(number.plain) is not None)):
        return None
    while number.is_word and (following := tokens.get(index + 1)) and number_of(following.plain) is not None:
        index += 1
    return index


def is_house(tokens: Tokens, index: int) -> bool:
    """Whether a word for a house stands there."""
    token = tokens.get(index)
    return token is not None and cues().lists["house"].has(token.plain)


def is_unit(tokens: Tokens, index: int) -> bool:
    """Whether what stands there makes a number before it an amount."""
    token = tokens.get(index)
    return token is not None and cues().lists["units"].has(token.plain)
