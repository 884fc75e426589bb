"""Personal data that people write do not reach the tracker, and the talk goes on as if they were there."""

from __future__ import annotations

import json

import pytest

from bot.assistant.agent import Assistant, create_tracker_store
from bot.assistant.conversation import Conversation
from bot.assistant.messages import UnknownButton
from bot.settings import settings

pytestmark = pytest.mark.model


@pytest.fixture
def kept(model, tmp_path):
    own = settings().copy(update={"data_dir": tmp_path})
    return Assistant.from_settings(own, model, create_tracker_store(own))


async def events_of(conversation):
    tracker = await conversation.assistant.tracker_store.retrieve_full_tracker(conversation.sender_id)
    return json.dumps([event.as_dict() for event in tracker.events], ensure_ascii=False)


async def test_a_message_is_understood_without_what_is_personal(kept):
    conversation = Conversation(kept)
    turn = await conversation.say("mani sauc Jānis Bērziņš, kods 120385-10345, dzīvoju Talsos, kur ir nva filiāle")
    assert turn.slots["municipality"] == "Talsu novads"
    seen = await events_of(conversation)
    assert "Talsos" in seen
    for secret in ("Bērziņ", "Berzin", "berzin", "10345", "120385"):
        assert secret not in seen


async def test_a_forged_button_can_not_carry_personal_data_into_the_tracker(kept):
    conversation = Conversation(kept)
    await conversation.tap("/greet")
    with pytest.raises(UnknownButton):
        await conversation.tap('/inform_place{"municipality":"120385-10345"}')
    assert "10345" not in await events_of(conversation)
