"""Responses of domain.yml and the short texts: every language, no text too long."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

from bot.checking.wording import problems
from bot.directory.errors import ContentError, Finding
from bot.directory.loading import parse, read_yaml
from bot.directory.models import Text
from bot.languages import LANGUAGES

_BRACES = string.Formatter()


def check(root: Path) -> Iterator[Finding]:
    """Yield findings in all texts that stand outside the cards."""
    yield from _responses(root)
    for path in sorted((root / "data" / "texts").glob("*.yml")):
        try:
            file = read_yaml(path, root)
        except ContentError as error:
            yield from error.findings
            continue
        for key, value in (file.data or {}).items():
            try:
                text = parse(Text, file, value, (key,))
            except ContentError as error:
                yield from error.findings
                continue
            yield from _variations(
                file.name, file.line((key,)), str(key), {lang: text.in_language(lang) for lang in LANGUAGES}
            )


def _responses(root: Path) -> Iterator[Finding]:
    file = read_yaml(root / "domain.yml", root)
    used = "\n".join(path.read_text(encoding="utf-8") for path in _users(root))
    for name, variations in file.data.get("responses", {}).items():
        line = file.line(("responses", name))
        texts: dict[str, str] = {}
        for index, variation in enumerate(variations):
            conditions = variation.get("condition") or []
            languages = [c.get("value") for c in conditions if c.get("name") == "language"]
            if len(languages) != 1 or languages[0] not in LANGUAGES:
                remedy = "Give each variation one condition on the slot language: lv, ru or en"
                at = file.line(("responses", name, index))
                yield Finding(file.name, at, f"responses.{name}", "a variation has no language", remedy)
            else:
                texts[languages[0]] = str(variation.get("text") or "")
        for language in LANGUAGES:
            if not texts.get(language):
                remedy = "Add a variation for it"
                yield Finding(file.name, line, f"responses.{name}", f"the language {language} is missing", remedy)
        yield from _variations(file.name, line, f"responses.{name}", texts)
        suffix = name.removeprefix("utter_")
        if name not in used and suffix not in used:
            yield Finding(file.name, line, f"responses.{name}", "is used nowhere", "Remove it, or use it")


def _users(root: Path) -> Iterator[Path]:
    yield from (root / "actions").glob("*.py")
    yield from (root / "data" / "rules").glob("*.yml")
    yield from (root / "data" / "stories").glob("*.yml")
    yield from (root / "data" / "questionnaires").glob("*.yml")
    yield from (root / "bot").rglob("*.py")


def _variations(file: str, line: int, key: str, texts: dict[str, str]) -> Iterator[Finding]:
    for language, text in texts.items():
        for problem, remedy in problems(re.sub(r"\{\w+\}", "X", text)):
            yield Finding(file, line, f"{key}.{language}", problem, remedy)
    braces = {language: {field for _, field, _, _ in _BRACES.parse(text) if field} for language, text in texts.items()}
    if len({frozenset(names) for names in braces.values()}) > 1:
        remedy = "Use the same {braces} in every language"
        yield Finding(file, line, key, "the languages have different {braces}", remedy)
