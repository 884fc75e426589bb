"""Who is at the desk: inviting, joining by a one-time code, leaving."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.desk import log
from bot.desk.database import Database, digest, moment, seconds
from bot.desk.models import Invitation, Member, Role
from bot.desk.tables import invitations, members
from bot.languages import Language

INVITATION_DAYS = 7
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
CODE_LENGTH = 12  # 59 bits
_SEPARATOR = ";"


class Members:
    """The members of the desk, in its database."""

    def __init__(self, database: Database):
        self._database = database

    def invite(self, invitation: Invitation, now: datetime.datetime) -> str:
        """Return a code by which one person joins as the invitation says, within a week."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        expires = seconds(now + datetime.timedelta(days=INVITATION_DAYS))
        with self._database.writing() as connection:
            connection.execute(sa.delete(invitations).where(invitations.c.expires_at <= seconds(now)))
            row = {"code": digest(code), "expires_at": expires, **_columns(invitation)}
            connection.execute(sa.insert(invitations).values(**row))
            log.write(connection, now, "invite", log.OPERATOR)
        return code

    def join(self, code: str, chat: str, language: Language, now: datetime.datetime) -> Member | None:
        """Let the holder of a code join; None where the code is wrong, used, or too old.

        Who is at the desk already gets the new invitation in place of the old one.
        """
        with self._database.writing() as connection:
            found = (invitations.c.code == digest(code.strip().upper())) & (invitations.c.expires_at > seconds(now))
            row = connection.execute(sa.select(invitations).where(found)).one_or_none()
            if row is None or connection.execute(sa.delete(invitations).where(found)).rowcount != 1:
                return None
            values = {**_columns(_invitation(row)), "language": language, "joined_at": seconds(now)}
            known = self._find(connection, members.c.chat == chat)
            if known:
                connection.execute(sa.update(members).where(members.c.id == known.id).values(**values))
                number = known.id
            else:
                inserted = connection.execute(sa.insert(members).values(chat=chat, **values))
                number = inserted.inserted_primary_key[0]
            log.write(connection, now, "join", log.by(number))
            return self._find(connection, members.c.id == number)

    def all(self) -> list[Member]:
        """Return everybody who is at the desk."""
        with self._database.reading() as connection:
            return present(connection)

    def by_chat(self, chat: str) -> Member | None:
        """Return the member who writes from a chat."""
        with self._database.reading() as connection:
            return self._find(connection, members.c.chat == chat)

    def by_id(self, number: int | None) -> Member | None:
        """Return a member who is at the desk."""
        with self._database.reading() as connection:
            return self._find(connection, members.c.id == number)

    def propose_name(self, member: int, name: str) -> None:
        """Keep a name that nobody reads before the member agreed."""
        values = {"name": name, "named_at": None}
        with self._database.writing() as connection:
            connection.execute(sa.update(members).where(members.c.id == member).values(**values))

    def agree_name(self, member: int, now: datetime.datetime) -> Member | None:
        """Note that people may read the name that was proposed last."""
        with self._database.writing() as connection:
            proposed = (members.c.id == member) & members.c.name.isnot(None)
            connection.execute(sa.update(members).where(proposed).values(named_at=seconds(now)))
            log.write(connection, now, "name", log.by(member))
            return self._find(connection, members.c.id == member)

    def drop_name(self, member: int, now: datetime.datetime) -> None:
        """Forget a member's name: people read "the mediator"."""
        with self._database.writing() as connection:
            connection.execute(sa.update(members).where(members.c.id == member).values(name=None, named_at=None))
            log.write(connection, now, "no name", log.by(member))

    def speak(self, member: int, language: Language) -> None:
        """Note the language of a member's Telegram."""
        with self._database.writing() as connection:
            connection.execute(sa.update(members).where(members.c.id == member).values(language=language))

    def _find(self, connection: Connection, which: Any) -> Member | None:
        row = connection.execute(sa.select(members).where(which & members.c.left_at.is_(None))).one_or_none()
        return None if row is None else _member(row)


def present(connection: Connection) -> list[Member]:
    """Return everybody who is at the desk, in the transaction of whoever needs it."""
    query = sa.select(members).where(members.c.left_at.is_(None)).order_by(members.c.id)
    return [_member(row) for row in connection.execute(query)]


def remove(connection: Connection, member: int, now: datetime.datetime) -> None:
    """Erase who a member is; their number stays in the log."""
    gone = {"chat": None, "name": None, "named_at": None, "left_at": seconds(now)}
    connection.execute(sa.update(members).where(members.c.id == member).values(**gone))


def _columns(invitation: Invitation) -> dict[str, str]:
    return {
        "role": invitation.role.value,
        "organization": invitation.organization,
        "municipalities": _SEPARATOR.join(invitation.municipalities),
        "languages": _SEPARATOR.join(invitation.languages),
    }


def _invitation(row: Any) -> Invitation:
    places, languages = (tuple(filter(None, cell.split(_SEPARATOR))) for cell in (row.municipalities, row.languages))
    return Invitation(Role(row.role), row.organization, places, languages)


def _member(row: Any) -> Member:
    joined = moment(row.joined_at)
    assert joined is not None
    name = row.name if row.named_at else None
    return Member(row.id, row.chat, row.language, name, _invitation(row), joined)
