"""The list at the end of the guided check: short, complete, honest, and with a version to show that names nobody."""

import datetime

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Talk
from actions.check_list import LIST_SLOT, MAX_WORDS, list_text, show_list, show_version
from bot.clock import frozen
from bot.languages import LANGUAGES
from bot.questionnaire.flow import next_question, services
from bot.questionnaire.loading import SUPPORT_CHECK, questionnaire
from bot.questionnaire.models import SKIP
from bot.settings import ROOT

CHECK = questionnaire(SUPPORT_CHECK)
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
ROUTES = [
    None,
    {"kind": "office", "town": "Daugavpils", "municipality": "Augšdaugavas novads"},
    {"kind": "social_service", "municipality": "Dienvidkurzemes novads"},
    {"kind": "vsaa", "municipality": "Ventspils"},
]


def talk_with(**slots):
    tracker = Tracker("someone", {"language": "lv", **slots}, {}, [], False, None, {}, "action_listen")
    return Talk(CollectingDispatcher(), tracker, DOMAIN)


def uttered(talk):
    (message,) = talk.dispatcher.messages
    return message


@pytest.fixture(scope="module")
def different_lists():
    """One set of answers for each list (and note) that can come out."""
    found = {}

    def go(answers):
        question = next_question(CHECK, answers)
        if question is None:
            notes = (answers["check_age"] == "pension", answers.get("check_working") == "odd_jobs")
            found.setdefault((tuple(services(CHECK, answers)), answers.get("check_schooling"), notes), answers)
            return
        for value in [*(option.value for option in question.options), SKIP]:
            go({**answers, question.slot: value})

    go({})
    return list(found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_is_never_longer_than_sixty_words(different_lists, language):
    talk = talk_with(language=language)
    for answers in different_lists:
        cards = [talk.directory.services[service] for service in services(CHECK, answers)]
        for route in ROUTES:
            text, source = list_text(talk, cards, answers, route)
            assert len(text.split()) <= MAX_WORDS, text
            assert "None" not in text
            assert "\n\n" not in text
            assert cards[-1].button.in_language(language) in text
            assert source is None or text.endswith(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_step_of_the_first_card_is_always_there(different_lists, language):
    talk = talk_with(language=language)
    for answers in different_lists:
        cards = [talk.directory.services[service] for service in services(CHECK, answers)]
        text, _ = list_text(talk, cards, answers, None)
        steps = [s.text.in_language(language) for s in cards[0].apply if s.is_told(talk.today)]
        assert any(step in text for step in steps)


def test_with_a_known_place_the_office_is_named_and_the_route_is_told():
    talk = talk_with(municipality="Talsu novads", place="Talsi")
    show_list(talk, {"check_registered": "no", "check_working": "no", "check_age": "adult", "check_pain": "work"})
    message = uttered(talk)
    assert "Talsi" in message["text"]
    assert message["custom"]["route"] == {"kind": "office", "town": "Talsi", "municipality": "Talsu novads"}


def test_without_a_place_the_way_is_a_button():
    talk = talk_with()
    events = show_list(talk, {"check_registered": "no", "check_working": "no", "check_age": "adult"})
    message = uttered(talk)
    sent = [button["payload"] for button in message["buttons"]]
    assert sent[0] == "/ask_registration"
    assert "/find_office" in sent
    assert '/answer{"slot":"check_list","value":"show"}' in sent
    assert "route" not in message["custom"]
    assert {"event": "slot", "timestamp": None, "name": "service", "value": "registration"} in events


def test_what_must_be_known_beside_it_is_said():
    answers = {"check_registered": "no", "check_working": "odd_jobs", "check_age": "adult", "check_pain": "work"}
    talk = talk_with()
    show_list(talk, answers)
    assert "80200206" in uttered(talk)["text"]
    assert "Ja kaut ko pelnāt" in uttered(talk)["text"]


def test_what_has_expired_or_is_not_known_is_not_told_as_the_step():
    talk = talk_with()
    with frozen(datetime.datetime(2031, 1, 1)):
        for service in talk.directory.services:
            text, _ = list_text(talk, [talk.directory.services[service]], {}, None)
            assert "mēs nezinām" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_version_to_show_has_the_full_names_and_nothing_of_what_was_answered(different_lists, language):
    for answers in different_lists:
        found = services(CHECK, answers)
        talk = talk_with(language=language, **{LIST_SLOT: found})
        show_version(talk, "show")
        message = uttered(talk)
        assert len(message["text"].split()) <= MAX_WORDS, message["text"]
        for service in found:
            assert talk.directory.services[service].name.in_language(language) in message["text"]
        offers_official = any(
            b["payload"] == '/answer{"slot":"check_list","value":"official"}' for b in message["buttons"]
        )
        assert offers_official is (language != "lv")


def test_the_version_in_the_language_of_the_offices():
    talk = talk_with(language="ru", **{LIST_SLOT: ["registration", "debts"]})
    show_version(talk, "official")
    assert "Reģistrēšanās NVA" in uttered(talk)["text"]
    assert talk.language == "ru"


def test_an_old_button_for_a_list_that_is_gone_offers_to_begin_anew():
    talk = talk_with()
    show_version(talk, "show")
    assert [button["payload"] for button in uttered(talk)["buttons"]] == ["/find_support"]
