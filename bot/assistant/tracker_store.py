"""Rasa's SQL tracker store, off the event loop: a database that hangs must not hang everybody's talk.

Rasa's store is asynchronous by name only; each call blocks until the database answers. Here it runs in threads of
its own, so the time limit of a turn holds, and the other chats go on. A database that just failed is left alone for
a moment: everybody gets the apology at once, and not each after the whole time limit.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from bot.breaker import Breaker
from bot.threads import within

T = TypeVar("T")

THREADS = 16
LIMIT_S = 3.0  # for one call, once it is begun; the database's own limits are shorter
QUEUE_LIMIT_S = 6.0  # for a thread


class PatientTrackerStore(SQLTrackerStore):
    """A SQL tracker store whose calls can be waited for with a time limit.

    It reads and writes the rows that Rasa's does, with statements that are made once: Rasa makes each of them anew, and
    an object for each event.

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
    _data_of_session = sa.select(_events.c.data).where(_of_session).order_by(_events.c.id)
    _data_of_chat = sa.select(_events.c.data).where(_of_chat).order_by(_events.c.id)
    _count_of_session = sa.select(sa.func.count()).select_from(_events).where(_of_session)

    def __init__(self, *arguments: Any, **named: Any):
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-store")
        self._breaker = Breaker("the store of the talks")
        super().__init__(*arguments, **named)

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
        with self.session_scope() as session:
            kept = session.execute(self._count_of_session, {"chat": tracker.sender_id}).scalar_one()
            rows = []
            for event in itertools.islice(tracker.events, kept, None):
                data = event.as_dict()
                rows.append(
                    {
                        "sender_id": tracker.sender_id,
                        "type_name": event.type_name,
                        "timestamp": data.get("timestamp"),
                        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
                        "action_name": data.get("name"),
                        "data": json.dumps(data),
                    }
                )
            if rows:
                session.execute(self._events.insert(), rows)
            session.commit()

    def _read(self, sender_id: str, has_all_sessions: bool) -> DialogueStateTracker | None:
        query = self._data_of_chat if has_all_sessions else self._data_of_session
        with self.session_scope() as session:
            events = [json.loads(row.data) for row in session.execute(query, {"chat": sender_id})]
        if not self.domain or not events:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

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


def _begin(begun: asyncio.Future[None]) -> None:
    if not begun.done():
        begun.set_result(None)
