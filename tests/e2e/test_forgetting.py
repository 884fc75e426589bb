"""*Forget me* erases everything about the chat from the store, at once."""

import pytest

from bot.assistant.agent import Assistant, create_tracker_store
from bot.assistant.conversation import Conversation
from bot.privacy.sweeping import report
from bot.settings import settings

pytestmark = pytest.mark.model


@pytest.fixture
def kept(model, tmp_path):
    """An assistant whose conversations stand in a SQLite file of their own."""
    own = settings().copy(update={"data_dir": tmp_path})
    return Assistant.from_settings(own, model, create_tracker_store(own))


async def test_nothing_is_left_in_the_store_after_the_word(kept, tmp_path):
    one, other = Conversation(kept), Conversation(kept)
    await one.say("man ir parādi un dzīvoju Talsos")
    await other.tap("/ask_debts")
    turn = await one.tap("/forget_me")
    assert "izdzēsts" in turn.replies[0].text
    assert "Apstiprinājums" in turn.replies[0].text
    told = report(settings().copy(update={"data_dir": tmp_path}))["stores"]
    assert next(store for store in told if store["store"] == "talks")["chats"] == 1
    content = b"".join(file.read_bytes() for file in tmp_path.glob("drom.db*"))
    assert other.sender_id.encode() in content
    assert one.sender_id.encode() not in content
    assert "parādi un dzīvoju".encode() not in content


async def test_after_forgetting_the_talk_begins_anew(kept):
    conversation = Conversation(kept)
    await conversation.tap('/inform_place{"municipality":"Talsu novads","place":"Talsi"}')
    await conversation.tap("/forget_me")
    turn = await conversation.tap("/greet")
    assert turn.slots["municipality"] is None


async def test_nothing_is_said_to_be_deleted_that_is_not(kept, monkeypatch):
    def broken(sender_id):
        raise OSError("disk")

    monkeypatch.setattr(kept, "erasers", [broken])
    turn = await Conversation(kept).tap("/forget_me")
    assert "izdzēsts" not in turn.replies[0].text
