"""Putting results into words: for the terminal, for JUnit, and as a JSON document."""

from __future__ import annotations

from typing import Any

from bot.dialogues.results import CaseResult, Cause, Explained, PlayedTurn, Run
from bot.languages import Language
from bot.texts import text

TEXTS = "dialogues"


def word(key: str, language: Language = "en", **values: object) -> str:
    """Return a text of ``data/texts/dialogues.yml``."""
    return text(TEXTS, key, language, **values)


def tell_cause(cause: Cause | None, language: Language = "en") -> str:
    """Return a likely cause in words; empty where none is known."""
    return word(f"cause_{cause.kind}", language, **cause.values) if cause else ""


def transcript(result: CaseResult) -> str:
    """Return what was said, up to the turn that failed."""
    lines: list[str] = []
    for played in result.turns:
        lines.append(f"  › {played.step.user}")
        lines += _turn_lines(played)
    return "\n".join(lines)


def _turn_lines(played: PlayedTurn) -> list[str]:
    lines: list[str] = []
    turn = played.turn
    if turn.intent:
        lines.append(f"      ({turn.intent} {turn.confidence:.2f}, {turn.language or '–'})")
    for reply in turn.replies:
        first, *rest = reply.text.split("\n")
        lines.append(f"  ‹ {first}")
        lines += [f"    {line}" for line in rest]
        if reply.buttons:
            lines.append("    " + " ".join(f"[{button.title}]" for button in reply.buttons))
    return lines


def tell_failures(result: CaseResult, language: Language = "en") -> str:
    """Return what was expected, what came and why, for each failure of a dialogue."""
    return "\n".join(_tell_failure(result, explained, language) for explained in result.failures)


def _tell_failure(result: CaseResult, explained: Explained, language: Language) -> str:
    failure = explained.failure
    cause = tell_cause(explained.cause, language)
    lines = [
        f"  {result.case.file}:{failure.line}: {failure.kind}",
        f"    {word('expected', language)}: {failure.expected}",
        f"    {word('came', language)}: {failure.came}",
    ]
    if cause:
        lines.append(f"    {word('likely_cause', language)}: {cause}")
    return "\n".join(lines)


def as_document(run: Run) -> dict[str, Any]:
    """Return a run as the JSON document that `drom dialogues --json` prints."""
    return {
        "n": len(run.results),
        "passed": len(run.passed),
        "failed": len(run.failed),
        "seconds": round(run.seconds, 3),
        "cases": [case_document(result) for result in run.results],
    }


def case_document(result: CaseResult, language: Language = "en") -> dict[str, Any]:
    """Return one result as plain data."""
    return {
        "name": result.case.name,
        "file": result.case.file,
        "line": result.case.line,
        "passed": result.passed,
        "seconds": round(result.seconds, 3),
        "turns": [turn_document(played) for played in result.turns],
        "failures": [
            {
                "assertion": explained.failure.kind,
                "line": explained.failure.line,
                "expected": explained.failure.expected,
                "came": explained.failure.came,
                "cause": tell_cause(explained.cause, language),
            }
            for explained in result.failures
        ],
    }


def turn_document(played: PlayedTurn) -> dict[str, Any]:
    """Return one turn as plain data."""
    turn = played.turn
    return {
        "user": str(played.step.user),
        "intent": turn.intent,
        "confidence": round(turn.confidence, 4),
        "language": turn.language,
        "actions": turn.actions,
        "replies": [reply.as_dict() for reply in turn.replies],
    }
