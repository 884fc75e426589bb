"""The project's own well-written text: training examples and what the assistant says.

For models of spelling and of language. Read by lines, since a YAML parser takes twenty times as
long for what is a list of lines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from bot.languages import LANGUAGES, Language
from bot.settings import ROOT

DATA = ROOT / "data"

_EXAMPLE = re.compile(r"^\s+- (.+?)\s*$", re.MULTILINE)
_ANNOTATION = re.compile(r"\[([^\]]+)\][({][^)}]*[)}]")
_TRANSLATION = re.compile(r"""^\s*(?:-\s+)?(lv|ru|en):\s*['"]?(\S.*?)['"]?\s*$""", re.MULTILINE)


def example_files(language: Language, data: Path = DATA) -> list[Path]:
    """Return the files with training examples of a language, sorted."""
    return sorted((data / "nlu").glob(f"*/{language}.yml"))


def examples(language: Language, data: Path = DATA) -> Iterator[str]:
    """Yield the training examples of a language, without the marks of entities."""
    for file in example_files(language, data):
        for match in _EXAMPLE.finditer(file.read_text(encoding="utf-8")):
            if not match[1].startswith("intent:"):
                yield _ANNOTATION.sub(r"\1", match[1])


def content_files(data: Path = DATA) -> list[Path]:
    """Return the files whose keys ``lv``, ``ru``, ``en`` hold what the assistant says, sorted."""
    return sorted([*(data / "directory").rglob("*.yml"), *(data / "texts").glob("*.yml")])


def content(language: Language, data: Path = DATA) -> Iterator[str]:
    """Yield the one-line texts of the directory and the short texts in a language."""
    for file in content_files(data):
        for match in _TRANSLATION.finditer(file.read_text(encoding="utf-8")):
            if match[1] == language:
                yield match[2]


def digest(data: Path = DATA) -> str:
    """Return a short digest of all that this module reads."""
    sha = hashlib.sha256()
    for file in [file for language in LANGUAGES for file in example_files(language, data)] + content_files(data):
        sha.update(file.read_bytes())
    return sha.hexdigest()[:16]
