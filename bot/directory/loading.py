"""Reading the directory from its files, all of it or not at all.

Every mistake in every file is collected, with file, line, key and remedy, before the load is
refused: someone who mends five files wants to see five messages, not one after another.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.directory.errors import ContentError, Finding, relative
from bot.directory.models import HelpLine, Organization, ServiceCard, Source, Topic
from bot.languages import LANGUAGES

Model = TypeVar("Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where LibYAML is there

REMEDIES = {
    "value_error.missing": "Add this key",
    "value_error.extra": "Remove this key, or mend its spelling",
    "type_error.none.not_allowed": "Fill in this key",
    "value_error.date": "Write the date as YYYY-MM-DD",
    "type_error.enum": "Write one of these",
    "type_error.float": "Write a number, with a point: 57.2456",
    "type_error.integer": "Write a whole number",
}


@dataclass(frozen=True)
class YamlFile:
    """A parsed YAML file that still knows on which line each key stands."""

    name: str
    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line (from 1) of a key, or of its nearest parent that is there."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def read_yaml(path: Path, root: Path) -> YamlFile:
    """Parse a YAML file.

    Raises:
        ContentError: the file is missing or is no YAML.
    """
    name = relative(path, root)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([Finding(name, 1, "", f"can't be read ({error})", "Save it as UTF-8 text")]) from error
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 1
        remedy = "Look at this line and the one above: indentation, a missing colon or quote"
        raise ContentError([Finding(name, line, "", f"is no valid YAML: {problem}", remedy)]) from error
    finally:
        loader.dispose()
    return YamlFile(name, data, dict(_lines(node, ())))


def _lines(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            yield here, key.start_mark.line + 1
            yield from _lines(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*path, index)
            yield here, value.start_mark.line + 1
            yield from _lines(value, here)


def parse(model: type[Model], file: YamlFile, data: Any, at: tuple[str | int, ...] = ()) -> Model:
    """Make a model from parsed data.

    Args:
        model: what to make.
        file: where the data stands, for messages.
        data: the data.
        at: where in the file the data stands.

    Raises:
        ContentError: with a finding for each mistake.
    """
    if not isinstance(data, dict):
        finding = Finding(file.name, file.line(at), _key(at), "is not a set of keys", "Write `key: value` lines")
        raise ContentError([finding])
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        raise ContentError([_finding(file, data, dict(problem), at) for problem in error.errors()]) from error


def _finding(file: YamlFile, data: Any, problem: dict[str, Any], at: tuple[str | int, ...]) -> Finding:
    location = tuple(part for part in problem["loc"] if part != "__root__")
    remedy = REMEDIES.get(problem["type"], "Mend this value")
    message = _in_plain_words(problem, _value(data, location))
    if problem["type"] == "value_error.missing" and location and location[-1] in LANGUAGES:
        message, remedy = f"the language {location[-1]} is missing", "Add the text in this language"
    return Finding(file.name, file.line((*at, *location)), _key((*at, *location)), message, remedy)


def _value(data: Any, location: tuple[str | int, ...]) -> Any:
    """Return what stands at a place of parsed data; None where nothing does."""
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _in_plain_words(problem: dict[str, Any], value: Any) -> str:
    """Return pydantic's message as people without programming say it."""
    details = problem.get("ctx") or {}
    kind = problem["type"]
    if kind == "type_error.enum":
        permitted = ", ".join(str(member.value) for member in details["enum_values"])
        return f"{value} is none of these: {permitted}"
    if kind == "value_error.date":
        return f"{value} is no date"
    if kind in ("type_error.float", "type_error.integer"):
        return f"{value} is no number"
    if kind == "value_error.number.not_le":
        return f"{value} is too large: at most {details['limit_value']}"
    if kind == "value_error.number.not_ge":
        return f"{value} is too small: at least {details['limit_value']}"
    return str(problem["msg"])


def _key(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def read_table(model: type[Model], path: Path, root: Path) -> tuple[list[tuple[int, Model]], list[Finding]]:
    """Read the rows of a CSV file; columns ``name_lv``, ``name_ru``, ``name_en`` become a text.

    Returns:
        The good rows with their line numbers, and a finding for each mistake.
    """
    name = relative(path, root)
    rows: list[tuple[int, Model]] = []
    findings: list[Finding] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Finding(name, 1, "", f"can't be read ({error})", "Save it as CSV in UTF-8")]
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        line = reader.line_num
        file = YamlFile(name, row, {})
        try:
            rows.append((line, parse(model, file, nested_row(row))))
        except ContentError as error:
            findings += [Finding(f.file, line, f.key, f.problem, f.remedy) for f in error.findings]
    return rows, findings


