"""The commands `drom dialogues` and `drom lab`; ``bot/cli.py`` registers them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.dialogues.reading import SCRIPTS, NoScripts, read_scripts
from bot.directory.errors import ContentError
from bot.errors import DromError
from bot.settings import settings

if TYPE_CHECKING:
    from bot.dialogues.history import Differences
    from bot.dialogues.results import CaseResult, Run
    from bot.dialogues.script import Case

screen = Console(stderr=True, highlight=False)


def dialogues(
    paths: Optional[list[Path]] = typer.Argument(
        None, metavar="[PATH]…", help="Scripts, or folders of scripts; tests/dialogues by default."
    ),
    html: Optional[Path] = typer.Option(None, metavar="FILE", help="Write a report that any browser shows."),
    junit: Optional[Path] = typer.Option(None, metavar="FILE", help="Write JUnit XML for a CI server."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
    only: Optional[str] = typer.Option(None, help="Run only dialogues with these words in their name."),
) -> None:
    """Run scripted dialogues against the trained model and the real actions.

    Exit code 0: all passed; 1: one failed, or a script has mistakes; 2: there is nothing to run.
    """
    try:
        cases = _choose(read_scripts(paths or [SCRIPTS]), only)
    except ContentError as error:
        if not as_json:
            raise
        _print_json({"n": 0, "passed": 0, "failed": 0, "mistakes": [vars(finding) for finding in error.findings]})
        raise typer.Exit(1) from error
    except NoScripts as error:
        if as_json:
            _print_json({"n": 0, "passed": 0, "failed": 0, "mistakes": [{"problem": str(error)}]})
        else:
            screen.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    run, differences = _run(cases)
    if junit:
        from bot.dialogues.junit import write_junit

        _write(junit, lambda: write_junit(run, junit))
    if html:
        from bot.dialogues.report import write_report

        _write(html, lambda: write_report(run, differences, html))
    if as_json:
        from bot.dialogues.telling import as_document

        _print_json(as_document(run))
    else:
        _show(run, differences)
    if run.failed:
        raise typer.Exit(1)


def lab(
    port: int = typer.Option(5006, min=1, max=65535, help="Port to listen on; only this machine can reach it."),
    scripts: Path = typer.Option(SCRIPTS, file_okay=False, help="Folder in which scripts are opened and saved."),
) -> None:
    """Open the dialogue lab: a page to talk, turn the talk into a test, run and save it."""
    from bot.dialogues.lab import serve

    serve(port, scripts)


def _choose(cases: list[Case], only: str | None) -> list[Case]:
    """Return the cases with ``only`` in their name.

    Raises:
        NoScripts: there is none.
    """
    chosen = [case for case in cases if only is None or only.casefold() in case.name.casefold()]
    if not chosen:
        raise NoScripts(f"No dialogue has {only!r} in its name. Leave --only out to run all.")
    return chosen


def _run(cases: list[Case]) -> tuple[Run, Differences]:
    """Run cases with progress on the terminal, and keep what came for the next time."""
    with screen.status("Looking whether the model is up to date; training takes a minute or two …"):
        from bot.dialogues.hearing import listener_for
        from bot.dialogues.history import History
        from bot.dialogues.running import load_assistant, run_cases, warm_up

        assistant = load_assistant()
        asyncio.run(warm_up(assistant))
        listener = listener_for(cases)
    history = History(settings().data_dir / "dialogues.json")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("Talking", total=len(cases))

        def on_result(result: CaseResult) -> None:
            if not result.passed:
                progress.console.print(f"✗ {result.case.name}", style="red", markup=False)
            progress.advance(task)

        run = asyncio.run(run_cases(assistant, cases, on_result, history.texts, listener))
    differences = history.differences(run)
    history.keep(run)
    return run, differences


def _show(run: Run, differences: Differences) -> None:
    from bot.dialogues.telling import tell_failures, transcript

    output = Console(highlight=False)
    for result in run.failed:
        output.print(f"\n✗ {result.case.name}", style="bold red", markup=False, soft_wrap=True)
        output.print(f"  {result.case.file}:{result.case.line}", style="dim", markup=False, soft_wrap=True)
        output.print(transcript(result), markup=False, soft_wrap=True)
        output.print(tell_failures(result), style="red", markup=False, soft_wrap=True)
    if differences.newly_failed:
        output.print(f"\n{len(differences.newly_failed)} of them passed the last time.", soft_wrap=True)
    if differences.texts:
        output.print(f"{len(differences.texts)} answers read differently than the last time (see --html).")
    colour = "red" if run.failed else "green"
    failed = f", {len(run.failed)} failed" if run.failed else ""
    speed = len(run.results) / run.seconds if run.seconds else 0.0
    summary = f"{len(run.passed)} of {len(run.results)} dialogues passed{failed}"
    output.print(f"\n{summary} in {run.seconds:.1f} s ({speed:.0f} a second)", style=colour)


def _write(file: Path, write: Any) -> None:
    try:
        write()
    except OSError as error:
        raise DromError(f"{file} can't be written ({error.strerror}). Name another file.") from error


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
