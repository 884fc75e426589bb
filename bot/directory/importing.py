"""Taking a filled-in spreadsheet into the directory: a plan to look at first, all of it or nothing, and back.

A row of the sheet is matched with a row of the table by its key (the short name of a mediator, the
town of an office). What is not in the sheet stays as it is; a row is taken out only where its
column *remove* says so. Before a table is written its old state is kept, so that `undo` restores it.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.clock import now
from bot.directory.directory import Directory, look_again
from bot.directory.errors import ContentError, Finding
from bot.directory.geography import distance_km
from bot.directory.loading import YamlFile, nested_row, parse
from bot.directory.mediators import Mediator
from bot.directory.models import Office
from bot.directory.sheets import Sheet, SheetRow, read_sheets, sheets
from bot.directory.tables import TableReader, check_mediators, check_offices, like_one_of
from bot.errors import DromError
from bot.languages import LANGUAGES

LATVIA = ((55.5, 58.2), (20.8, 28.4))  # latitudes, longitudes
FAR_KM = 30.0  # an office so far from its town is a slip of the coordinates
KEPT = 20  # undo states


class NothingToUndo(DromError):
    """There is no import to take back, or the table was edited since."""


Action = Literal["new", "changed", "same", "removed"]


@dataclass(frozen=True)
class Change:
    """What an import does to one row.

    Attributes:
        table: mediators or offices.
        key: which row.
        action: what happens to it.
        fields: for a changed row, each column with the old and the new value.
    """

    table: str
    key: str
    action: Action
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What an import would do; nothing is written yet."""

    changes: list[Change]
    files: dict[Path, str]  # the tables as they would be

    @property
    def changes_nothing(self) -> bool:
        """Whether every row is as it is already."""
        return all(change.action == "same" for change in self.changes)


@dataclass(frozen=True)
class Table:
    """A table as its file has it: the columns in their order, and the rows as text."""

    path: Path
    columns: list[str]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read a CSV file."""
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
            return cls(path, list(reader.fieldnames or []), rows)

    def as_text(self, rows: list[dict[str, str]], columns: list[str]) -> str:
        """Return the file with other rows; a column that is new stands last."""
        names = [*self.columns, *(name for name in columns if name not in self.columns)]
        out = io.StringIO()
        writer = csv.DictWriter(out, names, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()


def rows_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows that the tables have now, for the template."""
    return {name: Table.read(folder / f"{name}.csv").rows for name in sheets().kinds}


def plan_import(path: Path, folder: Path, directory: Directory) -> Plan:
    """Say what importing a spreadsheet would change.

    Args:
        path: the .csv or .xlsx file.
        folder: ``data/directory``.
        directory: the directory as it stands.

    Raises:
        ContentError: something in the file is wrong; every mistake is named, by row and column.
    """
    found, findings = read_sheets(path)
    planner = _Planner(folder, directory)
    changes: list[Change] = []
    files: dict[Path, str] = {}
    for sheet in found:
        more, path_of_table, text = planner.plan(sheet)
        changes += more
        files[path_of_table] = text
    findings += planner.findings
    if findings:
        raise ContentError(sorted(findings, key=lambda finding: (finding.file, finding.line)))
    return Plan(changes, files)


