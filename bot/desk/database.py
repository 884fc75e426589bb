"""The desk's database: connections that lock what they will write, and a schema that is never old."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from bot.clock import LATVIA
from bot.databases import breaker, limits
from bot.errors import DromError

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "desk_version"
LOCK = 0x64726F6D  # of PostgreSQL, while the schema is changed
BUSY_MS = 10_000


class WrongSchema(DromError):
    """The database has a schema that this version of Drom can't use; the message has the remedy."""


class Database:
    """Connections to the desk's database.

    Args:
        url: SQLAlchemy's address of it.
    """

    def __init__(self, url: str):
        self.engine = create_engine(url)
        self._reading = self.engine.execution_options(reads_only=True)
        self._breaker = breaker(self.engine.url, "the desk")

    @property
    def is_away(self) -> bool:
        """Whether it is known, from the talks on the same PostgreSQL, that it does not answer now."""
        return self._breaker.is_away

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: committed at the end, undone where something is raised."""
        with self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads, and waits for nobody who writes."""
        with self._reading.connect() as connection:
            yield connection

    def upgrade(self) -> None:
        """Bring the schema up to date; one process at a time.

        Raises:
            WrongSchema: a newer version of Drom made it.
        """
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            self._refuse_newer(connection)
            command.upgrade(migration_config(connection), "head")

    def overwrite(self) -> None:
        """Have SQLite write out its log, which still holds what was deleted."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                raw: Any = connection.connection
                raw.rollback()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def _version(self, connection: Connection) -> str | None:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()

    def _refuse_newer(self, connection: Connection) -> None:
        known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
        version = self._version(connection)
        if version is not None and version not in known:
            raise WrongSchema(f"The desk's tables are of a newer version ({version}). Update Drom, or use its backup.")


def create_engine(url: str) -> Engine:
    """Return an engine. On SQLite a transaction that writes locks at once, so that two never overtake each other."""
    if not url.startswith("sqlite"):
        arguments = limits(url, of_statements=False)  # replicas that start wait for the one that makes the tables
        return sa.create_engine(url, pool_pre_ping=True, future=True, connect_args=arguments)
    folder = sa.engine.make_url(url).database
    if folder:
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False}, future=True)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the transactions are begun below, not by the driver
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only")
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def migration_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection that is open."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    return config


def digest(token: str) -> str:
    """Return what is stored of a secret that somebody else holds. It is random, so that it needs no salt."""
    # What is no UTF-8 in a header, Sanic hands on as half characters.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def seconds(moment: datetime.datetime) -> float:
    """Return a moment as it is stored."""
    return moment.timestamp()


def moment(stored: float | None) -> datetime.datetime | None:
    """Return a stored moment, in local time."""
    return None if stored is None else datetime.datetime.fromtimestamp(stored, LATVIA)
