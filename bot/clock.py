"""The time, which a scripted dialogue may freeze."""

from __future__ import annotations

import contextlib
import contextvars
import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

LATVIA = ZoneInfo("Europe/Riga")
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
