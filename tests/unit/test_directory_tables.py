"""Bad rows never reach a person, and a changed file is in the next answer."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import pytest

from bot.directory.directory import FOLDER, CurrentDirectory, Directory, load_directory

MEDIATOR = "anna,Anna,Biedrība,Talsu novads,lv,,20000000,,,,jā,2026-11-01,koordinatore"
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data" / "directory"
    shutil.copytree(FOLDER, copy)
    return copy


def add(folder: Path, file: str, line: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as table:
        table.write(line + "\n")


def load(folder: Path) -> Directory:
    return load_directory(folder, today=TODAY)


def test_the_data_as_it_stands_has_no_bad_row() -> None:
    assert load_directory().findings == []


def test_a_good_mediator_is_there_by_the_name_of_the_municipality(folder: Path) -> None:
    add(folder, "mediators.csv", MEDIATOR)
    assert [one.id for one in load(folder).mediators_for("Talsu novads", "lv", None)] == ["anna"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (MEDIATOR.replace("Talsu novads", "Talsu nov."), "Talsu nov. is unknown"),
        (MEDIATOR.replace("20000000", "zvaniet"), "no phone number"),
        (MEDIATOR.replace("2026-11-01", "2027-01-01"), "is in the future"),
        (MEDIATOR.replace("jā", "nē"), "not agreed"),
        (MEDIATOR.replace("Biedrība,Talsu novads,lv,", "Biedrība,Talsu novads,lv,darbs"), "darbs is unknown"),
    ],
    ids=["unknown municipality", "phone without digits", "future date", "no consent", "unknown topic"],
)
def test_a_bad_mediator_is_left_out_and_told(folder: Path, line: str, problem: str) -> None:
    add(folder, "mediators.csv", line)
    directory = load(folder)
    assert directory.mediators == []
    (finding,) = directory.findings
    assert problem in finding.problem
    assert finding.file == "data/directory/mediators.csv"
    assert finding.line == 2


def test_a_bad_office_or_place_is_left_out_and_the_others_stay(folder: Path) -> None:
    before = load(folder)
    add(folder, "offices.csv", "Zosna,a,b,c,branch,,,,56.3,27.2,nva_branches,2026-11-22,high")
    add(folder, "offices.csv", "Talsi,a,b,c,branch,,,,57.2,22.6,nva_branches,2026-11-22,high")
    add(folder, "places.csv", "Zosna,Зосна,Zosna,LV-999,56.3,27.2,,geonames,2026-11-22,high")
    add(folder, "places.csv", "Malta,Малта,Malta,LV-077,56.3,27.2,,nowhere,2026-11-22,high")
    after = load(folder)
    assert after.places.keys() == before.places.keys()
    assert after.offices == before.offices
    problems = " ".join(finding.problem for finding in after.findings)
    assert "Zosna is unknown" in problems
    assert "Talsi is there twice" in problems
    assert "LV-999 is unknown" in problems
    assert "nowhere is unknown" in problems


def test_a_changed_file_is_in_the_next_answer(folder: Path) -> None:
    current = CurrentDirectory(folder)
    current.look_every_s = 1000.0
    assert current.get().mediators == []
    add(folder, "mediators.csv", MEDIATOR)
    os.utime(folder / "mediators.csv", (2_000_000_000, 2_000_000_000))
    assert current.get().mediators == []  # looked at a moment ago
    current.look_again()
    assert [one.id for one in current.get().mediators] == ["anna"]


def test_a_spoilt_file_leaves_the_last_good_directory(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    current = CurrentDirectory(folder)
    good = current.get()
    (folder / "topics.yml").write_text("work: [", encoding="utf-8")
    os.utime(folder / "topics.yml", (2_000_000_000, 2_000_000_000))
    current.look_again()
    assert current.get() is good
    assert "can't be used" in caplog.text


def test_past_mediators_stand_for_the_reference_only() -> None:
    directory = load_directory()
    assert (FOLDER / "past_mediators.csv").exists()
    assert directory.mediators == []
