"""Home addresses: a street with a house, or the name of a farm. A street or a town alone stays."""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.redaction.farms import is_farm_name, quoted_farm
from bot.privacy.redaction.houses import DASHES, flat_after, house_at, is_house, is_unit, told_flat
from bot.privacy.redaction.tokens import Found, Kind, Tokens
from bot.privacy.redaction.words import cues

NAME_TOKENS = 4
OFFICE_AFTER = 4  # tokens
POST_CODE = 4  # digits
VISIT = 4  # tokens before a street: "come to me at"
_QUOTES = "\"'„“”«»‘’"
_LOCATIVE = "āēīū"  # endings of where somebody is


def find_addresses(tokens: Tokens) -> Iterator[Found]:
    """Find addresses; the code of a post office only beside another part of a home's."""
    homes = list(_homes(tokens))
    yield from homes
    if homes:
        for index in range(len(tokens)):
            yield from _post_code(tokens, index)


def _homes(tokens: Tokens) -> Iterator[Found]:
    lists = cues().lists
    for index, token in enumerate(tokens.all):
        if token.is_word and (lists["street"].has(token.plain) or _is_path(tokens, index)):
            yield from (found for found in _at_street(tokens, index) if not _is_office(tokens, found, index))
        elif token.is_word:
            yield from _without_street(tokens, index)
            yield from _house_and_flat(tokens, index)
            yield from _named_house(tokens, index)
            if is_farm_name(tokens, index):
                yield tokens.found(Kind.ADDRESS, index, index)
        elif token.raw in _QUOTES:
            yield from quoted_farm(tokens, index)


def _is_path(tokens: Tokens, index: int) -> bool:
    """Whether it is *Dārziņu 4. līnija*, *Meža ceļš*; *ceļā* alone is on one's way."""
    before = tokens.get(index - 1)
    if before is None or not cues().lists["path"].has(tokens[index].plain):
        return False
    return (before.is_word and before.is_capital and not cues().lists["path"].has(before.plain)) or _is_ordinal(
        tokens, index - 2
    )


def _is_ordinal(tokens: Tokens, index: int) -> bool:
    number, dot = tokens.get(index), tokens.get(index + 1)
    return bool(number and dot and number.is_number and len(number.raw) <= 2 and dot.raw == ".")


def _is_office(tokens: Tokens, found: Found, street: int) -> bool:
    """Whether it is the address of an office: its name stands before, there is no flat, nobody lives there."""
    lists = cues().lists
    before = [token for token in tokens.all[max(0, street - 8) : street] if token.end <= found.start]
    after = [token for token in tokens.all[street + 1 : street + 10] if token.start >= found.end][:OFFICE_AFTER]
    if any(lists["where_is"].has(token.plain) for token in after):
        after = []  # a home's address, and the question for an office
    is_before = any(lists["authority"].has(one.plain) or lists["workplace"].has(one.plain) for one in before[-5:])
    if not (is_before or any(lists["authority"].has(token.plain) for token in after)):
        return False
    is_flat = any(sign in tokens.text[found.start : found.end] for sign in "-–—,")
    lives = any(lists["lives"].has(one.plain) and not lists["address"].has(one.plain) for one in before)
    return not (is_flat or lives or any(lists["own"].has(token.plain) for token in before))


def _post_code(tokens: Tokens, index: int) -> Iterator[Found]:
    """Find *LV-4122*: in the country it is a few homes."""
    sign = tokens.get(index + 1)
    last = index + 2 if sign and sign.raw in DASHES else index + 1
    number = tokens.get(last)
    is_code = number is not None and number.is_number and len(number.raw) == POST_CODE
    if is_code and cues().lists["post"].has(tokens[index].plain):
        yield tokens.found(Kind.ADDRESS, index, last)


def _at_street(tokens: Tokens, street: int) -> Iterator[Found]:
    lists = cues().lists
    word = tokens[street].plain
    if lists["number_before_street"].has(word):  # 12 Baker Street, flat 4
        first = _name_before(tokens, street)
        at = first - 2 if (sign := tokens.get(first - 1)) and sign.raw == "," else first - 1
        number = tokens.get(at)
        if number and number.is_number and first < street and (at == first - 1 or is_house(tokens, at - 1)):
            yield tokens.found(Kind.ADDRESS, at, flat_after(tokens, street))
            return
    after = house_at(tokens, street + 1)
    if after is None:  # 7 Annas iela, flat 2
        first, last = _name_before(tokens, street), flat_after(tokens, street)
        number = tokens.get(first - 1)
        if last > street and first < street and number and number.is_number and len(number.raw) <= 3:
            yield tokens.found(Kind.ADDRESS, first - 1, last)
            return
    if after is not None:
        first = _name_before(tokens, street)
        if first < street or tokens[street].is_capital:
            yield tokens.found(Kind.ADDRESS, first, after)
            return
    if lists["street_before_name"].has(word):
        index = street + 1
        if (dot := tokens.get(index)) and dot.raw == ".":
            index += 1
        for length in range(1, NAME_TOKENS):
            named = tokens.get(index + length - 1)
            if not named or not (named.is_word or named.raw in ".-"):
                return
            after = house_at(tokens, index + length) if named.is_word else None
            if after is not None:
                yield tokens.found(Kind.ADDRESS, street, after)
                return


