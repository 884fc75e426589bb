"""The report: what was needed, where, in which language, what came of it, month by month.

What is published of a month is fixed once the month is over: its tables, with small counts left out. A report over
several months adds up what is published of each, and a report over other months adds up the same; so the difference
of two reports is again something published, and tells nobody apart. The month that still runs is told in counts
rounded down to fives.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from bot.operations.needs import Cell, read_counts
from bot.privacy.keepers import engine_of
from bot.reporting.suppression import LEAST, SUM, Table, protect
from bot.settings import Settings

# The columns of the tables, by their place in a counted cell; the rows are needs.
COLUMNS = {"municipality": 2, "language": 3, "outcome": 4}
NEED = 1


def make_report(settings: Settings, since: datetime.date, today: datetime.date) -> dict[str, Any]:
    """Return the report as a JSON document.

    Args:
        settings: the settings of this process.
        since: the first day; the whole of its month is in.
        today: the day of the report.
    """
    first = since.replace(day=1)
    counted = read_counts(settings.tracker_database_url, first.isoformat(), (today + datetime.timedelta(1)).isoformat())
    return tell(counted, first, today, desk_counts(settings, first))


def tell(
    counted: Iterable[tuple[Cell, int]], first: datetime.date, today: datetime.date, desk: dict[str, Counter[str]]
) -> dict[str, Any]:
    """Return the report of these counts; ``desk``: how often what happened to requests, by month."""
    by_month: dict[str, list[tuple[Cell, int]]] = defaultdict(list)
    for cell, count in counted:
        by_month[cell[0][:7]].append((cell, count))
    running = today.isoformat()[:7]
    totals: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in COLUMNS}
    incomplete: dict[str, set[tuple[str, str]]] = {name: set() for name in COLUMNS}
    months: list[dict[str, Any]] = []
    for month in _months(first, today):
        tables = month_tables(by_month.get(month, []), rounded=month == running)
        for table in tables:
            totals[table.name].update(table.published())
            incomplete[table.name] |= table.hidden
        told = tables[0].published()
        outcomes = {key[1]: count for key, count in tables[2].published().items() if key[0] == SUM}
        requests = {event: _at_least_five(count) for event, count in sorted(desk.get(month, Counter()).items())}
        months.append({"month": month, "needs": told.get((SUM, SUM)), "outcomes": outcomes, "requests": requests})
    return {
        "since": first.isoformat(),
        "until": today.isoformat(),
        "least": LEAST,
        "running_month": running,
        "months": months,
        "tables": {name: _as_rows(totals[name], incomplete[name]) for name in COLUMNS},
    }


def month_tables(counted: Iterable[tuple[Cell, int]], rounded: bool) -> list[Table]:
    """Return what is published of one month: needs by municipality, by language, by outcome."""
    counted = list(counted)
    tables = []
    for name, place in COLUMNS.items():
        cells: Counter[tuple[str, str]] = Counter()
        for cell, count in counted:
            cells[(cell[NEED], cell[place])] += count
        tables.append(Table.of(name, cells))
    if rounded:
        for table in tables:
            table.cells = {key: count - count % LEAST for key, count in table.cells.items()}
            table.hidden = {key for key, count in table.cells.items() if not count}
        return tables
    protect(tables)
    return tables


def desk_counts(settings: Settings, first: datetime.date) -> dict[str, Counter[str]]:
    """Return how many requests for a call were made, taken and ended in a talk, by month; empty without a desk."""
    engine = engine_of(settings.tracker_database_url)
    if not sa.inspect(engine).has_table("desk_log"):
        return {}
    log = sa.table("desk_log", sa.column("what"), sa.column("at"))
    began = datetime.datetime(first.year, first.month, 1, tzinfo=datetime.timezone.utc).timestamp()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with engine.connect() as connection:
        for row in connection.execute(sa.select(log).where(log.c.at >= began)):
            month = datetime.datetime.fromtimestamp(float(row.at), datetime.timezone.utc).strftime("%Y-%m")
            found[month][str(row.what)] += 1
    return found


def _at_least_five(count: int) -> int | None:
    """Return a count rounded down to fives; None below five. Requests are few, and go on changing."""
    return count - count % LEAST or None


def _months(first: datetime.date, today: datetime.date) -> Iterable[str]:
    year, month = first.year, first.month
    while (year, month) <= (today.year, today.month):
        yield f"{year}-{month:02}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _as_rows(told: Counter[tuple[str, str]], hidden: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the cells as rows; ``count`` None: nothing of it may be told; ``at_least``: in some months more."""
    keys = sorted(set(told) | hidden)
    return [
        {"need": row, "column": column, "count": told.get((row, column)), "at_least": (row, column) in hidden}
        for row, column in keys
    ]
