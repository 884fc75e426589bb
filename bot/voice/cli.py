"""The commands `drom audio …`: what is spoken, recorded, kept."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Optional

import typer
from rich.console import Console
from rich.table import Column, Table

from bot.languages import LANGUAGES, Language, as_language

app = typer.Typer(
    name="audio", help="Voice notes: what volunteers could record, and what is kept.", no_args_is_help=True
)
screen = Console(stderr=True, highlight=False)
LANGUAGE = typer.Option(None, "--language", help="lv, ru or en; all by default.")


def _languages(code: str | None) -> tuple[Language, ...]:
    if code is None:
        return LANGUAGES
    language = as_language(code)
    if language is None:
        raise typer.BadParameter("one of: lv, ru, en", param_hint="--language")
    return (language,)


@app.command("list", epilog="Example: drom audio list --language lv")
def list_recordings(
    language: Optional[str] = LANGUAGE,
    everything: bool = typer.Option(False, "--all", help="Also what has a recording."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """List what lacks a recording, what is listened to most first."""
    from bot.settings import settings
    from bot.voice.catalogue import catalogue_of_today
    from bot.voice.counts import ListeningCounts
    from bot.voice.recordings import Recordings
    from bot.voice.voice import audio_folder

    recordings = Recordings()
    counts = ListeningCounts(audio_folder(settings()) / "listened.json")
    items = [item for chosen in _languages(language) for item in catalogue_of_today(chosen).items.values()]
    rows = []
    for item in sorted(items, key=lambda item: -counts.of(item)):  # stable: else in the order of the cards
        state = "recorded" if recordings.of(item) else "changed" if recordings.is_outdated(item) else "missing"
        if everything or state != "recorded":
            rows.append(
                {
                    "language": item.language,
                    "id": item.id,
                    "state": state,
                    "listened": counts.of(item),
                    "text": item.text,
                    "spoken": item.spoken,
                }
            )
    if as_json:
        sys.stdout.write(json.dumps({"texts": rows}, ensure_ascii=False, indent=2) + "\n")
        return
    table = Table(Column("file", overflow="fold"), "state", "listened", "what to read aloud")
    for row in rows:
        name = f"{row['language']}/{row['id']}.ogg"
        table.add_row(name, str(row["state"]), str(row["listened"] or ""), str(row["text"]))
    Console().print(table)
    screen.print(f"{sum(row['state'] != 'recorded' for row in rows)} texts lack a recording.")


@app.command("import", epilog="Example: drom audio import ~/recordings --speaker Anna")
def import_recordings(
    folder: Path = typer.Argument(..., exists=True, file_okay=False, help="Holds LANGUAGE/ID.ogg (or wav, mp3 …)."),
    speaker: str = typer.Option("", help="A name or mark that the volunteer agreed to."),
) -> None:
    """Check recordings, make them even and put them in data/audio. Exit code 1 where one was refused."""
    from bot.voice.importing import take_recordings
    from bot.voice.recordings import Recordings

    taken = refused = 0
    for result in take_recordings(folder, Recordings(), speaker):
        if result.problem:
            refused += 1
            screen.print(f"[red]refused[/] {result.file}: {result.problem}", soft_wrap=True)
        else:
            taken += 1
            screen.print(f"[green]taken[/]   {result.file}: {result.seconds:.1f} s", soft_wrap=True)
    screen.print(f"{taken} taken, {refused} refused")
    if refused or not taken:
        raise typer.Exit(1)


@app.command(epilog="Example: drom audio warm --language ru")
def warm(
    language: Optional[str] = LANGUAGE,
    idle: bool = typer.Option(
        False, help="Only with what nobody else wants of the processor, and not through a server that may cost money."
    ),
) -> None:
    """Speak every fixed reply now, so that nobody has to wait for it."""
    from rich.progress import Progress

    from bot.settings import settings
    from bot.voice.voice import Voice
    from bot.voice.warming import be_idle

    if idle:
        be_idle()

    async def work() -> int:
        voice = Voice.from_settings(settings())
        with Progress(console=screen) as progress:
            bar = progress.add_task("Speaking", total=None)

            def tell(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            made = await voice.warm(_languages(language), tell, with_servers=not idle)
        await voice.close()
        return made

    screen.print(f"{asyncio.run(work())} voice notes were made; the others were there.")


@app.command(epilog='Example: drom audio say lv "NVA: 80200206" --out nva.ogg')
def say(
    language: str = typer.Argument(..., help="lv, ru or en."),
    text: str = typer.Argument(..., help="A text as it is shown."),
    out: Optional[Path] = typer.Option(None, help="Write the voice note here."),
) -> None:
    """Show what is read aloud of a text, and make its voice note."""
    from bot.settings import settings
    from bot.voice.speech import spoken
    from bot.voice.voice import Voice

    chosen = _languages(language)[0]
    Console().print(spoken(text, chosen), markup=False, highlight=False, soft_wrap=True)
    if out is None:
        return

    async def work() -> None:
        voice = Voice.from_settings(settings())
        clip = await voice.clip(text, chosen)
        await voice.close()
        out.write_bytes(clip.data)
        screen.print(f"{out}: {clip.seconds:.1f} s, {len(clip.data)} bytes, {clip.source} ({clip.engine})")

    asyncio.run(work())
