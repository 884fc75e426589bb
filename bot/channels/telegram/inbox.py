"""Taking in what people send: stored first, then answered, each chat in order and chats side by side."""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.channels.telegram.addresses import Addresses
from bot.channels.telegram.answering import Answer, Answers, without_notes
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.limits import Places
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.state import State
from bot.channels.telegram.store import Accepted, Pending, Received, Store
from bot.errors import describe
from bot.privacy.pseudonym import Pseudonyms

logger = logging.getLogger(__name__)

TURNS_AT_ONCE = 4
# An ordinary turn takes a tenth of it, also when four share a processor.
PLACE_S = 1.0
# Over a webhook updates may arrive out of order; so long is waited for one that is missing.
LATE_S = 0.25
LARGEST_GAP = 10
GRACE_S = 5.0
REMEMBERED_WITHOUT_STORE = 10_000
SAID_ONCE = frozenset({"edited"})


class Inbox:
    """Answers what people send.

    Args:
        store: what must outlive the process.
        answers: finds the answer.
        sender: sends it.
        pseudonyms: for what is stored for longer than the answer takes.
        addresses: where chats are; told which ones are to be forgotten.
        state: told of what happens.
    """

    def __init__(
        self,
        store: Store,
        answers: Answers,
        sender: Sender,
        pseudonyms: Pseudonyms,
        addresses: Addresses,
        state: State,
    ):
        self._store = store
        self._addresses = addresses
        self._answers = answers
        self._sender = sender
        self._pseudonyms = pseudonyms
        self._state = state
        self._queues: dict[int, list[tuple[int, Incoming, int]]] = {}  # heaps by update id, one for each chat
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns = Places(TURNS_AT_ONCE, PLACE_S)
        self._is_stopping = False
        self._highest = 0
        self._missing: dict[int, asyncio.Event] = {}
        self._seen_without_store: OrderedDict[int, None] = OrderedDict()

    async def recover(self) -> None:
        """Take up what an earlier process left: replies not sent, then messages not answered."""
        self._sender.send(await self._store.unsent())
        for one in await self._store.unanswered():
            self._enqueue(Incoming.from_body(one.update_id, one.body), one.starts)

    async def accept(
        self, incoming: Sequence[Incoming], skipped: Sequence[int] = (), confirm: Callable[[str], None] | None = None
    ) -> None:
        """Store messages and answer them in the background. When this returns, none can be lost.

        Args:
            incoming: what was sent.
            skipped: numbers of updates that ask for no answer; they are only noted as seen.
            confirm: called with the id of each tap that is seen for the first time.
        """
        # The same may stand twice in what a server hands out at once.
        incoming = list({one.update_id: one for one in incoming}.values())
        received = [*map(self._received, incoming), *(Received(number, None) for number in skipped)]
        accepted = await self._remember(received)
        for number in sorted([*(one.update_id for one in incoming), *skipped]):
            self._notice(number)
        self._state.received += len(accepted.new)
        if received:
            self._state.last_update_at = time.time()
        for one in sorted(incoming, key=lambda each: each.update_id):
            if confirm and one.callback_id:
                confirm(one.callback_id)
            if one.update_id not in accepted.new:
                continue
            if one.update_id in accepted.seen_before:
                one = without_notes(one, SAID_ONCE)
            self._enqueue(one, 0)

    async def settle(self) -> None:
        """Return when everything taken in is answered (not when it is sent)."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Stop answering, when the turns under way are over; what is left stays in the store for the next start."""
        self._is_stopping = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=GRACE_S)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _received(self, one: Incoming) -> Received:
        once = self._pseudonyms.digest("once", one.once) if one.once else None
        return Received(one.update_id, one.as_body(), once, one.window_s)

    async def _remember(self, received: Sequence[Received]) -> Accepted:
        """Store what was received. Where the store fails, people are still answered, from memory."""
        # What was answered so is nothing new when Telegram hands it out again, since our receipt did not reach it.
        told = [replace(one, body=None) if one.update_id in self._seen_without_store else one for one in received]
        try:
            return await self._store.receive(told)
        except Exception as error:
            logger.error("Messages can't be stored; they are answered from memory: %s", describe(error))
        accepted = Accepted()
        for one in received:
            if one.body is not None and one.update_id not in self._seen_without_store:
                accepted.new.add(one.update_id)
            self._seen_without_store[one.update_id] = None
        while len(self._seen_without_store) > REMEMBERED_WITHOUT_STORE:
            self._seen_without_store.popitem(last=False)
        return accepted

    def _notice(self, number: int) -> None:
        """Note that an update came, and which ones before it are still missing."""
        missing = self._missing.pop(number, None)
        if missing:
            missing.set()
        if 0 < self._highest < number - 1 <= self._highest + LARGEST_GAP:
            for between in range(self._highest + 1, number):
                self._missing[between] = asyncio.Event()
                asyncio.get_running_loop().call_later(LATE_S, self._give_up, between)
        self._highest = max(self._highest, number)

    def _give_up(self, number: int) -> None:
        missing = self._missing.pop(number, None)
        if missing:
            missing.set()

    def _enqueue(self, incoming: Incoming, starts: int) -> None:
        heapq.heappush(self._queues.setdefault(incoming.chat_id, []), (incoming.update_id, incoming, starts))
        if incoming.chat_id not in self._tasks:
            self._tasks[incoming.chat_id] = asyncio.create_task(self._work(incoming.chat_id))

    async def _work(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue and not self._is_stopping:
                await self._wait_for_earlier(queue[0][0])
                async with self._turns.take():
                    if self._is_stopping:
                        return
                    _, incoming, starts = heapq.heappop(queue)
                    await self._handle(incoming, starts)
        finally:
            self._queues.pop(chat_id, None)
            self._tasks.pop(chat_id, None)

    async def _wait_for_earlier(self, number: int) -> None:
        """Wait for updates before this one, which may be of the same chat."""
        for missing in [event for earlier, event in self._missing.items() if earlier < number]:
            await missing.wait()

    async def _handle(self, incoming: Incoming, starts: int) -> None:
        chat = self._answers.chat(incoming)
        answer = await self._answers.answer(incoming, starts)
        try:
            pending = await self._store.answered(
                incoming.update_id, incoming.chat_id, answer.calls, chat, answer.keyboard
            )
            if answer.forget:
                self._addresses.forget(chat)
                await self._store.forget(chat)
            if incoming.kind == "blocked":
                await self._store.drop_chat(incoming.chat_id)
                await self._store.forget(chat)  # who comes back begins anew, with a keyboard
        except Exception as error:
            logger.error("An answer can't be stored; it is sent from memory: %s", describe(error))
            self._store.answered_later(incoming.update_id)
            pending = _from_memory(incoming.chat_id, answer)
        self._state.answered += 1
        self._sender.send(pending)


def _from_memory(chat_id: int, answer: Answer) -> list[Pending]:
    return [Pending(None, chat_id, time.time(), outgoing) for outgoing in answer.calls]
