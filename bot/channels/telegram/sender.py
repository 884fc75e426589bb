"""Sending what stands in the outbox: in order within a chat, at Telegram's pace, through bad networks."""

from __future__ import annotations

import asyncio
import html
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterable

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.assistant.messages import Button
from bot.channels.telegram.extensions import Extensions
from bot.channels.telegram.http_client import AnswerCut
from bot.channels.telegram.limits import Limits, Pace
from bot.channels.telegram.state import State, Status
from bot.channels.telegram.store import NAMED, Outgoing, Pending, Store
from bot.errors import describe
from bot.voice.errors import VoiceError

logger = logging.getLogger(__name__)

# A reply that could not be sent for so long is dropped: its reader has long asked elsewhere.
MAX_AGE_S = 3600.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0
RETRY_AFTER_MARGIN_S = 0.1
GRACE_S = 5.0
VOICE_FILE = "drom.ogg"  # what has another ending is shown as a file, not as a voice note
EDIT = "edit_message_text"
# What Telegram says of a chat that it does not let us write to; it has no code for it.
GONE = ("chat not found", "user not found", "peer_id_invalid", "not enough rights", "no rights to send", "not a member")
# What a text is sent with when Telegram refuses the whole of it.
PLAIN = ("chat_id", "text", "link_preview_options")


class NotSpoken(Exception):
    """A voice note can't be made; its words were sent as text."""


