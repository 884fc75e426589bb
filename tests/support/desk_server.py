"""The desk's page alone on a port, without the assistant: ``python -m tests.support.desk_server``."""

from __future__ import annotations

import asyncio

import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

# isort: split
from rasa.core.channels.channel import register
from sanic import Sanic

from bot.channels.telegram.channel import TelegramChannel
from bot.desk.page.channel import DeskPage
from bot.desk.running import RunningDesk
from bot.settings import settings


def main() -> None:
    """Serve until stopped."""
    app = Sanic("desk_page_alone", configure_logging=False)
    register([DeskPage()], app, route="/")

    async def load(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        running.ctx.desk = RunningDesk(settings(), TelegramChannel())
        running.ctx.desk.start()

    app.register_listener(load, "before_server_start")
    app.run(host="127.0.0.1", port=settings().port, access_log=False)


if __name__ == "__main__":
    main()
