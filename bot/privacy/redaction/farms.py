"""The names of farms, which are the addresses of homes in the country."""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.redaction.tokens import Found, Kind, Token, Tokens
from bot.privacy.redaction.words import cues

_CLOSING = "\"'“”»’"
_LOCATIVE = "āēīū"  # endings of where somebody is
_PLURAL = ("os", "ās", "ēs", "i")  # farms are named in the plural: *Kalnarāji*, *dzīvoju Kalnarājos*
SHORTEST = 6  # letters of a farm in small letters
LIVES_BEFORE, PARISH_AFTER = 3, 4  # tokens


def is_farm_name(tokens: Tokens, index: int) -> bool:
    """Whether it is *mājās Bērziņi*, *dzīvoju Kalnarājos, Rundāles pagastā* or, in the country, *maja lejaskrogi*."""
    token, before = tokens[index], tokens.get(index - 1)
    if len(token.raw) < 4 or cues().is_place(token.plain):
        return False
    is_at_farm = before is not None and cues().lists["at_farm"].has(before.plain)
    if token.is_capital:
        return (is_at_farm and token.raw[-1] not in _LOCATIVE) or _is_in_parish(tokens, index)
    is_in_country = is_at_farm and tokens.near(cues().lists["country"], index, LIVES_BEFORE, PARISH_AFTER)
    return is_in_country and len(token.raw) >= SHORTEST and _is_plural(token)


def _is_plural(token: Token) -> bool:
    return token.raw.endswith(_PLURAL)


def _is_in_parish(tokens: Tokens, index: int) -> bool:
    """Whether somebody lives there, and the parish follows behind a comma."""
    lists, comma = cues().lists, tokens.get(index + 1)
    if comma is None or comma.raw != "," or not _is_plural(tokens[index]):
        return False
    is_parish = any(lists["parish"].has(one.plain) for one in tokens.all[index + 2 : index + 2 + PARISH_AFTER])
    return is_parish and (index == 0 or tokens.near(lists["lives"], index, LIVES_BEFORE))


def quoted_farm(tokens: Tokens, quote: int) -> Iterator[Found]:
    """Find *mājās "Kalniņi"*, whose quotation mark stands at ``quote``."""
    for last in range(quote + 1, min(quote + 4, len(tokens))):
        if tokens[last].raw in _CLOSING and last > quote + 1:
            lists = cues().lists
            is_of_firm = any(tokens.near(lists[name], quote, 3) for name in ("named_after", "authority", "workplace"))
            is_place = any(cues().is_place(one.plain) for one in tokens.all[quote + 1 : last])
            is_in_parish = tokens.near(lists["parish"], quote, 3, 4, last + 1) and not (is_of_firm or is_place)
            is_farm = is_in_parish or tokens.near(lists["farm"], quote, 3, 2, last + 1)
            if tokens[quote + 1].is_capital and is_farm:
                yield tokens.found(Kind.ADDRESS, quote + 1, last - 1)
            return
        if not tokens[last].is_word:
            return
