"""One message of a chat at a time, also across replicas where a Redis is set.

Rasa's own Redis lock was measured not to keep two servers off one conversation, so this has its own: a key with a
random value and a time limit (SET NX PX), deleted only by who set it. A chat should be sent to the same replica
anyway (docs/operator.md); the lock holds where a replica was just replaced. With Redis gone, messages are answered
all the same, with the lock of the process alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
import weakref
from collections.abc import AsyncIterator

from redis import asyncio as redis
from redis.exceptions import RedisError

from bot.errors import describe

logger = logging.getLogger(__name__)

HELD_MS = 20_000  # longer than any turn may take; a crashed holder is forgotten after it
WAIT_S = 4.0  # then the message is answered all the same: late is better than never
POLL_S = 0.03
PAUSE_S = 10.0  # after a failure Redis is left alone for so long
TIMEOUT_S = 1.0
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class ChatLocks:
    """Locks by chat.

    Args:
        redis_url: address of the Redis that the replicas share; None: the process is alone.
    """

    def __init__(self, redis_url: str | None = None):
        # Rasa's ticket lock asks once a second whether it is free; this one wakes at once.
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._url = redis_url
        self._redis: redis.Redis | None = None
        self._away_until = 0.0

    @contextlib.asynccontextmanager
    async def hold(self, chat: str) -> AsyncIterator[None]:
        """Hold the lock of a chat until the end of the block. Never raises by itself."""
        lock = self._locks.setdefault(chat, asyncio.Lock())
        async with lock:
            token = await self._acquire(chat) if self._url else None
            try:
                yield
            finally:
                if token is not None:
                    await self._release(chat, token)

    async def close(self) -> None:
        """Close the connections."""
        connected, self._redis = self._redis, None
        if connected is not None:
            await connected.close()
            await connected.connection_pool.disconnect()

    def _connection(self) -> redis.Redis:
        if self._redis is None:
            assert self._url is not None
            self._redis = redis.from_url(self._url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        return self._redis

    async def _acquire(self, chat: str) -> str | None:
        if time.monotonic() < self._away_until:
            return None
        try:
            return await self._try(chat)
        except (RedisError, OSError, asyncio.TimeoutError):
            await self._disconnect()  # a connection from before Redis was started anew
        try:
            return await self._try(chat)
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            await self._leave_alone(error)
        return None

    async def _try(self, chat: str) -> str | None:
        token = secrets.token_hex(16)
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            if await self._connection().set(_key(chat), token, nx=True, px=HELD_MS):
                return token
            await asyncio.sleep(POLL_S)
        logger.warning("A chat is held by another replica for long; it is answered all the same")
        return None

    async def _release(self, chat: str, token: str) -> None:
        try:
            await self._connection().eval(_RELEASE, 1, _key(chat), token)
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            await self._leave_alone(error)

    async def _disconnect(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self.close()

    async def _leave_alone(self, error: BaseException) -> None:
        await self._disconnect()
        self._away_until = time.monotonic() + PAUSE_S
        logger.error("Redis can't be used, the process's own locks hold: %s", describe(error))


def _key(chat: str) -> str:
    return f"drom:lock:{chat}"
