"""Work on the store of the Telegram channel: what waits together is committed together, and each stands for itself."""

import asyncio
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.channels.telegram import transactions as module
from bot.channels.telegram.tables import create_store_engine
from bot.channels.telegram.transactions import Transactions

numbers = sa.Table("numbers", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True))


@pytest.fixture
async def store(tmp_path):
    engine = create_store_engine(f"sqlite:///{tmp_path}/store.db")
    transactions = Transactions(engine, "a store")
    transactions.commits = []
    sa.event.listen(engine, "commit", lambda _: transactions.commits.append(1))
    await transactions.aside(lambda: numbers.create(engine))
    transactions.commits.clear()
    yield transactions
    await transactions.close()


class Gate:
    """Work that keeps the store's thread until it is opened."""

    def __init__(self):
        self.opened, self.reached = threading.Event(), threading.Event()

    def __call__(self, connection):
        self.reached.set()
        assert self.opened.wait(10)

    async def shut(self, store):
        """Have the thread stand before it; return what waits for its end."""
        waiting = asyncio.ensure_future(store.run(self))
        await asyncio.to_thread(self.reached.wait, 10)
        return waiting


def put(number):
    return lambda connection: connection.execute(sa.insert(numbers).values(number=number)).rowcount


async def kept(store):
    return await store.run(lambda c: [row.number for row in c.execute(sa.select(numbers).order_by(numbers.c.number))])


async def test_what_waits_at_the_same_time_is_committed_once(store):
    gate = Gate()
    waiting = await gate.shut(store)
    several = [asyncio.ensure_future(store.run(put(number))) for number in range(20)]
    await asyncio.sleep(0)
    gate.opened.set()
    assert await asyncio.gather(*several) == [1] * 20
    await waiting
    assert len(store.commits) == 2  # the gate's, and theirs
    assert await kept(store) == list(range(20))


async def test_one_that_fails_takes_no_other_with_it(store):
    gate = Gate()
    waiting = await gate.shut(store)
    several = [asyncio.ensure_future(store.run(put(number))) for number in (1, 2, 1, 3)]
    broken = asyncio.ensure_future(store.run(lambda connection: 1 // 0))
    await asyncio.sleep(0)
    gate.opened.set()
    results = await asyncio.gather(*several, broken, return_exceptions=True)
    await waiting
    assert results[:2] == [1, 1] and results[3] == 1
    assert isinstance(results[2], IntegrityError)
    assert isinstance(results[4], ZeroDivisionError)
    assert await kept(store) == [1, 2, 3]


async def test_what_nobody_waits_for_any_more_is_not_done(store, monkeypatch):
    monkeypatch.setattr(module, "LIMIT_S", 0.3)
    gate = Gate()
    waiting = await gate.shut(store)
    late = asyncio.ensure_future(store.run(put(7)))
    with pytest.raises(asyncio.TimeoutError):
        await late
    with pytest.raises(asyncio.TimeoutError):
        await waiting
    gate.opened.set()
    monkeypatch.setattr(module, "LIMIT_S", 5.0)
    store._breaker.succeeded()
    assert await kept(store) == []


async def test_what_is_given_up_while_it_is_done_is_undone_and_the_others_are_not(store, monkeypatch):
    gate = Gate()
    first = await gate.shut(store)
    slow = Gate()

    def slowly(connection):
        put(8)(connection)
        slow(connection)

    monkeypatch.setattr(module, "LIMIT_S", 0.5)
    given_up = asyncio.ensure_future(store.run(slowly))
    await asyncio.sleep(0)
    monkeypatch.setattr(module, "LIMIT_S", 10.0)
    other = asyncio.ensure_future(store.run(put(9)))
    await asyncio.sleep(0)
    gate.opened.set()
    with pytest.raises(asyncio.TimeoutError):
        await given_up
    slow.opened.set()
    assert await other == 1
    await first
    store._breaker.succeeded()
    assert await kept(store) == [9]


async def test_a_database_that_is_away_is_asked_once_for_all_that_wait(store):
    gate = Gate()
    waiting = await gate.shut(store)
    asked = []

    def away(connection):
        asked.append(1)
        raise OperationalError("connection refused", None, None)

    several = [asyncio.ensure_future(store.run(away)) for _ in range(10)]
    await asyncio.sleep(0)
    gate.opened.set()
    results = await asyncio.gather(*several, return_exceptions=True)
    await waiting
    assert {type(result) for result in results} == {OperationalError}
    assert len(asked) == 1


async def test_what_is_owed_is_written_before_anything_else(store):
    store.owe(sa.insert(numbers).values(number=4))
    assert await kept(store) == [4]


async def test_work_can_be_waited_for_from_another_thread(store):
    assert await asyncio.to_thread(store.run_blocking, put(5)) == 1
    assert await kept(store) == [5]
