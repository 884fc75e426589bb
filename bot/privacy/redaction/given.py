"""Whether a word is a given name, and whether nothing else."""

from __future__ import annotations

from bot.privacy.redaction.tokens import Token
from bot.privacy.redaction.words import cues

_ACCENTED = frozenset("āčēģīķļņšūž")


def is_given(token: Token) -> bool:
    """Whether a word is a known given name: in any spelling in the first case, as it is spelt in the others.

    Where accents are written they count: *jūrā* is no *Юра*.
    """
    known = cues()
    if known.is_given_name(token.plain):
        return _ACCENTED.isdisjoint(token.raw.lower()) or token.raw.lower() in known.given_forms
    return is_form(token)


def is_form(token: Token) -> bool:
    """Whether a word with a capital letter is a case of a given name and no other word that people write."""
    known = cues()
    return (
        token.is_capital
        and token.raw.lower() in known.given_forms
        and not known.lists["also_a_word"].has(token.plain)
        and not known.is_place(token.plain)
    )
