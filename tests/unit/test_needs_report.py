"""The report on needs is useful, and nobody can be singled out of it, however many reports one has."""

from __future__ import annotations

import datetime
import json
import random
from collections import Counter

import numpy as np
import pytest
from scipy.optimize import linprog
from typer.testing import CliRunner

from bot.assistant.messages import Reply, Turn
from bot.assistant.observing import Observed
from bot.operations.needs import NeedCounter, add_counts, read_counts
from bot.reporting.needs_report import month_tables, tell
from bot.reporting.page import render
from bot.reporting.suppression import LEAST, SUM
from bot.settings import settings

NEEDS = ["ask_debts", "ask_housing", "ask_job_search", "ask_documents", "ask_training"]
PLACES = ["Talsu novads", "Rīga", "Ventspils", "Kuldīgas novads", ""]
LANGUAGES = ["lv", "ru", "en"]
OUTCOMES = ["answered", "routed", "requested", "unanswered"]
TODAY = datetime.date(2026, 4, 20)


def month_of(seed: int, month: str, most: int = 12) -> list:
    chance = random.Random(seed)
    cells: Counter = Counter()
    for _ in range(chance.randint(20, 260)):
        need = chance.choices(NEEDS, [8, 4, 12, 1, 2])[0]
        place = chance.choices(PLACES, [6, 9, 2, 1, 4])[0]
        cell = (f"{month}-10", need, place, chance.choices(LANGUAGES, [8, 4, 1])[0], chance.choice(OUTCOMES))
        cells[cell] += 1
    return list(cells.items())


