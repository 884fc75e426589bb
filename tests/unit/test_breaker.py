"""What has just failed is left alone for a little, and tried again."""

import asyncio
import threading

import pytest

from bot.breaker import Away, Breaker
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
