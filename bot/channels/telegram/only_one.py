"""Only one process may take a bot's updates: two would each get a part of them, or answer the same ones.

Telegram ends the *older* of two long polls (409 Conflict), so two programs with one token throw each other
out for ever.
Here who was first goes on, and who comes second steps back and says so:

- Processes that share a store agree by a row in it: a lease that its holder renews, and that ends with the holder. The
  others stand by: with its model loaded, one of them goes on within seconds where the first is killed.
- Others can only be noticed through Telegram. Who polls for the first time looks on for some seconds, and takes only
  what still waits two seconds after it came: nobody waits longer because of a second program that there hardly ever is.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from bot.channels.telegram.requests import TolerantBot
from bot.channels.telegram.store import Store
from bot.channels.telegram.tables import pollers
from bot.errors import describe

logger = logging.getLogger(__name__)

LEASE_S = 6.0  # a holder that was killed on another machine is forgotten after it
RENEW_S = 1.5
TRY_AGAIN_S = 1.0
LATELY_S = 600.0  # who polled with this store so lately was the only one, and need not look on
WATCH_S = 8.0  # longer than Telegram takes to tell of a conflict (three seconds, after another three)
# In which a program that polls has taken what came and confirmed it, also where our look made it pause for a second.
IN_HAND_S = 2.0
CHECK_EVERY_S = 1.5
CHECKS = 4
FIRST_AGAIN_S = 15.0
LONGEST_AGAIN_S = 300.0
BATCH = 100


@dataclass(frozen=True)
class Taken:
    """What came of a try to take the lease.

    Attributes:
        is_mine: this process holds it now.
        was_lately: somebody held it in the last minutes, so nobody beside this store polls.
    """

    is_mine: bool
    was_lately: bool = False


class Lease:
    """The right to take the updates of a bot, among processes that share a store.

    Args:
        store: the store, open.
        clock: seconds since 1970.
        holder: who this is; the process by default.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, holder: str | None = None):
        self._store = store
        self._clock = clock
        self._holder = holder or _this_process()

    async def take(self) -> Taken:
        """Take it, unless another holds it who lives."""
        try:
            return await self._store.in_transaction(self._take)
        except IntegrityError:  # another made the row at the same moment
            return Taken(False)

    async def wait(self) -> Taken:
        """Return when it is taken."""
        while True:
            try:
                taken = await self.take()
            except Exception as error:
                logger.error("The store does not tell who polls: %s", describe(error))
            else:
                if taken.is_mine:
                    return taken
            await asyncio.sleep(TRY_AGAIN_S)

    async def keep(self) -> None:
        """Renew it until another has it (this process must have stood still for long), then return."""
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                if not await self._store.in_transaction(self._renew):
                    return
            except Exception as error:  # without the store nobody else can take it either
                logger.debug("The lease was not renewed: %s", describe(error))

    async def release(self) -> None:
        """Let another process have it at once."""
        mine = (pollers.c.bot_id == self._store.bot_id) & (pollers.c.holder == self._holder)
        change = sa.update(pollers).where(mine).values(holder="", until=self._clock())
        try:
            await self._store.in_transaction(lambda connection: connection.execute(change))
        except Exception as error:  # it ends by itself
            logger.debug("The lease was not given back: %s", describe(error))

    def _take(self, connection: Connection) -> Taken:
        now, bot_id = self._clock(), self._store.bot_id
        row = connection.execute(sa.select(pollers).where(pollers.c.bot_id == bot_id)).first()
        if row is None:
            new = sa.insert(pollers).values(bot_id=bot_id, holder=self._holder, until=now + LEASE_S)
            connection.execute(new)
            return Taken(True)
        # An end that lies further ahead than a lease lasts was written before the clock was set back.
        is_running = now < row.until <= now + 2 * LEASE_S and row.holder != self._holder
        if is_running and not _is_dead(row.holder):
            return Taken(False)
        # Where another was quicker, its row is left.
        as_seen = (pollers.c.bot_id == bot_id) & (pollers.c.holder == row.holder) & (pollers.c.until == row.until)
        change = sa.update(pollers).where(as_seen).values(holder=self._holder, until=now + LEASE_S)
        is_mine = connection.execute(change).rowcount == 1
        return Taken(is_mine, was_lately=now - row.until < LATELY_S)

    def _renew(self, connection: Connection) -> bool:
        mine = (pollers.c.bot_id == self._store.bot_id) & (pollers.c.holder == self._holder)
        change = sa.update(pollers).where(mine).values(until=self._clock() + LEASE_S)
        return connection.execute(change).rowcount == 1


def _this_process() -> str:
    return f"{_machine()}|{os.getpid()}|{secrets.token_hex(8)}"


def _machine() -> str:
    """Return what only processes that see each other's numbers share: this start of the system, and the container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()[:100]


def _is_dead(holder: str) -> bool:
    """Whether a holder is known to have ended: a process of this machine that is no more, or none at all."""
    if not holder:
        return True
    machine, process, _ = holder.rsplit("|", 2)
    if machine != _machine():
        return False
    if int(process) == os.getpid():
        return True  # an earlier bot of this very process
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


async def watch(
    bot: TolerantBot,
    allowed_updates: list[str],
    seconds: float,
    take: Callable[[list[Update]], Awaitable[None]],
    polled: Callable[[], None],
) -> None:
    """Look for some seconds whether another program polls with the same token; meanwhile take what it leaves.

    Telegram hands updates out again until they are confirmed, so looking costs nobody anything. What still waits two
    seconds after it was seen is nobody else's.

    Args:
        bot: asks for updates.
        allowed_updates: the kinds that are wanted.
        seconds: for how long.
        take: takes updates in; they are confirmed afterwards.
        polled: told each time that Telegram answered.

    Raises:
        Conflict: another does: it ended our long poll, or what waited was taken by somebody.
    """
    ends = time.monotonic() + seconds
    seen: set[int] = set()
    offset: int | None = None
    while (left := ends - time.monotonic()) > 0:
        updates = await bot.updates(allowed_updates, BATCH, math.ceil(left), offset)
        polled()
        waiting = sorted(updates, key=lambda update: update.update_id)
        if seen - {update.update_id for update in waiting}:
            raise Conflict("Conflict: another program takes the updates")
        # Confirming one confirms those before it too, so only what stands before the first new one is taken.
        known = [update.update_id in seen for update in waiting]
        count = known.index(False) if False in known else len(known)
        if count:
            await take(waiting[:count])
            offset = waiting[count - 1].update_id + 1
            waiting = await bot.updates(allowed_updates, BATCH, 0, offset)
        seen = {update.update_id for update in waiting}
        await asyncio.sleep(IN_HAND_S)


async def until_the_other_may_be_gone(bot: Bot, longest_s: float) -> None:
    """Return when updates pile up at Telegram, since nobody takes them, or after so long. Disturbs nobody.

    Of a busy bot a few wait at any moment, but not ever more.
    """
    ends = time.monotonic() + longest_s
    in_a_row = before = 0
    while in_a_row < CHECKS and time.monotonic() < ends:
        await asyncio.sleep(CHECK_EVERY_S)
        try:
            info = await bot.get_webhook_info()
        except BadRequest:  # a Bot API server that does not tell
            continue
        waiting = info.pending_update_count
        if waiting < before:
            in_a_row = 0
        in_a_row = in_a_row + 1 if waiting else 0
        before = waiting
