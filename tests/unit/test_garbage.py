"""A start does not look for garbage among what it loads, and the running assistant does."""

import gc
import weakref

import pytest

from bot.garbage import nothing_thrown_away, throw_away_once


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()


def test_nothing_is_looked_through_while_loading_nor_what_was_loaded_later():
    with nothing_thrown_away():
        assert not gc.isenabled()
        loaded = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(loaded)


def test_it_is_looked_for_again_after_a_load_that_failed():
    with pytest.raises(RuntimeError), nothing_thrown_away():
        raise RuntimeError
    assert gc.isenabled()


def test_what_was_thrown_away_while_loading_goes_once():
    class Loaded:
        pass

    with nothing_thrown_away():
        one = Loaded()
        one.itself = one
        kept = weakref.ref(one)
        del one
    gc.collect()
    assert kept() is not None
    throw_away_once()
    assert kept() is None
