"""Rasa's SQL tracker store, off the event loop: a database that hangs must not hang everybody's talk.

Rasa's store is asynchronous by name only; each call blocks until the database answers. Here it runs in threads of
its own, so the time limit of a turn holds, and the other chats go on. A database that just failed is left alone for
a moment: everybody gets the apology at once, and not each after the whole time limit.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from bot.databases import breaker
from bot.threads import within

T = TypeVar("T")

THREADS = 16
LIMIT_S = 3.0  # for one call, once it is begun; the database's own limits are shorter
QUEUE_LIMIT_S = 6.0  # for a thread
COLUMNS = ("sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
ROWS_AT_ONCE = 100


class PatientTrackerStore(SQLTrackerStore):
    """A SQL tracker store whose calls can be waited for with a time limit.

    It reads and writes the rows that Rasa's does, a talk at a time and with statements that are made once: Rasa makes
    each of them anew, asks for each row, and makes an object for each event.

    A session begins where its start was written last. Rasa looks for what is later than the start by the clock: where
    that was set back, what was said since would not be found, and the talk would stand still.
    """

    _events = SQLTrackerStore.SQLEvent.__table__
    _of_chat = _events.c.sender_id == sa.bindparam("chat")
    _session_start = (
        sa.select(sa.func.max(_events.c.id))
        .where(_of_chat, _events.c.type_name == SessionStarted.type_name)
        .scalar_subquery()
    )
    _of_session = sa.and_(_of_chat, _events.c.id >= sa.func.coalesce(_session_start, 0))
    _count_of_session = sa.select(sa.func.count()).select_from(_events).where(_of_session)
    # A talk in one row: SQLite gives Python's lock away for each row, and others are waiting for it.
    _numbered = "[" + sa.cast(_events.c.id, sa.String) + "," + _events.c.data + "]"

    def __init__(self, *arguments: Any, **named: Any):
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-store")
        super().__init__(*arguments, **named)
        self._breaker = breaker(self.engine.url, "the store of the talks")
        is_postgresql = self.engine.dialect.name == "postgresql"
        joined = sa.func.string_agg if is_postgresql else sa.func.group_concat
        self._data_of_session = sa.select(joined(self._numbered, ",")).where(self._of_session)
        self._data_of_chat = sa.select(joined(self._numbered, ",")).where(self._of_chat)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new in a tracker.

        Raises:
            Away: the database failed a moment ago.
        """
        await self.stream_events(tracker)
        await self._in_thread(lambda: self._write(tracker))

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        return await self._in_thread(lambda: self._read(sender_id, fetch_events_from_all_sessions))

    def _write(self, tracker: DialogueStateTracker) -> None:
        with self.engine.begin() as connection:
            kept = connection.execute(self._count_of_session, {"chat": tracker.sender_id}).scalar_one()
            rows = [_row(tracker.sender_id, event) for event in itertools.islice(tracker.events, kept, None)]
            for first in range(0, len(rows), ROWS_AT_ONCE):
                part = rows[first : first + ROWS_AT_ONCE]
                values = {f"{name}_{n}": value for n, row in enumerate(part) for name, value in row.items()}
                connection.execute(_insertion(len(part)), values)

    def _read(self, sender_id: str, has_all_sessions: bool) -> DialogueStateTracker | None:
        query = self._data_of_chat if has_all_sessions else self._data_of_session
        with self.engine.connect() as connection:
            found = connection.execute(query, {"chat": sender_id}).scalar_one()
        if not self.domain or not found:
            return None
        numbered = sorted(json.loads(f"[{found}]"), key=operator.itemgetter(0))  # the database promises no order
        return DialogueStateTracker.from_dict(sender_id, [event for _, event in numbered], self.domain.slots)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._breaker.check()
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[None] = loop.create_future()

        def run() -> T:
            loop.call_soon_threadsafe(_begin, begun)
            return work()

        running = loop.run_in_executor(self._threads, run)
        try:
            await within(QUEUE_LIMIT_S, begun)
            result = await within(LIMIT_S, running)
        except (SQLAlchemyError, OSError, asyncio.TimeoutError):
            running.cancel()  # where it has not begun, it shall not
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return result


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


@functools.cache
def _insertion(count: int) -> Any:
    """Return the statement that writes so many events at once."""
    rows = ", ".join("(" + ", ".join(f":{name}_{n}" for name in COLUMNS) + ")" for n in range(count))
    return sa.text(f"INSERT INTO {SQLTrackerStore.SQLEvent.__tablename__} ({', '.join(COLUMNS)}) VALUES {rows}")


def _begin(begun: asyncio.Future[None]) -> None:
    if not begun.done():
        begun.set_result(None)
