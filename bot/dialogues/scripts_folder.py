"""The folder of saved scripts, as the lab page reads and writes it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bot.dialogues.reading import read_script, script_files
from bot.dialogues.script import Case
from bot.dialogues.yaml_nodes import Mistakes
from bot.directory.errors import Finding
from bot.errors import DromError

_NAME = re.compile(r"[a-z0-9_]{1,60}(/[a-z0-9_]{1,60})?\.yml")


class ScriptRefused(DromError):
    """A script can't be saved or opened; the message says why."""


class ScriptMisnamed(ScriptRefused):
    """A name is no name of a script."""


class ScriptChanged(ScriptRefused):
    """Somebody else changed the file since it was opened."""


@dataclass(frozen=True)
class SavedScript:
    """A saved script with a digest of its text."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """Changes with the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class ScriptsFolder:
    """Scripts below one folder; nothing outside can be read or written."""

    def __init__(self, folder: Path):
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of the scripts."""
        if not any(self.folder.rglob("*.yml")):
            return []
        return [file.relative_to(self.folder).as_posix() for file in script_files([self.folder])]

    def open(self, name: str) -> SavedScript:
        """Return a script.

        Raises:
            ScriptRefused: there is none of this name.
        """
        try:
            return SavedScript(name, self._path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise ScriptRefused(f"{name} can't be read ({error.strerror}).") from error

    def save(self, name: str, text: str, digest: str | None) -> SavedScript:
        """Save a script that has no mistakes.

        Args:
            name: such as ``routing.yml`` or ``cards/work.yml``.
            text: the YAML.
            digest: that of the text as it was opened; None for a new script.

        Raises:
            ScriptMisnamed: the name is no name of a script.
            ScriptRefused: the folder can't be written.
            ScriptChanged: the file is not as it was opened.
        """
        path = self._path(name)
        if path.exists() and self.open(name).digest != digest:
            raise ScriptChanged(f"{name} was changed by somebody else. Download yours, and open it anew.")
        text = text.rstrip() + "\n"
        temporary = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            raise ScriptRefused(f"{name} can't be saved ({error.strerror}).") from error
        return SavedScript(name, text)

    def read(self, name: str, text: str) -> tuple[list[Case], list[Finding]]:
        """Return the cases of a text, and its mistakes."""
        mistakes = Mistakes(name)
        folder = self._path(name).parent if _NAME.fullmatch(name) else self.folder
        return read_script(text, mistakes, folder), mistakes.findings

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ScriptMisnamed("A name is small letters, digits and _, and ends with .yml: childcare.yml")
        return self.folder / name
