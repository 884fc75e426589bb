"""Work that may never end: in a thread of its own, which keeps neither a pool's place nor the process from stopping."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Threads that wait for work are used again: a new one costs as much as a short action.
IDLE_AT_MOST = 8


async def in_own_thread(work: Callable[[], T], name: str) -> T:
    """Do some work in a thread that does nothing else until it is done, in the caller's context.

    Return its result, or raise what it raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def tell(set_it: Callable[[], None]) -> None:
        if not done.done():  # the caller may have given up
            set_it()

    def run() -> None:
        try:
            result = context.run(work)
        except BaseException as error:  # whatever it is, the caller is told
            failure = error
            _call(loop, lambda: tell(lambda: done.set_exception(failure)))
        else:
            _call(loop, lambda: tell(lambda: done.set_result(result)))

    _pool.start(run, name)
    return await done


class _Threads:
    """Threads without a limit: one that hangs keeps nobody from getting another."""

    def __init__(self) -> None:
        self._idle: list[queue.SimpleQueue[tuple[Callable[[], None], str]]] = []

    def start(self, work: Callable[[], None], name: str) -> None:
        """Begin some work in a thread with a name."""
        try:
            orders = self._idle.pop()
        except IndexError:
            orders = queue.SimpleQueue()
            threading.Thread(target=self._serve, args=[orders], name=name, daemon=True).start()
        orders.put((work, name))

    def _serve(self, orders: queue.SimpleQueue[tuple[Callable[[], None], str]]) -> None:
        while True:
            work, threading.current_thread().name = orders.get()
            work()
            del work  # what it holds shall not live until the next
            if len(self._idle) >= IDLE_AT_MOST:
                return
            self._idle.append(orders)


_pool = _Threads()


async def within(seconds: float, future: asyncio.Future[T]) -> T:
    """Wait for a future, but no longer; like `asyncio.wait_for`, which in Python 3.10 swallows a cancellation that
    comes together with the result.

    Raises:
        asyncio.TimeoutError: it took longer; the future is cancelled.
    """
    done, _ = await asyncio.wait({future}, timeout=seconds)
    if not done:
        future.cancel()
        raise asyncio.TimeoutError
    return future.result()


def _call(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    if not loop.is_closed():  # the process is ending; nobody waits any more
        loop.call_soon_threadsafe(tell)
