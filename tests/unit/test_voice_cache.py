"""The cache of clips: bounded, the least used go first, and nothing personal on disk."""

import os
import time

import pytest

from bot.voice.cache import ClipCache, clip_key


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "clips"


def key(number: int) -> str:
    return clip_key("clip", str(number))


def test_a_clip_is_kept_across_restarts(folder):
    ClipCache(folder, 1000).put(key(1), b"sound", on_disk=True)
    assert ClipCache(folder, 1000).get(key(1)) == b"sound"


def test_a_clip_that_quotes_a_person_is_kept_in_memory_only(folder):
    cache = ClipCache(folder, 1000)
    cache.put(key(1), b"private", on_disk=False)
    assert cache.get(key(1)) == b"private"
    assert not folder.exists()
    assert ClipCache(folder, 1000).get(key(1)) is None


def test_what_is_not_there_is_none(folder):
    assert ClipCache(folder, 1000).get(key(1)) is None


def test_it_never_takes_more_than_its_bound_and_keeps_what_was_used_last(folder):
    cache = ClipCache(folder, 1000, memory_clips=0)
    for number in range(10):
        cache.put(key(number), b"x" * 100, on_disk=True)
        os.utime(folder / key(number)[:2] / f"{key(number)}.ogg", (1000 + number,) * 2)
    assert cache.get(key(0))  # used now
    cache.put(key(10), b"x" * 100, on_disk=True)
    assert cache.bytes_on_disk <= 1000
    assert cache.has(key(0))
    assert cache.has(key(10))
    assert not cache.has(key(1))


def test_a_clip_larger_than_the_bound_is_not_put_on_disk(folder):
    cache = ClipCache(folder, 1000)
    cache.put(key(1), b"x" * 1001, on_disk=True)
    assert not cache.has(key(1))
    assert cache.get(key(1))


def test_memory_is_bounded_too(folder):
    cache = ClipCache(folder, 1000, memory_clips=2)
    for number in range(3):
        cache.put(key(number), b"x", on_disk=False)
    assert [cache.get(key(number)) for number in range(3)] == [None, b"x", b"x"]


def test_a_disk_that_can_not_be_written_only_means_memory(folder):
    folder.parent.joinpath("clips").write_text("a file is in the way")
    cache = ClipCache(folder, 1000)
    cache.put(key(1), b"sound", on_disk=True)
    assert cache.get(key(1)) == b"sound"


def test_a_new_cache_counts_what_is_already_there(folder):
    for number in range(10):
        ClipCache(folder, 10_000).put(key(number), b"x" * 100, on_disk=True)
        time.sleep(0.002)
    smaller = ClipCache(folder, 500)
    smaller.put(key(10), b"x" * 100, on_disk=True)
    assert smaller.bytes_on_disk <= 500


def test_keys_depend_on_every_part():
    assert len({clip_key("a", "b"), clip_key("ab"), clip_key("a", "c"), clip_key("b", "a")}) == 4
