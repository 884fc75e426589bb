"""The list of known advisories is about what is pinned, and says of each why it does no harm."""

from __future__ import annotations

import datetime
import re

import pytest
import yaml
from typer.testing import CliRunner

from bot.checking.dependencies import LIST, LOCK, check_dependencies
from bot.clock import now

TODAY = datetime.date(2026, 11, 23)


def test_the_lock_and_the_list_fit_today():
    assert check_dependencies(now().date()) == []


@pytest.fixture
def changed(tmp_path):
    def change(listed=None, lock=None):
        files = []
        for path, edit in ((LIST, listed), (LOCK, lock)):
            file = tmp_path / path.name
            text = path.read_text("utf-8")
            file.write_text(edit(text) if edit else text, "utf-8")
            files.append(file)
        return [finding.key + ": " + finding.problem for finding in check_dependencies(TODAY, *files)]

    return change


def test_another_version_must_be_looked_at_again(changed):
    assert any(
        "keras" in one and "2.13.0" in one
        for one in changed(lock=lambda t: t.replace("keras==2.12.0", "keras==2.13.0"))
    )


def test_a_package_without_a_hash_is_told(changed):
    assert any("no hash" in one for one in changed(lock=lambda t: t + "\nleftpad==1.0\n"))


def test_going_back_behind_a_fix_is_told(changed):
    found = changed(lock=lambda t: t.replace("rasa==3.6.21", "rasa==3.6.20"))
    assert any("below 3.6.21" in one for one in found)


def test_an_entry_without_a_reason_is_told(changed):
    def forget(text):
        listed = yaml.safe_load(text)
        listed["advisories"][0]["harmless"] = ""
        return yaml.safe_dump(listed)

    assert any("lacks harmless" in one for one in changed(listed=forget))


def test_an_old_review_is_told(changed):
    assert any(
        "days ago" in one for one in changed(listed=lambda t: re.sub("reviewed_on: .*", "reviewed_on: 2026-01-01", t))
    )


def test_the_command_fails_where_something_is_wrong(monkeypatch):
    from bot.checking import dependencies
    from bot.cli import app

    assert CliRunner().invoke(app, ["dependencies"]).exit_code == 0
    monkeypatch.setattr(dependencies, "AT_LEAST", {"rasa": "9"})
    assert CliRunner().invoke(app, ["dependencies"]).exit_code == 1
