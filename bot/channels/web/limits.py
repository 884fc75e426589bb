"""The pace that the web chat allows, so that one visitor can't take the assistant from the others."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 20_000


class Pace:
    """A bucket of tokens for each key: so many at once, and so many a minute again. Kept in memory alone.

    Args:
        per_minute: tokens a minute; as many at once.
        clock: seconds that no change of the clock touches.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic):
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Take a token of ``key``; False where there is none."""
        now = self._clock()
        tokens, before = self._buckets.pop(key, (float(self._per_minute), now))
        tokens = min(float(self._per_minute), tokens + (now - before) * self._per_minute / 60)
        is_allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if is_allowed else tokens, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return is_allowed


class Crowd:
    """How many messages of one visitor are being answered at once."""

    def __init__(self, at_once: int):
        self._at_once = at_once
        self._inside: dict[str, int] = {}

    def enter(self, key: str) -> bool:
        """Let one in; False where there are too many already."""
        inside = self._inside.get(key, 0)
        if inside >= self._at_once:
            return False
        self._inside[key] = inside + 1
        return True

    def leave(self, key: str) -> None:
        """Let one out that was let in."""
        inside = self._inside.get(key, 0) - 1
        if inside > 0:
            self._inside[key] = inside
        else:
            self._inside.pop(key, None)
