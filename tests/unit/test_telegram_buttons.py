"""What buttons carry: at most 64 bytes, and understood by any later process."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assistant.messages import payload
from bot.channels.telegram.callback_data import LETTERS, MAX_BYTES, NoPayload, to_callback_data, to_payload
from bot.channels.telegram.deep_links import MAX_LENGTH, UnknownTarget, deep_links
from bot.directory.directory import directory
from bot.languages import LANGUAGES


class Kept:
    def __init__(self):
        self.payloads = {}

    async def keep_button(self, text):
        code = f"{len(self.payloads):032x}"
        self.payloads[code] = text
        return code

    async def button(self, code):
        return self.payloads.get(code)


def there_and_back(text):
    kept = Kept()
    data = asyncio.run(to_callback_data(text, kept))
    assert 1 <= len(data.encode()) <= MAX_BYTES
    assert asyncio.run(to_payload(data, kept)) == text
    return data


def every_payload():
    """Every payload with a place, a card or a topic that an action can make."""
    known = directory()
    for place in known.places.values():
        yield payload("inform_place", place=place.name.lv, municipality=known.municipality_of(place).name.lv)
    for municipality in known.municipalities.values():
        yield payload("inform_place", municipality=municipality.name.lv)
    for card in known.services.values():
        yield payload(card.intent)
        for detail in ("documents", "cost", "eligibility", "apply", "place", "duration"):
            yield payload(f"ask_detail_{detail}", service=card.id)
    for topic in known.topics:
        yield payload("help", topic=topic)
    for language in LANGUAGES:
        yield payload("change_language", value=language)


def test_every_payload_of_the_directory_comes_back_from_a_button():
    texts = list(every_payload())
    assert len(texts) > 300
    for text in texts:
        there_and_back(text)


def test_places_need_no_store():
    for text in every_payload():
        assert not there_and_back(text).startswith("#"), text


ENTITIES = st.dictionaries(
    st.sampled_from([*LETTERS, "danger", "other"]), st.one_of(st.text(max_size=60), st.booleans()), max_size=3
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ENTITIES)
def test_any_payload_comes_back_from_a_button(entities):
    there_and_back("/answer" + (json.dumps(entities, ensure_ascii=False, separators=(",", ":")) if entities else ""))


@pytest.mark.parametrize(
    "data", ["", "x", "/", "/X", "~", "~answer|zx", "#0", "/answer{", '/answer{"a":{"b":1}}', "/a{}x"]
)
def test_what_is_no_button_is_refused(data):
    with pytest.raises(NoPayload):
        asyncio.run(to_payload(data, Kept()))


def test_every_deep_link_opens_its_card_in_its_place():
    known = directory()
    places = [place.name.lv for place in known.places.values()]
    for what in [*known.services, "office", "mediator"]:
        for place in [None, *places]:
            parameter = deep_links().parameter(what, place)
            assert len(parameter) <= MAX_LENGTH
            opened = deep_links().payload(parameter)
            assert opened is not None
            if place:
                entities = json.loads(opened[opened.index("{") :])
                assert entities["place"] == place


def test_municipalities_have_deep_links_too():
    assert deep_links().payload(deep_links().parameter("office", "Ventspils novads")) == payload(
        "find_office", municipality="Ventspils novads"
    )


def test_a_place_without_diacritics_is_found():
    assert deep_links().parameter("childcare_costs", "ķekava") == deep_links().parameter("childcare_costs", "Kekava")


@pytest.mark.parametrize(("what", "place"), [("nonsense", None), ("office", "Atlantis")])
def test_a_link_to_nowhere_is_refused(what, place):
    with pytest.raises(UnknownTarget):
        deep_links().parameter(what, place)


def test_an_unknown_start_parameter_says_nothing():
    for parameter in ("", "nonsense", "childcare", "🙂", "office2"):
        assert deep_links().payload(parameter) is None


def test_a_leaflet_for_a_place_that_is_gone_still_opens_its_card():
    assert deep_links().payload("debts_atlantis") == "/ask_debts"
