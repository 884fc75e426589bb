"""Whatever a person types, being misunderstood twice in a row ends at a human: a number to call, a mediator."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant.context import MISUNDERSTOOD
from bot.assistant.conversation import Conversation
from bot.languages import LANGUAGES
from bot.nlu import corpus
from bot.nlu.lexicon import words_of
from tests.fuzz.generating import PIECES

pytestmark = pytest.mark.model

# Words of the services in a random order say something, but seldom something clear.
WORDS = sorted({word for language in LANGUAGES for line in corpus.content(language) for word in words_of(line)})
noise = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map("".join)
medleys = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
messages = st.one_of(noise, medleys)
# What is on the screen: nothing yet, a card, a question of the guided check, a question where somebody lives.
before = st.sampled_from([(), ("/ask_debts",), ("/find_support",), ("/find_office",), ("/request_callback",)])


def leads_to_a_human(turn) -> bool:
    buttons = [button for reply in turn.replies for button in reply.buttons]
    kinds = [(reply.route or {}).get("kind") for reply in turn.replies]
    is_called = any(button.payload.startswith("tel:") for button in buttons)
    return "helpline" in kinds and is_called and "find_mediator" in [button.intent for button in buttons]


def test_a_second_miss_in_a_row_ends_at_a_human(assistant):
    loop = asyncio.new_event_loop()
    second_misses = 0

    async def talk(taps: tuple[str, ...], said: list[str]) -> None:
        nonlocal second_misses
        conversation = Conversation(assistant)
        for tap in taps:
            await conversation.tap(tap)
        turns = [await conversation.say(text) for text in said]
        for first, second in zip(turns, turns[1:], strict=False):
            assert second.replies
            if first.intent in MISUNDERSTOOD and second.intent in MISUNDERSTOOD:
                second_misses += 1
                assert leads_to_a_human(second), (taps, said, second.replies)

    @given(before, st.lists(messages, min_size=2, max_size=3))
    @settings(max_examples=100, deadline=None)
    def any_talk(taps, said):
        loop.run_until_complete(talk(taps, said))

    try:
        any_talk()
    finally:
        loop.close()
    assert second_misses >= 15, "too few messages were misunderstood for this test to say anything"
