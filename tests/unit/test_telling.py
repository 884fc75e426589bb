"""What may be told: by confidence, by day, with its source."""

import datetime

import pytest

from bot.directory.models import Confidence, Source, Statement
from bot.directory.telling import tell

DAY = datetime.date(2026, 11, 22)
SOURCES = {"nva": Source(publisher="NVA", title="t"), "vsaa": Source(publisher="VSAA", title="t")}


def statement(words: str, confidence: str = "high", **more: object) -> Statement:
    known = {"source": "nva", "checked_on": DAY} if confidence in ("high", "medium", "low", "unverified") else {}
    text = {language: f"{words} {language}." for language in ("lv", "ru", "en")}
    return Statement.parse_obj({"text": text, "confidence": confidence, **known, **more})


def test_a_certain_fact_is_told_with_its_source_and_date():
    told = tell([statement("A")], "ru", DAY, SOURCES)
    assert told.text == "A ru."
    assert told.publishers == ("NVA",)
    assert told.checked_on == DAY
    assert not told.call_first


def test_a_fact_that_is_not_certain_asks_to_call_first():
    assert tell([statement("A", "medium")], "lv", DAY, SOURCES).call_first


@pytest.mark.parametrize("confidence", ["low", "unverified"])
def test_what_is_not_verified_is_never_told(confidence):
    told = tell([statement("A", confidence)], "lv", DAY, SOURCES)
    assert told.text == ""
    assert told.publishers == ()


@pytest.mark.parametrize(("day", "is_told"), [("2026-12-31", True), ("2027-01-01", False)])
def test_an_amount_is_told_until_its_last_day_and_not_after(day, is_told):
    amount = statement("100 EUR", valid_until="2026-12-31")
    told = tell([amount, statement("B")], "lv", datetime.date.fromisoformat(day), SOURCES)
    assert ("100 EUR" in told.text) is is_told
    assert told.expired is not is_told
    assert "B lv." in told.text


def test_an_unknown_is_said_without_a_source():
    told = tell([statement("Nezinām", "unknown", ask="nva")], "lv", DAY, SOURCES)
    assert told.text == "Nezinām lv."
    assert told.publishers == ()


def test_the_oldest_check_is_the_one_that_is_named():
    older = statement("B", source="vsaa", checked_on=datetime.date(2025, 1, 1))
    told = tell([statement("A"), older], "lv", DAY, SOURCES)
    assert told.checked_on == datetime.date(2025, 1, 1)
    assert told.publishers == ("NVA", "VSAA")


@pytest.mark.parametrize(("missing", "remedy"), [({"source": None}, "source"), ({"checked_on": None}, "checked_on")])
def test_a_fact_without_source_or_date_is_refused(missing, remedy):
    with pytest.raises(ValueError, match=remedy):
        statement("A", **missing)


def test_an_unknown_that_names_nobody_to_ask_is_refused():
    with pytest.raises(ValueError, match="ask"):
        statement("A", Confidence.UNKNOWN.value)
