"""Training examples: enough in each language, none under two intents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.directory.errors import Finding, relative
from bot.directory.loading import read_yaml
from bot.languages import LANGUAGES
from bot.nlu.fold import fold

MIN_EXAMPLES = {"lv": 25, "ru": 20, "en": 12}
BUTTON_ONLY = frozenset({"answer", "change_voice", "nlu_fallback"})
_EXAMPLE = re.compile(r"^\s*-\s+(?P<text>.+?)\s*$")


@dataclass(frozen=True)
class Example:
    """A training example and where it stands."""

    text: str
    intent: str
    language: str
    file: str
    line: int


def read_examples(root: Path) -> Iterator[Example]:
    """Yield every training example below ``data/nlu/<topic>/<language>.yml``."""
    for path in sorted((root / "data" / "nlu").glob("*/*.yml")):
        intent = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("- intent:"):
                intent = line.partition(":")[2].strip()
            elif (match := _EXAMPLE.match(line)) and intent:
                yield Example(match["text"], intent, path.stem, relative(path, root), number)


def check(root: Path) -> Iterator[Finding]:
    """Yield findings in the examples."""
    examples = list(read_examples(root))
    known = set(read_yaml(root / "domain.yml", root).data["intents"])
    counts = Counter((example.intent, example.language) for example in examples)
    for intent in sorted(known - BUTTON_ONLY):
        for language in LANGUAGES:
            have, need = counts[intent, language], MIN_EXAMPLES[language]
            if have < need:
                severity = "error" if have == 0 else "warning"
                problem = f"{intent} has {have} examples in {language}, {need} are needed"
                yield Finding("data/nlu", 1, intent, problem, "Write more, as people would say it", severity)  # type: ignore[arg-type]
    first: dict[str, Example] = {}
    for example in examples:
        if example.intent not in known:
            remedy = "Mend its spelling, or add it to the intents of domain.yml"
            yield Finding(example.file, example.line, "intent", f"the intent {example.intent} is unknown", remedy)
        if example.language not in LANGUAGES:
            yield Finding(
                example.file,
                example.line,
                "",
                "the file is named after no language",
                "Name it lv.yml, ru.yml or en.yml",
            )
        key = fold(example.text)
        before = first.setdefault(key, example)
        if before.intent != example.intent:
            problem = (
                f"“{example.text}” stands under {example.intent} and, in {before.file}:{before.line}, {before.intent}"
            )
            yield Finding(example.file, example.line, example.intent, problem, "Keep it under the one that it means")
