"""Whose contact is given, and whose is not."""

from __future__ import annotations

import datetime

import pytest
from pydantic import ValidationError

from bot.directory.directory import load_directory
from bot.directory.mediators import Mediator, Turns, best_fitting

GOOD = {
    "id": "anna",
    "name": "Anna",
    "organization": "Biedrība",
    "municipalities": "LV-097",
    "phone": "+371 20 000 000",
    "consent": "jā",
    "confirmed_on": "2026-11-01",
    "source": "koordinatore",
}


def mediator(**changes: str) -> Mediator:
    return Mediator.parse_obj({**GOOD, **changes})


def test_cells_are_read_as_people_fill_them_in() -> None:
    read = mediator(
        languages="lv; rom", topics="work", telegram="https://t.me/anna_talsi", municipalities="LV-097; LV-VEN"
    )
    assert read.languages == ["lv", "rom"]
    assert read.municipalities == ["LV-097", "LV-VEN"]
    assert read.phone == "+37120000000"
    assert read.telegram == "anna_talsi"
    assert read.confirmed_on == datetime.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"consent": "nē"}, "not agreed"),
        ({"consent": "varbūt"}, "neither yes nor no"),
        ({"phone": "zvaniet"}, "no phone number"),
        ({"phone": "123"}, "no phone number"),
        ({"email": "anna(at)example.lv", "phone": "20000000"}, "no e-mail address"),
        ({"telegram": "Anna no Talsiem"}, "no Telegram name"),
        ({"languages": "latviski"}, "is no language"),
        ({"id": "Anna Talsi"}, "can't be an id"),
        ({"confirmed_on": "drīz"}, "date"),
    ],
)
def test_what_can_not_be_used_is_refused_in_plain_words(changes: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        mediator(**changes)


def test_a_contact_that_can_not_be_reached_is_none() -> None:
    without = {key: value for key, value in GOOD.items() if key != "phone"}
    with pytest.raises(ValidationError, match="no phone"):
        Mediator.parse_obj(without)


def test_language_counts_before_topic() -> None:
    russian = mediator(id="olga", languages="ru")
    knows_work = mediator(id="peteris", languages="lv", topics="work")
    elsewhere = mediator(id="ivars", municipalities="LV-RIX", languages="ru", topics="work")
    everyone = [russian, knows_work, elsewhere]
    assert best_fitting(everyone, "LV-097", "ru", "work") == [russian]
    assert best_fitting(everyone, "LV-097", "lv", "work") == [knows_work]
    assert best_fitting(everyone, "LV-097", "en", None) == [russian, knows_work]
    assert best_fitting(everyone, "LV-022", "lv", None) == []


def test_of_equals_the_one_given_longest_ago_comes_next() -> None:
    three = [mediator(id=name) for name in ("anna", "berta", "cilda")]
    turns = Turns()
    assert [turns.next(three).id for _ in range(5)] == ["anna", "berta", "cilda", "anna", "berta"]


def test_who_asks_again_gets_the_same_one_until_they_are_forgotten() -> None:
    two = [mediator(id=name) for name in ("anna", "berta")]
    turns = Turns()
    assert turns.next(two, "chat one").id == "anna"
    assert turns.next(two, "chat two").id == "berta"
    assert turns.next(two, "chat one").id == "anna"
    turns.forget("chat two")
    assert turns.next(two, "chat two").id == "anna"


def test_the_made_up_mediators_are_given_only_where_they_are_asked_for() -> None:
    assert not any(one.id.startswith("demo") for one in load_directory().mediators)
    shown = load_directory(demo=True)
    assert shown.mediators
    assert all(one.id.startswith("demo") and "demo" in one.name for one in shown.mediators)
    assert shown.findings == []
    assert [one.id for one in shown.mediators_for("Ventspils", "ru", None)] == ["demo_kurzeme"]
