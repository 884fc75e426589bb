"""The log of the desk: each transition, each look at a number, each change of who is at the desk."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.desk.database import Database, moment, seconds
from bot.desk.models import LogLine
from bot.desk.states import State
from bot.desk.tables import log

PERSON, CLOCK, OPERATOR = "person", "clock", "operator"
LOOK = "look"  # at a person's number


def by(member: int) -> str:
    """Return how the log names a member: by their number, which stays when they leave and their name goes."""
    return f"member {member}"


def write(
    connection: Connection,
    now: datetime.datetime,
    what: str,
    actor: str,
    request: int | None = None,
    before: State | None = None,
    after: State | None = None,
) -> None:
    """Add a line, in the transaction of what it tells."""
    row = {"at": seconds(now), "what": what, "actor": actor, "request": request, "before": before and before.value}
    connection.execute(sa.insert(log).values(**row, after=after and after.value))


def read(database: Database, request: int | None = None, limit: int = 500) -> list[LogLine]:
    """Return the last lines, the newest first; of one request where it is named."""
    query = sa.select(log).order_by(log.c.id.desc()).limit(limit)
    if request is not None:
        query = query.where(log.c.request == request)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    lines = []
    for row in rows:
        at = moment(row.at)
        assert at is not None
        lines.append(LogLine(at, row.what, row.actor, row.request, row.before, row.after))
    return lines
