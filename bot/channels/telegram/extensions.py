"""What other parts of Drom add to the Telegram chat without being part of the dialogue.

A mediator's ``/join CODE``, ``/ref bērni``, the button *I take it* and ``/listen`` are no turns of a
talk: they reach neither Rasa nor the tracker. Whoever has such a thing registers a handler here,
before the server starts::

    # bot/server.py, in the listener before_server_start
    telegram = running.ctx.telegram
    telegram.extensions.command("join", desk.join)  # /join CODE, and t.me/…?start=join-CODE
    telegram.extensions.button("take_request", desk.take)  # Button("…", payload("take_request", value="17"))
    telegram.extensions.words(desk.pass_on)  # what somebody writes while their words go to a mediator

Anyone can type a command, and a changed client can send any tap: a handler decides by
:attr:`Visit.chat` who may do what. It may be called twice with the same message where the process
dies before its answer is stored, so it must not matter if it is.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.assistant.messages import Button, Reply
from bot.languages import Language

_COMMAND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_BUTTON = re.compile(r"[a-z][a-z_]{0,31}")
_START = re.compile(r"(?P<name>[a-z][a-z0-9_]{0,31})-(?P<argument>[A-Za-z0-9_-]*)")


@dataclass(frozen=True)
class Visit:
    """Somebody used a command or a button that is not the dialogue's.

    Attributes:
        chat: the pseudonym of the chat; :class:`bot.channels.telegram.post.Post` writes to it.
        language: the language of the talk.
        argument: what stands after a command, or was written.
        values: the entities of a tapped button's payload.
        shown: the text of the message whose button was tapped; empty for commands and for messages
            too old for Telegram to show.
        titles: the words on that message's buttons, in order; links are left out.
    """

    chat: str
    language: Language
    argument: str = ""
    values: Mapping[str, str | bool] = field(default_factory=dict)
    shown: str = ""
    titles: tuple[str, ...] = ()


Handler = Callable[[Visit], Awaitable[Sequence[Reply]]]
# Returns None where the words are the dialogue's, as they nearly always are.
WordsHandler = Callable[[Visit], Awaitable[Sequence[Reply] | None]]


class Speaker(Protocol):
    """Turns the words of ``Reply.audio`` into a voice note."""

    async def speak(self, text: str, language: Language, buttons: Sequence[Button]) -> bytes:
        """Return an OGG file with Opus. Called when the note is sent; what was made before should be kept.

        Raises:
            VoiceError: it can't be spoken; the note is left out. A handler that answers by sound alone
                has to try before.
        """


class Extensions:
    """The handlers of what is not the dialogue's."""

    def __init__(self) -> None:
        self._commands: dict[str, Handler] = {}
        self._buttons: dict[str, Handler] = {}
        self.for_words: WordsHandler | None = None
        # Set by whoever has a voice; without one ``Reply.audio`` is not sent.
        self.speaker: Speaker | None = None

    def command(self, name: str, handler: Handler) -> None:
        """Let ``handler`` answer ``/name ARGUMENT``, typed or through the link ``?start=name-ARGUMENT``.

        It goes before a command of the dialogue with the same name.

        Raises:
            ValueError: Telegram allows no such name, or it is taken.
        """
        _add(self._commands, _COMMAND, name, handler)

    def button(self, name: str, handler: Handler) -> None:
        """Let ``handler`` answer taps on buttons with the payload ``/name{…}``.

        The name must be no intent of the domain: it goes before one.

        Raises:
            ValueError: it is no name, or it is taken.
        """
        _add(self._buttons, _BUTTON, name, handler)

    def words(self, handler: WordsHandler) -> None:
        """Show ``handler`` what people write before the dialogue sees it; it takes what is not meant for that.

        Raises:
            ValueError: there is one already.
        """
        if self.for_words is not None:
            raise ValueError("words have a handler already")
        self.for_words = handler

    def for_command(self, name: str) -> Handler | None:
        """Return who answers a command."""
        return self._commands.get(name)

    def for_button(self, name: str) -> Handler | None:
        """Return who answers a tap."""
        return self._buttons.get(name)

    def for_start(self, parameter: str) -> tuple[Handler, str] | None:
        """Return who answers a deep link, and its argument; None where it is none of theirs."""
        match = _START.fullmatch(parameter)
        handler = self._commands.get(match["name"]) if match else None
        return (handler, match["argument"]) if match and handler else None


def _add(handlers: dict[str, Handler], allowed: re.Pattern[str], name: str, handler: Handler) -> None:
    if not allowed.fullmatch(name):
        raise ValueError(f"{name!r} can't be a name here: {allowed.pattern}")
    if name in handlers:
        raise ValueError(f"{name!r} has a handler already")
    handlers[name] = handler
