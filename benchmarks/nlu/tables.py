"""The figures as tables: on the screen, and as the docs have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.nlu.figures import STYLES

NONE = "–"


@dataclass(frozen=True)
class Rows:
    """A table before it is shown."""

    title: str
    header: list[str]
    rows: list[list[str]]


def system_table(results: dict[str, dict[str, Any]]) -> Rows:
    """Return a row for each system, all test sets together."""
    header = ["", "right", "own, hard", "top 3", "answered: right", "danger: recall, precision"]
    header += [f"{'/'.join(STYLES)}", "CPU ms: p50, p95", "training, CPU s"]
    rows = []
    for result in results.values():
        both, by_style, urgent = result["all"], result["all"]["by_style"], result["all"]["urgent"]
        parse = result["parse_cpu_ms"]
        rows.append(
            [
                result["title"],
                _share(both["accuracy"]),
                ", ".join(_share(result["sets"][name]["accuracy"]) for name in sorted(result["sets"], reverse=True)),
                _share(both["top3"]),
                f"{_share(both['answered'])}: {_share(both['answered_accuracy'])}",
                f"{_share(urgent['recall'])}, {_share(urgent['precision'])}",
                " / ".join(_share(by_style[style]["accuracy"]) if style in by_style else NONE for style in STYLES),
                f"{parse['p50']:.1f}, {parse['p95']:.1f}",
                f"{result['training']['cpu_s']:.0f}",
            ]
        )
    return Rows("The same messages", header, rows)


def corpus_table(results: dict[str, dict[str, Any]]) -> Rows:
    """Return a row for each corpus and a column for each system, accuracies."""
    names = list(dict.fromkeys(name for result in results.values() for name in result["corpora"]))
    header = ["corpus", "intents, training, test", *(result["title"] for result in results.values())]
    rows = []
    for name in names:
        cells = [result["corpora"].get(name) for result in results.values()]
        size = next(cell for cell in cells if cell)
        sizes = ", ".join(str(size[key]) for key in ("intents", "training", "test"))
        rows.append([name, sizes, *(_corpus_cell(cell) for cell in cells)])
    return Rows("Public corpora", header, rows)


def _corpus_cell(figures: dict[str, Any] | None) -> str:
    if figures is None:
        return NONE
    if "out_of_scope_recall" in figures:
        return f"in scope {_share(figures['in_scope_accuracy'])}, out of scope {_share(figures['out_of_scope_recall'])}"
    return _share(figures["accuracy"])


def _share(value: float) -> str:
    return f"{value:.3f}"


def markdown(table: Rows) -> str:
    """Return a table in Markdown."""
    lines = [table.header, ["---"] * len(table.header), *table.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def show(tables: Sequence[Rows], screen: Console) -> None:
    """Print tables to a terminal."""
    for table in tables:
        shown = Table(*table.header, title=table.title)
        for row in table.rows:
            shown.add_row(*row)
        screen.print(shown)
