"""What must outlive the process: updates that are not answered yet, replies that are not sent yet.

An update is written here before Telegram is told that it was received; its answer and the mark
that it was answered are written together; a reply is deleted when Telegram has it. So a crash at
any moment loses no message, and repeats no answer but one whose receipt Telegram was just about
to confirm.

A Telegram chat id stands here only while an answer is pending. What stays is a pseudonym.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import StaticPool

T = TypeVar("T")

# Telegram keeps an update for a day; one that comes again later than this is taken as new.
UPDATE_MEMORY_S = 48 * 3600
# What the keyboard of a chat looks like is not worth keeping longer.
CHAT_MEMORY_S = 30 * 24 * 3600
SAME_TAP_S = 3.0

metadata = sa.MetaData()

updates = sa.Table(
    "telegram_updates",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("received_at", sa.Float, nullable=False, index=True),
    # What is answered once together (a double tap, an album, the edits of a message), as a pseudonym.
    sa.Column("once", sa.String(64), index=True),
    # The message itself, only until it is answered.
    sa.Column("body", sa.Text),
    # How often the process was started with it unanswered: a message that breaks it is given up.
    sa.Column("starts", sa.Integer, nullable=False, default=0),
)

outbox = sa.Table(
    "telegram_outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("update_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

chats = sa.Table(
    "telegram_chats",
    metadata,
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("keyboard_language", sa.String(2), nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False),
)

buttons = sa.Table(
    "telegram_buttons",
    metadata,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Outgoing:
    """One call to the Bot API: a method of the Bot API in snake case and its parameters as JSON data."""

    method: str
    parameters: dict[str, Any]


@dataclass
class Pending:
    """A call that waits to be sent. ``id`` is None where it could not be stored."""

    id: int | None
    chat_id: int
    created_at: float
    outgoing: Outgoing


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


def _sync_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not only unlinked
    cursor.close()


def create_store_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite with a write-ahead log, so that readers do not wait."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=1, future=True)
    database = sa.engine.make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, poolclass=StaticPool, future=True)
    sa.event.listen(engine, "connect", _sync_settings)
    return engine


class Store:
    """The durable state of the Telegram channel, read and written in a thread of its own.

    Args:
        url: the database's address as SQLAlchemy writes it.
        clock: seconds since 1970.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time):
        self._engine = create_store_engine(url)
        self._clock = clock
        # One thread: SQLite takes one writer at a time, and what one chat writes stays in order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="telegram-store")
        self.bot_id = 0

    async def open(self, bot_id: int) -> None:
        """Create the tables where they are missing. Update ids are those of the bot ``bot_id``."""
        self.bot_id = bot_id
        await self._run(lambda: metadata.create_all(self._engine))

    async def close(self) -> None:
        """Close the database, when what was begun is written."""
        await self._run(self._engine.dispose)
        self._thread.shutdown(wait=True)

    async def receive(self, received: Sequence[Received]) -> Accepted:
        """Store updates in one transaction, and tell which of them are new."""
        return await self._in_transaction(lambda c: self._receive(c, received))

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
        return await self._in_transaction(lambda c: self._answered(c, update_id, chat_id, answer, chat, keyboard))

    async def unanswered(self) -> list[Unanswered]:
        """Return what an earlier process received and did not answer, in order."""
        return await self._in_transaction(self._unanswered)

    async def unsent(self) -> list[Pending]:
        """Return what an earlier process did not send, in order."""
        return await self._in_transaction(self._unsent)

    async def sent(self, pending: Pending) -> None:
        """Delete a reply that Telegram has, or that is given up."""
        if pending.id is not None:
            await self._in_transaction(lambda c: c.execute(sa.delete(outbox).where(outbox.c.id == pending.id)))

    async def drop_chat(self, chat_id: int) -> list[int]:
        """Delete every reply to a chat that wants none (it blocked the bot); return their ids."""

        def drop(connection: Connection) -> list[int]:
            mine = (outbox.c.bot_id == self.bot_id) & (outbox.c.chat_id == chat_id)
            ids = [row.id for row in connection.execute(sa.select(outbox.c.id).where(mine))]
            connection.execute(sa.delete(outbox).where(mine))
            return ids

        return await self._in_transaction(drop)

    async def keyboard_language(self, chat: str) -> str | None:
        """Return the language of the keyboard that a chat has; None: it has none yet."""
        query = sa.select(chats.c.keyboard_language).where(chats.c.chat == chat)
        return await self._in_transaction(lambda c: c.execute(query).scalar())

    async def forget(self, chat: str) -> None:
        """Erase everything about a chat, known by its pseudonym."""
        await self._in_transaction(lambda c: c.execute(sa.delete(chats).where(chats.c.chat == chat)))

    async def keep_button(self, payload: str) -> str:
        """Return a short code that stands for a payload from now on, also after a restart."""
        code = hashlib.sha256(payload.encode()).hexdigest()[:32]

        def keep(connection: Connection) -> None:
            if connection.execute(sa.select(buttons.c.code).where(buttons.c.code == code)).scalar() is None:
                connection.execute(sa.insert(buttons).values(code=code, payload=payload))

        try:
            await self._in_transaction(keep)
        except IntegrityError:
            pass  # another process kept the same payload at the same moment
        return code

    async def button(self, code: str) -> str | None:
        """Return the payload that a code stands for."""
        query = sa.select(buttons.c.payload).where(buttons.c.code == code)
        return await self._in_transaction(lambda c: c.execute(query).scalar())

    async def tidy(self) -> None:
        """Delete what is not needed any more."""
        now = self._clock()

        def delete(connection: Connection) -> None:
            is_old = (updates.c.received_at < now - UPDATE_MEMORY_S) & updates.c.body.is_(None)
            connection.execute(sa.delete(updates).where(is_old))
            connection.execute(sa.delete(chats).where(chats.c.updated_at < now - CHAT_MEMORY_S))

        await self._in_transaction(delete)

    async def count_waiting(self) -> tuple[int, int]:
        """Return how many updates wait for an answer, and how many replies wait to be sent."""

        def count(connection: Connection) -> tuple[int, int]:
            waiting = sa.select(sa.func.count()).select_from(updates)
            waiting = waiting.where((updates.c.bot_id == self.bot_id) & updates.c.body.isnot(None))
            unsent = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.bot_id == self.bot_id)
            return connection.execute(waiting).scalar_one(), connection.execute(unsent).scalar_one()

        return await self._in_transaction(count)

    def _receive(self, connection: Connection, received: Sequence[Received]) -> Accepted:
        now = self._clock()
        accepted = Accepted()
        known = self._known(connection, [one.update_id for one in received])
        for one in received:
            if one.update_id in known:
                continue
            known.add(one.update_id)
            body = one.body
            if one.once is not None:
                latest = self._latest(connection, one.once)
                if latest is not None:
                    received_at, is_pending = latest
                    accepted.seen_before.add(one.update_id)
                    if one.window_s is not None and (is_pending or now - received_at < one.window_s):
                        body = None  # said already: nothing is left to answer
            connection.execute(
                sa.insert(updates).values(
                    bot_id=self.bot_id,
                    update_id=one.update_id,
                    received_at=now,
                    once=one.once,
                    body=None if body is None else json.dumps(body, ensure_ascii=False),
                    starts=0,
                )
            )
            if body is not None:
                accepted.new.add(one.update_id)
        return accepted

    def _known(self, connection: Connection, ids: Iterable[int]) -> set[int]:
        query = sa.select(updates.c.update_id).where(
            (updates.c.bot_id == self.bot_id) & updates.c.update_id.in_(list(ids))
        )
        return {row.update_id for row in connection.execute(query)}

    def _latest(self, connection: Connection, once: str) -> tuple[float, bool] | None:
        """Return when something of this ``once`` came last, and whether its answer is still on its way."""
        query = (
            sa.select(updates.c.received_at, updates.c.update_id, updates.c.body.isnot(None).label("unanswered"))
            .where((updates.c.bot_id == self.bot_id) & (updates.c.once == once))
            .order_by(updates.c.received_at.desc())
            .limit(1)
        )
        row = connection.execute(query).first()
        if row is None:
            return None
        unsent = sa.select(outbox.c.id).where((outbox.c.bot_id == self.bot_id) & (outbox.c.update_id == row.update_id))
        is_pending = bool(row.unanswered) or connection.execute(unsent.limit(1)).first() is not None
        return row.received_at, is_pending

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
        is_this = (updates.c.bot_id == self.bot_id) & (updates.c.update_id == update_id)
        connection.execute(sa.update(updates).where(is_this).values(body=None))
        pending: list[Pending] = []
        for outgoing in answer:
            row = {
                "bot_id": self.bot_id,
                "chat_id": chat_id,
                "update_id": update_id,
                "created_at": now,
                "method": outgoing.method,
                "parameters": json.dumps(outgoing.parameters, ensure_ascii=False),
            }
            inserted = connection.execute(sa.insert(outbox).values(**row))
            pending.append(Pending(inserted.inserted_primary_key[0], chat_id, now, outgoing))
        if keyboard is not None:
            connection.execute(sa.delete(chats).where(chats.c.chat == chat))
            connection.execute(sa.insert(chats).values(chat=chat, keyboard_language=keyboard, updated_at=now))
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

    async def _in_transaction(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return await self._run(run)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
