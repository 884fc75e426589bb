"""Reading labelled messages."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from bot.errors import DromError


class EvaluationError(DromError):
    """The labelled messages can't be used."""


def read_rows(files: Sequence[Path], required: Sequence[str]) -> list[dict[str, str]]:
    """Read tab-separated files with a header; other columns than the required ones are kept as they are.

    Raises:
        EvaluationError: a file has not the required columns, or there are no rows.
    """
    rows: list[dict[str, str]] = []
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [column for column in required if column not in (reader.fieldnames or [])]
            if missing:
                raise EvaluationError(f"{file} lacks the columns {', '.join(missing)}. The first line must name them.")
            rows += [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    rows = [row for row in rows if row[required[0]]]
    if not rows:
        raise EvaluationError("There are no labelled messages in these files.")
    return rows
