"""Each place and municipality in each language: which office, why, and how far; and nothing untrue."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from typer.testing import CliRunner

from actions import routing
from actions.base import DromAction
from actions.routing import FindMediator, FindOffice, ReceivePlace
from bot.clock import frozen
from bot.directory import directory as directories
from bot.directory.cli import directory_app
from bot.directory.directory import CurrentDirectory, directory
from bot.directory.models import Confidence
from bot.languages import LANGUAGES
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
TODAY = datetime.datetime(2026, 11, 22, 12, 0)
ANY_BRANCH = {"lv": "jebkuru filiāli", "ru": "любой филиал", "en": "any branch"}
NOT_SURE = {"lv": "droši nezinām", "ru": "Точно мы этого не знаем", "en": "not sure"}
FREE_LINE = "80200206"
PLACES = sorted(directory().places)
MUNICIPALITIES = sorted(unit.name.lv for unit in directory().municipalities.values())


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with frozen(TODAY):
        yield


async def answer(action: DromAction, language: str, intent: str = "find_office", **slots: Any) -> dict[str, Any]:
    """Return the one message that an action sends, as it goes to Rasa; entities are given as ``entity_<name>``."""
    entities = [
        {"entity": name.removeprefix("entity_"), "value": one}
        for name, value in slots.items()
        if name.startswith("entity_")
        for one in (value if isinstance(value, list) else [value])
    ]
    kept = {name: value for name, value in slots.items() if not name.startswith("entity_")}
    latest = {"intent": {"name": intent}, "entities": entities}
    tracker = Tracker("chat", {"language": language, **kept}, latest, [], False, None, {}, action.name())
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, tracker, DOMAIN)
    (message,) = dispatcher.messages
    return message


def flat_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return a distance by another formula than the product's; right to 1 % within Latvia."""
    north = (a[0] - b[0]) * 111.2
    east = (a[1] - b[1]) * 111.2 * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)


