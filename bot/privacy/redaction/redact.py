"""Everything together: what is personal in a text, and the text without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.privacy.redaction.addresses import find_addresses
from bot.privacy.redaction.births import find_births
from bot.privacy.redaction.names import find_names
from bot.privacy.redaction.numbers import find_codes_apart, find_documents, find_numbers
from bot.privacy.redaction.tokens import Found, Kind, Tokens
from bot.privacy.redaction.writing import find_accounts, find_emails

# Says nothing to the understanding, and nothing about the person.
PLACEHOLDER = "…"


def find_personal_data(text: str) -> list[Found]:
    """Return the personal data in a text, in order and without overlaps.

    What is surest comes first: of two finds that overlap, the earlier finder's stays and is widened.
    """
    tokens = Tokens(text)
    finders: tuple[Iterable[Found], ...] = (
        find_emails(tokens),
        find_accounts(text),
        find_addresses(tokens),
        find_births(tokens),
        find_documents(tokens),
        find_codes_apart(tokens),
        find_numbers(tokens),
        find_names(tokens),
    )
    ranked = [(found.start, rank, found) for rank, finder in enumerate(finders) for found in finder]
    return list(_merged(found for *_, found in sorted(ranked, key=lambda entry: entry[:2])))


def _merged(found: Iterable[Found]) -> Iterator[Found]:
    current: Found | None = None
    for one in found:
        if current is not None and one.start < current.end:
            current = Found(current.kind, current.start, max(current.end, one.end))
            continue
        if current is not None:
            yield current
        current = one
    if current is not None:
        yield current


def redact(text: str) -> str:
    """Return a text with the personal data in it replaced by a placeholder that says nothing.

    A text without any comes back as it is.
    """
    parts: list[str] = []
    end = 0
    for found in find_personal_data(text):
        parts += [text[end : found.start], PLACEHOLDER]
        end = found.end
    return "".join(parts) + text[end:]


__all__ = ["PLACEHOLDER", "Found", "Kind", "find_personal_data", "redact"]
