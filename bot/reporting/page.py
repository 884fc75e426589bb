"""The report as one page that can be printed and sent: no scripts, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.directory.directory import directory
from bot.languages import Language
from bot.reporting.suppression import SUM
from bot.settings import ROOT
from bot.texts import read_texts, text

WIDEST = 360  # of a bar
SHOWN_NEEDS = 20
HIDDEN = "·"
REQUESTS = ("take", "finish", "miss", "give_up")


def render(report: dict[str, Any], language: Language) -> str:
    """Return the page of a report of :func:`bot.reporting.needs_report.make_report`."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "bot" / "reporting" / "templates"), autoescape=select_autoescape(default=True)
    )

    def say(key: str, **values: object) -> str:
        return text("report", key, language, **values)

    by_outcome = report["tables"]["outcome"]
    months = [(month["month"], month["needs"], False) for month in report["months"]]
    needs = [
        (_need(cell["need"], language), cell["count"], cell["at_least"])
        for cell in by_outcome
        if cell["column"] == SUM and cell["need"] != SUM and cell["count"]
    ]
    needs.sort(key=lambda entry: -entry[1])
    requests = [
        {"label": month["month"], "cells": [_shown(month["requests"].get(event), False) for event in REQUESTS]}
        for month in report["months"]
        if any(month["requests"].get(event) for event in REQUESTS)
    ]
    return environment.get_template("needs.html.j2").render(
        report=report,
        language=language,
        say=say,
        months=_bars(months),
        needs=_bars(needs[:SHOWN_NEEDS]),
        tables=[_table(name, cells, language) for name, cells in report["tables"].items()],
        requests=requests,
        request_columns=REQUESTS,
    )


def _bars(entries: list[tuple[str, int | None, bool]]) -> list[dict[str, Any]]:
    most = max((count or 0 for _, count, _ in entries), default=0) or 1
    return [
        {"label": label, "width": round(WIDEST * (count or 0) / most), "shown": _shown(count, at_least)}
        for label, count, at_least in entries
    ]


def _table(name: str, cells: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    known = {(cell["need"], cell["column"]): cell for cell in cells}
    columns = sorted({column for _, column in known}, key=lambda column: (column == SUM, column))
    rows = sorted({need for need, _ in known}, key=lambda need: (need == SUM, need))
    return {
        "name": name,
        "columns": [_column(name, column, language) for column in columns],
        "rows": [
            {"label": _need(row, language), "cells": [_cell(known.get((row, column))) for column in columns]}
            for row in rows
        ],
    }


def _cell(cell: dict[str, Any] | None) -> str:
    return "0" if cell is None else _shown(cell["count"], cell["at_least"])


def _shown(count: int | None, at_least: bool) -> str:
    if not count:
        return HIDDEN
    return f"≥ {count}" if at_least else str(count)


def _need(intent: str, language: Language) -> str:
    if intent == SUM:
        return text("report", "all", language)
    card = directory().services.get(intent.removeprefix("ask_"))
    if card:
        return card.name.in_language(language)
    return text("report", "unanswered", language) if intent == "nlu_fallback" else intent


def _column(table: str, column: str, language: Language) -> str:
    if column == SUM:
        return text("report", "all", language)
    if table == "municipality":
        municipality = directory().municipality(column) if column else None
        return municipality.name.in_language(language) if municipality else text("report", "unknown", language)
    return text("report", column, language) if column in read_texts("report") else column
