"""The commands `drom directory` and `drom export`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import now
from bot.directory.directory import FOLDER, load_directory
from bot.directory.errors import ContentError
from bot.directory.freshness import STALE_DAYS, to_check
from bot.directory.hsds import HsdsTables, write_csv, write_json
from bot.directory.importing import Plan, apply_plan, plan_import, rows_of, undo_import
from bot.directory.routes import route_rows
from bot.directory.template import write_template
from bot.errors import DromError
from bot.languages import Language, as_language
from bot.settings import settings

directory_app = typer.Typer(help="Keep the service directory up to date.", no_args_is_help=True)
export_app = typer.Typer(help="Give the directory to others.", no_args_is_help=True)
screen = Console(stderr=True, highlight=False)
COLOURS = {"new": "green", "changed": "yellow", "removed": "red", "same": "dim"}


@export_app.callback()
def export() -> None:
    """Give the directory to others."""


def _language(code: str) -> Language:
    language = as_language(code)
    if language is None:
        raise typer.BadParameter("one of: lv, ru, en", param_hint="--language")
    return language


def _undo_folder() -> Path:
    return settings().data_dir / "directory_undo"


@directory_app.command("import", epilog="Example: drom directory import mediatori.xlsx")
def import_sheet(
    file: Path = typer.Argument(..., exists=True, dir_okay=False, help="A filled-in .xlsx or .csv file."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask before writing."),
    folder: Path = typer.Option(FOLDER, help="The directory's data.", hidden=True),
) -> None:
    """Take a filled-in spreadsheet into the directory: all of it, or nothing where a row is wrong."""
    try:
        plan = plan_import(file, folder, load_directory(folder))
    except ContentError as error:
        _show_findings(error)
        raise typer.Exit(1) from error
    _show_plan(plan)
    if plan.changes_nothing:
        screen.print("Everything in this file is in the directory already.")
        return
    if not yes and not typer.confirm("Write these changes?", err=True):
        screen.print("Nothing was changed.")
        raise typer.Exit(1)
    apply_plan(plan, _undo_folder())
    screen.print("Done: it is in the next answer. To take it back: drom directory undo")


@directory_app.command(epilog="Example: drom directory undo")
def undo(force: bool = typer.Option(False, help="Also where a table was edited since; that edit is lost.")) -> None:
    """Take the last import back."""
    for path in undo_import(_undo_folder(), force):
        screen.print(f"Restored: {path.name}")


@directory_app.command(epilog="Example: drom directory template mediatori.xlsx --language ru")
def template(
    file: Path = typer.Argument(..., dir_okay=False, help="The .xlsx file to write."),
    language: str = typer.Option("lv", help="Of the headings and explanations: lv, ru or en."),
    folder: Path = typer.Option(FOLDER, help="The directory's data.", hidden=True),
) -> None:
    """Write a spreadsheet to fill in, with the rows that there are now."""
    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter("the name must end in .xlsx", param_hint="FILE")
    try:
        write_template(file, load_directory(folder), rows_of(folder), _language(language))
    except OSError as error:
        raise DromError(f"{file} can't be written ({error.strerror}).") from error
    screen.print(f"Written: {file}. Fill it in, then: drom directory import {file}")


@directory_app.command(epilog="Example: drom directory stale --json")
def stale(
    days: int = typer.Option(STALE_DAYS, min=0, help="Checked longer ago than this."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """List what to check, who knows, and where."""
    items = to_check(load_directory(), now().date(), days)
    if as_json:
        _print_json([asdict(item) | {"checked_on": item.checked_on.isoformat()} for item in items])
        return
    table = Table("what", "why", "checked", "who knows", "where")
    for item in items:
        table.add_row(item.what, item.reason, f"{item.checked_on} ({item.days} days)", item.who, item.where or "–")
    Console().print(table)
    screen.print(f"{len(items)} to check")


@directory_app.command(epilog="Example: drom directory routes --every 10")
def routes(
    every: int = typer.Option(1, min=1, help="Only each so-many-th one, for a look."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Show to which office the people of each place and municipality are sent."""
    rows = route_rows(load_directory())[::every]
    if as_json:
        _print_json([asdict(row) for row in rows])
        return
    table = Table("place", "municipality", "office", "about km", "nearer, not confirmed", "how sure")
    for row in rows:
        table.add_row(row.name, row.municipality, row.office, str(row.km or "–"), row.possible or "–", row.confidence)
    Console().print(table)
    screen.print(f"{len(rows)} routes")


@export_app.command(epilog="Example: drom export hsds out --format csv")
def hsds(
    folder: Path = typer.Argument(..., file_okay=False, help="The folder to write to; made where it is missing."),
    file_format: str = typer.Option("json", "--format", help="json or csv."),
    language: str = typer.Option("lv", help="Of the texts: lv, ru or en."),
) -> None:
    """Write the directory as HSDS 3 (Human Services Data Specification)."""
    writers = {"json": write_json, "csv": write_csv}
    if file_format not in writers:
        raise typer.BadParameter("one of: json, csv", param_hint="--format")
    tables = HsdsTables(load_directory(), now().date(), _language(language))
    try:
        written = writers[file_format](tables, folder)
    except OSError as error:
        raise DromError(f"{folder} can't be written ({error.strerror}).") from error
    for path in written:
        screen.print(f"Written: {path}", soft_wrap=True)


def _show_plan(plan: Plan) -> None:
    table = Table("table", "row", "what happens")
    for change in plan.changes:
        said = [f"{column}: {old or '–'} → {new or '–'}" for column, (old, new) in change.fields.items()]
        text = "\n".join([f"[{COLOURS[change.action]}]{change.action}[/]", *map(_plain, said)])
        table.add_row(change.table, _plain(change.key), text)
    screen.print(table)


def _show_findings(error: ContentError) -> None:
    for finding in error.findings:
        column = f", {finding.key}" if finding.key else ""
        text = f"{finding.file}, row {finding.line}{column}: {finding.problem}. {finding.remedy}."
        screen.print(text, style="red", markup=False, soft_wrap=True)
    count = len(error.findings)
    screen.print(f"{count} mistake{'' if count == 1 else 's'}. Nothing was changed.", style="bold red")


def _plain(text: str) -> str:
    """Return text in which rich sees no markup."""
    return text.replace("[", r"\[")


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
