"""The report: one HTML file that any browser shows, with nothing from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import LATVIA, now
from bot.dialogues.coverage import Coverage, cover
from bot.dialogues.history import Differences
from bot.dialogues.results import CaseResult, Run
from bot.dialogues.telling import TEXTS, tell_cause
from bot.dialogues.vocabulary import vocabulary
from bot.languages import LANGUAGES
from bot.texts import read_texts

TEMPLATES = Path(__file__).parent / "templates"
PERMANENT = ("/start_over", "/request_callback")


def write_report(run: Run, differences: Differences, file: Path) -> None:
    """Write a run as one HTML file.

    Raises:
        OSError: the file can't be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(render_report(run, differences, cover(run, vocabulary())), encoding="utf-8")


def render_report(run: Run, differences: Differences, coverage: list[Coverage]) -> str:
    """Return the report as HTML; every text of a person or of the assistant is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {key: text.dict() for key, text in read_texts(TEXTS).items() if not key.startswith("cause_")}
    return environment.get_template("report.html.j2").render(
        run=run,
        results=sorted(run.results, key=lambda result: result.passed),  # the failed first; stable otherwise
        differences=differences,
        coverage=coverage,
        words=words,
        languages=LANGUAGES,
        permanent=PERMANENT,
        causes=_causes,
        searchable=_searchable,
        written=now().astimezone(LATVIA).strftime("%Y-%m-%d %H:%M"),
    )


def _causes(result: CaseResult, index: int) -> dict[str, str]:
    """Return the likely cause of a failure in each language."""
    cause = result.failures[index].cause
    return {language: tell_cause(cause, language) for language in LANGUAGES}


def _searchable(result: CaseResult) -> str:
    """Return what the search looks in: names, words, intents."""
    parts: list[Any] = [result.case.name, result.case.file]
    for played in result.turns:
        parts += [played.step.user, played.turn.intent or "", *(reply.text for reply in played.turn.replies)]
    return " ".join(map(str, parts)).lower()
