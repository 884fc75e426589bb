"""Getting into the page: one-time links that are sent in Telegram, and sessions of those who used one."""

from __future__ import annotations

import datetime
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from bot.desk import log
from bot.desk.database import Database, digest, seconds
from bot.desk.members import Members
from bot.desk.models import Member
from bot.desk.tables import logins, sessions

LINK_LASTS = datetime.timedelta(minutes=10)
SESSION_LASTS = datetime.timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """Somebody who is logged in.

    Attributes:
        member: who.
        form_token: what every form must bring, so that no other site can send one.
    """

    member: Member
    form_token: str

    def allows(self, given: str | None) -> bool:
        """Whether a form is ours."""
        return hmac.compare_digest((given or "").encode("utf-8", "surrogateescape"), self.form_token.encode())


class Access:
    """Links and sessions, in the desk's database."""

    def __init__(self, database: Database):
        self._database = database
        self._members = Members(database)

    def make_link(self, member: Member, now: datetime.datetime) -> str:
        """Return a token that logs a member in once, within ten minutes."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            connection.execute(sa.delete(logins).where(logins.c.expires_at <= seconds(now)))
            row = {"token": digest(token), "member": member.id, "expires_at": seconds(now + LINK_LASTS)}
            connection.execute(sa.insert(logins).values(**row))
        return token

    def log_in(self, token: str, now: datetime.datetime) -> str | None:
        """Use a link up, and return the token of a session; None where it was used, is too old, or is none."""
        mine = (logins.c.token == digest(token)) & (logins.c.expires_at > seconds(now))
        with self._database.writing() as connection:
            member = connection.execute(sa.select(logins.c.member).where(mine)).scalar_one_or_none()
            if member is None or connection.execute(sa.delete(logins).where(mine)).rowcount != 1:
                return None
            session = secrets.token_urlsafe(32)
            connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= seconds(now)))
            row = {"token": digest(session), "member": member, "form_token": secrets.token_urlsafe(32)}
            connection.execute(sa.insert(sessions).values(**row, expires_at=seconds(now + SESSION_LASTS)))
            log.write(connection, now, "log in", log.by(member))
        return session

    def session(self, token: str | None, now: datetime.datetime) -> Session | None:
        """Return who is logged in with a token; None: nobody, or they left the desk."""
        mine = (sessions.c.token == digest(token or "")) & (sessions.c.expires_at > seconds(now))
        with self._database.reading() as connection:
            row = connection.execute(sa.select(sessions).where(mine)).one_or_none()
        member = self._members.by_id(row.member) if row else None
        return Session(member, row.form_token) if row and member else None

    def log_out(self, token: str | None) -> None:
        """End a session."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.token == digest(token or "")))