def bounds(tables):
    """The least and the most that each cell left out can be, from all that is published together."""
    cells = {(table.name, key): i for i, (table, key) in enumerate((t, k) for t in tables for k in sorted(t.cells))}
    equations, values = [], []
    for table in tables:
        keys = set(table.cells)
        lines = [[k for k in keys if k[axis] == line] for axis in (0, 1) for line in {k[axis] for k in keys}]
        for line in lines:
            row = np.zeros(len(cells))
            for key in line:
                axis_sum = key[1] == SUM if all(k[0] == line[0][0] for k in line) else key[0] == SUM
                row[cells[table.name, key]] = -1 if axis_sum else 1
            equations.append(row)
            values.append(0.0)
        for key, count in table.published().items():
            row = np.zeros(len(cells))
            row[cells[table.name, key]] = 1
            equations.append(row)
            values.append(count)
    for key in {k for t in tables for k in t.cells if k[1] == SUM}:  # the sums by need are the same in all tables
        same = [cells[t.name, key] for t in tables if key in t.cells]
        for other in same[1:]:
            row = np.zeros(len(cells))
            row[same[0]], row[other] = 1, -1
            equations.append(row)
            values.append(0.0)
    found = {}
    matrix, right = np.array(equations), np.array(values)
    for table in tables:
        for key in table.hidden:
            ends = []
            for sign in (1, -1):
                goal = np.zeros(len(cells))
                goal[cells[table.name, key]] = sign
                told = linprog(goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
                ends.append(np.inf if told.status == 3 else abs(told.fun))
            found[table.name, key] = tuple(ends)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_count_that_is_left_out_can_be_worked_out_from_what_is_told(seed):
    tables = month_tables(month_of(seed, "2026-01"), rounded=False)
    assert all(count >= LEAST for table in tables for count in table.published().values())
    for (name, key), (least, most) in bounds(tables).items():
        assert most - least > 0.99, (name, key, least, most)


def test_the_attack_finds_what_is_left_out_without_protection():
    tables = month_tables(month_of(1, "2026-01"), rounded=False)
    for table in tables:
        table.hidden = {key for key, count in table.cells.items() if 0 < count < LEAST}
    assert any(most - least < 0.99 for least, most in bounds(tables).values())


def flat(report):
    return {
        (name, cell["need"], cell["column"]): cell["count"] or 0
        for name, cells in report["tables"].items()
        for cell in cells
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_difference_of_two_reports_tells_nothing_under_five(seed):
    counted = [entry for i in range(1, 4) for entry in month_of(seed * 10 + i, f"2026-{i:02}")]
    reports = [flat(tell(counted, datetime.date(2026, month, 1), TODAY, {})) for month in (1, 2, 3)]
    for longer, shorter in zip(reports, reports[1:]):
        for key in longer.keys() | shorter.keys():
            difference = longer.get(key, 0) - shorter.get(key, 0)
            assert difference == 0 or difference >= LEAST, key


def test_one_person_more_in_the_running_month_does_not_show_as_one():
    counted = month_of(3, "2026-04")
    cell, _ = counted[0]
    before = flat(tell(counted, datetime.date(2026, 4, 1), TODAY, {}))
    after = flat(tell([*counted, (cell, 1)], datetime.date(2026, 4, 1), TODAY, {}))
    assert all((after.get(key, 0) - before.get(key, 0)) % LEAST == 0 for key in after.keys() | before.keys())


def test_a_month_with_four_talks_tells_nothing():
    counted = [((f"2026-01-0{i}", "ask_debts", "Rīga", "lv", "answered"), 1) for i in range(1, 5)]
    told = tell(counted, datetime.date(2026, 1, 1), TODAY, {"2026-01": Counter(finish=3)})
    assert told["months"][0]["needs"] is None
    assert told["months"][0]["requests"] == {"finish": None}
    assert not any(flat(told).values())


def observed(chat, intent="ask_debts", municipality=None, route=None, error=None):
    turn = Turn(intent=intent, slots={"municipality": municipality}, replies=[Reply("…", route=route)])
    return Observed(chat, "web", "lv", turn, 0.1, {}, error)


def test_a_chat_counts_once_with_a_need_and_small_talk_never(tmp_path):
    url = f"sqlite:///{tmp_path / 'n.db'}"
    counter = NeedCounter(url, frozenset({"ask_debts", "greet"}), today=lambda: "2026-01-10")
    for _ in range(9):
        counter.observe(observed("one", municipality="Rīga"))
        counter.observe(observed("one", "greet"))
    counter.observe(observed("two", route={"kind": "office"}))
    counter.observe(observed("three", "/free words"))
    counter.write()
    counter.write()
    assert sorted(read_counts(url, "2026-01-01", "2026-02-01")) == [
        (("2026-01-10", "ask_debts", "", "lv", "routed"), 1),
        (("2026-01-10", "ask_debts", "Rīga", "lv", "answered"), 1),
    ]


def test_counts_that_could_not_be_written_are_kept_for_the_next_time(tmp_path):
    counter = NeedCounter(f"sqlite:///{tmp_path / 'no' / 'n.db'}", frozenset({"ask_debts"}))
    counter.observe(observed("one"))
    with pytest.raises(Exception, match="unable to open"):
        counter.write()
    (tmp_path / "no").mkdir()
    counter.write()
    assert len(read_counts(f"sqlite:///{tmp_path / 'no' / 'n.db'}", "2000-01-01", "2100-01-01")) == 1


def test_the_page_shows_charts_and_words_and_loads_nothing(tmp_path):
    counted = [entry for i in (1, 2) for entry in month_of(i, f"2026-{i:02}")]
    page = render(tell(counted, datetime.date(2026, 1, 1), TODAY, {"2026-01": Counter(finish=11)}), "lv")
    assert page.count("<svg") == 2
    assert "Talsu novads" in page
    assert "sasniegts" in page
    assert "<script" not in page
    assert "http:" not in page.replace("http-equiv", "")


def test_the_command_writes_the_page_and_prints_json(tmp_path, monkeypatch):
    from bot.cli import app
    from bot.reporting import cli

    own = settings().copy(update={"data_dir": tmp_path, "database_url": None})
    monkeypatch.setattr(cli, "settings", lambda: own)
    add_counts(own.tracker_database_url, Counter({("2026-01-10", "ask_debts", "Rīga", "lv", "answered"): 7}))
    page = tmp_path / "report.html"
    result = CliRunner(mix_stderr=False).invoke(app, ["report", "--since", "2026-01-15", "--html", str(page), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["months"][0] == {
        "month": "2026-01",
        "needs": 7,
        "outcomes": {"*": 7, "answered": 7},
        "requests": {},
    }
    assert page.read_text().startswith("<!doctype html>")
    assert CliRunner(mix_stderr=False).invoke(app, ["report", "--since", "January"]).exit_code == 2
