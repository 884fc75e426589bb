"""The commands `drom privacy …`, for the operator and the data officer."""

from __future__ import annotations

import json
import sys

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import DromError
from bot.settings import settings

privacy_app = typer.Typer(help="What is stored of people: count it, delete what is old, change the key.")
screen = Console(stderr=True, highlight=False)


@privacy_app.command(epilog="Example: drom privacy sweep")
def sweep(as_json: bool = typer.Option(False, "--json", help="Print one JSON document.")) -> None:
    """Delete what is older than it may be. The assistant also does so by itself, every five minutes."""
    from bot.privacy.sweeping import SweepFailed
    from bot.privacy.sweeping import sweep as sweep_stores

    try:
        deleted = sweep_stores(settings())
    except SweepFailed as error:
        raise DromError(f"Some stores could not be swept: {error}. Look at the database, and try again.") from error
    if as_json:
        sys.stdout.write(json.dumps({"deleted": deleted}, indent=2) + "\n")
        return
    for store, records in deleted.items():
        screen.print(f"{store}: {records} deleted")


@privacy_app.command(epilog="Example: drom privacy report --json")
def report(as_json: bool = typer.Option(False, "--json", help="Print one JSON document.")) -> None:
    """Tell what is stored, in numbers: nothing about a person."""
    from bot.privacy.sweeping import report as report_stores

    result = report_stores(settings())
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
        return
    table = Table("store", "records", "chats", "oldest (hours)", "kept (hours)")
    for store in result["stores"]:
        cells = (store[key] for key in ("store", "records", "chats", "oldest_hours", "kept_hours"))
        table.add_row(*("-" if cell is None else str(cell) for cell in cells))
    Console().print(table)
    screen.print(f"Former keys of pseudonyms: {result['former_keys']}")


@privacy_app.command("rotate-key", epilog="Example: drom privacy rotate-key")
def rotate() -> None:
    """Make a new key for the pseudonyms of chats. What is stored is still found, until it is deleted by its age."""
    from bot.privacy.pseudonym import rotate_key

    rotate_key(settings().data_dir)
    screen.print("There is a new key. Restart the assistant now: until then it uses the former one.")
