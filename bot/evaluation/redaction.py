"""How well personal data are taken out of a text: what ``drom evaluate --task redaction`` measures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.tables import read_rows
from bot.privacy.redaction import Found, find_personal_data, redact

RUN = 4  # a secret is gone when none of its runs of so many characters is left
SEPARATOR = re.compile(r" \|\|? ")


@dataclass(frozen=True)
class Judged:
    """One message: its secrets with their kinds and whether each is gone, and what was taken out."""

    text: str
    redacted: str
    secrets: list[tuple[str, str, bool]]
    found: list[Found]

    @property
    def needless(self) -> list[Found]:
        """What was taken out and is no part of a secret."""
        return [found for found in self.found if not any(self._is_in(found, secret) for secret, _, _ in self.secrets)]

    def _is_in(self, found: Found, secret: str) -> bool:
        start = self.text.find(secret)
        while start >= 0:
            if found.start < start + len(secret) and start < found.end:
                return True
            start = self.text.find(secret, start + 1)
        return False


def is_gone(secret: str, redacted: str) -> bool:
    """Whether none of the secret's runs of four characters is left; of a shorter one, whether it is not there."""
    length = min(RUN, len(secret))
    return not any(secret[i : i + length] in redacted for i in range(len(secret) - length + 1))


def evaluate_redaction(files: Sequence[Path]) -> dict[str, Any]:
    """Measure redaction against labelled messages.

    Columns: ``text``, ``secrets`` (joined by `` || `` or `` | ``; empty: nothing may be taken out), and where it is
    there ``kind`` (of all secrets, or one for each, joined in the same way).

    Returns:
        ``n``; ``recall``: the share of the secrets that are gone; ``precision``: the share of what was taken out
        that is part of a secret; ``by_kind``: recall by kind; ``harmless``: the messages without secrets, and the
        share of them that were touched; ``wrong``. A share is None where it has nothing to count.
    """
    judged = [_judge(row) for row in read_rows(files, ("text", "secrets"))]
    secrets = [secret for one in judged for secret in one.secrets]
    taken = sum(len(one.found) for one in judged)
    needless = sum(len(one.needless) for one in judged)
    harmless = [one for one in judged if not one.secrets]
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for _, kind, gone in secrets:
        by_kind[kind].append(gone)
    touched = sum(bool(one.found) for one in harmless)
    return {
        "n": len(judged),
        "recall": _share(sum(gone for *_, gone in secrets), len(secrets)),
        "precision": _share(taken - needless, taken),
        "by_kind": {
            kind: {"n": len(gone), "recall": _share(sum(gone), len(gone))} for kind, gone in sorted(by_kind.items())
        },
        "harmless": {"n": len(harmless), "touched": _share(touched, len(harmless))},
        "wrong": [
            {
                "text": one.text,
                "redacted": one.redacted,
                "left": [secret for secret, _, gone in one.secrets if not gone],
                "needless": [one.text[found.start : found.end] for found in one.needless],
            }
            for one in judged
            if one.needless or not all(gone for *_, gone in one.secrets)
        ],
    }


def _judge(row: dict[str, str]) -> Judged:
    redacted = redact(row["text"])
    found = find_personal_data(row["text"])
    secrets = [secret.strip() for secret in SEPARATOR.split(row["secrets"]) if secret.strip()]
    kinds = [kind.strip() for kind in SEPARATOR.split(row.get("kind", "")) if kind.strip()]
    if len(kinds) != len(secrets):
        kinds = [kinds[0] if kinds else _guess(secret) for secret in secrets]
    told = [(secret, kind, is_gone(secret, redacted)) for secret, kind in zip(secrets, kinds, strict=True)]
    return Judged(row["text"], redacted, told, found)


def _guess(secret: str) -> str:
    """Return what a secret without a label looks like by itself."""
    found = find_personal_data(secret)
    return found[0].kind.value if found else "unknown"


def _share(count: int, total: int) -> float | None:
    return round(count / total, 4) if total else None
