"""The person's side of a dialogue: doing what a step says, as a phone would do it."""

from __future__ import annotations

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Button, Turn, payload
from bot.dialogues.assertions import find_button, shown_buttons
from bot.dialogues.commands import command_payload
from bot.dialogues.script import Command, Say, ShareContact, ShareLocation, Speak, Tap, UserInput
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.voice.listener import Listener


class CannotPlay(Exception):
    """A step can't be done: its button is not there, or nothing here takes it.

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
        listener: turns voice messages into words; None: they can't be played.
    """

    def __init__(self, conversation: Conversation, listener: Listener | None = None):
        self.conversation = conversation
        self.listener = listener
        self.language: Language = as_language(conversation.language_code) or DEFAULT_LANGUAGE
        self.buttons: list[Button] = []

    async def do(self, user: UserInput) -> Turn:
        """Do what a step says, and return what happened.

        Raises:
            CannotPlay: it can't be done here.
        """
        turn = await self._do(user)
        self.buttons = turn.replies[-1].buttons if turn.replies else []
        self.language = as_language(turn.language) or self.language
        return turn

    async def _do(self, user: UserInput) -> Turn:
        if isinstance(user, Say):
            return await self.conversation.say(user.text)
        if isinstance(user, Tap):
            return await self.conversation.tap(self._find(user.button).payload)
        if isinstance(user, ShareLocation):
            return await self.conversation.share_location(user.latitude, user.longitude)
        if isinstance(user, ShareContact):
            return await self.conversation.tap(payload("answer", value=user.phone_number))
        if isinstance(user, Command):
            known = command_payload(user.text)
            return await (self.conversation.tap(known) if known else self.conversation.say(user.text))
        assert isinstance(user, Speak)
        return await self.conversation.say(await self._hear(user))

    async def _hear(self, user: Speak) -> str:
        if self.listener is None:
            raise CannotPlay(str(user), "no speech recognition")
        heard = await self.listener.listen(user.file.read_bytes(), self.language)
        if not heard.is_clear or not heard.text.strip():
            raise CannotPlay(str(user), f"not clear: {heard.text}")
        return heard.text

    def _find(self, wanted: str) -> Button:
        button = find_button(self.buttons, wanted)
        if button is None:
            raise CannotPlay(f"[{wanted}]", shown_buttons(self.buttons) or "no buttons")
        if button.is_link:
            raise CannotPlay(f"[{wanted}]", f"leads out of the talk: {button.payload}")
        return button
