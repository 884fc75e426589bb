"""What is stored of conversations: erasing one, sweeping old ones, counting them.

Rasa has no call that deletes a conversation (rasa#10719); this works on its tracker stores.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from rasa.core.tracker_store import AwaitableTrackerStore, InMemoryTrackerStore, SQLTrackerStore, TrackerStore

DAY_S = 24 * 3600


class CannotErase(Exception):
    """The tracker store is of a kind that this can't erase from."""


@dataclass(frozen=True)
class Stored:
    """How much is stored: numbers, no people."""

    conversations: int
    events: int
    oldest_hours: float


def _inner(store: TrackerStore) -> TrackerStore:
    """Return the store inside the wrappers that Rasa puts around it."""
    while True:
        inner = getattr(store, "_tracker_store", None) or getattr(store, "primary_tracker_store", None)
        if not isinstance(store, AwaitableTrackerStore) and inner is None:
            return store
        store = inner


def overwrite_what_is_deleted(engine: Any) -> None:
    """Make SQLite overwrite deleted rows with zeros; it only marks their pages as free otherwise.

    Also sets write-ahead logging: readers then do not wait for the writer.
    """
    import sqlalchemy

    @sqlalchemy.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: Any) -> None:
        for pragma in ("secure_delete = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {pragma}")

    engine.dispose()  # connections that were opened before are without them


def erase_conversation(store: TrackerStore, sender_id: str) -> None:
    """Delete every event of a conversation, at once.

    Raises:
        CannotErase: the store is none of those that this project uses.
    """
    store = _inner(store)
    if isinstance(store, InMemoryTrackerStore):
        store.store.pop(sender_id, None)
    elif isinstance(store, SQLTrackerStore):
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter_by(sender_id=sender_id).delete()
            session.commit()
            if store.engine.dialect.name == "sqlite":
                session.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log still holds the rows
    else:
        raise CannotErase(type(store).__name__)


def sweep_conversations(store: TrackerStore, older_than_s: float = DAY_S, now_s: float | None = None) -> int:
    """Delete conversations whose last message is older than ``older_than_s`` seconds.

    Returns:
        How many were deleted.
    """
    store = _inner(store)
    if not isinstance(store, SQLTrackerStore):
        return 0
    import sqlalchemy

    limit = (now_s if now_s is not None else time.time()) - older_than_s
    event = store.SQLEvent
    with store.session_scope() as session:
        last = session.query(event.sender_id, sqlalchemy.func.max(event.timestamp)).group_by(event.sender_id)
        old = [sender for sender, timestamp in last if timestamp < limit]
        for sender in old:
            session.query(event).filter_by(sender_id=sender).delete()
        session.commit()
    return len(old)


def stored(store: TrackerStore, now_s: float | None = None) -> Stored:
    """Count what is stored."""
    store = _inner(store)
    if not isinstance(store, SQLTrackerStore):
        return Stored(0, 0, 0.0)
    import sqlalchemy

    event = store.SQLEvent
    with store.session_scope() as session:
        conversations, events, oldest = session.query(
            sqlalchemy.func.count(sqlalchemy.distinct(event.sender_id)),
            sqlalchemy.func.count(event.id),
            sqlalchemy.func.min(event.timestamp),
        ).one()
    age_s = (now_s if now_s is not None else time.time()) - oldest if oldest else 0.0
    return Stored(conversations, events, round(age_s / 3600, 1))