class Sender:
    """Sends pending replies.

    Args:
        bot: how Telegram is called.
        store: where a reply stands until Telegram has it.
        state: told of what happens.
        limits: Telegram's pace.
        max_age_s: after how many seconds an unsent reply is dropped.
        clock: seconds since 1970.
        extensions: has the voice, where there is one.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        state: State,
        limits: Limits | None = None,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.time,
        extensions: Extensions | None = None,
    ):
        self._bot = bot
        self._store = store
        self._state = state
        self._limits = limits or Limits()
        self._max_age_s = max_age_s
        self._clock = clock
        self._extensions = extensions or Extensions()
        self.pace = Pace(self._limits)
        self._queues: dict[int, deque[Pending]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._network_is_back = asyncio.Event()
        self._in_flight = 0
        self._is_stopping = False

    def send(self, pending: Iterable[Pending]) -> None:
        """Take over replies; they are sent in the background, those of one chat in this order."""
        for one in pending:
            # Its age is counted from here: a clock that is set forward must not make it old at once.
            one.too_old_at = time.monotonic() + self._max_age_s - (self._clock() - one.created_at)
            self._queues.setdefault(one.chat_id, deque()).append(one)
            if one.chat_id not in self._tasks:
                self._tasks[one.chat_id] = asyncio.create_task(self._drain(one.chat_id))

    def network_is_back(self) -> None:
        """Try again at once what waits for the network."""
        self._network_is_back.set()
        self._network_is_back = asyncio.Event()

    async def stop(self) -> None:
        """Stop sending; what is left stays in the store for the next start.

        What is on the wire is waited for a little: cut off, it would be sent again by the next process.
        """
        self._is_stopping = True
        ends = time.monotonic() + GRACE_S
        while self._in_flight and time.monotonic() < ends:  # noqa: ASYNC110 (for the last moments only)
            await asyncio.sleep(0.02)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """How many replies wait to be sent."""
        return sum(len(queue) for queue in self._queues.values())

    async def _drain(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue:
                pending = queue[0]
                if await self._deliver(pending):
                    queue.popleft()
                else:  # the chat wants no messages
                    queue.clear()
                    await self._forget_chat(chat_id)
                    return
                # Also when nothing is left: the next reply may come within the second.
                await asyncio.sleep(self._limits.chat_pause_s + self._limits.margin_s)
        finally:
            self._queues.pop(chat_id, None)
            self._tasks.pop(chat_id, None)

    async def _forget_chat(self, chat_id: int) -> None:
        try:
            await self._store.drop_chat(chat_id)
        except Exception as error:  # the replies are dropped at the next start, when they are refused again
            logger.error("The outbox could not be tidied: %s", describe(error))

    async def _deliver(self, pending: Pending) -> bool:
        """Send one reply, however long that takes. Return False where the chat wants none."""
        pause = FIRST_PAUSE_S
        outgoing = pending.outgoing
        while True:
            if time.monotonic() > pending.too_old_at:
                logger.warning("A reply was dropped: it could not be sent for %d s.", self._max_age_s)
                self._state.dropped += 1
                break
            try:
                outgoing = await self._spoken(outgoing)
                async with self.pace.slot():
                    await self._call_and_delete(outgoing, pending)
                self._state.sent += 1
                return True
            except RetryAfter as error:
                seconds = _seconds(error)
                logger.info("Telegram asks to wait %.0f s.", seconds)
                if pending.chat_id < 0:  # it has a limit of its own, and must not silence everybody
                    await asyncio.sleep(seconds + RETRY_AFTER_MARGIN_S)
                else:
                    self.pace.pause(seconds + RETRY_AFTER_MARGIN_S)
            except Forbidden:
                return self._not_wanted()
            except ChatMigrated as error:
                if outgoing.parameters["chat_id"] == error.new_chat_id:
                    return self._not_wanted()
                outgoing = Outgoing(outgoing.method, {**outgoing.parameters, "chat_id": error.new_chat_id})
            except BadRequest as error:
                if _is_gone(error):
                    return self._not_wanted()
                plain = _plainer(outgoing)
                logger.error("Telegram refused a %s: %s", outgoing.method, error.message)
                if plain is None:
                    self._state.refused += 1
                    break
                outgoing = plain
            except NotSpoken as error:
                logger.warning("A voice note was left out (%s).", error)
                break
            except InvalidToken:
                self._state.set(Status.TOKEN_REFUSED)
                pause = await self._wait(pause)
            except TelegramError as error:
                logger.info("A reply waits for the network (%s).", type(error).__name__)
                pause = await self._wait(pause)
            except Exception as error:  # a call that can't be made now can't be made later
                logger.error("A %s can't be sent: %s", outgoing.method, describe(error))
                self._state.refused += 1
                break
        await self._done(pending)
        return True

    def _not_wanted(self) -> bool:
        logger.info("A chat does not want messages any more (blocked, or deleted).")
        return False

    async def _spoken(self, outgoing: Outgoing) -> Outgoing:
        """Return a voice note with its sound; any other call as it is.

        Raises:
            NotSpoken: there is no voice, or it can't speak this.
        """
        speech = outgoing.parameters.get("speech")
        if speech is None:
            return outgoing
        speaker = self._extensions.speaker
        if speaker is None:
            raise NotSpoken("there is no voice")
        buttons = [Button(button["title"], button["payload"]) for button in speech.get("buttons") or []]
        try:
            sound = await speaker.speak(speech["text"], speech["language"], buttons)
        except VoiceError as error:
            raise NotSpoken(type(error).__name__) from error
        return Outgoing(
            outgoing.method, {"chat_id": outgoing.parameters["chat_id"], "voice": sound, "filename": VOICE_FILE}
        )

    async def _call_and_delete(self, outgoing: Outgoing, pending: Pending) -> None:
        if self._is_stopping:
            raise asyncio.CancelledError
        self._in_flight += 1
        try:
            if outgoing.method == EDIT:
                await self._edit(outgoing)
                await self._done(pending)
            else:
                parameters = {name: value for name, value in outgoing.parameters.items() if name != NAMED}
                try:
                    message = await getattr(self._bot, outgoing.method)(**parameters)
                except AnswerCut:  # sent again, it would stand there twice
                    message = None
                await self._done(pending, getattr(message, "message_id", None))
        finally:
            self._in_flight -= 1

    async def _edit(self, outgoing: Outgoing) -> None:
        """Change every message that was sent under a name; one that is gone, or is so already, is passed over."""
        parameters = dict(outgoing.parameters)
        for message_id in await self._store.named(**parameters.pop(NAMED)):
            try:
                await self._bot.edit_message_text(**parameters, message_id=message_id)
            except BadRequest as error:
                logger.info("A message was not changed: %s", error.message)

    async def _done(self, pending: Pending, message_id: int | None = None) -> None:
        try:
            await self._store.sent(pending, message_id)
        except Exception as error:  # after a kill before it is written, it would be sent again: the lesser evil
            logger.error("The outbox could not be written: %s", describe(error))
            self._store.sent_later(pending)

    async def _wait(self, pause: float) -> float:
        """Wait for ``pause`` seconds or until the network is back; return the next, longer pause.

        Not less than the pace of a chat: Telegram may have the reply, though we do not know.
        """
        least = self._limits.chat_pause_s + self._limits.margin_s
        # Not `wait_for`, which in Python 3.10 swallows a cancellation that comes with the news.
        news = asyncio.ensure_future(self._network_is_back.wait())
        try:
            await asyncio.sleep(least)
            await asyncio.wait({news}, timeout=max(0.0, pause - least))
        finally:
            news.cancel()
        return min(pause * 2, LONGEST_PAUSE_S)


def _seconds(error: RetryAfter) -> float:
    retry_after = error.retry_after
    return float(retry_after) if isinstance(retry_after, (int, float)) else retry_after.total_seconds()


def _is_gone(error: BadRequest) -> bool:
    """Whether Telegram refuses a chat, and not what was to be sent."""
    said = error.message.lower()
    return any(words in said for words in GONE)


def _plainer(outgoing: Outgoing) -> Outgoing | None:
    """Return a call that Telegram may take where it refused this one: first without markup, then without buttons too.

    None: there is none.
    """
    parameters = outgoing.parameters
    if outgoing.method != "send_message" or not set(parameters) - set(PLAIN):
        return None
    if "parse_mode" in parameters:
        words = html.unescape(re.sub("<[^>]*>", "", parameters["text"]))
        rest = {name: value for name, value in parameters.items() if name != "parse_mode"}
        return Outgoing("send_message", {**rest, "text": words})
    return Outgoing("send_message", {name: parameters[name] for name in PLAIN if name in parameters})
