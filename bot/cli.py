"""The command `drom`.

Commands import what they need when they run: Rasa takes seconds to import, and `drom check` or
`drom --help` must not wait for it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Optional

import typer
from rich.console import Console

from bot.desk.cli import app as mediators_app
from bot.dialogues.cli import dialogues, lab
from bot.directory.cli import directory_app, export_app
from bot.errors import DromError
from bot.garbage import nothing_thrown_away
from bot.operations.cli import backup, restore
from bot.privacy.cli import privacy_app
from bot.qr import qr
from bot.reference.cli import reference_app
from bot.reporting.cli import report
from bot.settings import settings
from bot.voice.cli import app as audio_app

app = typer.Typer(
    name="drom",
    help="Drom shows Roma jobseekers in Latvia the way to work and support.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
screen = Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@app.command(epilog="Example: drom train")
def train(force: bool = typer.Option(False, help="Train even if nothing changed.")) -> None:
    """Train the model; skip where nothing changed."""
    from bot.assistant.training import is_trained, model_file
    from bot.assistant.training import train as train_model

    if is_trained() and not force:
        screen.print(f"The model is up to date: {model_file().name}")
        return
    with screen.status("Training: reading examples, embedding, fitting …"):
        model = train_model(force=force)
    screen.print(f"Trained: {model.name}")


@app.command(epilog='Example: drom ask "nav ar ko atstāt bērnus" --language lv --place Ventspils')
def ask(
    text: str = typer.Argument(..., help="What a person writes."),
    language: Optional[str] = typer.Option(None, help="Language of the phone: lv, ru or en."),
    place: Optional[str] = typer.Option(None, help="Where the person lives, told before."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Send one message and print all replies."""
    from bot.asking import ask_once

    turn = asyncio.run(ask_once(text, language, place))
    if as_json:
        print_json(
            {
                "intent": turn.intent,
                "confidence": round(turn.confidence, 4),
                "language": turn.language,
                "entities": turn.entities,
                "replies": [reply.as_dict() for reply in turn.replies],
            }
        )
        return
    from bot.terminal import show

    for reply in turn.replies:
        show(reply)


@app.command(epilog="Example: drom chat --language ru")
def chat(language: Optional[str] = typer.Option(None, help="Language of the phone: lv, ru or en.")) -> None:
    """Talk in the terminal; a number taps a button, an empty line ends the talk."""
    from bot.terminal import talk

    asyncio.run(talk(language))


@app.command(epilog="Example: drom run --port 8080")
def run(
    host: Optional[str] = typer.Option(None, help="Address to listen on; loopback by default."),
    port: Optional[int] = typer.Option(None, help="Port to listen on."),
) -> None:
    """Start the assistant: the web chat, and Telegram where TELEGRAM_TOKEN is set."""
    with nothing_thrown_away():
        from bot.server import serve

    serve(settings().copy(update={k: v for k, v in {"host": host, "port": port}.items() if v}))


@app.command(epilog="Example: drom check --json")
def check(as_json: bool = typer.Option(False, "--json", help="Print one JSON document.")) -> None:
    """Check everything that can be wrong in the content. Exit code 1 where something is."""
    from bot.checking import check_content

    findings = check_content()
    errors = [finding for finding in findings if finding.severity == "error"]
    if as_json:
        print_json({"errors": len(errors), "findings": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            colour = "red" if finding.severity == "error" else "yellow"
            screen.print(f"[{colour}]{finding.severity}[/] {finding}", soft_wrap=True)
        screen.print(f"{len(errors)} errors, {len(findings) - len(errors)} warnings")
    if errors:
        raise typer.Exit(1)


@app.command(epilog="Example: drom dependencies --advisories advisory-database/vulns")
def dependencies(
    advisories: Optional[Path] = typer.Option(
        None, exists=True, file_okay=False, metavar="FOLDER", help="A copy of an advisory database (OSV) to scan with."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Compare the pinned packages with the list of known advisories, offline. Exit code 1 where they differ."""
    from bot.checking.dependencies import check_advisories, check_dependencies
    from bot.clock import now

    findings = check_dependencies(now().date())
    scan = None
    if advisories:
        with screen.status("Reading advisories …"):
            scan, wrong = check_advisories(advisories)
        if not scan.read and not scan.broken:
            raise typer.BadParameter("holds no advisory in the OSV format", param_hint="--advisories")
        findings += wrong
    if as_json:
        print_json(
            {
                "errors": len(findings),
                "findings": [vars(finding) for finding in findings],
                "scan": scan and scan.as_dict(),
            }
        )
    else:
        if scan:
            known = [hit for hit in scan.hits if hit.known]
            for hit in known:
                screen.print(f"{hit.package} {hit.version}: {', '.join(hit.ids)} is on the list", soft_wrap=True)
            screen.print(
                f"{scan.read} advisories, the newest of {scan.newest}; {scan.about_ours} about packages that are "
                f"pinned, {len(scan.hits)} about their versions, {len(known)} of these on the list",
                soft_wrap=True,
            )
        for finding in findings:
            screen.print(str(finding), soft_wrap=True, markup=False)
        screen.print(f"{len(findings)} errors")
    if findings:
        raise typer.Exit(1)


@app.command(epilog="Example: drom evaluate tests/data/nlu/own.tsv --html report.html")
def evaluate(
    files: list[Path] = typer.Argument(..., exists=True, dir_okay=False, help="Labelled messages (TSV)."),
    task: str = typer.Option("intents", help="intents, places, redaction or search."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
    html: Optional[Path] = typer.Option(
        None, metavar="FILE", help="Write a report (task intents) that any browser shows."
    ),
) -> None:
    """Measure understanding against labelled messages."""
    from bot.evaluation.tasks import TASKS, show_result

    if task not in TASKS:
        raise typer.BadParameter(f"one of: {', '.join(TASKS)}", param_hint="--task")
    if html and task != "intents":
        raise typer.BadParameter("only with --task intents", param_hint="--html")
    result = TASKS[task](files)
    if html:
        from bot.evaluation.report import report

        try:
            html.write_text(report(result, files), encoding="utf-8")
        except OSError as error:
            raise DromError(
                f"{html} can't be written: {error.strerror}. Name a file in a folder that exists."
            ) from error
    if as_json:
        print_json(result)
    else:
        show_result(result, Console())


app.command(epilog="Example: drom dialogues tests/dialogues --html report.html")(dialogues)
app.command(epilog="Example: drom lab --port 5006")(lab)
app.command(epilog="Example: drom backup /backups/drom-2026-11-22.tar.gz")(backup)
app.command(epilog="Example: drom restore /backups/drom-2026-11-22.tar.gz")(restore)
app.command(epilog="Example: drom report --since 2026-01-01 --html report.html")(report)
app.command(epilog="Example: drom qr --service childcare_costs --town Ventspils --out leaflet.svg")(qr)


app.add_typer(audio_app, name="audio")
app.add_typer(directory_app, name="directory")
app.add_typer(privacy_app, name="privacy")
app.add_typer(export_app, name="export")
app.add_typer(mediators_app, name="mediators")
app.add_typer(reference_app, name="reference")


def main() -> None:
    """Run the command; a mistake that a person can mend is told in words, without a trace."""
    try:
        app()
    except DromError as error:
        screen.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
