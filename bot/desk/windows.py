"""Whose words go to the other side of a request now, instead of to the assistant: for half an hour of silence."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import sqlalchemy as sa

from bot.desk.database import Database, seconds
from bot.desk.tables import windows

OPEN_FOR = datetime.timedelta(minutes=30)


@dataclass(frozen=True)
class Window:
    """An open window.

    Attributes:
        request: the request's number; None: what is written is the member's own name.
    """

    request: int | None


class Windows:
    """The open windows."""

    def __init__(self, database: Database):
        self._database = database

    def open(self, chat: str, request: int | None, now: datetime.datetime) -> None:
        """Let what is written in a chat go to the other side of a request, or prolong that."""
        row = {"chat": chat, "request": request, "until": seconds(now + OPEN_FOR)}
        with self._database.writing() as connection:
            connection.execute(sa.delete(windows).where((windows.c.chat == chat) | (windows.c.until <= seconds(now))))
            connection.execute(sa.insert(windows).values(**row))

    def find(self, chat: str, now: datetime.datetime) -> Window | None:
        """Return the window that is open for a chat."""
        mine = (windows.c.chat == chat) & (windows.c.until > seconds(now))
        with self._database.reading() as connection:
            row = connection.execute(sa.select(windows).where(mine)).one_or_none()
        return None if row is None else Window(row.request)

    def close(self, chat: str) -> None:
        """Let what is written go to the assistant again."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(windows).where(windows.c.chat == chat))
