"""Figures of understanding as one page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HEADLINE = {
    "accuracy": "right one first",
    "top3": "right one among three",
    "answered": "answered without asking back",
    "answered_accuracy": "right of those answered",
    "macro_f1": "macro F1",
    "language_accuracy": "language",
    "not_a_service": "small talk and out of scope not taken for a service",
}


def report(figures: dict[str, Any], files: Sequence[Path]) -> str:
    """Return the page for the figures that ``evaluate_intents`` gave for these files."""
    folder = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    headline = [(label, figures[name]) for name, label in _HEADLINE.items()]
    for name, label in (("urgent", "danger"), ("out_of_scope", "out of scope")):
        headline += [(f"{label}: {figure}", figures[name][figure]) for figure in ("recall", "precision")]
    headline.append(("danger: answered or mentioned", figures["urgent"]["answered_or_mentioned"]))
    return folder.get_template("report.html.j2").render(
        figures=figures, headline=headline, names=[file.name for file in files]
    )
