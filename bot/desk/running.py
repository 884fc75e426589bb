"""The desk beside the server: its tables are brought up to date, the assistant knows it, its queue runs."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.post import Post
from bot.clock import now
from bot.desk.access import Access
from bot.desk.desk import Desk, open_database
from bot.desk.models import Member
from bot.desk.queue import Queue
from bot.desk.telegram import TelegramDesk
from bot.desk.times import Times
from bot.questionnaire.desk import use_desk
from bot.settings import Settings


class RunningDesk:
    """The desk of a server.

    Args:
        settings: the settings of the server.
        telegram: the channel by which people are written to.

    Raises:
        WrongSchema: a newer version of Drom made the tables.
    """

    def __init__(self, settings: Settings, telegram: TelegramChannel):
        self.address = page_address(settings)
        self.desk = Desk(open_database(settings), Times.of(settings), self._post)
        self.access = Access(self.desk.database)
        self._telegram = telegram
        self.queue = Queue(self.desk, self._post)
        TelegramDesk(self.desk, self._post, self.queue.wake, self._page).add_to(telegram.extensions)
        self._task: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Be known to the assistant, and begin to pass requests on."""
        use_desk(self.desk)
        self._task = asyncio.create_task(self.queue.run())

    async def stop(self) -> None:
        """Stop; what is not told yet is told after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.desk.database.close()

    def _post(self) -> Post | None:
        return self._telegram.post

    def _page(self, member: Member) -> str:
        return f"{self.address}/login/{self.access.make_link(member, now())}"


def page_address(settings: Settings) -> str:
    """Return where mediators open the page: at the public address, else at this machine's."""
    public = settings.public_url or f"http://localhost:{settings.port}"
    return f"{public.rstrip('/')}/desk"
