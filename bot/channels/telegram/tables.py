"""The tables of the channel, beside those of the conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from bot.databases import SQLITE_WAIT_S, limits

metadata = sa.MetaData()

updates = sa.Table(
    "telegram_updates",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("received_at", sa.Float, nullable=False, index=True),
    # What is answered once together (a double tap, an album, the edits of a message), as a pseudonym.
    sa.Column("once", sa.String(64), index=True),
    # The message itself, only until it is answered.
    sa.Column("body", sa.Text),
    # How often the process was started with it unanswered: a message that breaks it is given up.
    sa.Column("starts", sa.Integer, nullable=False, default=0),
)

outbox = sa.Table(
    "telegram_outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("update_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

chats = sa.Table(
    "telegram_chats",
    metadata,
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("keyboard_language", sa.String(2), nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False),
)

addresses = sa.Table(
    "telegram_addresses",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(40), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)

# Messages that are changed later, by the name that their sender gave them.
messages = sa.Table(
    "telegram_messages",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until", sa.Float, nullable=False),
)

# Which process takes a bot's updates, and until when unless it says so again (see only_one.py).
pollers = sa.Table(
    "telegram_pollers",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("holder", sa.String(200), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)

buttons = sa.Table(
    "telegram_buttons",
    metadata,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
)


def _sync_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={int(1000 * SQLITE_WAIT_S)}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not only unlinked
    cursor.close()


def create_store_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite with a write-ahead log, so that readers do not wait."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=1, future=True, connect_args=limits(url))
    database = sa.engine.make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, poolclass=StaticPool, future=True)
    sa.event.listen(engine, "connect", _sync_settings)
    return engine
