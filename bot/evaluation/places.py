"""How well places are found: what ``drom evaluate --task places`` measures."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import DromError
from bot.nlu.places import FoundPlace, find_places

COLUMNS = ("text", "expected_place", "expected_municipality")


@dataclass(frozen=True)
class PlaceCase:
    """A labelled message. Both expectations empty: no place may be found."""

    text: str
    expected_place: str
    expected_municipality: str
    language: str
    style: str

    @property
    def has_place(self) -> bool:
        """Whether a place is expected."""
        return bool(self.expected_place or self.expected_municipality)

    def is_met_by(self, found: FoundPlace | None) -> bool:
        """Whether the place that was found is the one expected, or none where none is."""
        if found is None or not self.has_place:
            return found is None and not self.has_place
        is_place = not self.expected_place or found.place == self.expected_place
        return is_place and (not self.expected_municipality or found.municipality == self.expected_municipality)


def read_place_cases(path: Path) -> list[PlaceCase]:
    """Read labelled messages: tab separated, with a header.

    Raises:
        DromError: a column is missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise DromError(f"{path}: the columns {', '.join(missing)} are missing from the first line.")
        return [
            PlaceCase(
                text=row["text"],
                expected_place=(row["expected_place"] or "").strip(),
                expected_municipality=(row["expected_municipality"] or "").strip(),
                language=(row.get("lang") or "").strip(),
                style=(row.get("style") or "").strip(),
            )
            for row in reader
            if row["text"]
        ]


def evaluate_places(files: list[Path]) -> dict[str, Any]:
    """Measure place extraction against labelled messages.

    Recall is the share of the messages with a place whose place was found; precision the share of
    the places found that are right. Each is None where it has nothing to count.

    Returns:
        ``n``, ``recall``, ``precision``, the two by language and by style, the mean and the 95th
        percentile of the time of a message in milliseconds, and what went wrong.
    """
    cases = [case for path in files for case in read_place_cases(path)]
    find_places("")  # the gazetteer is made once, not for a message
    results = []
    times = []
    for case in cases:
        began = time.perf_counter()
        places = find_places(case.text)
        times.append((time.perf_counter() - began) * 1000)
        results.append((case, places.chosen()))
    return {
        "n": len(results),
        **_rates(results),
        "by_lang": _by(results, lambda case: case.language),
        "by_style": _by(results, lambda case: case.style),
        "mean_ms": round(sum(times) / max(1, len(times)), 2),
        "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))], 2) if times else None,
        "wrong": list(_wrong(results)),
    }


Result = tuple[PlaceCase, "FoundPlace | None"]


def _rates(results: Iterable[Result]) -> dict[str, float | None]:
    results = list(results)
    with_place = [(case, found) for case, found in results if case.has_place]
    told = [(case, found) for case, found in results if found is not None]
    return {
        "recall": _share(case.is_met_by(found) for case, found in with_place),
        "precision": _share(case.is_met_by(found) for case, found in told),
    }


def _share(met: Iterable[bool]) -> float | None:
    values = list(met)
    return round(sum(values) / len(values), 4) if values else None


def _by(results: list[Result], group: Callable[[PlaceCase], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for case, found in results:
        groups[group(case) or "-"].append((case, found))
    return {name: {"n": len(members), **_rates(members)} for name, members in sorted(groups.items())}


def _wrong(results: list[Result]) -> Iterator[dict[str, Any]]:
    for case, found in results:
        if case.is_met_by(found):
            continue
        yield {
            "text": case.text,
            "expected_place": case.expected_place,
            "expected_municipality": case.expected_municipality,
            "found_place": found.place if found else None,
            "found_municipality": found.municipality if found else None,
            "candidates": [candidate.name for candidate in find_places(case.text).candidates],
        }
