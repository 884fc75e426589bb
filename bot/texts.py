"""Short texts in three languages that channels need without Rasa, read from ``data/texts/``."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.directory.loading import parse, read_yaml
from bot.directory.models import Text
from bot.languages import Language
from bot.settings import ROOT


@functools.cache
def read_texts(name: str, folder: Path = ROOT / "data" / "texts") -> dict[str, Text]:
    """Read the texts of ``data/texts/<name>.yml``.

    Raises:
        ContentError: the file is missing, or a text has not all languages.
    """
    file = read_yaml(folder / f"{name}.yml", ROOT)
    texts: dict[str, Text] = {}
    findings: list[Finding] = []
    for key, value in (file.data or {}).items():
        try:
            texts[str(key)] = parse(Text, file, value, (key,))
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return texts


def text(name: str, key: str, language: Language, **values: object) -> str:
    """Return the text ``key`` of the file ``name`` with its placeholders filled."""
    return read_texts(name)[key].in_language(language).format(**values)