class _Planner:
    """Checks sheets against the directory, and works out the tables they lead to."""

    def __init__(self, folder: Path, directory: Directory):
        self.folder = folder
        self.directory = directory
        self.findings: list[Finding] = []

    def plan(self, sheet: Sheet) -> tuple[list[Change], Path, str]:
        """Return the changes of a sheet, and its table as it would be."""
        key = sheets().kinds[sheet.kind].key
        table = Table.read(self.folder / f"{sheet.kind}.csv")
        known = {row[key]: row for row in table.rows if row.get(key)}
        wanted = [(row, self._completed(sheet, row, known.get(row.cells.get(key, "")))) for row in sheet.rows]
        self._check(sheet, [(row.number, cells) for row, cells in wanted if not row.is_removed])
        changes: list[Change] = []
        result = dict(known)
        for row, cells in wanted:
            name = cells.get(key, "")
            old = known.get(name)
            if row.is_removed:
                if old is None:
                    self._finding(sheet, row, key, f"{name or 'the row'} is not in the directory", "Nothing to remove")
                result.pop(name, None)
                changes.append(Change(sheet.kind, name, "removed"))
                continue
            result[name] = cells
            changes.append(_change(sheet.kind, name, old, cells))
        columns = [column.id for column in sheets().kinds[sheet.kind].columns]
        return changes, table.path, table.as_text(list(result.values()), columns)

    def _completed(self, sheet: Sheet, row: SheetRow, old: dict[str, str] | None) -> dict[str, str]:
        """Return a row of the sheet with what only the table has; a new office takes its town's position."""
        cells = {column: row.cells.get(column, "") for column in sheet.columns if column != sheets().remove.id}
        merged = {**(old or {}), **cells}
        town = self.directory.places.get(cells.get("town", "")) if sheet.kind == "offices" else None
        if town:
            for language in LANGUAGES:
                pattern = sheets().office_name.in_language(language)
                merged.setdefault(f"name_{language}", pattern.format(town=town.name.in_language(language)))
            for column, value in (("latitude", town.latitude), ("longitude", town.longitude)):
                merged[column] = merged.get(column) or str(value)
        return merged

    def _check(self, sheet: Sheet, rows: list[tuple[int, dict[str, str]]]) -> None:
        """Gather what is wrong in the rows of a sheet."""
        required = {column.id for column in sheets().kinds[sheet.kind].columns if column.required}
        reader = TableReader(self.folder, self.folder, now().date(), frozenset(self.directory.sources))
        parsed: list[tuple[int, Mediator | Office]] = []
        for number, cells in rows:
            empty = [column for column in sorted(required) if column in sheet.columns and not cells.get(column)]
            for column in empty:
                self._finding(sheet, number, column, "is empty", "Fill in this cell")
            town = cells.get("town", "") if sheet.kind == "offices" else ""
            if town and town not in self.directory.places:
                self._finding(sheet, number, "town", f"{town} is unknown", like_one_of(town, self.directory.places))
            elif not empty:
                self._parse(sheet, number, cells, parsed)
        mediators = [(number, row) for number, row in parsed if isinstance(row, Mediator)]
        offices = [(number, row) for number, row in parsed if isinstance(row, Office)]
        check_mediators(reader, sheet.file, mediators, self.directory.municipalities, frozenset(self.directory.topics))
        check_offices(reader, sheet.file, offices, frozenset(self.directory.places))
        self.findings += [Finding(sheet.file, f.line, f.key, f.problem, f.remedy) for f in reader.findings]
        for number, office in offices:
            self._check_position(sheet, number, office)

    def _parse(
        self, sheet: Sheet, number: int, cells: dict[str, str], parsed: list[tuple[int, Mediator | Office]]
    ) -> None:
        """Add a row to those that can be read, or say what is wrong in it."""
        model: type[Mediator] | type[Office] = Mediator if sheet.kind == "mediators" else Office
        try:
            parsed.append((number, parse(model, YamlFile(sheet.file, cells, {}), nested_row(cells))))
        except ContentError as error:
            for finding in error.findings:
                self._finding(sheet, number, finding.key, finding.problem, finding.remedy)

    def _check_position(self, sheet: Sheet, number: int, office: Office) -> None:
        (south, north), (west, east) = LATVIA
        town = self.directory.places.get(office.town)
        if not (south <= office.latitude <= north and west <= office.longitude <= east):
            remedy = "Look whether latitude and longitude are swapped"
            self._finding(sheet, number, "latitude", "lies outside Latvia", remedy)
        elif town and distance_km((office.latitude, office.longitude), (town.latitude, town.longitude)) > FAR_KM:
            self._finding(sheet, number, "latitude", f"is far from {office.town}", "Check the position on a map")

    def _finding(self, sheet: Sheet, row: SheetRow | int, column: str, problem: str, remedy: str) -> None:
        number = row if isinstance(row, int) else row.number
        self.findings.append(Finding(sheet.file, number, column, problem, remedy))


def _change(table: str, key: str, old: dict[str, str] | None, new: dict[str, str]) -> Change:
    if old is None:
        return Change(table, key, "new")
    fields = {
        column: (old.get(column, ""), value)
        for column, value in new.items()
        if (old.get(column) or "").strip() != value.strip()
    }
    return Change(table, key, "changed" if fields else "same", fields)


def apply_plan(plan: Plan, undo_folder: Path) -> None:
    """Write the tables of a plan, keeping what they were.

    Raises:
        DromError: the tables can't be written; then none is changed.
    """
    _Undo(undo_folder).keep(plan.files)
    written: dict[Path, str] = {}
    try:
        for path, text in plan.files.items():
            before = path.read_text(encoding="utf-8")
            _write(path, text)
            written[path] = before
    except OSError as error:
        for path, text in written.items():
            _write(path, text)
        _Undo(undo_folder).drop_last()
        raise DromError(f"{error.filename} can't be written ({error.strerror}). Nothing was changed.") from error
    look_again()


def undo_import(undo_folder: Path, force: bool = False) -> list[Path]:
    """Take the last import back, and return the tables that were restored.

    Args:
        undo_folder: where `apply_plan` kept the old state.
        force: also where a table was edited after the import; that edit is lost.

    Raises:
        NothingToUndo: there is no import left, or a table was edited since.
    """
    restored = _Undo(undo_folder).restore(force)
    look_again()
    return restored


class _Undo:
    """The states before the last imports, one file for each."""

    def __init__(self, folder: Path):
        self.folder = folder

    def keep(self, files: dict[Path, str]) -> None:
        """Keep the tables as they are, with the hash of what they will be."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = [
            {"path": str(path), "before": path.read_text(encoding="utf-8"), "after": _hash(text)}
            for path, text in files.items()
        ]
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S%f")
        _write(self.folder / f"{moment}.json", json.dumps(state, ensure_ascii=False))
        for old in self._states()[:-KEPT]:
            old.unlink()

    def drop_last(self) -> None:
        """Forget the last state."""
        self._states()[-1].unlink()

    def restore(self, force: bool) -> list[Path]:
        """Write the tables back as they were before the last import."""
        states = self._states()
        if not states:
            raise NothingToUndo("There is no import to take back.")
        state = json.loads(states[-1].read_text(encoding="utf-8"))
        edited = [entry["path"] for entry in state if _hash(_text(Path(entry["path"]))) != entry["after"]]
        if edited and not force:
            names = ", ".join(Path(path).name for path in edited)
            raise NothingToUndo(f"{names} was edited after the import. `drom directory undo --force` loses that edit.")
        for entry in state:
            _write(Path(entry["path"]), entry["before"])
        states[-1].unlink()
        return [Path(entry["path"]) for entry in state]

    def _states(self) -> list[Path]:
        return sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, text: str) -> None:
    """Replace a file whole: whoever reads it meanwhile sees the old one or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        if path.exists():
            os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
