"""The export is valid HSDS 3, by the published schemas, and holds only what may be told."""

from __future__ import annotations

import copy
import csv
import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker, RefResolver
from typer.testing import CliRunner

from bot.directory.cli import export_app
from bot.directory.directory import load_directory
from bot.directory.hsds import HsdsTables, write_csv, write_json

SCHEMAS = Path(__file__).parent.parent / "data" / "hsds" / "schema"
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def tables() -> HsdsTables:
    return HsdsTables(load_directory(today=TODAY, demo=True), TODAY)


def validator(name: str) -> Draft7Validator:
    """Return a validator of a published schema that also refuses what the schema does not name."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    for schema in schemas.values():
        schema["additionalProperties"] = False
    resolver = RefResolver(base_uri="", referrer=schemas[name], store=schemas)
    return Draft7Validator(schemas[name], resolver=resolver, format_checker=FormatChecker())


@pytest.mark.parametrize("language", ["lv", "ru", "en"])
def test_json_follows_the_published_schemas(tmp_path: Path, language: Any) -> None:
    export = HsdsTables(load_directory(today=TODAY, demo=True), TODAY, language)
    services, organizations = write_json(export, tmp_path)
    for path, schema in ((services, "service.json"), (organizations, "organization.json")):
        check = validator(schema)
        documents = json.loads(path.read_text("utf-8"))
        assert documents
        for document in documents:
            errors = [f"{list(error.path)}: {error.message}" for error in check.iter_errors(document)]
            assert errors == []


def test_what_the_command_writes_is_valid_and_holds_no_made_up_mediator(tmp_path: Path) -> None:
    result = CliRunner(mix_stderr=False).invoke(export_app, ["hsds", str(tmp_path / "out")])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    documents = json.loads((tmp_path / "out" / "services.json").read_text("utf-8"))
    assert [error.message for document in documents for error in validator("service.json").iter_errors(document)] == []
    assert "demo" not in json.dumps(documents)


def test_the_validator_sees_each_value_that_is_of_the_wrong_kind(tables: HsdsTables) -> None:
    check = validator("service.json")
    for path in values_of(tables.services()[0]):
        spoilt = copy.deepcopy(tables.services()[0])
        where: Any = spoilt
        for part in path[:-1]:
            where = where[part]
        where[path[-1]] = {"unknown": 1}
        assert list(check.iter_errors(spoilt)), path


def values_of(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each value of a JSON document stands."""
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in parts:
        yield (*at, key)
        yield from values_of(value, (*at, key))


def test_the_validator_would_see_a_mistake(tables: HsdsTables) -> None:
    service = {**tables.services()[0], "status": "open"}
    assert list(validator("service.json").iter_errors(service))
    assert list(validator("service.json").iter_errors({**service, "status": "active", "colour": "red"}))


def test_csv_follows_the_published_data_package(tmp_path: Path, tables: HsdsTables) -> None:
    write_csv(tables, tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert package["version"] == "3.0.0"
    rows = {}
    for resource in package["resources"]:
        with (tmp_path / resource["path"]).open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            fields = resource["schema"]["fields"]
            assert list(reader.fieldnames or []) == [field["name"] for field in fields]
            rows[resource["name"]] = list(reader)
        for field in fields:
            values = [row[field["name"]] for row in rows[resource["name"]]]
            check_field(field, values)
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            there = {row["id"] for row in rows[key["reference"]["resource"]]}
            assert {row[key["fields"]] for row in rows[resource["name"]]} - {""} <= there


def check_field(field: dict[str, Any], values: list[str]) -> None:
    constraints = field.get("constraints", {})
    given = [value for value in values if value]
    assert not constraints.get("required") or len(given) == len(values), field["name"]
    assert not constraints.get("unique") or len(set(given)) == len(given), field["name"]
    if "enum" in constraints:
        assert set(given) <= set(constraints["enum"])
    patterns = {"uuid": r"[0-9a-f-]{36}", "uri": r"https?://\S+", "email": r"\S+@\S+"}
    pattern = patterns.get(field.get("format", ""), r"-?\d+(\.\d+)?" if field["type"] == "number" else "")
    if pattern:
        assert all(re.fullmatch(pattern, value) for value in given), field["name"]
    if field["type"] == "date":
        assert all(datetime.date.fromisoformat(value) for value in given)


def test_only_what_may_be_told_is_given_to_others(tables: HsdsTables) -> None:
    directory = load_directory(today=TODAY)
    towns = {row["alternate_name"] for row in tables.rows["location"]}
    assert towns == {office.town for office in directory.offices if office.is_attested}
    assert not tables.rows.get("address")  # none is confirmed yet
    services = {row["name"] for row in tables.rows["service"]}
    assert {card.name.lv for card in directory.services.values()} <= services


def test_the_same_thing_has_the_same_identifier_in_each_export(tables: HsdsTables) -> None:
    again = HsdsTables(load_directory(today=TODAY, demo=True), TODAY, "en")
    assert [row["id"] for row in again.rows["service"]] == [row["id"] for row in tables.rows["service"]]
