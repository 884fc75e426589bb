"""What can be wrong in the content, told so that a person who is no programmer can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import DromError

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or stale in a content file: where, what, and how to mend it."""

    file: str
    line: int
    key: str
    problem: str
    remedy: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.problem}. {self.remedy}"


class ContentError(DromError):
    """The content can't be used. ``findings`` names every mistake, not only the first."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


def relative(path: Path, root: Path) -> str:
    """Return ``path`` as people name it: from the root of the project where it lies below it."""
    try:
        return str(path.resolve().relative_to(root.resolve()))
    except ValueError:
        return str(path)
