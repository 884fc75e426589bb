"""The person's side of a dialogue: doing what a step says, as a phone would do it.

What the dialogue itself has no words for (a contact that nobody asked for, a recording that can't be
understood) is answered with the words that the Telegram channel has for it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Button, Reply, Turn
from bot.assistant.phrases import permanent_buttons
from bot.dialogues.assertions import find_button, shown_buttons
from bot.dialogues.commands import command_payload
from bot.dialogues.script import Command, Say, ShareContact, ShareLocation, Speak, Tap, UserInput
from bot.directory.directory import help_line_number
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.questionnaire.telephone import CONTACT_SLOT, contact_payload
from bot.texts import text
from bot.voice.errors import NoListener, VoiceError
from bot.voice.listener import Listener

TELEGRAM = "telegram"  # the channel, and its words in data/texts


class CannotPlay(Exception):
    """A step can't be done: its button is not there, or leads out of the talk.

    Attributes:
        expected: what the script does.
        came: what was there instead.
    """

    def __init__(self, expected: str, came: str):
        self.expected = expected
        self.came = came
        super().__init__(f"{expected}: {came}")


class Phone:
    """One person with one chat open.

    Args:
        conversation: the chat.
        listener: turns voice messages into words; None: the person is told that we can't hear.
    """

    def __init__(self, conversation: Conversation, listener: Listener | None = None):
        self.conversation = conversation
        self.listener = listener
        self.language: Language = as_language(conversation.language_code) or DEFAULT_LANGUAGE
        self.buttons: list[Button] = []
        self.slots: dict[str, Any] = {}

    async def do(self, user: UserInput) -> Turn:
        """Do what a step says, and return what happened.

        Raises:
            CannotPlay: it can't be done here.
        """
        turn = await self._do(user)
        self.buttons = turn.replies[-1].buttons if turn.replies else []
        self.language = as_language(turn.language) or self.language
        self.slots = turn.slots
        return turn

    async def _do(self, user: UserInput) -> Turn:
        if isinstance(user, Say):
            return await self.conversation.say(user.text)
        if isinstance(user, Tap):
            return await self.conversation.tap(self._find(user.button).payload)
        if isinstance(user, ShareLocation):
            return await self.conversation.share_location(user.latitude, user.longitude)
        if isinstance(user, ShareContact):
            return await self._share_contact(user.phone_number)
        if isinstance(user, Command):
            return await self._command(user.text)
        assert isinstance(user, Speak)
        return await self._speak(user)

    async def _share_contact(self, number: str) -> Turn:
        if self.slots.get("requested_slot") == CONTACT_SLOT:
            return await self.conversation.tap(await asyncio.to_thread(contact_payload, number))
        return self._said_by_channel("contact")

    async def _command(self, command: str) -> Turn:
        known = command_payload(command)
        if known:
            return await self.conversation.tap(known)
        if self.conversation.channel == TELEGRAM:
            return self._said_by_channel("unknown_command")
        return await self.conversation.say(command)

    async def _speak(self, user: Speak) -> Turn:
        try:
            if self.listener is None:
                raise NoListener("There is no listener.")
            heard = await self.listener.listen(await asyncio.to_thread(user.file.read_bytes), self.language)
        except VoiceError as error:
            return self._said(error.explanation(self.language))
        if not heard.is_clear or not heard.text.strip():
            return self._said_by_channel("voice_unclear")
        turn = await self.conversation.say(heard.text)
        if self.conversation.channel == TELEGRAM and turn.replies:
            language = as_language(turn.language) or self.language
            turn.replies[
                0
            ].text = f"{text(TELEGRAM, 'heard', language, words=heard.text.strip())}\n{turn.replies[0].text}"
        return turn

    def _said_by_channel(self, key: str) -> Turn:
        """Return a turn in which the channel answers, and the dialogue stays as it was."""
        return self._said(text(TELEGRAM, key, self.language, line=help_line_number("nva")))

    def _said(self, words: str) -> Turn:
        reply = Reply(words, permanent_buttons(self.language))
        return Turn(language=self.language, slots=self.slots, replies=[reply])

    def _find(self, wanted: str) -> Button:
        button = find_button(self.buttons, wanted)
        if button is None:
            raise CannotPlay(f"[{wanted}]", shown_buttons(self.buttons) or "no buttons")
        if button.is_link:
            raise CannotPlay(f"[{wanted}]", f"leads out of the talk: {button.payload}")
        return button
