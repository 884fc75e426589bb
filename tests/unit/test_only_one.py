"""Two assistants with one token: who was first goes on, the second steps back and says so, and nobody is answered twice."""

import asyncio
import itertools
import time
from types import SimpleNamespace

import pytest

from bot.channels.telegram import only_one, service
from bot.channels.telegram.only_one import LEASE_S, Lease
from bot.channels.telegram.state import Status
from bot.channels.telegram.store import Store
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_bot import FAST, running


@pytest.fixture
async def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'telegram.db'}")
    await store.open(7)
    yield store
    await store.close()


async def until(condition, within=20.0):
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, "it did not come to pass"
        await asyncio.sleep(0.02)


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


async def test_a_lease_has_one_holder_until_it_is_given_back(store):
    first, second = Lease(store, holder="far|1|a"), Lease(store, holder="off|1|b")
    assert (await first.take()).is_mine
    assert not (await second.take()).is_mine
    await first.release()
    taken = await second.take()
    assert taken.is_mine
    assert taken.was_lately


async def test_a_lease_that_is_not_renewed_ends(store):
    clock = Clock()
    first, second = Lease(store, clock, "far|1|a"), Lease(store, clock, "off|1|b")
    await first.take()
    clock.now += LEASE_S - 1
    assert not (await second.take()).is_mine
    clock.now += 2
    assert (await second.take()).is_mine


async def test_a_lease_of_a_process_that_is_dead_ends_at_once(store):
    ended = only_one._machine() + "|4194999|a"  # above the highest number that a process can have
    assert (await Lease(store, holder=ended).take()).is_mine
    assert (await Lease(store).take()).is_mine


async def test_a_clock_that_was_set_back_does_not_keep_a_lease_for_ever(store):
    clock = Clock()
    await Lease(store, clock, "far|1|a").take()
    clock.now -= 3600
    assert (await Lease(store, clock, "off|1|b").take()).is_mine


async def test_who_polled_long_ago_does_not_vouch_that_nobody_else_does(store):
    clock = Clock()
    await Lease(store, clock, "far|1|a").take()
    clock.now += 24 * 3600
    assert not (await Lease(store, clock, "off|1|b").take()).was_lately


async def test_a_second_process_with_the_store_stands_by_and_goes_on_when_the_first_ends(
    api, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(only_one, "TRY_AGAIN_S", 0.1)
    talks, others = EchoTalks(), EchoTalks()
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST) as first:
        anna.write("viens")
        await anna.see(2)
        # As if it were a process elsewhere: two in one process would take each other for dead.
        monkeypatch.setattr(only_one, "_machine", lambda: "another machine")
        async with running(api, tmp_path, others, limits=FAST) as second:
            await until(lambda: second.state.status is Status.STANDBY)
            assert "started by mistake, stop it" in caplog.text
            anna.write("divi")
            await anna.see_one()
            await first.stop()
            anna.write("trīs")
            await anna.see_one()
            await anna.see_nothing_more()
            await until(lambda: second.state.status is Status.CONNECTED)
    assert talks.everything == ["viens", "divi"]
    assert others.everything == ["trīs"]


async def test_a_second_bot_elsewhere_steps_back_takes_nothing_and_goes_on_when_the_first_is_gone(
    api, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(only_one, "CHECK_EVERY_S", 0.2)
    talks, others = EchoTalks(), EchoTalks()
    anna = Phone(api, 1)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with running(api, tmp_path / "a", talks, limits=FAST) as first:
        await until(lambda: first.state.status is Status.CONNECTED)
        async with running(api, tmp_path / "b", others, limits=FAST, watch_s=8.0) as second:
            await until(lambda: second.state.status is Status.CONFLICT)
            assert "stop it" in caplog.text
            for words in ("viens", "divi", "trīs"):
                anna.write(words)
            await anna.see(4)
            assert others.everything == []
            await first.stop()
            anna.write("četri")
            await anna.see(2)
            assert second.state.status is Status.CONNECTED
            await anna.see_nothing_more()
    assert talks.everything == ["viens", "divi", "trīs"]
    assert others.everything == ["četri"]


async def test_who_polls_for_the_first_time_answers_soon_what_waited_and_what_comes(api, tmp_path):
    anna, jana = Phone(api, 1), Phone(api, 2)
    anna.write("gaidīju")
    talks = EchoTalks()
    async with running(api, tmp_path, talks, limits=FAST, watch_s=60.0):
        await anna.see(2, within=5.0)
        jana.write("nupat")
        await jana.see(2, within=5.0)
    assert talks.everything == ["gaidīju", "nupat"]


async def test_a_conflict_at_the_start_that_was_a_mistake_is_soon_over(api, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "FIRST_AGAIN_S", 1.0)
    monkeypatch.setattr(only_one, "CHECK_EVERY_S", 0.2)
    api.faults.append(Fault("getUpdates", status=409, description="Conflict: terminated by other getUpdates request"))
    api.faults.append(Fault("getWebhookInfo", status=404, description="Not Found", times=1000))
    anna = Phone(api, 1)
    async with running(api, tmp_path, EchoTalks(), limits=FAST, watch_s=60.0) as bot:
        await until(lambda: bot.state.status is Status.CONFLICT)
        anna.write("sveiki")
        await anna.see(2, within=5.0)


async def pace_of(counts):
    """Return how many times it is looked before it is tried whether the other is gone."""

    class Telegram:
        looked = 0

        async def get_webhook_info(self):
            self.looked += 1
            return SimpleNamespace(pending_update_count=next(counts))

    bot = Telegram()
    await only_one.until_the_other_may_be_gone(bot, 60.0)
    return bot.looked


async def test_a_busy_bot_is_not_taken_for_one_that_is_gone(monkeypatch):
    monkeypatch.setattr(only_one, "CHECK_EVERY_S", 0.001)
    busy = itertools.cycle([3, 5, 2, 4, 0, 1])
    assert await pace_of(itertools.chain(itertools.islice(busy, 60), [2, 2, 9, 9, 9])) > 60
    assert await pace_of(itertools.count(1)) == only_one.CHECKS
