"""Figures of understanding that were recorded, so that a change for the worse is seen.

To record those of today's model: ``python -m bot.evaluation.recorded`` (or ``make figures``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.settings import ROOT

FOLDER = ROOT / "tests" / "data" / "nlu"
FILE = FOLDER / "figures.json"
KEPT = ("accuracy", "top3", "answered_accuracy", "language_accuracy")
# Two points; less is the luck of a few messages.
ALLOWED_DROP = 0.02


def labelled(folder: Path = FOLDER) -> list[Path]:
    """Return the project's own labelled messages, sorted."""
    return sorted(folder.glob("*.tsv"))


def drops(recorded: dict[str, Any], figures: dict[str, Any]) -> list[str]:
    """Return what fell by more than is allowed, in words."""
    return [
        f"{name} fell from {recorded[name]:.3f} to {figures[name]:.3f}"
        for name in KEPT
        if figures[name] < recorded[name] - ALLOWED_DROP
    ]


def read() -> dict[str, dict[str, float]]:
    """Return the recorded figures by the name of the test set."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def record() -> None:
    """Measure the trained model on every test set and write the figures."""
    from bot.evaluation.intents import judge, summary, trained_parser
    from bot.evaluation.tables import read_rows

    parse = trained_parser()
    recorded = {}
    for file in labelled():
        figures = summary(judge(read_rows([file], ("text", "intent")), parse))
        recorded[file.name] = {name: figures[name] for name in KEPT}
    FILE.write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