def _name_before(tokens: Tokens, street: int) -> int:
    """Return where the street's name begins: words with capital letters, or the one or two before the street."""
    lists = cues().lists
    first = street
    while first > 0 and street - first < NAME_TOKENS:
        token = tokens[first - 1]
        if first == street and _is_ordinal(tokens, first - 2):
            first -= 2  # Dārziņu 4. līnija
            continue
        if token.raw == "." and first > 1 and tokens[first - 2].is_word and len(tokens[first - 2].raw) <= 2:
            first -= 1
            continue
        if not token.is_word or lists["not_street"].has(token.plain) or lists["lives"].has(token.plain):
            break
        if first < street and (lists["authority"].has(token.plain) or lists["workplace"].has(token.plain)):
            break
        is_initial = len(token.raw) <= 2
        if first < street and not is_initial:
            is_capital_as_well = token.is_capital and tokens[first].is_capital
            if cues().is_place(token.plain) or not (is_capital_as_well or not tokens[first].is_capital):
                break
            if not token.is_capital and street - first >= 2:
                break
        first -= 1
    while first < street and tokens[first].raw == ".":
        first += 1
    return first


def _without_street(tokens: Tokens, index: int) -> Iterator[Found]:
    """Find *Brīvības 12-34* where somebody says that they live there, and *Brīvības 12, dz. 34*."""
    lists = cues().lists
    house, token = tokens.get(index + 1), tokens[index]
    if not (house and house.is_number and len(house.raw) <= 3) or lists["flat"].has(token.plain):
        return
    if lists["months"].has(token.plain):
        return
    if lists["not_street"].has(token.plain) or lists["house"].has(token.plain) or lists["lives"].has(token.plain):
        return
    last = flat_after(tokens, index + 1)
    if last < index + 3:
        if _is_lived_in(tokens, index, last):
            yield tokens.found(Kind.ADDRESS, index, last)
        return
    flat = tokens[last]
    between = tokens.all[index + 2 : last]
    is_apart = any(lists["flat"].has(one.plain) for one in between)
    is_dashed = any(one.raw in DASHES for one in between) and flat.is_number and len(flat.raw) <= 3
    lives = tokens.near(lists["lives"], index, 6, 3, last + 1) or tokens.near(lists["visit"], index, VISIT)
    is_in_town = token.is_capital and (_is_town_before(tokens, index) or _is_town(tokens, last + 1, last + 2))
    if (is_apart and (token.is_capital or lives)) or (is_dashed and (lives or is_in_town)):
        yield tokens.found(Kind.ADDRESS, index, last)


def _house_and_flat(tokens: Tokens, index: int) -> Iterator[Found]:
    """Find *дом 5 квартира 7*, whose street stands elsewhere."""
    number = tokens.get(index + 1)
    if number is not None and number.is_number and is_house(tokens, index):
        last = told_flat(tokens, index + 2)
        if last is not None:
            yield tokens.found(Kind.ADDRESS, index, last)


def _named_house(tokens: Tokens, index: int) -> Iterator[Found]:
    """Find *пр. Мира, д. 3*: a name and a house, whatever the street is called."""
    token, after = tokens[index], tokens.get(index + 1)
    at = index + 2 if after is not None and after.raw == "," else index + 1
    word = tokens.get(at)
    if word is None or not cues().lists["house_after_name"].has(word.plain) or not token.is_capital:
        return
    last = house_at(tokens, index + 1)
    if last is not None and len(token.raw) > 3 and not cues().is_place(token.plain):
        yield tokens.found(Kind.ADDRESS, index, last)


def _is_lived_in(tokens: Tokens, index: int, last: int) -> bool:
    """Whether it is *dzīvoju Saules 14*: a street's name in the second case, a house, nothing else."""
    token, following = tokens[index], tokens.get(last + 1)
    if not token.is_capital or len(token.raw) < 4 or token.raw[-1] in _LOCATIVE:
        return False
    if cues().is_place(token.plain) and not _is_town_before(tokens, index):
        return False  # but "in Kandava, Sabiles 12"
    if is_unit(tokens, last + 1) or (following and following.is_word and following.raw[0].islower()):
        return False
    is_ordinal = following is not None and following.raw == "." and tokens.get(last + 2) is not None
    return not is_ordinal and tokens.near(cues().lists["lives"], index, 3)


def _is_town(tokens: Tokens, sign: int, town: int) -> bool:
    """Whether a town stands there, behind a comma."""
    comma, name = tokens.get(sign), tokens.get(town)
    return bool(comma and comma.raw == "," and name and name.is_capital and cues().is_place(name.plain))


def _is_town_before(tokens: Tokens, index: int) -> bool:
    """Whether a town stands before a street, with a comma or without."""
    before = tokens.get(index - 1)
    if before is not None and before.is_word:
        return before.is_capital and cues().is_place(before.plain)
    return _is_town(tokens, index - 1, index - 2)
