"""The tables of the directory: places, municipalities, offices, mediators.

A row that is wrong is left out with a finding: one bad row must neither reach a person nor stop the
assistant. Only a table that can't be read at all, or the municipalities, which all else hangs on, do.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.directory.errors import ContentError, Finding, relative
from bot.directory.loading import read_table
from bot.directory.mediators import Mediator
from bot.directory.models import Municipality, Office, Place
from bot.directory.naming import FormerMunicipality, OtherName, Parish

Model = TypeVar("Model", bound=BaseModel)
Row = tuple[int, Model]
DEMO = "demo"  # the folder of made-up rows, for showing the product


@dataclass(frozen=True)
class Tables:
    """The good rows, and what was left out."""

    municipalities: dict[str, Municipality]  # by id
    places: dict[str, Place]  # by Latvian name
    offices: list[Office]
    mediators: list[Mediator]
    former_municipalities: list[FormerMunicipality]
    parishes: list[Parish]
    other_names: list[OtherName]
    findings: list[Finding]


def load_tables(
    folder: Path, root: Path, sources: Iterable[str], topics: Iterable[str], today: datetime.date, demo: bool = False
) -> Tables:
    """Read the tables.

    Args:
        folder: ``data/directory``.
        root: the project's root, for the names in messages.
        sources: the ids of sources.yml.
        topics: the ids of topics.yml.
        today: the day that dates are held against.
        demo: whether the made-up mediators are read instead of the real ones.

    Raises:
        ContentError: there are no municipalities.
    """
    reader = TableReader(folder, root, today, frozenset(sources))
    municipalities = {m.id: m for _, m in reader.read(Municipality, "municipalities.csv", key=lambda m: m.id)}
    if not municipalities:
        raise ContentError(reader.findings)
    known = frozenset(municipalities)
    places = reader.read(Place, "places.csv", key=lambda p: p.name.lv)
    places = reader.keep(places, "places.csv", "municipality", lambda p: [p.municipality], known)
    names = {place.name.lv: place for _, place in places}
    offices = check_offices(reader, "offices.csv", reader.parse(Office, "offices.csv"), frozenset(names))
    former = reader.read(FormerMunicipality, "former_municipalities.csv", key=lambda f: f.name)
    former = reader.keep(former, "former_municipalities.csv", "municipalities", lambda f: f.municipalities, known)
    parishes = reader.read(Parish, "parishes.csv", key=lambda p: p.name)
    parishes = reader.keep(parishes, "parishes.csv", "municipalities", lambda p: p.municipalities, known)
    others = reader.read(OtherName, "place_names.csv", key=lambda o: o.name)
    others = reader.keep(others, "place_names.csv", "place", lambda o: [o.place], frozenset(names))
    file = f"{DEMO}/mediators.csv" if demo else "mediators.csv"
    mediators = check_mediators(reader, file, reader.parse(Mediator, file), municipalities, frozenset(topics))
    return Tables(
        municipalities=municipalities,
        places=names,
        offices=[office for _, office in offices],
        mediators=[mediator for _, mediator in mediators],
        former_municipalities=[unit for _, unit in former],
        parishes=[parish for _, parish in parishes],
        other_names=[name for _, name in others],
        findings=reader.findings,
    )


def check_offices(reader: TableReader, file: str, rows: list[Row[Office]], towns: frozenset[str]) -> list[Row[Office]]:
    """Return the offices that are right: one for each town, and the town is known."""
    return reader.keep(reader.check(rows, file, lambda o: o.town), file, "town", lambda o: [o.town], towns)


def check_mediators(
    reader: TableReader,
    file: str,
    rows: list[Row[Mediator]],
    municipalities: dict[str, Municipality],
    topics: frozenset[str],
) -> list[Row[Mediator]]:
    """Return the mediators that are right, with the ids of their municipalities in place of the names."""
    ids = municipality_ids(municipalities)
    rows = reader.check(rows, file, lambda m: m.id)
    rows = reader.keep(rows, file, "municipalities", lambda m: m.municipalities, frozenset(ids))
    rows = reader.keep(rows, file, "topics", lambda m: m.topics, topics)
    return [
        (line, mediator.copy(update={"municipalities": [ids[name] for name in mediator.municipalities]}))
        for line, mediator in rows
    ]


def municipality_ids(municipalities: dict[str, Municipality]) -> dict[str, str]:
    """Return the id that stands for each name or id of a municipality today."""
    ids = {}
    for municipality in municipalities.values():
        current = municipality
        while current.merged_into:
            current = municipalities[current.merged_into]
        ids[municipality.id] = ids[municipality.name.lv] = current.id
    return ids


def like_one_of(value: str, known: Iterable[str]) -> str:
    """Return the remedy for a name that stands nowhere: the one most like it, where there is one."""
    near = difflib.get_close_matches(value, list(known), n=1, cutoff=0.7)
    if near:
        return f"Write {near[0]}, if that is meant"
    return "Mend the spelling: it must stand in the directory as it is written here"


class TableReader:
    """Reads tables and gathers what is wrong in them."""

    def __init__(self, folder: Path, root: Path, today: datetime.date, sources: frozenset[str]):
        self.folder = folder
        self.root = root
        self.today = today
        self.sources = sources
        self.findings: list[Finding] = []

    def parse(self, model: type[Model], file: str) -> list[Row[Model]]:
        """Read the rows that can be read."""
        rows, findings = read_table(model, self.folder / file, self.root)
        self.findings += findings
        return rows

    def read(self, model: type[Model], file: str, key: Callable[[Model], str]) -> list[Row[Model]]:
        """Read the good rows."""
        return self.check(self.parse(model, file), file, key)

    def check(self, rows: list[Row[Model]], file: str, key: Callable[[Model], str]) -> list[Row[Model]]:
        """Return the good rows: of a known source, not from the future, each key once."""
        good: list[Row[Model]] = []
        seen: set[str] = set()
        for line, row in rows:
            if not self._holds(row, file, line):
                continue
            if key(row) in seen:
                self._leave_out(file, line, "", f"{key(row)} is there twice", "Keep one of the two rows")
                continue
            seen.add(key(row))
            good.append((line, row))
        return good

    def keep(
        self,
        rows: list[Row[Model]],
        file: str,
        column: str,
        values: Callable[[Model], Sequence[str]],
        known: frozenset[str],
    ) -> list[Row[Model]]:
        """Return the rows whose values in a column are all known."""
        kept = []
        for line, row in rows:
            unknown = [value for value in values(row) if value not in known]
            if unknown:
                self._leave_out(file, line, column, f"{', '.join(unknown)} is unknown", like_one_of(unknown[0], known))
            else:
                kept.append((line, row))
        return kept

    def _holds(self, row: BaseModel, file: str, line: int) -> bool:
        for column in ("checked_on", "confirmed_on"):
            day = getattr(row, column, None)
            if day and day > self.today:
                self._leave_out(file, line, column, f"{day} is in the future", "Write the day it was checked")
                return False
        source = getattr(row, "source", None)
        if source and not isinstance(row, Mediator) and source not in self.sources:
            self._leave_out(file, line, "source", f"{source} is unknown", "Use an id of sources.yml")
            return False
        return True

    def _leave_out(self, file: str, line: int, column: str, problem: str, remedy: str) -> None:
        name = relative(self.folder / file, self.root)
        self.findings.append(Finding(name, line, column, problem, remedy))
