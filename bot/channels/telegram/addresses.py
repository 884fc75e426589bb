"""Chat ids of people who asked to be written to, by their pseudonym.

A pseudonym can't be turned back into a chat id, and that is its point. Where somebody wants to be
written to later (a mediator who joined the desk, a person who asked to be called back in the chat),
the id is kept for that purpose and that long, and erased with everything else by ``/forget``.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.telegram.store import Store
from bot.channels.telegram.tables import addresses

# Chats whose id is known because they wrote lately; in memory only.
SEEN_LATELY = 10_000


class Addresses:
    """Where chats are, as far as they want it known.

    Args:
        store: where it is kept.
        clock: seconds since 1970.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time):
        self._store = store
        self._clock = clock
        self._seen: OrderedDict[str, int] = OrderedDict()

    def notice(self, chat: str, chat_id: int) -> None:
        """Note, in memory, that a chat is there: its address can be kept from now on."""
        self._seen[chat] = chat_id
        self._seen.move_to_end(chat)
        if len(self._seen) > SEEN_LATELY:
            self._seen.popitem(last=False)

    def keep(self, chat: str, purpose: str, until: float) -> bool:
        """Keep the address of a chat that has written lately; blocks until it is written (from any thread).

        Args:
            chat: its pseudonym.
            purpose: what it is kept for, such as ``mediator``; kept anew, the later call counts.
            until: seconds since 1970.

        Returns:
            False where the chat has not written since this process started: nothing is kept.
        """
        chat_id = self._seen.get(chat)

        def keep(connection: Connection) -> bool:
            known = chat_id if chat_id is not None else self._find(connection, chat)
            if known is None:
                return False
            connection.execute(sa.delete(addresses).where(_is(self._store.bot_id, chat, purpose)))
            row = {"bot_id": self._store.bot_id, "chat": chat, "purpose": purpose, "chat_id": known, "until": until}
            connection.execute(sa.insert(addresses).values(**row))
            return True

        return self._store.in_transaction_blocking(keep)

    def drop(self, chat: str, purpose: str) -> None:
        """Erase the address that was kept for a purpose; blocks until it is written (from any thread)."""
        query = sa.delete(addresses).where(_is(self._store.bot_id, chat, purpose))
        self._store.in_transaction_blocking(lambda connection: connection.execute(query))

    def forget(self, chat: str) -> None:
        """Forget what stands in memory; :meth:`Store.forget` erases what is kept."""
        self._seen.pop(chat, None)

    async def find(self, chat: str) -> int | None:
        """Return where a chat is; None where nobody keeps it (any more)."""
        return await self._store.in_transaction(lambda connection: self._find(connection, chat))

    def _find(self, connection: Connection, chat: str) -> int | None:
        mine = (addresses.c.bot_id == self._store.bot_id) & (addresses.c.chat == chat)
        query = sa.select(addresses.c.chat_id).where(mine & (addresses.c.until > self._clock()))
        found = connection.execute(query.limit(1)).scalar()
        return None if found is None else int(found)


def _is(bot_id: int, chat: str, purpose: str) -> sa.sql.ColumnElement[bool]:
    is_it: sa.sql.ColumnElement[bool] = (
        (addresses.c.bot_id == bot_id) & (addresses.c.chat == chat) & (addresses.c.purpose == purpose)
    )
    return is_it
