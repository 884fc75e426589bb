"""Erasing a conversation from Rasa's tracker stores, also those in memory.

Rasa has no call that deletes a conversation (rasa#10719); this works on its tracker stores.
"""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import AwaitableTrackerStore, InMemoryTrackerStore, SQLTrackerStore, TrackerStore


class CannotErase(Exception):
    """The tracker store is of a kind that this can't erase from."""


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
        for pragma in ("secure_delete = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 2500"):
            connection.execute(f"PRAGMA {pragma}")

    engine.dispose()  # connections that were opened before are without them


def erase_conversation(store: TrackerStore, sender_id: str) -> int:
    """Delete every event of a conversation, at once, and return how many there were.

    Raises:
        CannotErase: the store is none of those that this project uses.
    """
    store = _inner(store)
    if isinstance(store, InMemoryTrackerStore):
        tracker = store.store.pop(sender_id, None)
        return 0 if tracker is None else len(store.deserialise_tracker(sender_id, tracker).events)
    if isinstance(store, SQLTrackerStore):
        with store.session_scope() as session:
            count = int(session.query(store.SQLEvent).filter_by(sender_id=sender_id).delete())
            session.commit()
            if store.engine.dialect.name == "sqlite":
                session.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log still holds the rows
        return count
    raise CannotErase(type(store).__name__)
