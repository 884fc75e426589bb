"""How long a database may keep us waiting: one that hangs must not hang the assistant."""

from __future__ import annotations

import weakref

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.breaker import Breaker

CONNECTION = {
    "connect_timeout": "2",
    # A machine that vanished without a word is noticed within ten seconds, not after two hours.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
}
LIMITS = {**CONNECTION, "options": "-c statement_timeout=2500 -c lock_timeout=2000"}
SQLITE_WAIT_S = 2.0  # for another's write


def limits(url: str, of_statements: bool = True) -> dict[str, str]:
    """Return psycopg2's arguments that limit how long PostgreSQL is waited for; none for another database.

    What the operator set in the address itself holds.

    Args:
        url: SQLAlchemy's address of the database.
        of_statements: also limit how long one statement may take (a backup's may be long).
    """
    if not url.startswith("postgresql"):
        return {}
    query = url.partition("?")[2]
    chosen = LIMITS if of_statements else CONNECTION
    return {name: value for name, value in chosen.items() if f"{name}=" not in query}


_breakers: weakref.WeakValueDictionary[URL, Breaker] = weakref.WeakValueDictionary()


def breaker(url: str | URL, name: str) -> Breaker:
    """Return what remembers whether a database works.

    Those who use one PostgreSQL share it: a message needs it several times, and would wait for it each time. Where it
    failed, it is looked after by a connection of its own. An SQLite file may be held for one and free for another, so
    each has its own.

    Args:
        url: SQLAlchemy's address of the database.
        name: what uses it, for the error.
    """
    address = sa.engine.make_url(url).set(query={})
    if address.get_backend_name() != "postgresql":
        return Breaker(name)
    shared = _breakers.get(address)
    if shared is None:
        whole = sa.engine.make_url(url).render_as_string(hide_password=False)
        shared = _breakers[address] = Breaker("the database", is_back=lambda: answers(whole))
    return shared


def create_tables(engine: Engine, tables: sa.MetaData) -> None:
    """Create the tables that are missing, also where another thread or process does so at the same moment.

    SQLAlchemy looks first and creates then: of two that found a table missing, one fails, and finds it the next time.

    Raises:
        SQLAlchemyError: the database can't be used.
    """
    for _ in tables.tables:
        try:
            tables.create_all(engine)
            return
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
    tables.create_all(engine)


def answers(url: str) -> bool:
    """Whether a database takes a new connection and answers; known within seconds."""
    engine = sa.create_engine(url, poolclass=NullPool, future=True, connect_args=limits(url))
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
