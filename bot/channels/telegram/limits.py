"""Keeping to Telegram's pace: so many messages a second overall, one a second in a chat."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What Telegram allows (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).

    Attributes:
        per_second: messages a second to all chats together.
        chat_pause_s: seconds between two messages to one chat.
        margin_s: what is added to a second, since the network shifts the moments of arrival.
    """

    per_second: int = 30
    chat_pause_s: float = 1.0
    margin_s: float = 0.03


class Pace:
    """Lets at most so many through in any second, first come, first served; and nobody while it is paused."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic):
        self._limits = limits
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=limits.per_second)
        self._queue = asyncio.Lock()
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long (Telegram said ``retry_after``)."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def wait(self) -> None:
        """Return when the next message may be sent."""
        async with self._queue:
            while (delay := self._delay()) > 0:  # noqa: ASYNC110 (a pause may have been added meanwhile)
                await asyncio.sleep(delay)
            self._recent.append(self._clock())

    async def wait_for_pause(self) -> None:
        """Return when no pause is in force; for calls that do not count as messages."""
        while (delay := self._paused_until - self._clock()) > 0:  # noqa: ASYNC110 (it may have been prolonged)
            await asyncio.sleep(delay)

    def _delay(self) -> float:
        now = self._clock()
        delay = self._paused_until - now
        if len(self._recent) == self._recent.maxlen:
            delay = max(delay, self._recent[0] + 1.0 + self._limits.margin_s - now)
        return delay
