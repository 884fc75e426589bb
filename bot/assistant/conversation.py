"""Talking to the assistant from this process: the terminal, `drom ask`, scripted dialogues, channels."""

from __future__ import annotations

import logging
import re
import uuid
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.assistant.agent import Assistant
from bot.assistant.buttons import known_button, parse_payload
from bot.assistant.choosing import chosen_button
from bot.assistant.collector import ReplyCollector
from bot.assistant.context import Context
from bot.assistant.messages import Button, Turn
from bot.assistant.position import position_payload
from bot.errors import describe
from bot.languages import DEFAULT_LANGUAGE, Language
from bot.nlu.language import resolve_language
from bot.voice.menus import number_said

MAX_TEXT = 4096
_COMMAND_SIGNS = re.compile(r"\A[/\s]+")  # Rasa strips a message before it looks for the sign, so "/ /intent" is one
_TYPED_VALUES = re.compile(r"\{.*\}?", re.DOTALL)
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")  # JSON can hold one; no store and no other program can
_UNWRITTEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # PostgreSQL takes no NUL; nobody types the others

logger = logging.getLogger(__name__)


class Conversation:
    """One chat with the assistant.

    Args:
        assistant: who answers.
        sender_id: the chat's pseudonym; a new one by default.
        channel: the name of the way in.
        language_code: the phone's language, if it is known.
    """

    def __init__(
        self,
        assistant: Assistant,
        sender_id: str | None = None,
        channel: str = "web",
        language_code: str | None = None,
    ):
        self.assistant = assistant
        self.sender_id = sender_id or uuid.uuid4().hex
        self.channel = channel
        self.language_code = language_code

    async def say(self, text: str) -> Turn:
        """Send typed words. What looks like a command of ours is only words: intents can't be typed.

        A number chooses the button that has it, where the last reply has such a one.
        """
        words = typed_words(text)
        button = await self._chosen(words) if number_said(words, DEFAULT_LANGUAGE) is not None else None
        return await (self.tap(button.payload) if button else self._send(words, None))

    async def _chosen(self, words: str) -> Button | None:
        """Return the button that a number chooses; where the store fails, the number is said, and answered kindly."""
        try:
            tracker = await self.assistant.tracker_store.get_or_create_tracker(self.sender_id)
            return chosen_button(words, tracker)
        except Exception as error:  # whatever breaks, the person gets an answer
            logger.error("What a number chooses can't be looked up: %s", describe(error))
            return None

    async def tap(self, button: str) -> Turn:
        """Send the payload of a button.

        Raises:
            UnknownButton: it is no payload, or no button of ours can carry it (any more).
        """
        domain = self.assistant.domain
        return await self._send(button, parse_payload(button) if domain is None else known_button(button, domain))

    async def share_location(self, latitude: float, longitude: float) -> Turn:
        """Send a position. It becomes a municipality here; the coordinates go no further."""
        return await self.tap(position_payload(latitude, longitude))

    async def context(self) -> Context:
        """Return what the talk knows: its language, the card under discussion, what is waited for."""
        tracker = await self.assistant.tracker_store.get_or_create_tracker(self.sender_id)
        return Context.of(tracker, {"language_code": self.language_code})

    async def language(self) -> Language:
        """Return the language of the talk so far; asks the store only where this process does not know it."""
        known = self.assistant.remembered_language(self.sender_id)
        return known or resolve_language(None, await self.context())

    async def _send(self, text: str, parse_data: dict[str, Any] | None) -> Turn:
        collector = ReplyCollector(self.channel)
        message = UserMessage(
            text=text,
            output_channel=collector,
            sender_id=self.sender_id,
            input_channel=self.channel,
            metadata={"language_code": self.language_code},
            parse_data=parse_data,
        )
        await self.assistant.handle_message(message)
        return collector.turn


def typed_words(text: str) -> str:
    """Return what a person typed as mere words: neither an intent nor values of slots can be typed."""
    words = _UNWRITTEN.sub(" ", _HALF_CHARACTER.sub("\ufffd", text)).strip()
    if words.startswith("/"):
        words = _TYPED_VALUES.sub(" ", _COMMAND_SIGNS.sub("", words))
    return words.strip()[:MAX_TEXT] or "…"
