"""What has just failed is left alone for a little, and tried again."""

import asyncio
import threading

import pytest

from bot import databases
from bot.breaker import LOOK_FOR_S, LOOKING, Away, Breaker
from bot.threads import in_own_thread


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def is_away(breaker):
    try:
        breaker.check()
    except Away:
        return True
    return False


def test_what_failed_is_left_alone_and_then_tried_by_one(clock):
    breaker = Breaker("it", pause_s=2, clock=clock)
    assert not is_away(breaker)
    breaker.failed()
    assert is_away(breaker)
    clock.now = 2.1
    assert not is_away(breaker)  # the trial
    assert is_away(breaker)  # everybody else waits for what comes of it
    breaker.succeeded()
    assert not is_away(breaker)


def test_it_may_fail_some_times(clock):
    breaker = Breaker("it", failures=3, clock=clock)
    for _ in range(2):
        breaker.failed()
        assert not is_away(breaker)
    breaker.failed()
    assert is_away(breaker)


def test_the_pause_grows_with_each_trial_that_fails_and_no_further_than_it_may(clock):
    breaker = Breaker("it", pause_s=5, longest_s=15, clock=clock)
    breaker.failed()
    pauses = []
    for _ in range(3):
        began = clock.now
        while is_away(breaker):
            clock.now += 0.5
        pauses.append(clock.now - began)
        breaker.failed()
    assert pauses == [5.0, 10.0, 15.0]
    breaker.succeeded()
    breaker.failed()
    clock.now += 5.0
    assert not is_away(breaker)


def test_nobody_is_kept_waiting_to_find_out_whether_it_is_back_where_that_can_be_looked_up():
    looked, is_back = threading.Semaphore(0), threading.Event()

    def look():
        looked.release()
        return is_back.wait(5)

    breaker = Breaker("it", pause_s=0, is_back=look)
    breaker.failed()
    looked.acquire(timeout=5)
    assert is_away(breaker)
    is_back.set()
    for thread in threading.enumerate():
        if thread.name == LOOKING:
            thread.join(5)
    assert not is_away(breaker)  # the trial
    assert is_away(breaker)
    breaker.succeeded()
    assert not is_away(breaker)


def test_when_nobody_asks_any_more_nobody_looks_and_the_next_tries_it(clock):
    looked = []

    def look():
        looked.append(clock.now)
        clock.now += LOOK_FOR_S
        return False

    breaker = Breaker("it", clock=clock, is_back=look)
    breaker.failed()
    for thread in threading.enumerate():
        if thread.name == LOOKING:
            thread.join(5)
    assert looked == [0.0]
    assert not is_away(breaker)


def test_those_who_use_one_postgresql_are_told_together_that_it_is_away():
    talks = databases.breaker("postgresql://drom@127.0.0.1:1/drom?connect_timeout=2", "the talks")
    channel = databases.breaker("postgresql://drom@127.0.0.1:1/drom", "the channel")
    assert not is_away(channel)
    talks.failed()
    assert is_away(channel)
    assert not databases.breaker("postgresql://drom@127.0.0.1:1/other", "another").is_away


def test_an_sqlite_file_that_is_held_for_one_may_be_free_for_another():
    databases.breaker("sqlite:///drom.db", "the talks").failed()
    assert not databases.breaker("sqlite:///drom.db", "the channel").is_away


async def test_work_in_its_own_thread_gives_its_result_or_its_error():
    assert await in_own_thread(threading.current_thread, "mine") is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        await in_own_thread(lambda: 1 / 0, "mine")


async def test_work_that_never_ends_keeps_nobody_else_waiting():
    forever = threading.Event()
    hanging = [asyncio.ensure_future(in_own_thread(forever.wait, "hangs")) for _ in range(50)]
    assert await asyncio.wait_for(in_own_thread(lambda: "done", "quick"), 5) == "done"
    forever.set()
    assert all(await asyncio.gather(*hanging))
