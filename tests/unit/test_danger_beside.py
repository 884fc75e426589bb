"""Where danger is likely but another need is answered, one line about danger stands above the answer."""

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Talk
from bot.assistant.messages import Reply
from bot.directory.loading import read_yaml
from bot.settings import ROOT

DOMAIN = read_yaml(ROOT / "domain.yml", ROOT).data
LINE = "If you are in danger, call 112."


def replies(intent: str, *, danger: bool, events: tuple[str, ...] = ("user",)) -> list[str]:
    entities = [{"entity": "danger", "value": "general"}] if danger else []
    message = {"intent": {"name": intent}, "entities": entities}
    tracker = Tracker("1", {"language": "en"}, message, [{"event": e} for e in events], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    talk = Talk(dispatcher, tracker, DOMAIN)
    talk.utter(Reply("First."))
    talk.utter(Reply("Second."))
    return [sent["text"] for sent in dispatcher.messages]


@pytest.mark.parametrize("intent", ["ask_debts", "find_mediator", "chitchat", "nlu_fallback", "answer"])
def test_it_stands_once_above_any_answer(intent):
    assert replies(intent, danger=True) == [f"{LINE}\nFirst.", "Second."]


def test_it_is_not_said_again_by_the_next_action_of_the_turn():
    assert replies("ask_debts", danger=True, events=("bot", "user", "action", "bot")) == ["First.", "Second."]


def test_an_answer_of_the_turn_before_does_not_count():
    assert replies("ask_debts", danger=True, events=("user", "bot", "user", "action"))[0].startswith(LINE)


def test_it_does_not_stand_above_the_answer_to_danger_itself():
    assert replies("urgent_danger", danger=True) == ["First.", "Second."]


def test_without_a_sign_of_danger_nothing_is_said():
    assert replies("ask_debts", danger=False) == ["First.", "Second."]
