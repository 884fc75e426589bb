"""Getting ready in the background: at idle priority, in a process of its own that ends with ours."""

import asyncio
import os

import pytest

from bot.voice.cache import ClipCache
from bot.voice.recordings import Recordings
from bot.voice.voice import Voice
from bot.voice.warming import Warming, be_idle, speak_ahead
from tests.support.speech import FakeEngine


def clips(folder):
    return list(folder.rglob("clips/??/*.ogg"))


async def test_fixed_replies_are_spoken_ahead_until_we_stop(tmp_path, monkeypatch):
    monkeypatch.setenv("DROM_DATA_DIR", str(tmp_path))
    work = asyncio.create_task(speak_ahead("en"))
    while not clips(tmp_path):
        assert not work.done()
        await asyncio.sleep(0.1)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    before = len(clips(tmp_path))
    await asyncio.sleep(1)
    assert len(clips(tmp_path)) == before


def test_the_process_that_speaks_ahead_takes_only_what_nobody_else_wants():
    child = os.fork()
    if not child:
        be_idle()
        os._exit(0 if os.nice(0) == 19 and os.sched_getscheduler(0) == os.SCHED_IDLE else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


async def test_it_can_be_turned_off(tmp_path, monkeypatch):
    monkeypatch.setenv("DROM_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("bot.voice.warming.PREPARE_AFTER_S", 0.0)
    monkeypatch.setattr("bot.voice.warming.WARM_AFTER_S", 0.0)
    voice = Voice([FakeEngine()], ClipCache(tmp_path / "audio" / "clips", 10**6), Recordings(tmp_path / "recordings"))
    warming = Warming(voice, is_on=False)
    warming.start()
    await asyncio.wait_for(warming._task, 60)
    await warming.stop()
    await voice.close()
    assert clips(tmp_path) == []
