"""The questions of the guided check and of the call-back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.questionnaire.loading import load_questionnaire


def check(root: Path) -> Iterator[Finding]:
    """Yield findings in the questionnaires."""
    services = {path.stem for path in (root / "data" / "directory" / "services").glob("*.yml")}
    for path in sorted((root / "data" / "questionnaires").glob("*.yml")):
        if path.stem == "common":
            continue
        try:
            load_questionnaire(path, services)
        except ContentError as error:
            yield from error.findings
