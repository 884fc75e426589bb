"""The fitting answer to everything that a person can send."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.assistant.context import Context
from bot.assistant.messages import Button, Reply, Turn, UnknownButton, payload
from bot.assistant.phrases import apology, permanent_buttons, with_permanent_buttons
from bot.breaker import Breaker
from bot.channels.telegram.addresses import Addresses
from bot.channels.telegram.callback_data import NoPayload, payload_name, payload_values, to_payload
from bot.channels.telegram.deep_links import deep_links, link
from bot.channels.telegram.extensions import Extensions, Handler, Visit
from bot.channels.telegram.incoming import COMMANDS, Incoming
from bot.channels.telegram.keyboards import reply_keyboard
from bot.channels.telegram.rendering import render, send_text
from bot.channels.telegram.speaking import with_voice
from bot.channels.telegram.store import Outgoing, Store
from bot.directory.directory import help_line_number
from bot.errors import describe
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.privacy.pseudonym import Pseudonyms
from bot.questionnaire.telephone import CONTACT_SLOT, contact_payload
from bot.texts import text
from bot.threads import within
from bot.voice.errors import LanguageNotHeard, NoListener, VoiceError
from bot.voice.listener import Listener

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
# A person who waits longer sees that the answer is being written.
TYPING_AFTER_S = 0.6
TYPING_AGAIN_S = 4.5  # Telegram shows it for five seconds
# A message with which the process died so often is not tried again.
MAX_STARTS = 3
# In place of its language: the keyboard with the button that shares a number, which is for one question only.
WITH_NUMBER = "#"
# Whether words are meant for somebody else is found out in milliseconds, unless the database hangs.
WORDS_LIMIT_S = 3.0
# What a photo or a file leads to: someone who can read it.
FOR_READING = ("photo", "document")


class Talk(Protocol):
    """One chat with the assistant: what `bot.assistant.conversation.Conversation` does."""

    async def say(self, text: str) -> Turn:
        """Send typed words."""

    async def tap(self, button: str) -> Turn:
        """Send the payload of a button.

        Raises:
            UnknownButton: the dialogue knows no such button.
        """

    async def context(self) -> Context:
        """Return what the talk knows."""

    async def language(self) -> Language:
        """Return the language of the talk so far."""


class TalkFactory(Protocol):
    """Opens the talk of a chat."""

    def __call__(self, chat: str, language_code: str | None) -> Talk:
        """Return the talk of the chat with the pseudonym ``chat``."""


@dataclass
class Answer:
    """What is to be sent, in order.

    Attributes:
        calls: the calls to the Bot API.
        keyboard: the language of the keyboard that the answer brings, or ``WITH_NUMBER``; None: it brings none.
        forget: everything about the chat is to be erased.
    """

    calls: list[Outgoing] = field(default_factory=list)
    keyboard: str | None = None
    forget: bool = False


class Answers:
    """Finds the answer to what a person sent.

    Args:
        talk: opens a chat's talk with the assistant.
        store: the channel's store.
        pseudonyms: the names that chats go by.
        addresses: told which chats are there.
        download: returns a recording by its file id.
        show_typing: has Telegram show, in the background, that an answer is being written.
        extensions: commands and buttons that are not the dialogue's.
        listener: speech to text; None: the person is told that we can't hear.
    """

    def __init__(
        self,
        talk: TalkFactory,
        store: Store,
        pseudonyms: Pseudonyms,
        addresses: Addresses,
        download: Callable[[str], Awaitable[bytes]],
        show_typing: Callable[[int], None],
        extensions: Extensions,
        listener: Listener | None = None,
    ):
        self._talk = talk
        self._store = store
        self._pseudonyms = pseudonyms
        self._addresses = addresses
        self._extensions = extensions
        self._download = download
        self._show_typing = show_typing
        self._listener = listener
        self._words_work = Breaker("who the words are for")
        self.bot_name: str | None = None

    def chat(self, incoming: Incoming) -> str:
        """Return the pseudonym of a chat."""
        return self._pseudonyms.chat(CHANNEL, incoming.chat_id)

    async def answer(self, incoming: Incoming, starts: int = 0) -> Answer:
        """Return the answer: always one, unless the person wants none.

        Args:
            incoming: what was sent.
            starts: how often the process was started with this unanswered.
        """
        if incoming.kind == "blocked":
            return Answer()
        try:
            if starts > MAX_STARTS:
                raise RuntimeError("the process died with this message several times")
            async with self._typing(incoming):
                return await self._answer(incoming)
        except Exception as error:  # whatever breaks, the person gets an answer
            logger.error("An answer failed: %s", describe(error))
            language = as_language(incoming.language_code) or DEFAULT_LANGUAGE
            replies = with_permanent_buttons([apology(language)], language)
            return Answer(await render(incoming.chat_id, replies, language, self._store))

    async def _answer(self, incoming: Incoming) -> Answer:
        if incoming.kind == "group":
            language = as_language(incoming.language_code) or DEFAULT_LANGUAGE
            words = text("telegram", "group", language, link=link(self.bot_name) if self.bot_name else "")
            calls = send_text(incoming.chat_id, words.strip())
            if incoming.thread_id is not None:
                for call in calls:
                    call.parameters["message_thread_id"] = incoming.thread_id
            return Answer(calls)
        chat = self.chat(incoming)
        self._addresses.notice(chat, incoming.chat_id)
        talk = self._talk(chat, incoming.language_code)
        turn, language, notes = await self._turn(talk, incoming)
        replies = turn.replies
        if notes and replies:
            replies[0].text = "\n".join([*notes, replies[0].text])
        await self._give_voice(talk, incoming, turn, language, was_heard=incoming.kind == "voice" and bool(notes))
        calls = await render(incoming.chat_id, replies, language, self._store)
        answer = Answer(calls, forget=turn.intent == "forget_me")
        if not answer.forget:
            await self._bring_keyboard(answer, incoming, turn, language)
        return answer

    async def _turn(self, talk: Talk, incoming: Incoming) -> tuple[Turn, Language, list[str]]:
        """Return the turn that answers, its language, and what is said before it."""
        if incoming.kind == "start":
            visited = self._extensions.for_start(incoming.text)
            if visited:
                return await self._visit(talk, incoming, visited[0], argument=visited[1])
            asked = deep_links().payload(incoming.text) or payload("greet")
            return self._with_language(await talk.tap(asked), incoming)
        if incoming.kind == "command":
            return await self._command(talk, incoming)
        if incoming.kind == "payload":
            return self._with_language(await talk.tap(incoming.text), incoming)
        if incoming.kind == "tap":
            return await self._tap(talk, incoming)
        if incoming.kind == "text":
            return await self._words(talk, incoming)
        if incoming.kind == "contact":
            context = await talk.context()
            if context.requested_slot == CONTACT_SLOT:
                answer = await asyncio.to_thread(contact_payload, incoming.text)
                return self._with_language(await talk.tap(answer), incoming)
            return await self._say_ourselves(talk, "contact")
        if incoming.kind == "voice" and self._listener is not None:
            return await self._hear(talk, incoming, self._listener)
        return await self._say_ourselves(talk, incoming.kind)

    async def _command(self, talk: Talk, incoming: Incoming) -> tuple[Turn, Language, list[str]]:
        name, _, argument = incoming.text.partition(" ")
        handler = self._extensions.for_command(name)
        if handler:
            return await self._visit(talk, incoming, handler, argument=argument)
        if name == "listen" and self._extensions.speaker is None:
            return await self._say_ourselves(talk, "listen")
        if name in COMMANDS:
            return self._with_language(await talk.tap(COMMANDS[name]), incoming)
        return await self._say_ourselves(talk, "unknown_command")

    async def _words(self, talk: Talk, incoming: Incoming) -> tuple[Turn, Language, list[str]]:
        handler = self._extensions.for_words
        if handler:
            language = await talk.language()
            # It is asked at every message, and waits for a database.
            self._words_work.check()
            visit = Visit(self.chat(incoming), language, incoming.text)
            try:
                replies = await within(WORDS_LIMIT_S, asyncio.ensure_future(handler(visit)))
            except asyncio.TimeoutError:
                self._words_work.failed()
                raise
            self._words_work.succeeded()
            if replies is not None:
                return Turn(replies=list(replies)), language, []
        return self._with_language(await talk.say(incoming.text), incoming)

    async def _tap(self, talk: Talk, incoming: Incoming) -> tuple[Turn, Language, list[str]]:
        try:
            asked = await to_payload(incoming.text, self._store)
            handler = self._extensions.for_button(payload_name(asked))
            if handler:
                return await self._visit(talk, incoming, handler, values=payload_values(asked))
            return self._with_language(await talk.tap(asked), incoming)
        except (NoPayload, UnknownButton):  # made up, or of a version of the dialogue that is gone
            return await self._say_ourselves(talk, "old_button")

    async def _visit(
        self,
        talk: Talk,
        incoming: Incoming,
        handler: Handler,
        argument: str = "",
        values: Mapping[str, str | bool] | None = None,
    ) -> tuple[Turn, Language, list[str]]:
        """Have an extension answer."""
        language = await talk.language()
        visit = Visit(self.chat(incoming), language, argument, values or {}, incoming.shown, incoming.titles)
        return Turn(replies=list(await handler(visit))), language, []

    async def _hear(self, talk: Talk, incoming: Incoming, listener: Listener) -> tuple[Turn, Language, list[str]]:
        language = await talk.language()
        assert incoming.file_id is not None
        try:
            heard = await listener.listen(await self._download(incoming.file_id), language)
        except VoiceError as error:
            logger.info("A recording could not be understood (%s).", type(error).__name__)
            words = error.explanation(language)
            if isinstance(error, (NoListener, LanguageNotHeard)):
                # Saying it again would not help: the menu is offered, and read aloud.
                turn = await talk.tap(payload("help"))
                turn.replies[0].text = words
                return turn, language, []
            return Turn(replies=[Reply(words, permanent_buttons(language))]), language, []
        if not heard.is_clear or not heard.text.strip():
            return await self._say_ourselves(talk, "voice_unclear")
        turn, language, _ = self._with_language(await talk.say(heard.text), incoming)
        return turn, language, [text("telegram", "heard", language, words=heard.text.strip())]

    async def _give_voice(
        self, talk: Talk, incoming: Incoming, turn: Turn, language: Language, was_heard: bool
    ) -> None:
        """Offer to listen to each reply; speak it at once to who spoke, or wants everything spoken."""
        if self._extensions.speaker is None or turn.intent == "forget_me":
            return
        is_of_talk = "speak" in turn.slots
        wants = turn.slots["speak"] if is_of_talk else (await talk.context()).speaks
        with_voice(turn.replies, language, bool(wants) or incoming.kind == "voice", was_heard, is_of_talk)

    def _with_language(self, turn: Turn, incoming: Incoming) -> tuple[Turn, Language, list[str]]:
        language = as_language(turn.language) or as_language(incoming.language_code) or DEFAULT_LANGUAGE
        return turn, language, [text("telegram", note, language) for note in incoming.notes]

    async def _say_ourselves(self, talk: Talk, kind: str) -> tuple[Turn, Language, list[str]]:
        """Answer what the dialogue has no words for, such as a photo."""
        language = await talk.language()
        words = text("telegram", kind, language, line=help_line_number("nva"))
        buttons = []
        if kind in FOR_READING:
            buttons = [
                Button(text("buttons", "mediator", language), payload("find_mediator")),
                Button(text("buttons", "office", language), payload("find_office")),
            ]
        return Turn(replies=[Reply(words, [*buttons, *permanent_buttons(language)])]), language, []

    async def _bring_keyboard(self, answer: Answer, incoming: Incoming, turn: Turn, language: Language) -> None:
        """Add the keyboard of four where the chat has none, or another one than it should have now.

        A message can't have both kinds of buttons, so the keyboard comes with a short one of its own:
        before the answer to ``/start``, else after it, since what was asked for comes first.
        """
        if any(reply.share_contact for reply in turn.replies):
            answer.keyboard = WITH_NUMBER  # it came with the question
            return
        has = await self._store.keyboard_language(self.chat(incoming))
        is_another = bool(turn.slots.get("language_chosen")) and has != language
        if not (has is None or has == WITH_NUMBER or is_another):
            return
        answer.keyboard = language
        markup = reply_keyboard(language)
        if any(call.parameters.get("reply_markup") == markup for call in answer.calls):
            return
        name = {None: "keyboard", WITH_NUMBER: "keyboard_again"}.get(has, "keyboard_changed")
        bringing = send_text(incoming.chat_id, text("telegram", name, language), markup)
        answer.calls = [*bringing, *answer.calls] if incoming.kind == "start" else [*answer.calls, *bringing]

    @contextlib.asynccontextmanager
    async def _typing(self, incoming: Incoming) -> AsyncIterator[None]:
        """Show that an answer is being written, where it takes long enough to be noticed."""

        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER_S)
            while True:
                self._show_typing(incoming.chat_id)
                await asyncio.sleep(TYPING_AGAIN_S)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def without_notes(incoming: Incoming, names: frozenset[str]) -> Incoming:
    """Return the same without the notes that were said already."""
    return replace(incoming, notes=tuple(note for note in incoming.notes if note not in names))
