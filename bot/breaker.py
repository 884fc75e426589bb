"""What has just failed is left alone for a little, so that whoever comes next is not kept waiting for it too.

A database that hangs, or an action that never ends, costs one person the whole time limit. Without this, each of two
hundred people would wait for it in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_S = 2.0


class Away(Exception):
    """Something failed a moment ago; it is not asked now."""


class Breaker:
    """Remembers whether something works. To be used from one thread.

    Args:
        name: what it is, for the error.
        failures: after so many in a row it is left alone.
        pause_s: for so long; then one call is let through, to see whether it works again.
        longest_s: the pause is doubled with each such call that fails, up to this; None: it stays the same.
        clock: seconds that no change of the machine's clock touches.
    """

    def __init__(
        self,
        name: str,
        failures: int = 1,
        pause_s: float = PAUSE_S,
        longest_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._name = name
        self._allowed = failures
        self._first_pause_s = self._pause_s = pause_s
        self._longest_s = longest_s or pause_s
        self._is_trial = False
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    def check(self) -> None:
        """Return where it may be asked.

        Raises:
            Away: it may not.
        """
        if self._failures < self._allowed:
            return
        now = self._clock()
        if now < self._closed_until:
            raise Away(f"{self._name} failed a moment ago and is left alone")
        self._is_trial = True
        self._closed_until = now + self._pause_s  # this call is the trial; the others wait for what comes of it

    def succeeded(self) -> None:
        """Note that it works."""
        self._failures = 0
        self._pause_s = self._first_pause_s
        self._is_trial = False

    def failed(self) -> None:
        """Note that it failed."""
        self._failures += 1
        if self._is_trial:
            self._pause_s = min(2 * self._pause_s, self._longest_s)
            self._is_trial = False
        self._closed_until = self._clock() + self._pause_s
