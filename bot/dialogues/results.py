"""What came of running dialogues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.assistant.messages import Turn
from bot.dialogues.assertions import Failure
from bot.dialogues.script import Case, Step


@dataclass(frozen=True)
class Cause:
    """Why a failure most likely came about: a text of ``data/texts/dialogues.yml`` and its values."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Explained:
    """A failure with its likely cause."""

    failure: Failure
    cause: Cause | None = None


@dataclass(frozen=True)
class PlayedTurn:
    """A step and what happened."""

    step: Step
    turn: Turn


@dataclass(frozen=True)
class CaseResult:
    """One dialogue that was run.

    Attributes:
        case: the dialogue.
        turns: the turns up to the first that failed.
        failures: what did not hold in the last of them; none where it passed.
        seconds: how long it took.
    """

    case: Case
    turns: tuple[PlayedTurn, ...]
    failures: tuple[Explained, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return not self.failures


@dataclass(frozen=True)
class Run:
    """A run of dialogues, in the order of the scripts."""

    results: tuple[CaseResult, ...]
    seconds: float

    @property
    def failed(self) -> list[CaseResult]:
        """The dialogues that failed."""
        return [result for result in self.results if not result.passed]

    @property
    def passed(self) -> list[CaseResult]:
        """The dialogues that passed."""
        return [result for result in self.results if result.passed]
