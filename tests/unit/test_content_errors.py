"""A bad edit of the content gets an error that names file, line, key and remedy."""

import shutil
from pathlib import Path

import pytest

from bot.directory.directory import FOLDER, load_directory
from bot.directory.errors import ContentError

CARD = "services/debts.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the directory that may be spoilt."""
    copy = tmp_path / "data" / "directory"
    shutil.copytree(FOLDER, copy)
    return copy


def spoil(folder: Path, name: str, before: str, after: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def findings(folder: Path):
    with pytest.raises(ContentError) as caught:
        load_directory(folder)
    return caught.value.findings


def test_the_content_of_the_product_has_no_mistake():
    load_directory()


def test_a_card_that_is_no_yaml_is_told_with_its_line(folder):
    spoil(folder, CARD, "name:\n", "name: [\n")
    (finding,) = findings(folder)[:1]
    assert finding.file == f"data/directory/{CARD}"
    assert finding.line > 1
    assert "YAML" in finding.problem
    assert finding.remedy


def test_a_card_without_russian_is_told_with_line_and_key(folder):
    text = (folder / CARD).read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(i for i, line in enumerate(text) if line.startswith("  ru:"))
    del text[number]
    (folder / CARD).write_text("".join(text), encoding="utf-8")
    found = findings(folder)
    assert any(f.key == "name.ru" and "ru is missing" in f.problem and f.line == 3 for f in found), found


def test_a_mistyped_key_is_not_lost_in_silence(folder):
    spoil(folder, CARD, "route:", "rout:")
    assert {f.key for f in findings(folder)} >= {"rout", "route"}


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("organization: ", "organization: nobody_", "organization"),
        ("next_services: [", "next_services: [no_such_card, ", "next_services.0"),
        ("checked_on: 2026-11-22", "checked_on: 2999-01-01", "checked_on"),
        ("checked_on: 2026-11-22", "checked_on: yesterday", "checked_on"),
        ("source: ", "source: no_such_", "source"),
    ],
)
def test_what_points_nowhere_or_into_the_future_is_told(folder, before, after, key):
    spoil(folder, CARD, before, after)
    assert any(f.key.endswith(key) and f.line > 1 and f.remedy for f in findings(folder))


def test_a_phone_without_digits_is_told_with_its_row(folder):
    spoil(folder, "help_lines.csv", "80200206", "zvaniet")
    assert any(f.file.endswith("help_lines.csv") and f.line == 2 and f.key == "number" for f in findings(folder))


def test_all_mistakes_are_told_at_once(folder):
    spoil(folder, CARD, "route:", "rout:")
    spoil(folder, "services/housing.yml", "route:", "rout:")
    assert {f.file for f in findings(folder)} >= {f"data/directory/{CARD}", "data/directory/services/housing.yml"}


def test_a_missing_file_is_told(folder):
    (folder / "sources.yml").unlink()
    assert any("sources.yml" in f.file and "can't be read" in f.problem for f in findings(folder))
