"""What must be checked again, by whom, and where."""

from __future__ import annotations

import datetime
import json

from typer.testing import CliRunner

from bot.directory.cli import directory_app
from bot.directory.directory import load_directory
from bot.directory.freshness import to_check

CHECKED = datetime.date(2026, 11, 22)


def test_offices_whose_address_nobody_confirmed_are_always_there_with_the_page_of_branches() -> None:
    directory = load_directory(today=CHECKED)
    offices = [item for item in to_check(directory, CHECKED) if item.file.endswith("offices.csv")]
    assert len(offices) == len(directory.offices)
    assert {item.reason for item in offices} == {"unconfirmed"}
    assert {item.where for item in offices} == {"https://www.nva.gov.lv/lv/filiales"}


def test_what_was_checked_longer_ago_than_180_days_is_old() -> None:
    directory = load_directory(today=CHECKED)
    nva = "NVA bezmaksas tālrunis 80200206"
    for days, expected in ((180, 0), (181, 1)):
        items = to_check(directory, CHECKED + datetime.timedelta(days=days))
        assert len([item for item in items if item.what == nva and item.reason == "old"]) == expected


def test_every_item_says_who_knows() -> None:
    items = to_check(load_directory(today=CHECKED), CHECKED + datetime.timedelta(days=400))
    assert all(item.who for item in items)
    assert len(items) > 100


def test_the_command_prints_one_json_document() -> None:
    result = CliRunner(mix_stderr=False).invoke(directory_app, ["stale", "--json"])
    assert result.exit_code == 0
    first = json.loads(result.stdout)[0]
    assert {"file", "what", "reason", "checked_on", "days", "who", "where"} == set(first)
