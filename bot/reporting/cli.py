"""The command `drom report`."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Optional

import typer
from rich.console import Console

from bot.errors import DromError
from bot.languages import DEFAULT_LANGUAGE, LANGUAGES, as_language
from bot.settings import settings

screen = Console(stderr=True, highlight=False)


def report(
    since: str = typer.Option(..., help="First day, as 2026-01-01; the whole of its month is in."),
    html: Optional[Path] = typer.Option(None, help="Write a page that can be printed and sent."),
    language: str = typer.Option(DEFAULT_LANGUAGE, help=f"Language of the page: {', '.join(LANGUAGES)}."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Report needs in numbers: what was asked, where, in which language, what came of it. Nobody is in it."""
    from bot.clock import now
    from bot.reporting.needs_report import make_report
    from bot.reporting.page import render

    chosen = as_language(language)
    if chosen is None:
        raise typer.BadParameter(f"one of: {', '.join(LANGUAGES)}", param_hint="--language")
    try:
        first = datetime.date.fromisoformat(since)
    except ValueError as error:
        raise typer.BadParameter("write the day as 2026-01-31", param_hint="--since") from error
    result = make_report(settings(), first, now().date())
    if html is not None:
        try:
            html.write_text(render(result, chosen), encoding="utf-8")
        except OSError as error:
            raise DromError(f"{html} can't be written ({error.strerror}). Name another file.") from error
        screen.print(f"Written: {html}")
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    elif html is None:
        for month in result["months"]:
            screen.print(f"{month['month']}: {month['needs'] if month['needs'] else '·'}")
