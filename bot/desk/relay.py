"""Words between a person and the one who took their request, through the bot: passed on, and kept nowhere.

They stand in Telegram's outbox until Telegram has them, and in no table of the desk and no log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.assistant.messages import Reply
from bot.clock import now
from bot.desk.desk import Desk
from bot.desk.messages import button, who, words
from bot.desk.models import Member, Request
from bot.desk.queue import Post
from bot.desk.requests import CHATS
from bot.desk.states import HELD, State
from bot.desk.windows import Windows
from bot.nlu.danger import find_danger

# While these last the two can write to each other.
TALKING = HELD | {State.NOT_REACHED}


class Relay:
    """Passes words on.

    Args:
        desk: the desk.
        post: returns what writes to people; None while Telegram is off.
    """

    def __init__(self, desk: Desk, post: Callable[[], Post | None]):
        self._desk = desk
        self._post = post
        self.windows = Windows(desk.database)

    def begin_as_member(self, member: Member, number: int) -> Request | None:
        """Let what a taker writes go to the person; None where they do not have the request."""
        request = self._desk.requests.by_id(number)
        if request is None or request.taker != member.id or not self._can_talk(request):
            return None
        self.windows.open(member.chat, number, now())
        return request

    def begin_as_person(self, chat: str, reference: str) -> Member | None:
        """Let what a person writes go to the taker; None where nobody has their request."""
        request = self._desk.requests.by_reference(reference)
        if request is None or request.chat != chat or not self._can_talk(request):
            return None
        taker = self._desk.members.by_id(request.taker)
        if taker:
            self.windows.open(chat, request.id, now())
        return taker

    async def pass_on(self, chat: str, member: Member | None, number: int, said: str) -> str | None:
        """Pass words on to the other side of a request.

        Returns:
            The name of the text that answers; None where the request is over, and the words are the assistant's.
        """
        request = await asyncio.to_thread(self._desk.requests.by_id, number)
        taker = await asyncio.to_thread(self._desk.members.by_id, request.taker) if request else None
        if request is None or taker is None or not self._can_talk(request):
            await asyncio.to_thread(self.windows.close, chat)
            return None
        await asyncio.to_thread(self.windows.open, chat, number, now())
        post = self._post()
        if chat == request.chat:
            answer = button("answer", taker.language, "desk_write", request.id)
            message = Reply(f"{words('from_person', taker.language, number=request.id)}\n{said}", [answer])
            is_sent = post is not None and await post.send(taker.chat, [message], taker.language)
            if is_sent and find_danger(said).certain:
                return "passed_on_danger"
        elif member is not None and member.id == taker.id and request.chat:
            language = request.language
            buttons = [
                button("answer", language, "desk_write_taker", request.reference),
                button("cancel", language, "desk_cancel", request.reference),
            ]
            message = Reply(f"{words('from_taker', language, who=who(taker, language))}\n{said}", buttons)
            is_sent = post is not None and await post.send(request.chat, [message], language)
        else:
            await asyncio.to_thread(self.windows.close, chat)
            return None
        return "passed_on" if is_sent else "not_passed_on"

    def _can_talk(self, request: Request) -> bool:
        return request.state in TALKING and request.channel in CHATS and request.chat is not None
