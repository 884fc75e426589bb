"""The tasks of `drom evaluate`, by name, and how their results are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


def _intents(files: Sequence[Path]) -> dict[str, Any]:
    from bot.evaluation.intents import evaluate_intents

    return evaluate_intents(files)


def _places(files: Sequence[Path]) -> dict[str, Any]:
    from bot.evaluation.places import evaluate_places

    return evaluate_places(list(files))


def _search(files: Sequence[Path]) -> dict[str, Any]:
    from bot.evaluation.search import evaluate_search

    return evaluate_search(list(files))


def _redaction(files: Sequence[Path]) -> dict[str, Any]:
    from bot.evaluation.redaction import evaluate_redaction

    return evaluate_redaction(files)


TASKS: dict[str, Callable[[Sequence[Path]], dict[str, Any]]] = {
    "intents": _intents,
    "places": _places,
    "search": _search,
    "redaction": _redaction,
}


def show_result(result: dict[str, Any], screen: Console) -> None:
    """Show figures as tables; lists of mistakes are cut to what fits a screen."""
    figures = Table("figure", "value", title="All")
    for name, value in result.items():
        if isinstance(value, (int, float)):
            figures.add_row(name, str(value))
        elif isinstance(value, dict) and not any(isinstance(v, dict) for v in value.values()):
            figures.add_row(name, "  ".join(f"{k} {v}" for k, v in value.items()))
    screen.print(figures)
    for name, value in result.items():
        if isinstance(value, dict) and any(isinstance(v, dict) for v in value.values()):
            columns = list(dict.fromkeys(key for row in value.values() for key in row))
            table = Table(name, *columns)
            for key, row in value.items():
                table.add_row(key, *(str(row.get(column, "")) for column in columns))
            screen.print(table)
        elif isinstance(value, list) and value:
            table = Table(*value[0], title=name)
            for row in value[:15]:
                table.add_row(*(" | ".join(cell) if isinstance(cell, list) else str(cell) for cell in row.values()))
            screen.print(table)
