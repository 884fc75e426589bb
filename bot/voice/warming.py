"""Getting ready in the background after a start: words read, then every fixed reply spoken ahead.

Speaking ahead takes minutes of a processor. It runs in a process of its own at the lowest priority
(where Linux has it: idle), one text at a time, so that it only takes what nobody else wants; inside
this process it would also compete for Python's lock. The clips meet in the cache's folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys

from bot.errors import describe
from bot.settings import ROOT
from bot.voice.voice import Voice

logger = logging.getLogger(__name__)

# The first people after a start come first.
PREPARE_AFTER_S = 10.0
WARM_AFTER_S = 20.0
GRACE_S = 3.0


class Warming:
    """What is done ahead for a voice.

    Args:
        voice: whose words are read.
        is_on: speak every fixed reply ahead; else only the words are read.
    """

    def __init__(self, voice: Voice, is_on: bool):
        self._voice = voice
        self._is_on = is_on
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background of the running loop."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Stop, wherever it is; what was spoken is kept."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        try:
            await asyncio.sleep(PREPARE_AFTER_S)
            await self._voice.prepare()
            if self._is_on:
                await asyncio.sleep(WARM_AFTER_S - PREPARE_AFTER_S)
                await speak_ahead()
        except Exception as error:  # whatever fails: people are answered all the same, only later
            logger.warning("Nothing more is spoken ahead: %s", describe(error))


async def speak_ahead(*languages: str) -> int:
    """Run `drom audio warm --idle` beside this process; return its exit code.

    Cancelled, it ends that process too.
    """
    arguments = [part for language in languages for part in ("--language", language)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        "audio",
        "warm",
        "--idle",
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE_S)
        if process.returncode is None:
            process.kill()


def be_idle() -> None:
    """Let this process run only when nothing else wants to."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(19)
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
