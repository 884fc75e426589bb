"""The comparison as a picture: how often each system is right, all in all and by how messages are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

from benchmarks.nlu.figures import STYLES
from benchmarks.nlu.systems import ABLATIONS, PIPELINE

OWN, OTHER, LEFT_OUT = "#1b6e53", "#9aa5ab", "#7fb8a4"
MARKS = "osD^v"


def draw(results: dict[str, dict[str, Any]], file: Path) -> None:
    """Draw the figures of systems into a file; its ending decides the format."""
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "drom", "font.size": 9})
    names = list(results)[::-1]
    figure, (bars, styles) = plt.subplots(
        1, 2, figsize=(10, 1.2 + 0.36 * len(names)), gridspec_kw={"width_ratios": (3, 2)}, sharey=True
    )
    shares = [results[name]["all"]["accuracy"] for name in names]
    bars.barh(range(len(names)), shares, color=[_colour(name) for name in names])
    for row, share in enumerate(shares):
        bars.text(share, row, f" {share:.3f}", va="center")
    bars.set_yticks(range(len(names)), [results[name]["title"] for name in names])
    bars.set_xlim(0, 1.12)
    bars.set_xticks([0, 0.25, 0.5, 0.75, 1])
    bars.set_title("right intent first, all messages")
    for mark, style in zip(MARKS, STYLES, strict=True):
        rows = [row for row, name in enumerate(names) if style in results[name]["all"]["by_style"]]
        at = [results[names[row]]["all"]["by_style"][style]["accuracy"] for row in rows]
        styles.plot(at, rows, mark, label=style, markersize=5, alpha=0.8)
    styles.set_title("by how they are written")
    styles.grid(axis="x", alpha=0.3)
    figure.legend(loc="lower right", ncol=len(STYLES), fontsize=8, frameon=False)
    for axes in (bars, styles):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    plt.close(figure)


def _colour(name: str) -> str:
    return OWN if name == PIPELINE else LEFT_OUT if name in ABLATIONS else OTHER
