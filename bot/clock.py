"""The time, which a scripted dialogue may freeze."""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import time
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

LATVIA = ZoneInfo("Europe/Riga")
# A day forward at once is a jump of the clock, not time that passed.
LONGEST_STEP_S = 6 * 3600.0
_frozen: contextvars.ContextVar[datetime.datetime | None] = contextvars.ContextVar("frozen", default=None)


def now() -> datetime.datetime:
    """Return the local time in Latvia, or the time that is frozen in this context."""
    return _frozen.get() or datetime.datetime.now(LATVIA)


@contextlib.contextmanager
def frozen(moment: datetime.datetime | None) -> Iterator[None]:
    """Freeze the time at ``moment`` (taken as local where it has no zone); None: let it run."""
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=LATVIA)
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)


class JumpWatch:
    """Notices that the machine's clock was set forward: what looks old then is not.

    Args:
        clock: seconds since 1970.
        steady: seconds that no change of the clock touches.
    """

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic):
        self._clock, self._steady = clock, steady
        self._seen: tuple[float, float] | None = None

    def has_jumped(self) -> bool:
        """Return whether the clock jumped forward since this was asked last."""
        now, steady = self._clock(), self._steady()
        before, self._seen = self._seen, (now, steady)
        return before is not None and (now - before[0]) - (steady - before[1]) > LONGEST_STEP_S
