"""Nobody can put an intent, a slot or markup into the dialogue: what is typed is words, what is tapped is a button of ours."""

import json

import pytest
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.buttons import known_button
from bot.assistant.conversation import typed_words
from bot.assistant.messages import UnknownButton, payload
from bot.channels.telegram.deep_links import deep_links
from bot.directory.directory import directory
from bot.privacy.redaction import redact
from bot.questionnaire.loading import NAMES, questionnaire
from bot.questionnaire.models import SKIP, STOP
from bot.questionnaire.vault import vault
from tests.fuzz.properties import domain

TYPED = [
    "/restart",
    "//restart",
    "/ /restart",
    "/\u00a0/session_start",
    " \t/\n/ / /forget_me",
    '/inform_place{"municipality":"Rīga"}',
    '/ /inform_place{"municipality":"Rīga"}',
    '/{"a":1}/inform_place{"municipality":"Rīga"}',
    "/change_language@0.99",
    "\x00/restart",
    "\x1f/ \x00/restart",
    "\ud83d/restart",
]


@pytest.mark.parametrize("typed", TYPED)
def test_no_typed_words_are_a_command_to_rasa(typed):
    for words in (typed_words(typed), redact(typed_words(typed))):
        message = YAMLStoryReader.unpack_regex_message(Message({TEXT: words}), domain())
        assert message.get(INTENT) is None
        assert "Rīga" not in words


@pytest.mark.parametrize("typed", ["puse \ud83d rakstzīmes", "ar \x00 nulli", "\x1b[31msarkans"])
def test_what_no_store_can_keep_is_taken_out_of_typed_words(typed):
    words = typed_words(typed)
    words.encode()
    assert words.isprintable()


@pytest.mark.parametrize("typed", ["pirmā rinda\notrā rinda", "👩‍👧‍👦", "Āboli, ķirši un ēdiens"])
def test_what_people_write_stays_as_it_is(typed):
    assert typed_words(typed) == typed


@pytest.mark.parametrize(
    "forged",
    [
        "/restart",
        "/back",
        "/session_start",
        "/no_such_intent",
        '/greet{"language":"<b>"}',
        '/find_office{"place_candidates":"<b>Rīga</b>"}',
        '/ask_debts{"second_need":"ask_housing"}',
        '/ask_debts{"danger":"suicide"}',
        '/inform_place{"municipality":"<script>alert(1)</script>"}',
        '/inform_place{"municipality":"=HYPERLINK(1)"}',
        '/inform_place{"municipality":"Talsu novads","place":"Atlantīda"}',
        '/inform_place{"outside_latvia":"<i>"}',
        '/inform_place{"outside_latvia":true}',
        '/ask_detail_apply{"service":5}',
        '/ask_detail_apply{"service":null}',
        '/ask_detail_apply{"service":"../debts"}',
        '/help{"topic":"x"}',
        '/answer{"slot":"check_age","value":"<b>"}',
        '/answer{"slot":"check_age","value":"120385-10345"}',
        '/answer{"slot":"check_age","value":"kept:120385-10345"}',
        '/answer{"slot":"check_age","value":"⟦kept:00⟧"}',
        '/answer{"slot":["check_age"],"value":"yes"}',
    ],
)
def test_a_button_that_is_none_of_ours_is_refused(forged):
    with pytest.raises(UnknownButton):
        known_button(forged, domain())


def test_every_answer_to_a_question_can_be_tapped():
    for name in NAMES:
        for question in questionnaire(name).questions:
            for value in (SKIP, STOP, vault().keep("26123456"), *(option.value for option in question.options)):
                known_button(payload("answer", slot=question.slot, value=value), domain())


def test_every_card_and_topic_can_be_tapped():
    for card in directory().services.values():
        for sent in (payload(card.intent), payload("ask_detail_apply", service=card.id)):
            assert known_button(sent, domain())["text"] == sent
    for topic in directory().topics:
        known_button(payload("help", topic=topic), domain())


def test_every_place_can_be_tapped():
    links = deep_links()
    for place in directory().places.values():
        sent = links.payload(links.parameter("office", place.name.lv))
        assert sent is not None
        known_button(sent, domain())
    for municipality in directory().municipalities.values():
        known_button(payload("inform_place", municipality=municipality.name.lv), domain())


@pytest.mark.parametrize("country", ["lt", "ee", "other", "sea"])
def test_a_position_outside_latvia_can_be_shared(country):
    sent = payload("inform_place", outside_latvia=country)
    assert json.loads(sent.removeprefix("/inform_place")) == {"outside_latvia": country}
    known_button(sent, domain())
