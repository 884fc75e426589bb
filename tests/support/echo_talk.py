"""A talk that repeats what it is told, in place of the assistant, for tests of channels."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.assistant.context import Context
from bot.assistant.messages import Button, Reply, Turn, UnknownButton
from bot.assistant.phrases import with_permanent_buttons
from bot.languages import DEFAULT_LANGUAGE, Language, as_language


@dataclass
class EchoTalks:
    """Opens talks that repeat what they are told.

    Attributes:
        heard: what was said or tapped in each chat, in order.
        delay_s: how long a turn takes.
        replies: makes the replies to what was heard; by default its words with a button.
        slots: what the talks remember.
        requested_slot: what the talks wait for.
        failing: raise this instead of answering.
        unknown: payloads that no button of the dialogue has (any more).
    """

    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    delay_s: float = 0.0
    replies: Callable[[str], list[Reply]] | None = None
    slots: dict[str, object] = field(default_factory=dict)
    requested_slot: str | None = None
    failing: Exception | None = None
    unknown: frozenset[str] = frozenset()

    def __call__(self, chat: str, language_code: str | None) -> EchoTalk:
        """Open the talk of a chat."""
        return EchoTalk(self, chat, language_code)

    @property
    def everything(self) -> list[str]:
        """What was heard in any chat."""
        return [words for chat in self.heard.values() for words in chat]


@dataclass
class EchoTalk:
    """One chat."""

    talks: EchoTalks
    chat: str
    language_code: str | None

    async def say(self, text: str) -> Turn:
        """Hear typed words."""
        return await self._turn(text, None)

    async def tap(self, button: str) -> Turn:
        """Hear a button."""
        if button in self.talks.unknown:
            raise UnknownButton(button)
        return await self._turn(button, button[1:].split("{")[0])

    async def context(self) -> Context:
        """Tell what is remembered."""
        return Context(phone_language=as_language(self.language_code), requested_slot=self.talks.requested_slot)

    async def language(self) -> Language:
        """Tell the language of the phone."""
        return as_language(self.language_code) or DEFAULT_LANGUAGE

    async def _turn(self, words: str, intent: str | None) -> Turn:
        await asyncio.sleep(self.talks.delay_s)
        if self.talks.failing:
            raise self.talks.failing
        self.talks.heard[self.chat].append(words)
        language = as_language(self.language_code) or "lv"
        replies = (
            self.talks.replies(words)
            if self.talks.replies
            else [Reply(f"echo {words}", [Button("💼 Darbs", "/ask_job_search")])]
        )
        return Turn(
            intent=intent,
            language=language,
            slots=dict(self.talks.slots),
            replies=with_permanent_buttons(replies, language),
        )
