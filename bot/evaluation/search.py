"""How well the search over the cards finds: what ``drom evaluate --task search`` measures."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bot.evaluation.tables import EvaluationError, read_rows

COLUMNS = ("query", "expected_service")
SHOWN = 3


def evaluate_search(files: list[Path]) -> dict[str, Any]:
    """Measure the search against queries whose card is known. Making the index is not timed.

    Returns:
        ``n``; ``top1`` and ``top3``, the shares of the queries whose card is first and among three;
        ``p95_ms``, the time of a search below which 95 of 100 lie; and what was not found first.

    Raises:
        EvaluationError: the files can't be used, or name a card that does not exist.
    """
    from bot.reference.index import search_index
    from bot.reference.search import search

    rows = read_rows(files, COLUMNS)
    unknown = sorted({row["expected_service"] for row in rows} - set(search_index().services))
    if unknown:
        raise EvaluationError(f"There is no card {', '.join(unknown)}. Cards are the files of data/directory/services.")
    first = among = 0
    times: list[float] = []
    wrong: list[dict[str, Any]] = []
    for row in rows:
        start = time.perf_counter()
        found = [hit.service.id for hit in search(row["query"], limit=SHOWN)]
        times.append(1000 * (time.perf_counter() - start))
        expected = row["expected_service"]
        first += found[:1] == [expected]
        among += expected in found
        if found[:1] != [expected]:
            wrong.append({"query": row["query"], "expected": expected, "found": found})
    return {
        "n": len(rows),
        "top1": round(first / len(rows), 4),
        "top3": round(among / len(rows), 4),
        "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))], 2),
        "wrong": wrong,
    }
