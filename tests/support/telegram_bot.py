"""The Telegram channel in this process, between the stand-in for Telegram and a talk of the test's choice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.channels.telegram.limits import Limits
from bot.channels.telegram.service import Options, TelegramService
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import BotApi

# Nobody waits for Telegram's pace in a test that is not about it.
FAST = Limits(per_second=1000, chat_pause_s=0.0, margin_s=0.0)


def make_service(api: BotApi, folder: Path, talks: EchoTalks, **options: Any) -> TelegramService:
    """Return a bot that talks to the stand-in; it has not started yet."""
    listener, extensions = options.pop("listener", None), options.pop("extensions", None)
    chosen = {
        "token": api.token,
        "api_url": api.url,
        "database_url": f"sqlite:///{folder / 'telegram.db'}",
        "data_dir": folder,
        "limits": Limits(),
        "watch_s": 0.0,
        **options,
    }
    return TelegramService(Options(**chosen), talks, listener, extensions)


@contextlib.asynccontextmanager
async def running(api: BotApi, folder: Path, talks: EchoTalks, **options: Any) -> AsyncIterator[TelegramService]:
    """Run a bot until the end of the block."""
    service = make_service(api, folder, talks, **options)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


async def crash(service: TelegramService) -> None:
    """End a bot as a crash would: nothing is finished, nothing written any more."""
    inbox, sender = service._inbox, service._sender
    tasks = [*service._tasks, *inbox._tasks.values(), *sender._tasks.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    service._store._engine.dispose()
    service._store._transactions._thread.shutdown(wait=False, cancel_futures=True)
    await service._api.close()
