"""The voice in the Telegram chat: a button to listen under every reply, and voice notes where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.aloud import speech_of, with_numbers
from bot.assistant.messages import Button, Reply, payload
from bot.assistant.phrases import MENU, PERSON, permanent_buttons
from bot.channels.telegram.extensions import Extensions, Visit
from bot.languages import Language, as_language
from bot.texts import text
from bot.voice.errors import VoiceError
from bot.voice.voice import Voice

LISTEN = "listen"
# Under what the channel says by itself: its buttons have no numbers, since the talk does not know them.
LISTEN_TO_TEXT = "listen_text"
HEARD_WRONG = "heard_wrong"


class Speaking:
    """Speaks in the chat, as :class:`bot.channels.telegram.extensions.Speaker` wants it."""

    def __init__(self, voice: Voice):
        self._voice = voice

    def add_to(self, extensions: Extensions) -> None:
        """Speak what replies ask for, and answer the buttons *Listen* and *I said something else*."""
        extensions.speaker = self
        extensions.button(LISTEN, self._listen)
        extensions.button(LISTEN_TO_TEXT, self._listen_to_text)
        extensions.button(HEARD_WRONG, self._say_again)

    async def speak(self, text: str, language: Language, buttons: Sequence[Button]) -> bytes:
        """Return an OGG file with Opus; see :class:`bot.channels.telegram.extensions.Speaker`."""
        return (await self._voice.clip(text, language, buttons)).data

    async def _listen(self, visit: Visit) -> list[Reply]:
        """Read the message aloud whose button was tapped, and its menu."""
        language = as_language(visit.values.get("value")) or visit.language
        ours = {text("voice", key, language) for key in ("listen", HEARD_WRONG)}
        return await self._read_aloud(visit, [Button(title, MENU) for title in visit.titles if title not in ours])

    async def _listen_to_text(self, visit: Visit) -> list[Reply]:
        """Read the message aloud whose button was tapped, without its buttons."""
        return await self._read_aloud(visit, [])

    async def _read_aloud(self, visit: Visit, buttons: list[Button]) -> list[Reply]:
        language = as_language(visit.values.get("value")) or visit.language
        if not visit.shown:  # Telegram shows us messages of the last two days
            return [Reply(text("telegram", "old_button", language), permanent_buttons(language))]
        try:
            await self._voice.clip(visit.shown, language, buttons)
        except VoiceError as error:  # sound alone answers here, so silence would be all there is
            return [Reply(error.explanation(language), permanent_buttons(language))]
        return [Reply("", audio=speech_of(Reply(visit.shown, buttons), language))]

    async def _say_again(self, visit: Visit) -> list[Reply]:
        """Answer the tap that says: you misheard me."""
        again = Reply(text("voice", "say_again", visit.language), permanent_buttons(visit.language))
        again.audio = speech_of(again, visit.language, with_menu=False)
        return [again]


def with_voice(replies: list[Reply], language: Language, speaks: bool, was_heard: bool, is_of_talk: bool) -> None:
    """Put the button *Listen* under each reply, and have it spoken at once where the person wants that.

    Args:
        replies: of one turn.
        language: of the replies.
        speaks: the person wants every answer spoken, or spoke themselves.
        was_heard: what they said was understood and is shown; they can say that it was something else.
        is_of_talk: the dialogue gave these replies, so that numbers choose their buttons.
    """
    for reply in replies:
        if not reply.text:
            continue
        if speaks and reply.audio is None:
            reply.audio = speech_of(reply, language, with_menu=is_of_talk)
            reply.buttons = with_numbers(reply.buttons) if is_of_talk else reply.buttons
        if reply.share_location:  # it has the keyboard instead of buttons, and Telegram allows only one of them
            continue
        name = LISTEN if is_of_talk else LISTEN_TO_TEXT
        added = [Button(text("voice", "listen", language), payload(name, value=language))]
        if was_heard and reply is replies[-1]:
            added.append(Button(text("voice", HEARD_WRONG, language), payload(HEARD_WRONG)))
        last = [button for button in reply.buttons if button.payload in (MENU, PERSON)]
        reply.buttons = [button for button in reply.buttons if button not in last] + added + last
