"""The keepers of the assistant's own stores: talks, answers to a questionnaire, the Telegram channel.

They work on the tables themselves, so that `drom privacy` needs neither Rasa nor a running assistant.
"""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.databases import limits
from bot.privacy.registry import Held, register

HOUR_S = 3600.0
VAULT_HOURS = 1.0
CHANNEL_HOURS = 30 * 24.0
UPDATES_HOURS = 48.0
REQUEST_HOURS = 31 * 24.0
MEMBER_HOURS = 20 * 366 * 24.0  # as long as they are members: they leave, or are removed, by the desk


@functools.lru_cache(maxsize=8)
def engine_of(url: str) -> Engine:
    """Return an engine whose SQLite overwrites what is deleted."""
    arguments = limits(url, of_statements=False)
    engine = sa.create_engine(url, future=True, pool_pre_ping=not url.startswith("sqlite"), connect_args=arguments)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("secure_delete = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")


def truncate_log(url: str) -> None:
    """Empty SQLite's write-ahead log, which still holds rows that were changed or deleted. Others: nothing to do."""
    engine = engine_of(url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


class TableKeeper:
    """Keeps one table.

    Args:
        url: address of the database.
        name: see :class:`~bot.privacy.registry.Held`.
        table: the table's name.
        when: the column with the time, in seconds since 1970.
        hours: how long a row is kept after that time.
        chat: the column with the pseudonym; None: rows do not say whose they are.
        together: the rows of one chat are kept until the last of them is old.
    """

    def __init__(
        self, url: str, name: str, table: str, when: str, hours: float, chat: str | None, together: bool = False
    ):
        self.name = name
        self._url = url
        self._hours = hours
        self._columns = {name: sa.column(name) for name in {when, *([chat] if chat else [])}}
        self._table = sa.table(table, *self._columns.values())
        self._when = self._columns[when]
        self._chat = self._columns[chat] if chat else None
        self._together = together

    @property
    def _engine(self) -> Engine:
        return engine_of(self._url)

    def _is_there(self) -> bool:
        return bool(sa.inspect(self._engine).has_table(self._table.name))

    def held(self, now_s: float) -> Held:
        """Count the rows."""
        records, chats, oldest = 0, 0, None
        if self._is_there():
            people = sa.func.count(sa.distinct(self._chat)) if self._chat is not None else sa.literal(0)
            query = sa.select(sa.func.count(), people, sa.func.min(self._when)).select_from(self._table)
            with self._engine.connect() as connection:
                records, chats, oldest = connection.execute(query).one()
        age = None if oldest is None else round(max(0.0, now_s - float(oldest)) / HOUR_S, 1)
        return Held(self.name, records, chats if self._chat is not None else None, age, self._hours)

    def sweep(self, now_s: float) -> int:
        """Delete old rows."""
        if not self._is_there():
            return 0
        limit = now_s - self._hours * HOUR_S
        condition = self._when < limit
        if self._together and self._chat is not None:
            last = sa.select(self._chat).group_by(self._chat).having(sa.func.max(self._when) < limit)
            condition = self._chat.in_(last)
        return self._delete(condition)

    def erase(self, chat: str) -> int:
        """Delete the rows of a chat."""
        if self._chat is None or not self._is_there():
            return 0
        return self._delete(self._chat == chat)

    def rename(self, former: str, chat: str) -> int:
        """Give the rows of a former pseudonym to the present one."""
        if self._chat is None or not self._is_there():
            return 0
        change = sa.update(self._table).where(self._chat == former).values({self._chat.name: chat})
        with self._engine.begin() as connection:
            return int(connection.execute(change).rowcount)

    def _delete(self, condition: Any) -> int:
        with self._engine.begin() as connection:
            deleted = int(connection.execute(sa.delete(self._table).where(condition)).rowcount)
        if deleted:
            truncate_log(self._url)
        return deleted


register(
    "talks",
    lambda s: TableKeeper(s.tracker_database_url, "talks", "events", "timestamp", s.talk_hours, "sender_id", True),
)
register(
    "answers given in confidence",
    lambda s: TableKeeper(
        s.tracker_database_url, "answers given in confidence", "kept_answers", "expires_at", 0.0, None
    ),
)
register(
    "Telegram: messages taken in",
    lambda s: TableKeeper(
        s.tracker_database_url, "Telegram: messages taken in", "telegram_updates", "received_at", UPDATES_HOURS, None
    ),
)
register(
    "Telegram: replies to be sent",
    lambda s: TableKeeper(
        s.tracker_database_url, "Telegram: replies to be sent", "telegram_outbox", "created_at", UPDATES_HOURS, None
    ),
)
register(
    "Telegram: keyboards",
    lambda s: TableKeeper(
        s.tracker_database_url, "Telegram: keyboards", "telegram_chats", "updated_at", CHANNEL_HOURS, "chat"
    ),
)


class DeskKeeper(TableKeeper):
    """Keeps a table of the desk, which erases a chat by itself, with a line in its log of who did it."""

    def erase(self, chat: str) -> int:
        """Leave it to the desk."""
        return 0


# What is older than a request may be kept goes even where the desk's own clock stood still.
register(
    "requests for a call",
    lambda s: DeskKeeper(
        s.tracker_database_url, "requests for a call", "desk_requests", "created_at", REQUEST_HOURS, "chat"
    ),
)
register(
    "mediators and coordinators",
    lambda s: DeskKeeper(
        s.tracker_database_url, "mediators and coordinators", "desk_members", "joined_at", MEMBER_HOURS, "chat"
    ),
)