def nested_row(row: dict[str, str]) -> dict[str, Any]:
    """Turn ``name_lv`` … columns into one text, and empty cells into absent keys."""
    nested: dict[str, Any] = {}
    for column, cell in row.items():
        value = (cell or "").strip() if isinstance(cell, str) else cell
        if not value:
            continue
        stem, _, tail = (column or "").rpartition("_")
        if stem and tail in LANGUAGES:
            nested.setdefault(stem, {})[tail] = value
        else:
            nested[column] = value
    return nested


@dataclass(frozen=True)
class Content:
    """The cards and what they refer to, as read from the files."""

    services: dict[str, ServiceCard]
    organizations: dict[str, Organization]
    help_lines: dict[str, HelpLine]
    sources: dict[str, Source]
    topics: dict[str, Topic]


def load_content(folder: Path, root: Path | None = None, today: datetime.date | None = None) -> Content:
    """Read all cards, organizations, help lines and sources below ``folder``.

    Args:
        folder: ``data/directory``.
        root: the project's root, for the names in messages.
        today: the day that dates are held against; the real one by default.

    Raises:
        ContentError: with every mistake found.
    """
    root = root or folder.parent.parent
    today = today or datetime.date.today()
    findings: list[Finding] = []
    sources = _read_mapping(Source, folder / "sources.yml", root, findings)
    organizations = _read_mapping(Organization, folder / "organizations.yml", root, findings)
    topics = _read_mapping(Topic, folder / "topics.yml", root, findings)
    line_rows, line_findings = read_table(HelpLine, folder / "help_lines.csv", root)
    findings += line_findings
    help_lines = {line.id: line for _, line in line_rows}
    services: dict[str, ServiceCard] = {}
    files: dict[str, YamlFile] = {}
    for path in sorted((folder / "services").glob("*.yml")):
        try:
            file = read_yaml(path, root)
            card = parse(ServiceCard, file, file.data)
        except ContentError as error:
            findings += error.findings
            continue
        if card.id != path.stem:
            findings.append(Finding(file.name, file.line(("id",)), "id", f"is {card.id}", f"Write {path.stem}"))
        services[card.id] = card
        files[card.id] = file
    content = Content(services, organizations, help_lines, sources, topics)
    for card in services.values():
        findings += _loose_ends(card, files[card.id], content, today)
    if findings:
        raise ContentError(findings)
    return content


def _read_mapping(model: type[Model], path: Path, root: Path, findings: list[Finding]) -> dict[str, Model]:
    entries: dict[str, Model] = {}
    try:
        file = read_yaml(path, root)
    except ContentError as error:
        findings += error.findings
        return entries
    for key, data in (file.data or {}).items():
        try:
            entries[str(key)] = parse(model, file, data, (key,))
        except ContentError as error:
            findings += error.findings
    return entries


def _loose_ends(card: ServiceCard, file: YamlFile, content: Content, today: datetime.date) -> list[Finding]:
    findings = []

    def finding(path: tuple[str | int, ...], problem: str, remedy: str) -> None:
        findings.append(Finding(file.name, file.line(path), _key(path), problem, remedy))

    if card.organization not in content.organizations:
        finding(("organization",), f"{card.organization} is unknown", "Use an id of organizations.yml")
    if card.help_line and card.help_line not in content.help_lines:
        finding(("help_line",), f"{card.help_line} is unknown", "Use an id of help_lines.csv, or none")
    for index, service in enumerate(card.next_services):
        if service not in content.services or service == card.id:
            finding(("next_services", index), f"{service} is no other card", "Use the id of another card")
    counts: dict[str, int] = {}
    for section, statement in card.statements():
        index = counts.get(section, 0)
        counts[section] = index + 1
        if statement.source and statement.source not in content.sources:
            path = (section, index, "source")
            finding(path, f"{statement.source} is unknown", "Use an id of sources.yml, or add the source there")
        if statement.ask and statement.ask not in {*content.help_lines, "social_service"}:
            path = (section, index, "ask")
            finding(path, f"{statement.ask} is unknown", "Use an id of help_lines.csv, or social_service")
        if statement.checked_on and statement.checked_on > today:
            path = (section, index, "checked_on")
            finding(path, f"{statement.checked_on} is in the future", "Write the day it was checked")
    return findings
