"""What a person gave in a questionnaire and nobody else may read: kept for an hour at most, never in the tracker.

The tracker keeps every event for as long as the talk, so a telephone number in a slot, an entity or
a reply would outlive the request. There only a token stands (``kept:…``); the value stays here until
the request is passed on, given up, or an hour old. In a text to the person the token is written
``⟦kept:…⟧`` and replaced on the way out, after the tracker took the text.
"""

from __future__ import annotations

import functools
import re
import secrets
import time

import sqlalchemy as sa

from bot.databases import create_tables, limits
from bot.settings import settings

LIFETIME_S = 3600
PREFIX = "kept:"
_TOKEN = re.compile(rf"{PREFIX}[0-9a-f]{{32}}")
_MARKED = re.compile(rf"⟦({_TOKEN.pattern})⟧")

_metadata = sa.MetaData()
_kept = sa.Table(
    "kept_answers",
    _metadata,
    sa.Column("token", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Integer, nullable=False, index=True),  # seconds since 1970
)


class Vault:
    """Values by token, in the database of the conversations, so that a separate action server finds them too.

    Args:
        url: address of the database.
        lifetime_s: how long a value is kept.
    """

    def __init__(self, url: str, lifetime_s: int = LIFETIME_S):
        self._engine = sa.create_engine(url, future=True, connect_args=limits(url))
        self._lifetime_s = lifetime_s
        if self._engine.dialect.name == "sqlite":
            # What is deleted is overwritten, not only forgotten.
            sa.event.listen(self._engine, "connect", lambda raw, _: raw.execute("PRAGMA secure_delete=ON"))
        create_tables(self._engine, _metadata)

    def keep(self, value: str) -> str:
        """Keep a value and return its token. What is too old goes at this occasion."""
        token = PREFIX + secrets.token_hex(16)
        now = int(time.time())
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_kept).where(_kept.c.expires_at <= now))
            connection.execute(sa.insert(_kept).values(token=token, value=value, expires_at=now + self._lifetime_s))
        return token

    def reveal(self, token: str) -> str | None:
        """Return the value of a token; None where it is too old, dropped, or no token."""
        if not is_token(token):
            return None
        fresh = sa.and_(_kept.c.token == token, _kept.c.expires_at > int(time.time()))
        with self._engine.connect() as connection:
            value = connection.execute(sa.select(_kept.c.value).where(fresh)).scalar_one_or_none()
        return None if value is None else str(value)

    def drop(self, *values: str | None) -> None:
        """Delete the values of these tokens; what is no token is passed over."""
        tokens = [value for value in values if value and is_token(value)]
        if tokens:
            with self._engine.begin() as connection:
                connection.execute(sa.delete(_kept).where(_kept.c.token.in_(tokens)))


def is_token(value: object) -> bool:
    """Whether a value has the form of the vault's tokens; what is none is never let past redaction as one."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def marked(token: str) -> str:
    """Return how a token is written in a text to the person."""
    return f"⟦{token}⟧"


def reveal_in(text: str) -> str:
    """Return a text to the person with the tokens in it replaced by their values (``…`` where they are gone)."""
    if "⟦" not in text:
        return text
    return _MARKED.sub(lambda match: vault().reveal(match[1]) or "…", text)


@functools.lru_cache(maxsize=1)
def vault() -> Vault:
    """Return the vault of this process."""
    return Vault(settings().tracker_database_url)
