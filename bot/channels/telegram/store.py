"""What must outlive the process: updates that are not answered yet, replies that are not sent yet.

An update is written here before Telegram is told that it was received; its answer and the mark
that it was answered are written together; a reply is deleted when Telegram has it. So a crash at
any moment loses no message, and repeats no answer but one whose receipt Telegram was just about
to confirm.

A Telegram chat id stands here only while an answer is pending, or where a person asked to be
written to (:mod:`bot.channels.telegram.addresses`). What stays is a pseudonym.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.telegram.tables import (
    addresses,
    buttons,
    chats,
    create_store_engine,
    messages,
    metadata,
    outbox,
    updates,
)
from bot.channels.telegram.transactions import Transactions
from bot.databases import create_tables

T = TypeVar("T")

# Telegram keeps an update for a day; one that comes again later than this is taken as new.
UPDATE_MEMORY_S = 48 * 3600
# What the keyboard of a chat looks like is not worth keeping longer.
CHAT_MEMORY_S = 30 * 24 * 3600
# After so long a message is not changed any more.
MESSAGE_MEMORY_S = 40 * 24 * 3600
# The number in the outbox of what answers no update; Telegram's begin with 1.
NO_UPDATE = 0


# A parameter of our own: the chat and the name by which a message is found again, to be changed.
NAMED = "named"
# Of so many chats it is known without asking which keyboard they have.
KEYBOARDS_KNOWN = 10_000

# What every message needs, made once: SQLAlchemy takes longer to make a statement than SQLite to run it.
_MY_UPDATES = updates.c.bot_id == sa.bindparam("bot")
_KNOWN_UPDATES = sa.select(updates.c.update_id).where(
    _MY_UPDATES, updates.c.update_id.in_(sa.bindparam("ids", expanding=True))
)
_SAID_BEFORE = (
    sa.select(
        updates.c.once, updates.c.received_at, updates.c.update_id, updates.c.body.isnot(None).label("unanswered")
    )
    .where(_MY_UPDATES, updates.c.once.in_(sa.bindparam("said", expanding=True)))
    .order_by(updates.c.received_at)
)
_UNSENT_OF = sa.select(outbox.c.update_id).where(
    outbox.c.bot_id == sa.bindparam("bot"), outbox.c.update_id.in_(sa.bindparam("ids", expanding=True))
)
_ANSWERED = (
    sa.update(updates).where(_MY_UPDATES, updates.c.update_id == sa.bindparam("answered")).values(body=sa.null())
)
_SENT = sa.delete(outbox).where(outbox.c.id == sa.bindparam("sent"))
_NEW_UPDATE, _NEW_REPLY = sa.insert(updates), sa.insert(outbox)
_KEYBOARD = sa.select(chats.c.keyboard_language).where(chats.c.chat == sa.bindparam("chat"))


@dataclass(frozen=True)
class Outgoing:
    """One call to the Bot API: a method of the Bot API in snake case and its parameters as JSON data."""

    method: str
    parameters: dict[str, Any]


@dataclass
class Pending:
    """A call that waits to be sent. ``id`` is None where it could not be stored.

    ``too_old_at`` is set by who sends it, by a clock that nobody sets.
    """

    id: int | None
    chat_id: int
    created_at: float
    outgoing: Outgoing
    too_old_at: float = float("inf")


@dataclass(frozen=True)
class Received:
    """An update as it is stored: ``body`` is what the channel needs to answer it."""

    update_id: int
    body: dict[str, Any] | None
    once: str | None = None
    window_s: float | None = None  # within which another of the same ``once`` is no new message


@dataclass(frozen=True)
class Unanswered:
    """A stored update that waits for its answer; ``starts`` as in the table."""

    update_id: int
    body: dict[str, Any]
    starts: int


@dataclass
class Accepted:
    """What became of received updates.

    Attributes:
        new: those to be answered now.
        seen_before: among the new ones, those whose ``once`` had been seen (a second edit of a message).
    """

    new: set[int] = field(default_factory=set)
    seen_before: set[int] = field(default_factory=set)


class Store:
    """The durable state of the Telegram channel, read and written in a thread of its own.

    Args:
        url: the database's address as SQLAlchemy writes it.
        clock: seconds since 1970.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time):
        self._engine = create_store_engine(url)
        self._clock = clock
        self._transactions = Transactions(self._engine, "the store of the Telegram channel")
        self._keyboards: OrderedDict[str, str | None] = OrderedDict()
        self.bot_id = 0

    async def open(self, bot_id: int) -> None:
        """Create the tables where they are missing. Update ids are those of the bot ``bot_id``."""
        self.bot_id = bot_id
        await self._transactions.aside(lambda: create_tables(self._engine, metadata))

    async def close(self) -> None:
        """Close the database, when what was begun, and what is owed, is written."""
        await self._transactions.close()

    async def receive(self, received: Sequence[Received]) -> Accepted:
        """Store updates in one transaction, and tell which of them are new."""
        try:
            return await self.in_transaction(lambda c: self._receive(c, received))
        except IntegrityError:  # another process stored one of them at the same moment: now it is known
            return await self.in_transaction(lambda c: self._receive(c, received))

    async def answered(
        self, update_id: int, chat_id: int, answer: Sequence[Outgoing], chat: str, keyboard: str | None = None
    ) -> list[Pending]:
        """Mark an update as answered and put its answer into the outbox, in one transaction.

        Args:
            update_id: the update.
            chat_id: where the answer goes.
            answer: what is to be sent, in order.
            chat: the pseudonym of the chat.
            keyboard: the language of the keyboard that the answer brings; None: it brings none.
        """
        pending = await self.in_transaction(lambda c: self._answered(c, update_id, chat_id, answer, chat, keyboard))
        if keyboard is not None:
            self._know_keyboard(chat, keyboard)
        return pending

    async def unanswered(self) -> list[Unanswered]:
        """Return what an earlier process received and did not answer, in order."""
        self._keyboards.clear()  # another process may have changed them
        return await self.in_transaction(self._unanswered)

    async def unsent(self) -> list[Pending]:
        """Return what an earlier process did not send, in order."""
        return await self.in_transaction(self._unsent)

    async def sent(self, pending: Pending, message_id: int | None = None) -> None:
        """Delete a reply that Telegram has, or that is given up; keep the number of a message with a name."""
        named = pending.outgoing.parameters.get(NAMED)

        def delete(connection: Connection) -> None:
            connection.execute(_SENT, {"sent": pending.id})
            if named and message_id is not None:
                row = {"message_id": message_id, "until": self._clock() + MESSAGE_MEMORY_S}
                connection.execute(sa.insert(messages).values(bot_id=self.bot_id, **named, **row))

        if pending.id is not None:
            await self.in_transaction(delete)

    async def named(self, chat: str, name: str) -> list[int]:
        """Return the numbers of the messages that were sent to a chat under a name."""
        mine = (messages.c.bot_id == self.bot_id) & (messages.c.chat == chat) & (messages.c.name == name)
        query = sa.select(messages.c.message_id).where(mine).order_by(messages.c.message_id)
        return await self.in_transaction(lambda c: [int(row.message_id) for row in c.execute(query)])

    async def drop_chat(self, chat_id: int) -> list[int]:
        """Delete every reply to a chat that wants none, and its address; return the replies' ids."""

        def drop(connection: Connection) -> list[int]:
            mine = (outbox.c.bot_id == self.bot_id) & (outbox.c.chat_id == chat_id)
            ids = [row.id for row in connection.execute(sa.select(outbox.c.id).where(mine))]
            connection.execute(sa.delete(outbox).where(mine))
            connection.execute(
                sa.delete(addresses).where((addresses.c.bot_id == self.bot_id) & (addresses.c.chat_id == chat_id))
            )
            return ids

        return await self.in_transaction(drop)

    async def post(self, chat_id: int, calls: Sequence[Outgoing], patience_s: float = 0.0) -> list[Pending]:
        """Put calls into the outbox that answer no update.

        Args:
            chat_id: where they go.
            calls: what is to be sent, in order.
            patience_s: how much later than an answer they are too old to be sent.
        """
        counted_from = self._clock() + patience_s
        return await self.in_transaction(lambda c: self._put(c, NO_UPDATE, chat_id, counted_from, calls))

    async def keyboard_language(self, chat: str) -> str | None:
        """Return the language of the keyboard that a chat has; None: it has none yet."""
        if chat not in self._keyboards:
            found = await self.in_transaction(lambda c: c.execute(_KEYBOARD, {"chat": chat}).scalar())
            self._know_keyboard(chat, found)
        return self._keyboards[chat]

    def _know_keyboard(self, chat: str, language: str | None) -> None:
        self._keyboards[chat] = language
        self._keyboards.move_to_end(chat)
        if len(self._keyboards) > KEYBOARDS_KNOWN:
            self._keyboards.popitem(last=False)

    async def forget(self, chat: str) -> None:
        """Erase everything about a chat, known by its pseudonym."""

        def erase(connection: Connection) -> None:
            connection.execute(sa.delete(chats).where(chats.c.chat == chat))
            connection.execute(sa.delete(addresses).where(addresses.c.chat == chat))
            connection.execute(sa.delete(messages).where(messages.c.chat == chat))

        await self.in_transaction(erase)
        self._keyboards.pop(chat, None)

    async def keep_button(self, payload: str) -> str:
        """Return a short code that stands for a payload from now on, also after a restart."""
        code = hashlib.sha256(payload.encode()).hexdigest()[:32]

        def keep(connection: Connection) -> None:
            if connection.execute(sa.select(buttons.c.code).where(buttons.c.code == code)).scalar() is None:
                connection.execute(sa.insert(buttons).values(code=code, payload=payload))

        try:
            await self.in_transaction(keep)
        except IntegrityError:
            pass  # another process kept the same payload at the same moment
        return code

    async def button(self, code: str) -> str | None:
        """Return the payload that a code stands for."""
        query = sa.select(buttons.c.payload).where(buttons.c.code == code)
        return await self.in_transaction(lambda c: c.execute(query).scalar())

    async def tidy(self) -> None:
        """Delete what is not needed any more."""
        now = self._clock()

        def delete(connection: Connection) -> None:
            is_old = (updates.c.received_at < now - UPDATE_MEMORY_S) & updates.c.body.is_(None)
            connection.execute(sa.delete(updates).where(is_old))
            connection.execute(sa.delete(chats).where(chats.c.updated_at < now - CHAT_MEMORY_S))
            connection.execute(sa.delete(addresses).where(addresses.c.until <= now))
            connection.execute(sa.delete(messages).where(messages.c.until <= now))

        await self.in_transaction(delete)

    async def count_waiting(self) -> tuple[int, int]:
        """Return how many updates wait for an answer, and how many replies wait to be sent."""

        def count(connection: Connection) -> tuple[int, int]:
            waiting = sa.select(sa.func.count()).select_from(updates)
            waiting = waiting.where((updates.c.bot_id == self.bot_id) & updates.c.body.isnot(None))
            unsent = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.bot_id == self.bot_id)
            return connection.execute(waiting).scalar_one(), connection.execute(unsent).scalar_one()

        return await self.in_transaction(count)

    def _receive(self, connection: Connection, received: Sequence[Received]) -> Accepted:
        now = self._clock()
        accepted = Accepted()
        known = self._known(connection, [one.update_id for one in received])
        latest = self._latest(connection, {one.once for one in received if one.once is not None})
        rows: list[dict[str, Any]] = []
        for one in received:
            if one.update_id in known:
                continue
            known.add(one.update_id)
            body = one.body
            if one.once is not None:
                if one.once in latest:
                    received_at, is_pending = latest[one.once]
                    accepted.seen_before.add(one.update_id)
                    # Where the clock was set back, what was received "later" is not the moment before.
                    is_double = one.window_s is not None and 0 <= now - received_at < one.window_s
                    if is_double or (one.window_s is not None and is_pending):
                        body = None  # said already: nothing is left to answer
                latest[one.once] = now, body is not None
            row = {"bot_id": self.bot_id, "update_id": one.update_id, "received_at": now, "once": one.once, "starts": 0}
            rows.append({**row, "body": None if body is None else json.dumps(body, ensure_ascii=False)})
            if body is not None:
                accepted.new.add(one.update_id)
        if rows:
            connection.execute(_NEW_UPDATE, rows)
        return accepted

    def _known(self, connection: Connection, ids: Sequence[int]) -> set[int]:
        rows = connection.execute(_KNOWN_UPDATES, {"bot": self.bot_id, "ids": ids})
        return {row.update_id for row in rows}

    def _latest(self, connection: Connection, said: set[str]) -> dict[str, tuple[float, bool]]:
        """Return when something of each ``once`` came last, and whether its answer is still on its way."""
        if not said:
            return {}
        rows = connection.execute(_SAID_BEFORE, {"bot": self.bot_id, "said": sorted(said)})
        latest = {row.once: row for row in rows}
        answered = [row.update_id for row in latest.values() if not row.unanswered]
        unsent: set[int] = set()
        if answered:
            replies = connection.execute(_UNSENT_OF, {"bot": self.bot_id, "ids": answered})
            unsent = {reply.update_id for reply in replies}
        return {
            once: (row.received_at, bool(row.unanswered) or row.update_id in unsent) for once, row in latest.items()
        }

    def _answered(
        self,
        connection: Connection,
        update_id: int,
        chat_id: int,
        answer: Sequence[Outgoing],
        chat: str,
        keyboard: str | None,
    ) -> list[Pending]:
        now = self._clock()
        connection.execute(_ANSWERED, {"bot": self.bot_id, "answered": update_id})
        pending = self._put(connection, update_id, chat_id, now, answer)
        if keyboard is not None:
            connection.execute(sa.delete(chats).where(chats.c.chat == chat))
            connection.execute(sa.insert(chats).values(chat=chat, keyboard_language=keyboard, updated_at=now))
        return pending

    def _put(
        self, connection: Connection, update_id: int, chat_id: int, created_at: float, calls: Sequence[Outgoing]
    ) -> list[Pending]:
        pending: list[Pending] = []
        for outgoing in calls:
            row = {
                "bot_id": self.bot_id,
                "chat_id": chat_id,
                "update_id": update_id,
                "created_at": created_at,
                "method": outgoing.method,
                "parameters": json.dumps(outgoing.parameters, ensure_ascii=False),
            }
            inserted = connection.execute(_NEW_REPLY, row)
            pending.append(Pending(inserted.inserted_primary_key[0], chat_id, created_at, outgoing))
        return pending

    def _unanswered(self, connection: Connection) -> list[Unanswered]:
        is_mine = (updates.c.bot_id == self.bot_id) & updates.c.body.isnot(None)
        connection.execute(sa.update(updates).where(is_mine).values(starts=updates.c.starts + 1))
        query = sa.select(updates.c.update_id, updates.c.body, updates.c.starts).where(is_mine)
        rows = connection.execute(query.order_by(updates.c.update_id))
        return [Unanswered(row.update_id, json.loads(row.body), row.starts) for row in rows]

    def _unsent(self, connection: Connection) -> list[Pending]:
        query = sa.select(outbox).where(outbox.c.bot_id == self.bot_id).order_by(outbox.c.id)
        return [
            Pending(row.id, row.chat_id, row.created_at, Outgoing(row.method, json.loads(row.parameters)))
            for row in connection.execute(query)
        ]

    def answered_later(self, update_id: int) -> None:
        """Note that an update was answered while the store was away; it is written before anything else is."""
        is_this = (updates.c.bot_id == self.bot_id) & (updates.c.update_id == update_id)
        self._transactions.owe(sa.update(updates).where(is_this).values(body=None))

    def sent_later(self, pending: Pending) -> None:
        """Note that Telegram has a reply, while the store was away."""
        if pending.id is not None:
            self._transactions.owe(sa.delete(outbox).where(outbox.c.id == pending.id))

    async def in_transaction(self, work: Callable[[Connection], T]) -> T:
        """Do some work in a transaction; return its result (see :class:`Transactions`).

        Raises:
            Away: the store failed a moment ago.
            asyncio.TimeoutError: it did not answer in time. Nothing of the work is done then, or ever will be.
        """
        return await self._transactions.run(work)

    def in_transaction_blocking(self, work: Callable[[Connection], T]) -> T:
        """Do the same from any thread but the store's own, and wait for it."""
        return self._transactions.run_blocking(work)
