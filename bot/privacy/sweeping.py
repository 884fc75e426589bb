"""Retention: deleting what is old, by hand (`drom privacy sweep`) and by a job inside the assistant."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from bot.clock import JumpWatch
from bot.errors import describe
from bot.privacy.keepers import truncate_log
from bot.privacy.pseudonym import drop_former_keys, former_key_count
from bot.privacy.registry import Keeper, keepers
from bot.settings import Settings

logger = logging.getLogger(__name__)

EVERY_S = 300.0


class SweepFailed(Exception):
    """A store could not be swept; the others were."""


def sweep(settings: Settings, now_s: float | None = None, among: Sequence[Keeper] | None = None) -> dict[str, int]:
    """Delete what is older than it may be, in every store.

    Returns:
        How many records were deleted, by store; former keys that nothing needs any more among them.

    Raises:
        SweepFailed: naming the stores that failed, after all others were swept.
    """
    now_s = time.time() if now_s is None else now_s
    deleted: dict[str, int] = {}
    failed: list[str] = []
    for keeper in keepers(settings) if among is None else among:
        try:
            deleted[keeper.name] = keeper.sweep(now_s)
        except Exception as error:  # one store's failure must not keep the others' data longer
            failed.append(f"{keeper.name} ({describe(error)})")
    truncate_log(settings.tracker_database_url)
    deleted["former keys"] = drop_former_keys(settings.data_dir, now_s)
    if failed:
        raise SweepFailed("; ".join(failed))
    return deleted


def report(settings: Settings, now_s: float | None = None) -> dict[str, Any]:
    """Return what is stored, in numbers: nothing about a person."""
    now_s = time.time() if now_s is None else now_s
    return {
        "stores": [keeper.held(now_s).as_dict() for keeper in keepers(settings)],
        "former_keys": former_key_count(settings.data_dir),
    }


class Sweeper:
    """Sweeps now and then while the assistant runs; a failure is logged and tried again.

    Args:
        settings: the settings of this process.
        every_s: the pause between two sweeps.
        clock: seconds since 1970.
        steady: seconds that no change of the clock touches.
    """

    def __init__(
        self,
        settings: Settings,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ):
        self._settings = settings
        self._every_s = every_s
        self._clock = clock
        self._jumps = JumpWatch(clock, steady)  # a clock that jumps must not delete anybody's talk
        self.last_success_s: float | None = None
        self.failures = 0

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await self.sweep_once()
            await asyncio.sleep(self._every_s)

    async def sweep_once(self) -> None:
        """Sweep, unless the clock has just jumped forward; never raises."""
        if self._jumps.has_jumped():
            logger.error("The clock jumped; nothing is deleted until it has been steady for a while")
            return
        try:
            deleted = await asyncio.to_thread(sweep, self._settings, self._clock())
            self.last_success_s = self._clock()
            if sum(deleted.values()):
                logger.info("Deleted what is too old: %s", deleted)
        except Exception as error:
            self.failures += 1
            reason = str(error) if isinstance(error, SweepFailed) else describe(error)
            logger.error("What is too old could not be deleted: %s", reason)
