"""One message of a chat at a time, also between two replicas; and with Redis gone people are answered all the same."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.assistant.locks import ChatLocks
from tests.conftest import free_port
from tests.support.redis_server import RedisServer


@pytest.fixture
def redis_server():
    if not RedisServer.is_installed():
        pytest.skip("SKIPPED LOUDLY: redis-server is not installed; `make test` as root on Debian installs it")
    server = RedisServer(free_port()).start()
    yield server
    server.stop()


async def overlaps(one: ChatLocks, other: ChatLocks, chats=("a", "a")) -> bool:
    inside: list[str] = []
    overlapped = False

    async def turn(locks, chat):
        nonlocal overlapped
        async with locks.hold(chat):
            overlapped = overlapped or bool(inside)
            inside.append(chat)
            await asyncio.sleep(0.2)
            inside.remove(chat)

    await asyncio.gather(turn(one, chats[0]), turn(other, chats[1]))
    return overlapped


async def test_in_one_process_turns_of_a_chat_do_not_overlap_and_of_two_chats_do():
    locks = ChatLocks()
    assert not await overlaps(locks, locks)
    assert await overlaps(locks, locks, ("a", "b"))


async def test_two_replicas_keep_off_one_chat(redis_server):
    one, other = ChatLocks(redis_server.url), ChatLocks(redis_server.url)
    assert not await overlaps(one, other)
    assert await overlaps(one, other, ("a", "b"))
    await one.close()
    await other.close()


async def test_without_redis_two_replicas_would_overlap():
    assert await overlaps(ChatLocks(), ChatLocks())


async def test_with_redis_gone_the_turn_goes_on_soon_and_again_when_it_is_back(redis_server, caplog):
    one, other = ChatLocks(redis_server.url), ChatLocks(redis_server.url)
    assert not await overlaps(one, other)
    redis_server.stop()
    began = time.monotonic()
    async with one.hold("a"):
        pass
    assert time.monotonic() - began < 8
    assert "Redis can't be used" in caplog.text
    redis_server.start()
    one._away_until = other._away_until = 0.0
    assert not await overlaps(one, other)
    await one.close()
    await other.close()


async def test_redis_that_goes_in_the_middle_of_a_turn_does_not_break_it(redis_server):
    locks = ChatLocks(redis_server.url)
    async with locks.hold("a"):
        redis_server.stop()
    await locks.close()
