"""Recordings by volunteers: ``data/audio/<language>/<id>.ogg`` and the index that says what was recorded."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bot.directory.errors import ContentError, Finding, relative
from bot.languages import Language, as_language
from bot.settings import ROOT
from bot.voice.catalogue import Item

FOLDER = ROOT / "data" / "audio"
INDEX = "index.csv"


@dataclass(frozen=True)
class Recording:
    """A row of the index.

    Attributes:
        language: of the text.
        id: of the fixed text.
        text_hash: of what was spoken; another text has another.
        seconds: its length.
        speaker: a name or mark that the volunteer chose; may be empty.
        recorded_on: the day of the import, ISO.
    """

    language: Language
    id: str
    text_hash: str
    seconds: float
    speaker: str
    recorded_on: str


COLUMNS = [field.name for field in fields(Recording)]


def text_hash(item: Item) -> str:
    """Return the mark of what is spoken: it does not change with punctuation or capitals."""
    words = "".join(character if character.isalnum() else " " for character in item.spoken.casefold()).split()
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


class Recordings:
    """The recordings of a folder."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or FOLDER

    def path(self, language: Language, item_id: str) -> Path:
        """Return where the recording of a text is or would be."""
        return self.folder / language / f"{item_id}.ogg"

    def of(self, item: Item) -> Path | None:
        """Return the recording of a text; None where there is none, or the text has changed since."""
        row = self.index().get((item.language, item.id))
        if row is None or row.text_hash != text_hash(item):
            return None
        path = self.path(item.language, item.id)
        return path if path.is_file() else None

    def is_outdated(self, item: Item) -> bool:
        """Whether there is a recording of a text that has changed since."""
        row = self.index().get((item.language, item.id))
        return row is not None and row.text_hash != text_hash(item)

    def index(self) -> dict[tuple[Language, str], Recording]:
        """Return the rows of the index by language and id.

        Raises:
            ContentError: a row can't be read; names its line.
        """
        path = self.folder / INDEX
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return {}
        return _read_index(path, changed)

    def add(self, recording: Recording, data: bytes) -> None:
        """Put a recording in the folder and the index; one of the same text is replaced."""
        path = self.path(recording.language, recording.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
        rows = dict(self.index())
        rows[recording.language, recording.id] = recording
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for key in sorted(rows):
            writer.writerow(asdict(rows[key]))
        _replace(self.folder / INDEX, out.getvalue().encode())


@functools.lru_cache(maxsize=4)
def _read_index(path: Path, _changed: int) -> dict[tuple[Language, str], Recording]:
    rows: dict[tuple[Language, str], Recording] = {}
    findings = []
    reader = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    for row in reader:
        language = as_language(row.get("language"))
        try:
            assert language is not None
            seconds = float(row["seconds"])
            rows[language, row["id"]] = Recording(
                language, row["id"], row["text_hash"], seconds, row["speaker"] or "", row["recorded_on"] or ""
            )
        except (AssertionError, KeyError, TypeError, ValueError):
            remedy = f"It has the columns {', '.join(COLUMNS)}; delete the row and import the recording again"
            findings.append(Finding(relative(path, ROOT), reader.line_num, "", "the row can't be read", remedy))
    if findings:
        raise ContentError(findings)
    return rows


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)
