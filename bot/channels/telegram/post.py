"""Writing to people who are not writing just now: mediators, and those who asked to be answered in the chat.

    post = app.ctx.telegram.post              # None while TELEGRAM_TOKEN is not set
    post.keep_address(chat, "mediator", until=time.time() + 365 * 86400)     # while they write
    is_on_its_way = await post.send(chat, [Reply("…", [Button("Es ņemu", payload("take_request", value="17"))])], "lv")

A message goes the way of every other reply: stored first, in order within the chat, at Telegram's
pace, through bad networks. Taps on its buttons come back through
:class:`bot.channels.telegram.extensions.Extensions`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.messages import Reply
from bot.channels.telegram.addresses import Addresses
from bot.channels.telegram.rendering import render
from bot.channels.telegram.sender import EDIT, MAX_AGE_S, Sender
from bot.channels.telegram.store import NAMED, Outgoing, Store
from bot.languages import Language

# A message that nobody waits for is worth sending also after a night without network.
PATIENCE_S = 24 * 3600.0


class Post:
    """Sends messages to chats by their pseudonyms."""

    def __init__(self, addresses: Addresses, store: Store, sender: Sender):
        self._addresses = addresses
        self._store = store
        self._sender = sender

    def keep_address(self, chat: str, purpose: str, until: float) -> bool:
        """Keep where a chat is, so that it can be written to; see :meth:`Addresses.keep`."""
        return self._addresses.keep(chat, purpose, until)

    def drop_address(self, chat: str, purpose: str) -> None:
        """Erase an address when its purpose is over."""
        self._addresses.drop(chat, purpose)

    async def send(self, chat: str, replies: Sequence[Reply], language: Language, name: str | None = None) -> bool:
        """Send replies to a chat, as soon as Telegram takes them and within a day.

        Args:
            chat: its pseudonym.
            replies: what is sent, in order; no buttons are added to them.
            language: of the words that the channel itself adds.
            name: by which :meth:`edit` finds these messages again, for 40 days; several may share one.

        Returns:
            False where the address is not kept: it never was, its time is over, ``/forget`` erased it, or
            the person blocked the bot. True: it is stored, and will be sent also by the next process.
        """
        chat_id = await self._addresses.find(chat)
        if chat_id is None:
            return False
        calls = await render(chat_id, list(replies), language, self._store)
        if name:
            calls = [_named(call, chat, name) if call.method == "send_message" else call for call in calls]
        self._sender.send(await self._store.post(chat_id, calls, PATIENCE_S - MAX_AGE_S))
        return True

    async def edit(self, chat: str, name: str, reply: Reply, language: Language) -> bool:
        """Change the messages that were sent to a chat under a name, also those that are still on their way.

        Returns:
            False where the address is not kept (any more).
        """
        chat_id = await self._addresses.find(chat)
        if chat_id is None:
            return False
        call, *_ = await render(chat_id, [reply], language, self._store)
        edit = Outgoing(EDIT, _named(call, chat, name).parameters)
        self._sender.send(await self._store.post(chat_id, [edit], PATIENCE_S - MAX_AGE_S))
        return True


def _named(call: Outgoing, chat: str, name: str) -> Outgoing:
    return Outgoing(call.method, {**call.parameters, NAMED: {"chat": chat, "name": name}})
