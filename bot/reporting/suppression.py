"""Keeping small counts secret in tables whose sums are told.

A count of 1 … 4 may be one person's. It is left out (primary suppression); and so are other cells, until it can't
be had by subtracting from the sums either (complementary suppression). The tables of one month share their sums by
need, and are therefore worked out together.

In a table with its sums as one more row and column, each row and each column is an equation. A cell that was left
out can be told exactly where it is a bridge in the graph whose nodes are rows and columns and whose edges are the
cells left out. So cells are added until there is no bridge, and until what is left out of an equation sums to five
or more, unless nothing is left out of it. Since the tables share sums, a cell may still follow from the equations of
all of them together: it does where every solution of these has the same value for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np

LEAST = 5
SUM = "*"  # the row or column of sums
_NOTHING = 1e-9  # what counts as zero among the numbers of a solved system


@dataclass
class Table:
    """A two-way table of counts with its sums, and which cells of it are left out.

    Attributes:
        name: what its columns are.
        cells: counts by (row, column); sums stand under ``SUM``.
        hidden: the cells that are left out.
    """

    name: str
    cells: dict[tuple[str, str], int]
    hidden: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, name: str, counts: Mapping[tuple[str, str], int]) -> Table:
        """Make a table with its sums."""
        cells = {key: count for key, count in counts.items() if count}
        sums: dict[tuple[str, str], int] = {}
        for (row, column), count in cells.items():
            for key in ((row, SUM), (SUM, column), (SUM, SUM)):
                sums[key] = sums.get(key, 0) + count
        return cls(name, {**cells, **sums})

    def published(self) -> dict[tuple[str, str], int]:
        """Return what may be told."""
        return {key: count for key, count in self.cells.items() if key not in self.hidden}

    def rows(self) -> list[str]:
        """Return the names of the rows, without that of the sums."""
        return sorted({row for row, _ in self.cells if row != SUM})

    def columns(self) -> list[str]:
        """Return the names of the columns, without that of the sums."""
        return sorted({column for _, column in self.cells if column != SUM})


def protect(tables: list[Table]) -> None:
    """Leave out what must be, in tables that share their rows and the sums of them."""
    for table in tables:
        table.hidden |= {key for key, count in table.cells.items() if 0 < count < LEAST}
    while True:
        before = [len(table.hidden) for table in tables]
        for table in tables:
            _protect_one(table)
        shared = {key for table in tables for key in table.hidden if key[1] == SUM}
        for table in tables:
            table.hidden |= shared & set(table.cells)
        if before != [len(table.hidden) for table in tables]:
            continue
        told = _told_together(tables)
        if told is None:
            return
        table, cell = told
        added = _partner(table, cell, None)
        table.hidden |= set(table.cells) if added is None else {added}


def _told_together(tables: list[Table]) -> tuple[Table, tuple[str, str]] | None:
    """Return a cell left out that the equations of all tables together give away, with its table; None: none is."""
    places: dict[tuple[str, tuple[str, str]], int] = {}  # the sums by row are the same number in every table
    of: list[tuple[Table, tuple[str, str]]] = []
    for table in tables:
        for key in sorted(table.hidden):
            name = "" if key[1] == SUM else table.name
            if (name, key) not in places:
                places[name, key] = len(of)
                of.append((table, key))
    equations: list[np.ndarray] = []
    for table in tables:
        for axis in (0, 1):
            for line in sorted({key[axis] for key in table.hidden}):
                equation = np.zeros(len(of))
                for key in table.hidden:
                    if key[axis] == line:
                        sign = -1.0 if key[1 - axis] == SUM else 1.0
                        equation[places["" if key[1] == SUM else table.name, key]] = sign
                equations.append(equation)
    if not equations:
        return None
    _, sizes, directions = np.linalg.svd(np.array(equations))
    free = directions[int((sizes > _NOTHING).sum()) :]  # what may still vary
    certain = np.abs(free).max(axis=0, initial=0.0) < _NOTHING
    return of[int(certain.argmax())] if certain.any() else None


def _protect_one(table: Table) -> None:
    while True:
        exposed = next(_exposed(table), None)
        if exposed is None:
            return
        added = _partner(table, *exposed)
        if added is None:  # the whole of it is too small to be told
            table.hidden |= set(table.cells)
            return
        table.hidden.add(added)


def _exposed(table: Table) -> Iterator[tuple[tuple[str, str], int | None]]:
    """Return cells that can be told all the same, with the line that needs another: 0 its row, 1 its column."""
    graph = nx.Graph()
    graph.add_edges_from((("row", row), ("column", column)) for row, column in sorted(table.hidden))
    for one, other in nx.bridges(graph):
        yield ((one[1], other[1]) if one[0] == "row" else (other[1], one[1])), None
    for axis in (0, 1):
        lines: dict[str, list[tuple[str, str]]] = {}
        for key in sorted(table.hidden):
            lines.setdefault(key[axis], []).append(key)
        for keys in lines.values():
            is_sum_told = all(key[1 - axis] != SUM for key in keys)
            if is_sum_told and sum(table.cells[key] for key in keys) < LEAST:
                yield keys[0], axis


def _partner(table: Table, cell: tuple[str, str], axis: int | None) -> tuple[str, str] | None:
    """Return the smallest other cell of the row or the column of a cell that can be left out with it."""
    axes = (0, 1) if axis is None else (axis,)
    candidates = [key for key in table.cells if key not in table.hidden and any(key[i] == cell[i] for i in axes)]
    # A sum is left out last: it tells most.
    return min(candidates, key=lambda key: (SUM in key, key == (SUM, SUM), table.cells[key], key), default=None)
