"""Figures of understanding, and the page that shows them."""

import dataclasses
import re

import pytest

from bot.evaluation.intents import Judged, summary
from bot.evaluation.report import report


def judged(expected: str, got: str, confidence: float = 0.9, text: str = "teksts", answered: bool = True) -> Judged:
    return Judged(text, expected, (got, "ask_debts", "greet"), confidence, answered, "lv", "lv", "clean")


def test_a_right_second_place_counts_among_three_and_not_as_right():
    figures = summary([judged("ask_debts", "ask_housing"), judged("greet", "greet")])
    assert figures["accuracy"] == 0.5
    assert figures["top3"] == 1.0


def test_a_question_back_is_no_answer():
    figures = summary([judged("greet", "ask_debts", answered=False), judged("greet", "greet")])
    assert figures["answered"] == 0.5
    assert figures["answered_accuracy"] == 1.0


def test_small_talk_answered_as_a_service_is_counted():
    assert summary([judged("chitchat", "ask_debts"), judged("out_of_scope", "chitchat")])["not_a_service"] == 0.5


def test_danger_mentioned_above_another_answer_is_counted_apart():
    beside = [
        dataclasses.replace(judged(expected, "ask_debts"), danger=danger)
        for expected, danger in (("urgent_danger", True), ("urgent_danger", False), ("ask_debts", True))
    ]
    figures = summary([*beside, judged("ask_debts", "ask_debts")])["urgent"]
    assert figures["recall"] == 0.0
    assert figures["answered_or_mentioned"] == 0.5
    assert figures["mentioned_in_vain"] == 0.5


def test_the_page_shows_groups_confusions_and_a_plot_and_needs_nothing_beside_it(tmp_path):
    figures = summary([judged("ask_debts", "ask_housing", text="<b>parāds & īre</b>"), judged("greet", "greet", 0.3)])
    page = report(figures, [tmp_path / "own.tsv"])
    assert "own.tsv" in page
    assert "ask_housing" in page
    assert "&lt;b&gt;parāds &amp; īre" in page
    assert page.count("<circle") == len(figures["calibration"])
    assert not re.search(r"(src|href)=|url\(|@import", page)


def test_a_page_of_no_mistakes_says_so(tmp_path):
    assert "None." in report(summary([judged("greet", "greet")]), [tmp_path / "own.tsv"])


@pytest.mark.parametrize("confidence", [0.0, 0.05, 1.0])
def test_every_confidence_falls_in_a_tenth(confidence):
    assert sum(row["n"] for row in summary([judged("greet", "greet", confidence)])["calibration"]) == 1
