"""The Telegram bot as it runs: connecting, polling or webhook, and stopping without losing anything."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from telegram import InlineQuery, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.addresses import Addresses
from bot.channels.telegram.answering import Answers, TalkFactory
from bot.channels.telegram.downloads import download
from bot.channels.telegram.extensions import Extensions
from bot.channels.telegram.inbox import Inbox
from bot.channels.telegram.incoming import Incoming, understand
from bot.channels.telegram.inline import results
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.only_one import (
    FIRST_AGAIN_S,
    LONGEST_AGAIN_S,
    WATCH_S,
    Lease,
    until_the_other_may_be_gone,
    watch,
)
from bot.channels.telegram.post import Post
from bot.channels.telegram.profile import set_profile
from bot.channels.telegram.requests import Api, read
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.state import REMEDIES, State, Status
from bot.channels.telegram.store import Store
from bot.clock import JumpWatch
from bot.directory.directory import directory
from bot.errors import describe
from bot.languages import DEFAULT_LANGUAGE, Language, as_language
from bot.nlu.language import identify_language
from bot.privacy.pseudonym import Pseudonyms
from bot.voice.listener import Listener

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
LONG_POLL_S = 10
# The pause before the next try when Telegram can't be reached; doubled each time. When it is back after an hour,
# people have waited long enough.
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
# Who was first lets the second notice that there is a first, and goes on.
CONFLICT_PAUSE_S = 1.0
BATCH = 100
SHORTEST_POLL_S = 0.5
# After a week without updates Telegram numbers them anew, from anywhere: an offset must not outlive that.
FORGET_OFFSET_AFTER_POLLS = 8640  # of 10 s each: a day
TIDY_EVERY_S = 3600.0
PROFILE_TRIES = 5
INLINE_CACHE_S = 300
WEBHOOK_CHECK_S = 60.0
WEBHOOK_PATH = "/telegram/webhook"
WEBHOOK_CONNECTIONS = 40


@dataclass(frozen=True)
class Options:
    """What the operator chose.

    Attributes:
        token: the bot's token.
        api_url: where the Bot API is.
        database_url: where the channel keeps what must outlive the process.
        data_dir: where the key of the pseudonyms is.
        webhook_url: the public address; None: long polling.
        webhook_secret: what Telegram must send with each post; derived from the key where None.
        limits: the pace of sending.
        watch_s: polling for the first time, how long to look on whether another program polls; 0: not at all.
    """

    token: str
    api_url: str
    database_url: str
    data_dir: Path
    webhook_url: str | None = None
    webhook_secret: str | None = None
    limits: Limits = field(default_factory=Limits)
    watch_s: float = WATCH_S


class TelegramService:
    """Everything between Telegram and the assistant. Knows neither Rasa nor a web server.

    Args:
        options: what the operator chose.
        talk: opens a chat's talk with the assistant.
        listener: speech to text; None: the person is told that we can't hear.
        extensions: commands and buttons that are not the dialogue's, and the voice.
    """

    def __init__(
        self,
        options: Options,
        talk: TalkFactory,
        listener: Listener | None = None,
        extensions: Extensions | None = None,
    ):
        self._options = options
        self.state = State(mode="webhook" if options.webhook_url else "polling")
        self._pseudonyms = Pseudonyms.from_folder(options.data_dir)
        self._api = Api(options.token, options.api_url)
        self._bot = self._api.bot
        self._bot_id = bot_id(options.token)
        self._store = Store(options.database_url)
        extensions = extensions or Extensions()
        self._sender = Sender(self._bot, self._store, self.state, options.limits, extensions=extensions)
        self._addresses = Addresses(self._store)
        self.post = Post(self._addresses, self._store, self._sender)
        self._answers = Answers(
            talk,
            self._store,
            self._pseudonyms,
            self._addresses,
            partial(download, self._bot),
            self._show_typing,
            extensions,
            listener,
        )
        self._inbox = Inbox(self._store, self._answers, self._sender, self._pseudonyms, self._addresses, self.state)
        self._lease = Lease(self._store)
        self._is_only_one = options.watch_s <= 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_profile_set = False
        self._pause = FIRST_PAUSE_S
        self._look_again_after = FIRST_AGAIN_S

    @property
    def webhook_secret(self) -> str:
        """What Telegram must send with each post to the webhook."""
        return self._options.webhook_secret or self._pseudonyms.digest("webhook", self._options.token)

    @property
    def webhook_url(self) -> str | None:
        """The whole address that Telegram posts to; a bare host gets our path."""
        return full_webhook_url(self._options.webhook_url) if self._options.webhook_url else None

    async def start(self) -> None:
        """Start in the background. Does not fail, and does not wait, where Telegram can't be reached."""
        self.state.set(Status.CONNECTING)
        await self._store.open(self._bot_id)
        await self._api.open()
        if self.webhook_url:
            await self._inbox.recover()
            self._run(self._listen_to_telegram())
        else:
            taken = await self._lease.take()
            if taken.is_mine:
                await self._inbox.recover()
                self._is_only_one |= taken.was_lately
            self._run(self._listen_alone(taken.is_mine))
        self._run(self._tidy_now_and_then())

    async def stop(self) -> None:
        """Stop; what is not answered or sent yet is taken up at the next start."""
        if self.state.status is Status.OFF:
            return
        self.state.set(Status.OFF)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*list(self._tasks), return_exceptions=True)
        await self._inbox.stop()
        await self._sender.stop()
        await self._lease.release()
        await self._store.close()
        await self._api.close()

    async def settle(self) -> None:
        """Return when everything taken in so far is answered (for tests)."""
        await self._inbox.settle()

    def is_genuine(self, secret: str | None) -> bool:
        """Whether a post to the webhook has the secret; compared in constant time."""
        is_right = hmac.compare_digest((secret or "").encode("utf-8", "surrogateescape"), self.webhook_secret.encode())
        if not is_right:
            self.state.forged += 1
        return is_right

    async def accept_post(self, document: Any) -> bool:
        """Take an update from the webhook. When this returns, it can't be lost.

        Returns:
            False where the document is no update at all.
        """
        update = read(document, self._bot)
        if update is None:
            return False
        await self.accept([update])
        return True

    async def accept(self, updates: Sequence[Update]) -> None:
        """Take in updates. When this returns, none of them can be lost."""
        incoming: list[Incoming] = []
        skipped: list[int] = []
        for update in updates:
            if update.inline_query:
                skipped.append(update.update_id)
                self._run(self._offer_cards(update.inline_query))
                continue
            one = understand(update, self.state.bot_name, self._bot_id)
            if one is None:
                skipped.append(update.update_id)
                if update.callback_query:
                    self._confirm(update.callback_query.id)
            else:
                incoming.append(one)
        await self._inbox.accept(incoming, skipped, self._confirm)

    async def _listen_alone(self, is_mine: bool) -> None:
        """Poll while this process is the one that may, among those that share the store."""
        while True:
            if not is_mine:
                self._stand_by()
                self._is_only_one |= (await self._lease.wait()).was_lately
                await self._inbox.recover()
            listening = self._run(self._listen_to_telegram())
            try:
                await self._lease.keep()
            finally:
                listening.cancel()
            is_mine = False

    def _stand_by(self) -> None:
        if self.state.set(Status.STANDBY):
            logger.warning("Telegram: %s. %s", Status.STANDBY.value, REMEDIES[Status.STANDBY])

    async def _listen_to_telegram(self) -> None:
        """Connect, then poll or keep the webhook; begin anew, with growing pauses, whatever fails."""
        while True:
            try:
                await self._connect()
                await (self._keep_webhook() if self.webhook_url else self._poll())
            except RetryAfter as error:
                self._failed(Status.UNREACHABLE, error)
                await asyncio.sleep(_retry_after(error))
            except InvalidToken as error:
                self._failed(Status.TOKEN_REFUSED, error)
                await self._sleep_longer()
            except Conflict as error:
                self._failed(Status.CONFLICT, error)
                await self._after_conflict(error)
            except TelegramError as error:
                self._failed(Status.UNREACHABLE, error)
                await self._sleep_longer()
            except Exception as error:  # a mistake of ours must not leave people unheard
                self._failed(Status.UNREACHABLE, error)
                logger.error("Listening to Telegram failed: %s", describe(error))
                await self._sleep_longer()

    async def _after_conflict(self, error: Conflict) -> None:
        """Go on where we were first; else wait until the other program may be gone."""
        if "webhook" in error.message.lower():
            await self._sleep_longer()
        elif self._is_only_one:
            await asyncio.sleep(CONFLICT_PAUSE_S)
        else:
            try:
                await until_the_other_may_be_gone(self._bot, self._look_again_after)
                # Each look disturbs the other a little. The first is soon: the conflict may have been a mistake.
                self._look_again_after = min(self._look_again_after * 2, LONGEST_AGAIN_S)
            except TelegramError as failure:
                logger.info("Telegram does not tell whether updates wait (%s).", type(failure).__name__)
                await self._sleep_longer()

    async def _sleep_longer(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)

    async def _connect(self) -> None:
        me = await self._bot.get_me()
        self.state.bot_name = self._answers.bot_name = me.username
        if self.webhook_url:
            await self._bot.set_webhook(
                self.webhook_url,
                secret_token=self.webhook_secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=WEBHOOK_CONNECTIONS,
            )
        else:
            await self._leave_webhook()
        if not self._is_profile_set:
            self._is_profile_set = True
            self._run(self._set_profile())

    async def _leave_webhook(self) -> None:
        """Make sure that no webhook is set: Telegram refuses to be polled beside one."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except BadRequest as error:  # a Bot API server without webhooks; polling tells whether one is set
            logger.info("The Bot API deletes no webhook (%s).", error.message)

    async def _poll(self) -> None:
        if not self._is_only_one:
            await watch(
                self._bot, ALLOWED_UPDATES, self._options.watch_s, self._take_what_is_left, self._succeeded_alone
            )
            self._is_only_one = True
        offset: int | None = None
        empty_polls = 0
        wait = 0  # the first time only to see whether it works
        while True:
            began = time.monotonic()
            updates = await self._bot.updates(ALLOWED_UPDATES, BATCH, wait, offset)
            self._succeeded()
            if wait and all(update.update_id < (offset or 0) for update in updates):
                # Telegram lets us wait for news; where a server does not, it is not asked without pause.
                await asyncio.sleep(max(0.0, SHORTEST_POLL_S - (time.monotonic() - began)))
            wait = LONG_POLL_S
            if updates:
                await self._accept_in_the_end(updates)
                offset, empty_polls = max(offset or 0, *(update.update_id + 1 for update in updates)), 0
                continue
            empty_polls += 1
            if empty_polls > FORGET_OFFSET_AFTER_POLLS:
                offset, empty_polls = None, 0

    async def _accept_in_the_end(self, updates: Sequence[Update]) -> None:
        """Take in updates, however often that fails: they are acknowledged only afterwards."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self.accept(updates)
                return
            except Exception as error:
                logger.error("Updates can't be taken in: %s", describe(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _keep_webhook(self) -> None:
        """Look now and then whether Telegram still has our webhook; another program may have taken it away."""
        self._succeeded()
        while True:
            await asyncio.sleep(WEBHOOK_CHECK_S)
            try:
                info = await self._bot.get_webhook_info()
            except BadRequest:
                continue
            self._succeeded()
            if info.url != self.webhook_url:
                logger.warning("The webhook was changed by another program; it is set again.")
                return

    def _succeeded(self) -> None:
        self._pause = FIRST_PAUSE_S
        was_away = self.state.status is not Status.CONNECTED
        if self.state.set(Status.CONNECTED):
            logger.info("Telegram is connected (%s).", self.state.mode)
        if was_away:
            self._sender.network_is_back()

    async def _take_what_is_left(self, updates: Sequence[Update]) -> None:
        await self._accept_in_the_end(updates)
        self._succeeded()  # nobody else took them

    def _succeeded_alone(self) -> None:
        """Note that Telegram answered; whether a conflict is over is only known when nobody else takes what comes."""
        if self.state.status is not Status.CONFLICT:
            self._succeeded()

    def _failed(self, status: Status, error: Exception) -> None:
        # What Telegram says of a bad request names a setting; other messages may hold the token.
        reason = error.message if isinstance(error, BadRequest) else type(error).__name__
        if self.state.set(status, reason):
            logger.warning("Telegram: %s (%s). %s", status.value, reason, REMEDIES[status])

    def _confirm(self, callback_id: str) -> None:
        """Tell Telegram at once that a tap arrived, so that the button stops spinning."""
        self._run(self._promptly(lambda: self._bot.answer_callback_query(callback_id)))

    async def _offer_cards(self, query: InlineQuery) -> None:
        guess = identify_language(query.query) if len(query.query.split()) > 1 else None
        language: Language = (
            (guess.language if guess else None) or as_language(query.from_user.language_code) or DEFAULT_LANGUAGE
        )
        # In a thread: the first search of a process makes the index, which takes a second.
        offered = await asyncio.to_thread(results, directory(), query.query, language, self.state.bot_name or "")
        await self._promptly(
            lambda: self._bot.answer_inline_query(query.id, offered, cache_time=INLINE_CACHE_S, is_personal=True)
        )

    def _show_typing(self, chat_id: int) -> None:
        self._run(self._promptly(lambda: self._bot.send_chat_action(chat_id, ChatAction.TYPING), tries=1))

    async def _promptly(self, call: Callable[[], Awaitable[Any]], tries: int = 3) -> None:
        """Make a call that is worth nothing a minute later: where the network fails it is soon tried again."""
        for number in range(1, tries + 1):
            try:
                await self._sender.pace.wait_for_pause()
                await call()
                return
            except RetryAfter as error:
                self._sender.pace.pause(_retry_after(error))
            except TelegramError as error:
                logger.debug("A call was refused (%s).", type(error).__name__)
                if isinstance(error, (BadRequest, Forbidden)):
                    return
                await asyncio.sleep(FIRST_PAUSE_S * number)

    async def _set_profile(self) -> None:
        pause = FIRST_PAUSE_S
        for _ in range(PROFILE_TRIES):
            if await set_profile(self._bot):
                return  # set, or refused for good
            await asyncio.sleep(pause)
            pause *= 4

    async def _tidy_now_and_then(self) -> None:
        jumps = JumpWatch()
        while True:
            try:
                if not jumps.has_jumped():  # what looks old then is not
                    await self._store.tidy()
            except Exception as error:
                logger.error("The store can't be tidied: %s", describe(error))
            await asyncio.sleep(TIDY_EVERY_S)

    def _run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def bot_id(token: str) -> int:
    """Return the bot's own id, which is the first part of its token; a stable number for any other text."""
    head = token.split(":", maxsplit=1)[0]
    if head.isascii() and head.isdigit() and len(head) < 18:
        return int(head)
    return int.from_bytes(hashlib.sha256(token.encode()).digest()[:6], "big")


def full_webhook_url(url: str) -> str:
    """Return the address that Telegram posts to: our path where the operator gave a host alone."""
    parts = urlsplit(url)
    return urlunsplit(parts) if parts.path not in ("", "/") else urlunsplit(parts._replace(path=WEBHOOK_PATH))


def _retry_after(error: RetryAfter) -> float:
    seconds = error.retry_after
    return float(seconds) if isinstance(seconds, (int, float)) else seconds.total_seconds()
