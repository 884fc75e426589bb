"""The commands `drom backup` and `drom restore`."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from bot.settings import settings

screen = Console(stderr=True, highlight=False)


def backup(file: Path = typer.Argument(..., help="Where to write the backup.")) -> None:
    """Save every table and the keys in one file. It holds what people gave: encrypt it, and delete it after 30 days."""
    from bot.operations.backup import back_up

    rows = back_up(settings(), file)
    screen.print(f"Saved {sum(rows.values())} rows of {len(rows)} tables: {file}", soft_wrap=True)


def restore(file: Path = typer.Argument(..., exists=True, dir_okay=False, help="A file of `drom backup`.")) -> None:
    """Put a backup into an empty database and data folder, while the assistant is stopped."""
    from bot.operations.backup import restore as restore_file

    rows = restore_file(settings(), file)
    screen.print(f"Restored {sum(rows.values())} rows of {len(rows)} tables. Start the assistant now.")
