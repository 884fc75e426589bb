"""What has just failed is left alone for a little, so that whoever comes next is not kept waiting for it too.

A database that hangs, or an action that never ends, costs one person the whole time limit. Without this, each of two
hundred people would wait for it in turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PAUSE_S = 2.0
# Whoever tries whether it works again has so long; the others don't try meanwhile.
TRIAL_S = 4.0
LOOK_EVERY_S = 0.5
# Where nobody asks any more, nobody looks either: whoever comes next tries it.
LOOK_FOR_S = 60.0
LOOKING = "is-it-back"


class Away(Exception):
    """Something failed a moment ago; it is not asked now."""


class Breaker:
    """Remembers whether something works. To be used from one thread.

    With ``is_back`` no person is kept waiting to find out: a thread looks until it is back, and only then one call is
    let through as the trial.

    Args:
        name: what it is, for the error.
        failures: after so many in a row it is left alone.
        pause_s: for so long; then one call is let through, to see whether it works again.
        longest_s: the pause is doubled with each such call that fails, up to this; None: it stays the same.
        clock: seconds that no change of the machine's clock touches.
        is_back: tells whether it can be reached again; may block, called in a thread of its own.
    """

    def __init__(
        self,
        name: str,
        failures: int = 1,
        pause_s: float = PAUSE_S,
        longest_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        is_back: Callable[[], bool] | None = None,
    ):
        self._name = name
        self._allowed = failures
        self._first_pause_s = self._pause_s = pause_s
        self._longest_s = longest_s or pause_s
        self._is_trial = False
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0
        self._is_back = is_back
        self._is_looked_after = False
        self._asked_at = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it failed last, for those who would not try whether it is back."""
        return self._failures >= self._allowed

    def check(self) -> None:
        """Return where it may be asked.

        Raises:
            Away: it may not.
        """
        if not self.is_away:
            return
        now = self._asked_at = self._clock()
        if self._is_looked_after or now < self._closed_until:
            raise Away(f"{self._name} failed a moment ago and is left alone")
        self._is_trial = True
        # This call is the trial; the others wait for what comes of it.
        self._closed_until = now + max(self._pause_s, TRIAL_S)

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
        if self._is_back is not None and self.is_away and not self._is_looked_after:
            self._is_looked_after = True
            self._asked_at = self._clock()
            threading.Thread(target=self._look, args=[self._is_back], name=LOOKING, daemon=True).start()

    def _look(self, is_back: Callable[[], bool]) -> None:
        while not is_back() and self._clock() - self._asked_at < LOOK_FOR_S:
            time.sleep(LOOK_EVERY_S)
        self._closed_until = 0.0
        self._is_looked_after = False
