"""Keeping to Telegram's pace: so many messages a second overall, one a second in a chat."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What Telegram allows (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).

    Attributes:
        per_second: messages a second to all chats together.
        chat_pause_s: seconds between two messages to one chat.
        margin_s: what is added to a second, since clocks differ.
    """

    per_second: int = 30
    chat_pause_s: float = 1.0
    margin_s: float = 0.02


class Pace:
    """Lets at most so many messages arrive in any second, and none begin while it is paused.

    Each message holds a slot from before it is sent until a second after Telegram had it. Two that
    share a slot so arrive more than a second apart, however long the network takes for either;
    counting from the moments of sending would not hold when a slow connection catches up.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic):
        self._limits = limits
        self._clock = clock
        self._slots = asyncio.Semaphore(limits.per_second)
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long (Telegram said ``retry_after``)."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot while a message is sent; entered when it may be."""
        await self._slots.acquire()
        try:
            await self.wait_for_pause()
            yield
        finally:
            asyncio.get_running_loop().call_later(1.0 + self._limits.margin_s, self._slots.release)

    async def wait_for_pause(self) -> None:
        """Return when no pause is in force; for calls that do not count as messages."""
        while (delay := self._paused_until - self._clock()) > 0:  # noqa: ASYNC110 (it may have been prolonged)
            await asyncio.sleep(delay)


class Places:
    """Lets so many do something at once; who takes long gives the place to the next, and goes on without it.

    Turns are work for the processor, and more of them at once only make everyone wait longer. But one that hangs
    does no work, and must not keep the others out.

    Args:
        count: how many at once.
        longest_s: for how long a place is kept.
    """

    def __init__(self, count: int, longest_s: float):
        self._places = asyncio.Semaphore(count)
        self._longest_s = longest_s

    @contextlib.asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Take a place; entered when there is one."""
        await self._places.acquire()
        is_taken = True

        def give_back() -> None:
            nonlocal is_taken
            if is_taken:
                is_taken = False
                self._places.release()

        timer = asyncio.get_running_loop().call_later(self._longest_s, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()
