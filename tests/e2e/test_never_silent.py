"""A person always gets an answer, whatever breaks: model, action, store, or an action that hangs."""

import asyncio
import logging

import pytest

from bot.assistant.conversation import Conversation

pytestmark = pytest.mark.model
SECRET = "mani sauc Anna un man ir noslēpums"
APOLOGIES = {"lv": "Piedodiet", "ru": "Простите", "en": "Sorry"}


@pytest.fixture
def hurried(assistant, monkeypatch):
    """The assistant with a short patience, so that a hang does not make the test wait."""
    monkeypatch.setattr(assistant, "reply_timeout_s", 1.0)
    return assistant


def assert_apology(turn, language="lv"):
    (reply,) = turn.replies
    assert APOLOGIES[language] in reply.text
    assert "80200206" in reply.text
    assert "112" in reply.text
    assert [button.intent for button in reply.buttons] == ["start_over", "request_callback"]


def broken(*args, **kwargs):
    raise RuntimeError(f"broken while reading {SECRET!r}")


async def test_a_broken_model_is_answered_with_an_apology(hurried, monkeypatch):
    monkeypatch.setattr(hurried.processor, "_parse_message_with_graph", broken)
    assert_apology(await Conversation(hurried).say(SECRET))


@pytest.mark.parametrize(
    ("words", "language"),
    [("man vajag darbu", "lv"), ("мне нужна работа, где искать", "ru"), ("where can I find some work", "en")],
)
async def test_the_apology_speaks_the_language_of_the_message(hurried, monkeypatch, words, language):
    monkeypatch.setattr(hurried.processor, "_parse_message_with_graph", broken)
    assert_apology(await Conversation(hurried).say(words), language)


async def test_the_apology_keeps_the_language_of_the_talk(hurried, monkeypatch):
    conversation = Conversation(hurried)
    await conversation.tap('/change_language{"value":"ru"}')
    monkeypatch.setattr(hurried.processor, "_parse_message_with_graph", broken)
    assert_apology(await conversation.say("ok"), "ru")


async def test_an_action_that_raises_is_answered_with_an_apology(hurried, monkeypatch):
    monkeypatch.setitem(hurried.action_endpoint.executor.actions, "action_show_service", broken)
    assert_apology(await Conversation(hurried).tap("/ask_debts"))


async def test_an_action_that_hangs_is_answered_in_time(hurried, monkeypatch):
    async def hang(*args):
        await asyncio.sleep(60)

    monkeypatch.setitem(hurried.action_endpoint.executor.actions, "action_show_service", hang)
    assert_apology(await asyncio.wait_for(Conversation(hurried).tap("/ask_debts"), 10))


async def test_a_store_that_fails_is_answered_with_an_apology(hurried, monkeypatch):
    monkeypatch.setattr(hurried.processor.tracker_store, "get_or_create_tracker", broken)
    assert_apology(await Conversation(hurried).say(SECRET))


async def test_a_store_that_fails_on_saving_is_answered_with_an_apology(hurried, monkeypatch):
    monkeypatch.setattr(hurried.processor.tracker_store, "save", broken)
    assert_apology(await Conversation(hurried).say(SECRET))


async def test_an_action_that_says_nothing_is_answered_with_an_apology(hurried, monkeypatch):
    async def silence(*args):
        return []

    monkeypatch.setitem(hurried.action_endpoint.executor.actions, "action_show_service", silence)
    assert_apology(await Conversation(hurried).tap("/ask_debts"))


async def test_the_talk_goes_on_after_a_failure(hurried, monkeypatch):
    conversation = Conversation(hurried)
    with monkeypatch.context() as patch:
        patch.setitem(hurried.action_endpoint.executor.actions, "action_show_service", broken)
        assert_apology(await conversation.tap("/ask_debts"))
    turn = await conversation.tap("/ask_debts")
    assert turn.replies[0].service == "debts"


async def test_the_log_of_a_failure_holds_nothing_of_what_was_written(hurried, monkeypatch, caplog):
    monkeypatch.setattr(hurried.processor, "_parse_message_with_graph", broken)
    with caplog.at_level(logging.INFO):
        await Conversation(hurried).say(SECRET)
    assert "RuntimeError" in caplog.text
    assert "Anna" not in caplog.text


async def test_quick_messages_of_one_chat_are_answered_in_order(assistant):
    conversation = Conversation(assistant)
    turns = await asyncio.gather(*(conversation.tap(f"/ask_{s}") for s in ("debts", "housing", "documents")))
    assert [turn.replies[0].service for turn in turns] == ["debts", "housing", "documents"]
