"""Talking to the assistant from this process: the terminal, `drom ask`, scripted dialogues, channels."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START

from bot.assistant.agent import Assistant
from bot.assistant.choosing import chosen_button
from bot.assistant.collector import ReplyCollector
from bot.assistant.context import Context
from bot.assistant.messages import Turn, UnknownButton
from bot.assistant.position import position_payload
from bot.languages import DEFAULT_LANGUAGE
from bot.voice.menus import number_said

MAX_TEXT = 4096
MAX_VALUE = 200  # characters of a value that a button sends
# Rasa's own intents steer the tracker without a word to the person; no button of ours has them.
RASAS_OWN = frozenset({USER_INTENT_RESTART, USER_INTENT_BACK, USER_INTENT_SESSION_START})
_TYPED_VALUES = re.compile(r"\{.*\}?", re.DOTALL)
_PAYLOAD = re.compile(r"^/(?P<intent>\w+)(?P<entities>\{.*\})?$", re.DOTALL)


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
        if number_said(words, DEFAULT_LANGUAGE) is not None:
            tracker = await self.assistant.tracker_store.get_or_create_tracker(self.sender_id)
            button = chosen_button(words, tracker)
            if button is not None:
                return await self.tap(button.payload)
        return await self._send(words, None)

    async def tap(self, button: str) -> Turn:
        """Send the payload of a button.

        Raises:
            UnknownButton: it is no payload, or the domain has no such intent or entity (any more).
        """
        parsed = parse_payload(button)
        domain = self.assistant.domain
        if domain is not None:
            names = {entity["entity"] for entity in parsed["entities"]}
            intent = parsed["intent"]["name"]
            if intent in RASAS_OWN or intent not in domain.intents or not names <= set(domain.entities):
                raise UnknownButton("The dialogue knows no such button.")
        return await self._send(button, parsed)

    async def share_location(self, latitude: float, longitude: float) -> Turn:
        """Send a position. It becomes a municipality here; the coordinates go no further."""
        return await self.tap(position_payload(latitude, longitude))

    async def context(self) -> Context:
        """Return what the talk knows: its language, the card under discussion, what is waited for."""
        tracker = await self.assistant.tracker_store.get_or_create_tracker(self.sender_id)
        return Context.of(tracker, {"language_code": self.language_code})

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
    words = text.strip()
    if words.startswith("/"):
        words = _TYPED_VALUES.sub(" ", words.lstrip("/"))
    return words.strip()[:MAX_TEXT] or "…"


def parse_payload(button: str) -> dict[str, Any]:
    """Return what a tapped button means, as Rasa's parse data.

    Raises:
        UnknownButton: it is no payload.
    """
    match = _PAYLOAD.match(button)
    if not match:
        raise UnknownButton(f'{button!r} is no payload: /intent or /intent{{"entity": "value"}}')
    try:
        entities = json.loads(match["entities"] or "{}")
    except (ValueError, RecursionError) as error:
        raise UnknownButton(f"{button!r} has no JSON object after its intent") from error
    if any(isinstance(value, (dict, list)) or len(str(value)) > MAX_VALUE for value in entities.values()):
        raise UnknownButton(f"/{match['intent']} has a value that is not short and simple")
    intent = {"name": match["intent"], "confidence": 1.0}
    return {
        "text": button,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
