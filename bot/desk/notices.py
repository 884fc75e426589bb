"""What is to be told to whom: noted in the transaction that it follows from, dropped when Telegram's outbox has it.

A notice names the request and no more; its words are made when it is sent. So nothing is lost where the
process dies in between, and nothing that a person gave is kept a second time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.desk.database import Database, seconds
from bot.desk.models import Card, Member, Notice, Request, Telling
from bot.desk.tables import notices

# A process that claimed a notice and died leaves it to the next one after so long.
CLAIM_S = 60.0
RELEASE_MEMBER = "release_member"  # their address is needed no more


def tell(connection: Connection, request: Request, telling: Telling, member: int | None) -> None:
    """Note that the person who asked is to be told something."""
    assert request.chat is not None
    _add(connection, request, telling.value, request.chat, request.language, member)


def card(connection: Connection, request: Request, members: Iterable[Member], how: Card) -> None:
    """Note that the message about a request is to be brought up to date at these members'."""
    for member in members:
        _add(connection, request, how.value, member.chat, member.language, member.id)


def release(connection: Connection, member: Member) -> None:
    """Note that a member's address is needed no more."""
    row = {"request": 0, "reference": "", "kind": RELEASE_MEMBER, "chat": member.chat, "language": member.language}
    connection.execute(sa.insert(notices).values(**row, member=member.id, claimed_until=0.0))


def drop(connection: Connection, chat: str) -> None:
    """Drop everything that a chat was to be told."""
    connection.execute(sa.delete(notices).where(notices.c.chat == chat))


def _add(connection: Connection, request: Request, kind: str, chat: str, language: str, member: int | None) -> None:
    row = {"request": request.id, "reference": request.reference, "kind": kind, "chat": chat, "language": language}
    connection.execute(sa.insert(notices).values(**row, member=member, claimed_until=0.0))


class Notices:
    """The notices that are not sent yet."""

    def __init__(self, database: Database):
        self._database = database

    def claim(self, now: datetime.datetime) -> Notice | None:
        """Return the oldest notice that nobody else is sending; None: there is none."""
        free = notices.c.claimed_until < seconds(now)
        oldest = sa.select(notices).where(free).order_by(notices.c.id).limit(1)
        with self._database.reading() as connection:
            if connection.execute(oldest).one_or_none() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(oldest).one_or_none()
            if row is None:
                return None
            claimed = sa.update(notices).where((notices.c.id == row.id) & free)
            if connection.execute(claimed.values(claimed_until=seconds(now) + CLAIM_S)).rowcount != 1:
                return None
            return Notice(row.id, row.request, row.kind, row.chat, row.language, row.member, row.reference)

    def done(self, notice: Notice) -> None:
        """Drop a notice that was sent."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(notices).where(notices.c.id == notice.id))
