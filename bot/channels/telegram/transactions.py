"""Work on a database in a thread of its own, with a time limit; what waits together is committed together."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from bot.databases import breaker
from bot.errors import describe
from bot.threads import within

T = TypeVar("T")
logger = logging.getLogger(__name__)

# For one call; the database's own limits are shorter.
LIMIT_S = 3.0
MOST_OWED = 20_000
MOST_TOGETHER = 50

Work = Callable[[Connection], T]


class Transactions:
    """Does work in transactions, in the order in which it came.

    One thread: SQLite takes one writer at a time. Where several wait, which is so under load, they share a
    transaction: a commit each would take longer than their work. One of them that fails is undone alone.

    Args:
        engine: the database.
        name: what it is, for the log.
    """

    def __init__(self, engine: Engine, name: str):
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="telegram-store")
        self._breaker = breaker(engine.url, name)
        self._owed: list[Any] = []
        self._calls: list[_Call] = []
        self._is_working = False
        self._lock = threading.Lock()

    async def run(self, work: Work[T]) -> T:
        """Do some work in a transaction; return its result.

        It may be done more than once, if it is undone in between.

        Raises:
            Away: the database failed a moment ago.
            asyncio.TimeoutError: it did not answer in time. Nothing of the work is done then, or ever will be.
        """
        self._breaker.check()
        call = _Call(work)
        self._begin(call)
        try:
            result = await within(LIMIT_S, asyncio.wrap_future(call.outcome))
        except IntegrityError:
            raise  # the database works; it refuses this
        except (SQLAlchemyError, OSError, asyncio.TimeoutError):
            call.give_up()
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return cast(T, result)

    def run_blocking(self, work: Work[T]) -> T:
        """Do the same from any thread but the one here, and wait for it."""
        call = _Call(work)
        self._begin(call)
        return cast(T, call.outcome.result(LIMIT_S))

    async def aside(self, work: Callable[[], T]) -> T:
        """Do what is no transaction in the same thread, such as making the tables."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def owe(self, change: Any) -> None:
        """Keep a change that could not be made; it is made before anything else is."""
        if len(self._owed) < MOST_OWED:
            self._owed.append(change)

    async def close(self) -> None:
        """Close the database, when what was begun, and what is owed, is written."""
        if self._owed:
            try:
                # Asked once more, however lately it failed: there is no later.
                await within(LIMIT_S, asyncio.ensure_future(self.aside(self._pay)))
            except Exception as error:  # after the next start some answers are sent again
                logger.error("%d notes of what was done could not be written: %s", len(self._owed), describe(error))
        try:
            await within(LIMIT_S, asyncio.ensure_future(self.aside(self._engine.dispose)))
        except asyncio.TimeoutError:
            logger.error("The store does not answer; it is left as it is")
        self._thread.shutdown(wait=False)

    def _begin(self, call: _Call) -> None:
        with self._lock:
            self._calls.append(call)
            if not self._is_working:
                self._is_working = True
                self._thread.submit(self._work)

    def _work(self) -> None:
        while True:
            with self._lock:
                calls, self._calls = self._calls[:MOST_TOGETHER], self._calls[MOST_TOGETHER:]
                if not calls:
                    self._is_working = False
                    return
            self._do(calls)

    def _do(self, calls: Sequence[_Call]) -> None:
        """Do work in one transaction; where one of several fails, each in its own."""
        calls = [call for call in calls if not call.is_given_up]
        try:
            self._pay()
            results = self._together(calls)
        except _Undone:
            for call in calls:
                self._do([call])
        except BaseException as error:  # whatever it is, who waits is told
            for call in calls:
                call.fail(error)
        else:
            for call, result in zip(calls, results, strict=True):
                call.succeed(result)

    def _together(self, calls: Sequence[_Call]) -> list[Any]:
        decided: list[_Call] = []
        with self._engine.begin() as connection:
            try:
                results = [call.work(connection) for call in calls]
                for call in calls:
                    call.decide()
                    decided.append(call)
            except (OperationalError, OSError):  # the database is away: each by itself would wait for it again
                raise
            except Exception as error:
                for call in decided:
                    call.reopen()
                if len(calls) == 1:
                    raise
                raise _Undone from error
        return results

    def _pay(self) -> None:
        owed = self._owed[:]
        if owed:
            with self._engine.begin() as connection:
                for change in owed:
                    connection.execute(change)
            del self._owed[: len(owed)]


class GivenUp(Exception):
    """Nobody waits for the work any more; it is undone."""


class _Undone(Exception):
    """One of several failed before anything was committed."""


class _Call:
    """Some work, and whether it still counts: either it is committed or it is given up."""

    def __init__(self, work: Callable[[Connection], Any]):
        self.work = work
        self.outcome: Future[Any] = Future()
        self.is_given_up = False
        self._is_decided = threading.Lock()

    def decide(self) -> None:
        """Decide that it counts.

        Raises:
            GivenUp: it was given up.
        """
        if not self._is_decided.acquire(blocking=False):
            raise GivenUp

    def reopen(self) -> None:
        """Take back that it counts: it was undone, and will be done again."""
        self._is_decided.release()

    def give_up(self) -> None:
        """Decide that it does not count, unless it is decided already."""
        self.is_given_up = self._is_decided.acquire(blocking=False)

    def succeed(self, result: Any) -> None:
        """Tell who waits."""
        if self.outcome.set_running_or_notify_cancel():
            self.outcome.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Tell who waits what went wrong."""
        if self.outcome.set_running_or_notify_cancel():
            self.outcome.set_exception(error)
