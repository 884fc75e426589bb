"""What the last run said, and what differs now."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.dialogues.assertions import Seen
from bot.dialogues.results import CaseResult, Run

logger = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True)
class Before:
    """What a dialogue did in an earlier run: whether it passed, and the texts of its turns."""

    passed: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class TextChange:
    """A turn that reads differently now."""

    result: CaseResult
    turn: int
    before: str
    now: str


@dataclass(frozen=True)
class Differences:
    """What differs from the earlier run."""

    newly_failed: list[CaseResult] = field(default_factory=list)
    newly_passed: list[CaseResult] = field(default_factory=list)
    newly_written: list[CaseResult] = field(default_factory=list)
    texts: list[TextChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.newly_failed or self.newly_passed or self.newly_written or self.texts)


class History:
    """The last result of each dialogue, kept in one file.

    A file that can't be read counts as none: losing the comparison must not stop a check.
    """

    def __init__(self, file: Path):
        self.file = file
        self.cases: dict[str, Before] = self._read()

    def _read(self) -> dict[str, Before]:
        try:
            document: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
            if document["version"] != VERSION:
                return {}
            return {
                key: Before(bool(entry["passed"]), tuple(entry["texts"])) for key, entry in document["cases"].items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("The last run in %s can't be read (%s); nothing is compared.", self.file, error)
            return {}

    @property
    def texts(self) -> dict[str, list[str]]:
        """The texts of each turn of dialogues that passed, by the key of the case."""
        return {key: list(before.texts) for key, before in self.cases.items() if before.passed}

    def differences(self, run: Run) -> Differences:
        """Compare a run with what was before."""
        found = Differences()
        for result in run.results:
            before = self.cases.get(result.case.key)
            if before is None:
                found.newly_written.append(result)
                continue
            if before.passed and not result.passed:
                found.newly_failed.append(result)
            elif result.passed and not before.passed:
                found.newly_passed.append(result)
            for index, (was, now) in enumerate(zip(before.texts, texts_of(result), strict=False)):
                if was != now:
                    found.texts.append(TextChange(result, index, was, now))
        return found

    def keep(self, run: Run) -> None:
        """Keep a run for the next time; dialogues that were not run keep what they had."""
        for result in run.results:
            self.cases[result.case.key] = Before(result.passed, tuple(texts_of(result)))
        document = {
            "version": VERSION,
            "cases": {key: {"passed": case.passed, "texts": case.texts} for key, case in self.cases.items()},
        }
        temporary = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self.file)
        except OSError as error:
            logger.warning("The run can't be kept in %s (%s).", self.file, error)


def texts_of(result: CaseResult) -> list[str]:
    """Return the texts of each turn."""
    return [Seen(played.turn).text for played in result.turns]
