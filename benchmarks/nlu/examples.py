"""The project's training examples, and which of them are kept for thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.languages import LANGUAGES

NEIGHBOURS = 4  # lines of a file that stay together in a split
RUN = 10  # lines in a row that are kept for thresholds together


@dataclass(frozen=True)
class Example:
    """A labelled message, and where it stands (for a split)."""

    text: str
    intent: str
    language: str
    block: str = ""
    """Lines that one writer wrote together."""


def read_examples(folder: Path) -> list[Example]:
    """Read the examples of ``<folder>/<topic>/<language>.yml`` (Rasa's YAML), sorted by file."""
    examples = []
    for language in LANGUAGES:
        for file in sorted(folder.glob(f"*/{language}.yml")):
            for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
                lines = [line[2:].strip() for line in entry.get("examples", "").splitlines() if line.startswith("- ")]
                for number, line in enumerate(lines):
                    block = f"{file.parent.name}/{language}/{entry['intent']}/{number // NEIGHBOURS}"
                    examples.append(Example(line, entry["intent"], language, block))
    return examples


def keep_for_thresholds(examples: Sequence[Example], unseen: np.ndarray) -> tuple[list[Example], list[Example]]:
    """Return what to train on, and what to fit thresholds on: about an eighth.

    Every other run of lines, of those that the embedding's adapter has not seen: what it has seen would look
    surer than a message ever is. A line that stands twice in the data stays in training.

    Args:
        examples: in the order of their files.
        unseen: whether the adapter has not been trained on each, shape (examples,).
    """
    kept = unseen & (np.arange(len(examples)) // RUN % 2 == 0)
    training = [example for example, keep in zip(examples, kept, strict=True) if not keep]
    known = {example.text for example in training}
    return training, [
        example for example, keep in zip(examples, kept, strict=True) if keep and example.text not in known
    ]
