"""The queue: moves requests on as their time comes, and has everybody told what is to be told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.assistant.messages import Reply
from bot.clock import now
from bot.desk import messages
from bot.desk.desk import Desk, Letterbox, purpose_of
from bot.desk.models import Card, Member, Notice, Request, Telling
from bot.desk.notices import RELEASE_MEMBER, Notices
from bot.desk.states import NotPossible
from bot.errors import describe
from bot.languages import Language

logger = logging.getLogger(__name__)

TICK_S = 1.0
MEMBER = "mediator"  # for what a member's address is kept


class Post(Letterbox, Protocol):
    """Writes to chats; see :class:`bot.channels.telegram.post.Post`."""

    async def send(self, chat: str, replies: Sequence[Reply], language: Language, name: str | None = None) -> bool:
        """Send replies; False where the chat can't be written to."""

    async def edit(self, chat: str, name: str, reply: Reply, language: Language) -> bool:
        """Change the messages that were sent under a name; False where the chat can't be written to."""


def message_name(request: int) -> str:
    """Return the name of the messages about a request, by which they are changed."""
    return f"desk/{request}"


class Queue:
    """What runs beside the server, once a second.

    Args:
        desk: the desk.
        post: returns what writes to people; None while Telegram is off: then nothing is told, and nothing lost.
    """

    def __init__(self, desk: Desk, post: Callable[[], Post | None]):
        self._desk = desk
        self._post = post
        self._notices = Notices(desk.database)
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Look now, not with the next tick: somebody waits for it."""
        self._news.set()

    async def run(self) -> None:
        """Run until cancelled. A failure is logged, and tried again with the next tick."""
        while True:
            try:
                await self.tick()
            except Exception as error:
                logger.error("The desk's queue failed: %s", describe(error))
            waiting = asyncio.ensure_future(self._news.wait())
            try:
                await asyncio.wait({waiting}, timeout=TICK_S)
            finally:
                waiting.cancel()
            self._news.clear()

    async def tick(self) -> None:
        """Do everything that is due now."""
        for number in await asyncio.to_thread(self._desk.requests.due, now()):
            try:
                await asyncio.to_thread(self._desk.requests.tick, number, now())
            except NotPossible:
                logger.info("Request %d was moved on by somebody else.", number)
        post = self._post()
        while post and (notice := await asyncio.to_thread(self._notices.claim, now())):
            await self._tell(post, notice)
            await asyncio.to_thread(self._notices.done, notice)

    async def _tell(self, post: Post, notice: Notice) -> None:
        if notice.kind == RELEASE_MEMBER:
            await asyncio.to_thread(post.drop_address, notice.chat, MEMBER)
            return
        if notice.kind == Telling.RELEASE:
            await asyncio.to_thread(post.drop_address, notice.chat, purpose_of(notice.reference))
            return
        request = await asyncio.to_thread(self._desk.requests.by_id, notice.request)
        member = await asyncio.to_thread(self._desk.members.by_id, notice.member)
        if request is None:
            return
        if notice.kind in (Card.NEW, Card.EDIT):
            await self._show_card(post, notice, request, member)
        else:
            said = messages.telling(Telling(notice.kind), request, member)
            if not await post.send(notice.chat, [said], notice.language):
                logger.info("The person of request %d can't be written to any more.", request.id)

    async def _show_card(self, post: Post, notice: Notice, request: Request, member: Member | None) -> None:
        reply = await asyncio.to_thread(self._card, request, member, notice.language)
        name = message_name(request.id)
        if notice.kind == Card.EDIT:
            await post.edit(notice.chat, name, reply, notice.language)
        elif not await post.send(notice.chat, [reply], notice.language, name) and member:
            await asyncio.to_thread(self._desk.requests.can_not_be_told, request.id, member, now())

    def _card(self, request: Request, member: Member | None, language: Language) -> Reply:
        declined = bool(member) and self._desk.requests.offered_to(request.id).get(member.id, False)  # type: ignore[union-attr]
        telephone = None
        if member is not None and request.taker == member.id:
            try:
                telephone = self._desk.requests.look(request.id, member, now())
            except NotPossible:
                logger.debug("Request %d is not with this member any more.", request.id)
        return messages.card(request, member, language, declined, telephone)