def check_office(message: dict[str, Any], point: tuple[float, float], language: Any) -> None:
    """Hold what is said of an office against what is known of all offices."""
    text, route = message["text"], message["custom"]["route"]
    offices = directory().offices
    km_to = {office.town: flat_km(point, (office.latitude, office.longitude)) for office in offices}
    known = {office.town for office in offices if office.confidence is not Confidence.UNVERIFIED}
    name = {town: directory().places[town].name.in_language(language) for town in km_to}

    assert not re.search(r"None|nan|utter_|[{}\[\]]|\bkm 0\b|\b0 km\b|  ", text)
    assert route["kind"] == "office"
    nearest = min(known, key=lambda town: km_to[town])
    assert km_to[route["town"]] <= km_to[nearest] * 1.01
    assert name[route["town"]] in text

    told_km = [int(km) for km in re.findall(r"(\d+) (?:km|км)\b", text)]
    true_km = km_to[route["town"]]
    if true_km < 2.9:
        assert told_km == []
    elif true_km > 3.1:
        (km,) = told_km
        assert km % 5 == 0
        assert abs(km - true_km) <= (5.1 if true_km > 95 else 2.6) or (km == 5 and true_km < 5)

    nearer = {town for town in set(km_to) - known if km_to[town] < km_to[route["town"]] * 0.99}
    assert (NOT_SURE[language] in text) == bool(nearer)
    said_unsure = {town for town in set(km_to) - known if f": {name[town]}." in text}
    assert said_unsure == ({min(nearer, key=lambda town: km_to[town])} if nearer else set())

    assert ANY_BRANCH[language] in text
    assert FREE_LINE in text
    assert "22.11.2026" in text
    assert len(text.split()) <= 60
    titles = [button["title"] for button in message["buttons"]]
    assert all(title.strip() and "None" not in title for title in titles)
    payloads = [button["payload"] for button in message["buttons"]]
    assert f"tel:{FREE_LINE}" in payloads
    assert any(payload.startswith(routing.MAP_SEARCH) for payload in payloads)
    assert "location" not in message["custom"]  # no address is confirmed: no venue


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_place_is_sent_to_the_nearest_known_office_with_a_reason_and_a_distance(language: Any) -> None:
    assert len(PLACES) == 147
    for name in PLACES:
        place = directory().places[name]
        municipality = directory().municipality_of(place).name.lv
        message = await answer(FindOffice(), language, municipality=municipality, place=name)
        assert message["custom"]["route"]["municipality"] == municipality
        check_office(message, (place.latitude, place.longitude), language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_municipality_is_sent_to_the_office_nearest_to_its_seat(language: Any) -> None:
    assert len(MUNICIPALITIES) == 43
    for name in MUNICIPALITIES:
        message = await answer(FindOffice(), language, municipality=name)
        today = directory().municipality(name)
        assert today is not None
        assert message["custom"]["route"]["municipality"] == today.name.lv
        check_office(message, (today.latitude, today.longitude), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("service", "kind"), [("debts", "social_service"), ("family_benefits", "vsaa"), ("mediation", "social_service")]
)
async def test_each_municipality_has_the_other_ways_too(service: str, kind: str, language: Any) -> None:
    for name in MUNICIPALITIES:
        slots = {"municipality": name, "service": service, "entity_municipality": name}
        message = await answer(ReceivePlace(), language, "inform_place", **slots)
        today = directory().municipality(name)
        assert today is not None
        assert message["custom"]["route"] == {"kind": kind, "municipality": today.name.lv}
        assert not re.search(r"None|utter_|[{}]", message["text"])
        assert today.name.in_language(language) in message["text"]
        assert len(message["text"].split()) <= 60


async def test_the_municipality_alone_is_never_told_as_here() -> None:
    """Who lives in Ventspils novads does not live in Ventspils."""
    around = await answer(FindOffice(), "lv", municipality="Ventspils novads")
    assert "novada centrā: Ventspils." in around["text"]
    city = await answer(FindOffice(), "lv", municipality="Ventspils")
    assert "ir šeit: Ventspils." in city["text"]
    far = await answer(FindOffice(), "ru", municipality="Ropažu novads")
    assert "От центра края" in far["text"]


async def test_a_town_of_another_municipality_does_not_count() -> None:
    stale = await answer(FindOffice(), "lv", municipality="Talsu novads", place="Rīga")
    assert stale["custom"]["route"]["town"] == "Talsi"
    assert "novada centrā" in stale["text"]


@pytest.mark.parametrize(
    ("country", "language", "said", "button"),
    [
        ("lt", "lv", "Lietuvas Nodarbinātības dienests", "tel:1883"),
        ("lt", "ru", "Служба занятости Литвы", "tel:1883"),
        ("ee", "en", "EURES", "/ask_work_abroad"),
        ("other", "ru", "EURES", "/ask_work_abroad"),
        ("sea", "lv", "jūrā", None),
    ],
)
async def test_outside_latvia_is_said_kindly_with_who_helps_there(
    country: str, language: str, said: str, button: str | None
) -> None:
    message = await answer(ReceivePlace(), language, "inform_place", entity_outside_latvia=country)
    assert said in message["text"]
    assert [one["payload"] for one in message["buttons"]][:1] == ([button] if button else [])
    assert {"lv": "Latvij", "ru": "Латви", "en": "Latvia"}[language] in message["text"]
    assert message["custom"]["share_location"]
    assert "route" not in message["custom"]


async def test_a_place_that_is_not_certain_is_asked_back_with_buttons() -> None:
    message = await answer(ReceivePlace(), "ru", "inform_place", entity_place_candidates=["Rēzekne", "Ludza"])
    assert [button["title"] for button in message["buttons"]] == ["Резекне", "Лудза"]


@pytest.fixture
def with_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the made-up mediators, with turns of their own."""
    monkeypatch.setenv(directories.DEMO_VARIABLE, "yes")
    monkeypatch.setattr(directories, "_current", CurrentDirectory())
    monkeypatch.setattr(routing, "turns", routing.Turns())


@pytest.mark.usefixtures("with_demo")
async def test_a_mediator_is_given_by_language_with_how_to_reach_them() -> None:
    russian = await answer(FindMediator(), "ru", "find_mediator", municipality="Ventspils")
    assert "Paraugs Divi (demo)" in russian["text"]
    assert "@demo_mediator" in russian["text"]
    assert [button["payload"] for button in russian["buttons"]][:2] == [
        "tel:+37120000002",
        "https://t.me/demo_mediator",
    ]
    assert russian["custom"]["route"] == {"kind": "mediator", "municipality": "Ventspils"}
    assert russian["custom"]["contact"]["phone_number"] == "+37120000002"
    mail_only = await answer(FindMediator(), "lv", "find_mediator", municipality="Jelgava")
    assert "demo4@example.lv" in mail_only["text"]
    assert "None" not in mail_only["text"]


@pytest.mark.usefixtures("with_demo")
async def test_equal_mediators_are_given_by_turn_and_who_asks_again_gets_the_same() -> None:
    first = await answer(FindMediator(), "lv", "find_mediator", municipality="Ventspils")
    again = await answer(FindMediator(), "lv", "find_mediator", municipality="Ventspils")
    assert first["text"] == again["text"]
    routing.turns.forget("chat")
    other = await answer(FindMediator(), "lv", "find_mediator", municipality="Ventspils")
    assert other["text"] != first["text"]


async def test_without_a_mediator_the_social_service_and_the_contact_point_are_named() -> None:
    message = await answer(FindMediator(), "en", "find_mediator", municipality="Ventspils")
    assert "Ministry of Culture" in message["text"]
    assert "social service" in message["text"]
    payloads = [button["payload"] for button in message["buttons"]]
    assert directory().content.organizations["ministry_of_culture"].url in payloads
    assert "demo" not in json.dumps(message)


def test_the_command_shows_all_routes() -> None:
    rows = json.loads(CliRunner(mix_stderr=False).invoke(directory_app, ["routes", "--json"]).stdout)
    assert len(rows) == 147 + 43
    talsi = next(row for row in rows if row["name"] == "Talsi")
    assert talsi["office"] == "Talsi"
    assert talsi["km"] == 0
    saldus = next(row for row in rows if row["name"] == "Saldus")
    assert saldus["office"] != "Saldus"
    assert saldus["possible"] == "Saldus"
