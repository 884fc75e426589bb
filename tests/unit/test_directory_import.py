"""A spreadsheet that an NGO filled in: refused as a whole with clear messages, or in the next answer."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from bot.clock import frozen
from bot.directory import cli
from bot.directory.directory import FOLDER, CurrentDirectory, load_directory
from bot.directory.errors import ContentError
from bot.directory.importing import NothingToUndo, apply_plan, plan_import, rows_of, undo_import
from bot.directory.sheets import sheets
from bot.directory.template import write_template

MEDIATORS = [column.id for column in sheets().mediators.columns]
GOOD = {
    "id": "anna", "name": "Anna", "organization": "Biedrība", "municipalities": "Talsu novads; Ventspils",
    "languages": "lv; rom", "phone": "+371 20000000", "consent": "jā", "confirmed_on": "01.11.2026", "source": "pa tālruni",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with frozen(datetime.datetime(2026, 11, 22, 12, 0)):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data" / "directory"
    shutil.copytree(FOLDER, copy)
    return copy


def excel(path: Path, rows: list[dict[str, Any]], headings: list[str] | None = None, title: str = "mediators") -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    columns = headings or MEDIATORS
    sheet.append(columns)
    for row in rows:
        sheet.append([row.get(column, "") for column in columns])
    workbook.save(path)
    return path


def plan(path: Path, folder: Path) -> Any:
    return plan_import(path, folder, load_directory(folder, today=datetime.date(2026, 11, 22)))


TEN_MISTAKES = [
    ({"municipalities": "Talsi raj"}, "municipalities: Talsi raj is unknown"),
    ({"phone": "zvaniet rīt"}, "phone: zvaniet rīt is no phone number"),
    ({"confirmed_on": "2027-05-01"}, "confirmed_on: 2027-05-01 is in the future"),
    ({"consent": "nē"}, "consent: the mediator has not agreed to be shown"),
    ({"email": "anna(at)inbox.lv"}, "email: anna(at)inbox.lv is no e-mail address"),
    ({"languages": "krieviski"}, "languages: krieviski is no language here"),
    ({"confirmed_on": "pavasarī"}, "confirmed_on: pavasarī is no date"),
    ({"name": ""}, "name: is empty"),
    ({"id": "Anna Talsi"}, "id: Anna Talsi can't be an id"),
    ({"phone": ""}, ": there is no phone, Telegram name or e-mail address"),
]


def test_ten_kinds_of_mistakes_are_ten_clear_messages_and_nothing_changes(tmp_path: Path, folder: Path) -> None:
    rows = [{**GOOD, "id": f"m{number}", **mistake} for number, (mistake, _) in enumerate(TEN_MISTAKES)]
    path = excel(tmp_path / "sheet.xlsx", [*rows, {**GOOD, "id": "good"}])
    before = (folder / "mediators.csv").read_bytes()
    with pytest.raises(ContentError) as told:
        plan(path, folder)
    findings = told.value.findings
    assert len(findings) == 10
    for (_, expected), finding, number in zip(TEN_MISTAKES, findings, range(2, 12), strict=True):
        assert finding.line == number
        assert expected in f"{finding.key}: {finding.problem}"
        assert finding.remedy
    assert (folder / "mediators.csv").read_bytes() == before


def test_the_same_one_twice_an_unknown_and_a_missing_column_are_told(tmp_path: Path, folder: Path) -> None:
    headings = ["id", "name", "municipalites", "languages", "phone", "consent", "confirmed_on", "source"]
    path = excel(tmp_path / "sheet.xlsx", [{**GOOD}, {**GOOD}], headings)
    with pytest.raises(ContentError) as told:
        plan(path, folder)
    said = [f"{finding.key}: {finding.problem}. {finding.remedy}" for finding in told.value.findings]
    assert "municipalites: is no column. Write municipalities" in said
    assert "organization: this column is missing. Add it, as in the template" in said
    path = excel(tmp_path / "twice.xlsx", [GOOD, GOOD])
    with pytest.raises(ContentError, match="anna is there twice"):
        plan(path, folder)


def test_a_corrected_sheet_is_in_the_next_answer_and_can_be_taken_back(tmp_path: Path, folder: Path) -> None:
    current = CurrentDirectory(folder)
    current.look_every_s = 0.0
    assert current.get().mediators_for("Ventspils", "lv", None) == []
    before = (folder / "mediators.csv").read_bytes()
    wanted = plan(excel(tmp_path / "sheet.xlsx", [GOOD]), folder)
    assert [(change.key, change.action) for change in wanted.changes] == [("anna", "new")]
    apply_plan(wanted, tmp_path / "undo")
    (found,) = current.get().mediators_for("Ventspils", "lv", None)
    assert found.phone == "+37120000000"
    assert found.confirmed_on == datetime.date(2026, 11, 1)
    assert undo_import(tmp_path / "undo") == [folder / "mediators.csv"]
    assert (folder / "mediators.csv").read_bytes() == before
    with pytest.raises(NothingToUndo):
        undo_import(tmp_path / "undo")


def test_the_plan_says_what_changes_and_leaves_other_rows_alone(tmp_path: Path, folder: Path) -> None:
    apply_plan(plan(excel(tmp_path / "1.xlsx", [GOOD, {**GOOD, "id": "berta"}]), folder), tmp_path / "undo")
    again = plan(excel(tmp_path / "2.xlsx", [{**GOOD, "confirmed_on": "2026-11-01", "phone": "22222222"}]), folder)
    (change,) = again.changes
    assert change.action == "changed"
    assert change.fields == {"phone": ("+371 20000000", "22222222")}
    apply_plan(again, tmp_path / "undo")
    assert [row["id"] for row in rows_of(folder)["mediators"]] == ["anna", "berta"]


def test_a_row_is_removed_only_where_the_sheet_says_so(tmp_path: Path, folder: Path) -> None:
    apply_plan(plan(excel(tmp_path / "1.xlsx", [GOOD]), folder), tmp_path / "undo")
    path = excel(tmp_path / "2.xlsx", [{"id": "anna", "remove": "jā"}], [*MEDIATORS, "remove"])
    removal = plan(path, folder)
    assert [change.action for change in removal.changes] == ["removed"]
    apply_plan(removal, tmp_path / "undo")
    assert rows_of(folder)["mediators"] == []


def test_an_edit_after_the_import_is_not_lost_by_undo(tmp_path: Path, folder: Path) -> None:
    apply_plan(plan(excel(tmp_path / "1.xlsx", [GOOD]), folder), tmp_path / "undo")
    with (folder / "mediators.csv").open("a") as table:
        table.write("\n")
    with pytest.raises(NothingToUndo, match="edited after the import"):
        undo_import(tmp_path / "undo")
    assert undo_import(tmp_path / "undo", force=True)


def test_an_office_gets_its_address_and_keeps_what_the_sheet_does_not_say(tmp_path: Path, folder: Path) -> None:
    row = {
        "town": "Talsi", "kind": "branch", "address": "Kareivju iela 7, Talsi, LV-3201", "schedule": "P–C 9–16",
        "phone": "63200000", "confidence": "high", "source": "nva_branches", "checked_on": datetime.date(2026, 11, 20),
    }  # fmt: skip
    apply_plan(plan(excel(tmp_path / "o.xlsx", [row], list(row), "offices"), folder), tmp_path / "undo")
    directory = load_directory(folder, today=datetime.date(2026, 11, 22))
    assert directory.findings == []
    talsi = next(office for office in directory.offices if office.town == "Talsi")
    assert talsi.has_confirmed_address
    assert talsi.schedule == "P–C 9–16"
    assert talsi.name.lv == "Talsu filiāle"
    assert talsi.latitude == pytest.approx(57.24562)


def test_swapped_coordinates_and_an_office_in_an_unknown_town_are_told(tmp_path: Path, folder: Path) -> None:
    row = {"kind": "branch", "confidence": "high", "source": "nva_branches", "checked_on": "2026-11-20"}
    rows = [
        {**row, "town": "Talsi", "latitude": "22.58", "longitude": "57.24"},
        {**row, "town": "Zosna", "latitude": "56.4", "longitude": "27.2"},
        {**row, "town": "Rīga", "latitude": "57.5", "longitude": "22.6"},
    ]
    path = excel(tmp_path / "o.xlsx", rows, ["town", "latitude", "longitude", *row], "offices")
    with pytest.raises(ContentError) as told:
        plan(path, folder)
    problems = " ".join(finding.problem for finding in told.value.findings)
    assert len(told.value.findings) == 3
    assert "lies outside Latvia" in problems
    assert "Zosna is unknown" in problems
    assert "is far from Rīga" in problems


def test_csv_with_semicolons_and_headings_in_any_language_is_read(tmp_path: Path, folder: Path) -> None:
    titles = [column.title.ru for column in sheets().mediators.columns]
    cells = [GOOD.get(column, "").replace("; ", ", ") for column in MEDIATORS]
    cells[MEDIATORS.index("municipalities")] = '"Talsu novads; Ventspils"'
    cells[MEDIATORS.index("languages")] = "lv"
    path = tmp_path / "sheet.csv"
    path.write_text(";".join(titles) + "\n" + ";".join(cells) + "\n", encoding="utf-8-sig")
    assert [change.action for change in plan(path, folder).changes] == ["new"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.pdf", b"%PDF", "is no CSV or Excel file"),
        ("a.xlsx", b"not a zip", "is no Excel file that can be read"),
        ("a.csv", "id;name\nā".encode("cp1257"), "is not saved in UTF-8"),
        ("a.csv", b"", "has no filled-in row"),
        ("a.csv", b"x,y,z\n1,2,3\n", "has headings that no table has"),
    ],
)
def test_a_file_that_is_no_sheet_is_told_in_words(
    tmp_path: Path, folder: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ContentError, match=problem):
        plan(path, folder)


def test_the_template_holds_what_there_is_and_comes_back_unchanged(tmp_path: Path, folder: Path) -> None:
    directory = load_directory(folder)
    for language in ("lv", "ru", "en"):
        path = tmp_path / f"{language}.xlsx"
        write_template(path, directory, rows_of(folder), language)
        assert load_workbook(path).sheetnames == ["mediators", "offices", "lists", "help"]
        assert plan(path, folder).changes_nothing


def test_the_command_shows_asks_writes_and_takes_back(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_undo_folder", lambda: tmp_path / "undo")
    path = excel(tmp_path / "sheet.xlsx", [GOOD])
    run = CliRunner()
    refused = run.invoke(cli.directory_app, ["import", str(path), "--folder", str(folder)], input="n\n")
    assert refused.exit_code == 1
    assert rows_of(folder)["mediators"] == []
    done = run.invoke(cli.directory_app, ["import", str(path), "--folder", str(folder), "--yes"])
    assert done.exit_code == 0, done.output
    assert rows_of(folder)["mediators"][0]["id"] == "anna"
    assert run.invoke(cli.directory_app, ["undo"]).exit_code == 0
    assert rows_of(folder)["mediators"] == []
    bad = run.invoke(
        cli.directory_app,
        ["import", str(excel(tmp_path / "b.xlsx", [{**GOOD, "consent": "nē"}])), "--folder", str(folder)],
    )
    assert bad.exit_code == 1
