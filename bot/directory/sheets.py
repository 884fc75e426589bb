"""Spreadsheets as people fill them in: reading CSV and Excel files row by row, and the empty template.

Which columns there are, and what they are called in each language, stands in ``sheets.yml``.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import functools
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from pydantic import Field

from bot.directory.errors import ContentError, Finding
from bot.directory.loading import parse, read_yaml
from bot.directory.mediators import YES
from bot.directory.models import Strict, Text

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "directory"
_LATVIAN_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})\.?")
MAX_ROWS = 5000


class Column(Strict):
    """A column of a sheet."""

    id: str
    title: Text
    help: Text
    required: bool = False
    choices: Optional[str] = None  # the list of the sheet "lists" that may stand there
    example: str = ""

    def is_called(self, heading: str) -> bool:
        """Whether a heading is this column's id or title in any language."""
        names = (self.id, self.title.lv, self.title.ru, self.title.en)
        return heading.strip().casefold() in {name.casefold() for name in names}


class SheetKind(Strict):
    """A table that can be filled in."""

    title: Text
    key: str  # the column by which a row is found again
    columns: list[Column]


class Sheets(Strict):
    """What ``sheets.yml`` says."""

    mediators: SheetKind
    offices: SheetKind
    remove: Column
    office_name: Text = Field(description="of an office in a new town")

    @property
    def kinds(self) -> dict[str, SheetKind]:
        """The tables by name."""
        return {"mediators": self.mediators, "offices": self.offices}


@functools.lru_cache(maxsize=1)
def sheets(path: Path = FOLDER / "sheets.yml") -> Sheets:
    """Read ``sheets.yml``.

    Raises:
        ContentError: it can't be used.
    """
    file = read_yaml(path, path.parent.parent.parent)
    return parse(Sheets, file, file.data)


@dataclass(frozen=True)
class SheetRow:
    """A filled-in row: its number as the spreadsheet shows it, and its cells by column."""

    number: int
    cells: dict[str, str]
    is_removed: bool = False


@dataclass
class Sheet:
    """A filled-in sheet of a known kind."""

    kind: str
    file: str  # as it is named in messages
    columns: list[str]
    rows: list[SheetRow] = field(default_factory=list)


def read_sheets(path: Path) -> tuple[list[Sheet], list[Finding]]:
    """Read a CSV or Excel file.

    Returns:
        The sheets whose headings are known, and a finding for each heading or sheet that is not.

    Raises:
        ContentError: the file can't be read at all.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        tables = _excel_tables(path)
    elif suffix in (".csv", ".tsv", ".txt"):
        tables = [(path.name, list(_csv_rows(path)))]
    else:
        problem = f"is no CSV or Excel file ({suffix or 'no ending'})"
        raise ContentError([Finding(path.name, 1, "", problem, "Save it as .xlsx or .csv")])
    found: list[Sheet] = []
    findings: list[Finding] = []
    for name, rows in tables:
        sheet, problems = _sheet(name, rows)
        findings += problems
        if sheet:
            found.append(sheet)
    if not found and not findings:
        findings.append(Finding(path.name, 1, "", "has no filled-in row", "Fill in a row of the template"))
    return found, findings


def _csv_rows(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        remedy = "Save it again as 'CSV UTF-8', or as .xlsx"
        raise ContentError([Finding(path.name, 1, "", "is not saved in UTF-8", remedy)]) from error
    except OSError as error:
        problem = f"can't be read ({error.strerror})"
        raise ContentError([Finding(path.name, 1, "", problem, "Check its name")]) from error
    heading = text.split("\n", maxsplit=1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [_cell(value) for value in row]
    except csv.Error as error:
        remedy = "Open it in a spreadsheet program and save it again as 'CSV UTF-8', or as .xlsx"
        raise ContentError([Finding(path.name, reader.line_num, "", "is no table", remedy)]) from error


def _excel_tables(path: Path) -> list[tuple[str, list[list[str]]]]:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            return [
                (
                    f"{path.name} [{sheet.title}]",
                    [[_cell(value) for value in row] for row in sheet.iter_rows(max_row=MAX_ROWS, values_only=True)],
                )
                for sheet in workbook.worksheets
                if sheet.title not in ("lists", "help")
            ]
        finally:
            workbook.close()
    except Exception as error:  # of a broken file openpyxl raises whatever its parts raise: ParseError, TypeError, …
        problem = "is no Excel file that can be read"
        remedy = "Open it in a spreadsheet program and save it again as .xlsx"
        raise ContentError([Finding(path.name, 1, "", problem, remedy)]) from error


def _cell(value: Any) -> str:
    """Return a cell as it is written by hand: dates as YYYY-MM-DD, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _sheet(name: str, rows: Sequence[list[str]]) -> tuple[Sheet | None, list[Finding]]:
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not filled:
        return None, []
    heading_number, headings = filled[0]
    kind = _kind(headings)
    if kind is None:
        remedy = "Keep the headings of the template (drom directory template)"
        return None, [Finding(name, heading_number, "", "has headings that no table has", remedy)]
    columns, findings = _columns(name, heading_number, headings, sheets().kinds[kind])
    sheet = Sheet(kind, name, [column for column in columns if column])
    for number, row in filled[1:]:
        if any(row[len(columns) :]):
            problem = f"has {len(row)} cells, the headings only {len(columns)}"
            findings.append(Finding(name, number, "", problem, "Put text with a comma in quotes, or use .xlsx"))
            continue
        cells = {column: _date(value) for column, value in zip(columns, row, strict=False) if column and value}
        removed = cells.pop(sheets().remove.id, "").lower() in YES
        if cells:
            sheet.rows.append(SheetRow(number, cells, removed))
    return (sheet if sheet.rows else None), findings


def _kind(headings: list[str]) -> str | None:
    """Return the table that most headings are of, if its key or most of its columns are there."""
    known = {
        name: sum(any(column.is_called(heading) for column in kind.columns) for heading in headings)
        for name, kind in sheets().kinds.items()
    }
    best = max(known, key=lambda name: known[name])
    return best if known[best] >= 3 else None


def _columns(name: str, line: int, headings: list[str], kind: SheetKind) -> tuple[list[str | None], list[Finding]]:
    findings: list[Finding] = []
    columns: list[str | None] = []
    allowed = [*kind.columns, sheets().remove]
    for heading in headings:
        column = next((column.id for column in allowed if heading and column.is_called(heading)), None)
        if column is None and heading:
            near = difflib.get_close_matches(heading.lower(), [column.id for column in allowed], n=1)
            remedy = f"Write {near[0]}" if near else "Remove this column, or take the headings of the template"
            findings.append(Finding(name, line, heading, "is no column", remedy))
        elif column in columns:
            findings.append(Finding(name, line, heading, "is there twice", "Keep one of the two columns"))
        columns.append(column)
    for needed in kind.columns:
        if needed.required and needed.id not in columns:
            findings.append(Finding(name, line, needed.id, "this column is missing", "Add it, as in the template"))
    return columns, findings


def _date(value: str) -> str:
    """Return a date as YYYY-MM-DD where it is written the Latvian way: 22.11.2026."""
    match = _LATVIAN_DATE.fullmatch(value)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else value
