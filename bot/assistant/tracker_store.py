"""Rasa's SQL tracker store, off the event loop: a database that hangs must not hang everybody's talk.

Rasa's store is asynchronous by name only; each call blocks until the database answers. Here it runs in threads of
its own, so the time limit of a turn holds, and the other chats go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

THREADS = 16


class PatientTrackerStore(SQLTrackerStore):
    """A SQL tracker store whose calls can be waited for with a time limit."""

    _threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-store")

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new in a tracker."""
        await _in_thread(self._threads, super().save(tracker))

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        found: DialogueStateTracker | None = await _in_thread(
            self._threads, super()._retrieve(sender_id, fetch_events_from_all_sessions)
        )
        return found


async def _in_thread(threads: ThreadPoolExecutor, work: Coroutine[Any, Any, Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(threads, _finish, work)


def _finish(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits to its end."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    work.close()
    raise RuntimeError("Rasa's store waited for something: it has an event broker, which this project has not")
