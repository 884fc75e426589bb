"""The tables of the desk; ``migrations/`` makes and changes them. Times are seconds since 1970."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

members = sa.Table(
    "desk_members",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("chat", sa.String(64), unique=True),  # empty once they left
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("name", sa.String(80)),
    sa.Column("named_at", sa.Float),  # when they agreed that people read it
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("organization", sa.String(200), nullable=False),
    sa.Column("municipalities", sa.Text, nullable=False),
    sa.Column("languages", sa.Text, nullable=False),
    sa.Column("joined_at", sa.Float, nullable=False),
    sa.Column("left_at", sa.Float),
    sqlite_autoincrement=True,
)

invitations = sa.Table(
    "desk_invitations",
    metadata,
    sa.Column("code", sa.String(64), primary_key=True),  # a digest
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("organization", sa.String(200), nullable=False),
    sa.Column("municipalities", sa.Text, nullable=False),
    sa.Column("languages", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
)

requests = sa.Table(
    "desk_requests",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("chat", sa.String(64), index=True),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("municipality", sa.String(80)),
    sa.Column("service", sa.String(80)),
    sa.Column("need", sa.Text),
    sa.Column("need_is_own_words", sa.Boolean, nullable=False),
    sa.Column("reach", sa.String(20), nullable=False),
    sa.Column("telephone", sa.String(20)),
    sa.Column("time", sa.Text),
    sa.Column("consented_at", sa.Float, nullable=False),
    sa.Column("keep_until", sa.Date, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("due_at", sa.Float, index=True),  # when the clock moves it on; empty: it is over
    sa.Column("taker", sa.BigInteger),
    sa.Column("promise", sa.String(20)),
    sa.Column("helped", sa.Boolean),
    sqlite_autoincrement=True,
)

# Who has a message about a request.
offers = sa.Table(
    "desk_offers",
    metadata,
    sa.Column("request", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("declined", sa.Boolean, nullable=False),
)

# What is to be told and is not in Telegram's outbox yet.
notices = sa.Table(
    "desk_notices",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("request", sa.BigInteger, nullable=False),
    sa.Column("reference", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("chat", sa.String(64), nullable=False, index=True),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("member", sa.BigInteger),
    sa.Column("claimed_until", sa.Float, nullable=False),
    sqlite_autoincrement=True,
)

# Who did what to which request: nothing that a person said or gave, so that it can be kept.
log = sa.Table(
    "desk_log",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("what", sa.String(30), nullable=False),
    sa.Column("actor", sa.String(30), nullable=False),
    sa.Column("request", sa.BigInteger, index=True),
    sa.Column("before", sa.String(20)),
    sa.Column("after", sa.String(20)),
    sqlite_autoincrement=True,
)

# Whose words go to the other side of a request now, instead of to the assistant.
windows = sa.Table(
    "desk_windows",
    metadata,
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("request", sa.BigInteger),  # empty: the words are the member's own name
    sa.Column("until", sa.Float, nullable=False),
)

# One-time links to the page and who is logged in there; the tokens are digests.
logins = sa.Table(
    "desk_logins",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("member", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
)

sessions = sa.Table(
    "desk_sessions",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("member", sa.BigInteger, nullable=False),
    sa.Column("form_token", sa.String(64), nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
)
