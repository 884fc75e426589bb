"""Buttons, replies and what a tapped button means."""

import pytest

from bot.assistant.buttons import parse_payload
from bot.assistant.messages import Button, Reply, payload


def test_a_payload_names_the_intent_and_only_the_entities_that_are_given():
    assert payload("inform_place", municipality="Talsu novads", place=None) == (
        '/inform_place{"municipality":"Talsu novads"}'
    )
    assert payload("help") == "/help"


def test_a_payload_survives_the_way_to_the_phone_and_back():
    parsed = parse_payload(payload("ask_detail_cost", service="debts"))
    assert parsed["intent"]["name"] == "ask_detail_cost"
    assert parsed["entities"] == [{"entity": "service", "value": "debts"}]


@pytest.mark.parametrize("text", ["help", "/help{", "/he lp", "/help{]}", "", "/", '/a{"b":1}x'])
def test_what_is_no_payload_is_refused(text):
    with pytest.raises(ValueError, match=r"payload|JSON|Expecting|delimiter"):
        parse_payload(text)


def test_a_link_is_no_intent():
    assert Button("Karte", "https://example.org").intent is None
    assert Button("112", "tel:112").is_link
    assert Button("Papīri", '/ask_detail_documents{"service":"debts"}').intent == "ask_detail_documents"


def test_a_reply_comes_through_rasa_as_it_was():
    reply = Reply(
        "Sveiki",
        [Button("Jā", "/affirm")],
        contact={"phone_number": "80200206", "first_name": "NVA"},
        route={"kind": "office", "town": "Talsi"},
        service="debts",
        source="Avots: NVA.",
        share_location=True,
    )
    uttered = reply.as_rasa()
    message = {"text": uttered["text"], "buttons": uttered["buttons"], "custom": uttered["json_message"]}
    assert Reply.from_rasa(message) == reply
