"""`drom reference`: the mediators' pages as files for any web server, or for a memory stick."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console

from bot.errors import DromError

screen = Console(stderr=True, highlight=False)
reference_app = typer.Typer(help="The mediators' reference pages.", no_args_is_help=True)
MARK = "worker.js"  # a folder with this file holds an older copy of the pages


class NotOurFolder(DromError):
    """The folder holds something else."""


@reference_app.callback()
def _group() -> None:
    """The mediators' reference pages."""


@reference_app.command("build", epilog="Example: drom reference build public/reference")
def build(
    folder: Path = typer.Argument(..., file_okay=False, help="Folder to write to: new, empty, or an older copy."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Write the reference pages as files that work on any web server and from a disk."""
    from bot.directory.directory import directory
    from bot.reference.site import build_site, write_site
    from bot.settings import settings

    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise NotOurFolder(f"The folder {folder} holds other files. Name a new or an empty one.")
    with screen.status("Writing the pages …"):
        site = build_site(directory())
        try:
            size = write_site(site, folder)
        except OSError as error:
            raise DromError(f"The folder {folder} can't be written ({error.strerror}).") from error
    has_address = bool(settings().telegram_bot_name or settings().public_url)
    if as_json:
        document = {"folder": str(folder), "files": len(site.files), "bytes": size, "qr_codes": has_address}
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    screen.print(f"{len(site.files)} files, {size // 1024} kB in {folder}. Open {folder / 'index.html'}")
    if not has_address:
        screen.print("No QR codes: set TELEGRAM_BOT_NAME or DROM_PUBLIC_URL, then build again.", style="yellow")
