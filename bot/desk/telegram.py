"""The desk in Telegram: commands and buttons of mediators and of people who asked, and their words to each other."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.assistant.messages import Button, Reply, payload
from bot.breaker import Away
from bot.channels.telegram.extensions import Extensions, Visit
from bot.clock import now
from bot.desk import log
from bot.desk.desk import Desk
from bot.desk.messages import button, who, words
from bot.desk.models import Member, Promise, Request
from bot.desk.queue import MEMBER, Post
from bot.desk.relay import Relay
from bot.desk.states import NotPossible
from bot.directory.directory import directory, help_line_number
from bot.threads import in_own_thread

logger = logging.getLogger(__name__)

# A mediator who is never written to for ten years is gone.
MEMBER_S = 10 * 365 * 86_400.0
MAX_NAME = 40

MemberAct = Callable[[int, Member], Request]
PersonAct = Callable[[str, str], Request]


class TelegramDesk:
    """What the desk adds to the Telegram chat.

    Args:
        desk: the desk.
        post: returns what writes to people; None while Telegram is off.
        wake: told when there is something to tell.
        page: returns the address of the page with a one-time login for a member.
    """

    def __init__(
        self, desk: Desk, post: Callable[[], Post | None], wake: Callable[[], None], page: Callable[[Member], str]
    ):
        self._desk = desk
        self._post = post
        self._wake = wake
        self._page = page
        self._relay = Relay(desk, post)

    def add_to(self, extensions: Extensions) -> None:
        """Register every command and button."""
        requests = self._desk.requests
        extensions.command("join", self._join)
        extensions.command("leave", self._leave)
        extensions.command("desk", self._open_page)
        extensions.words(self._words)
        acts: dict[str, MemberAct] = {
            "take": lambda number, member: requests.take(number, member, now()),
            "decline": lambda number, member: requests.decline(number, member, now()),
            "today": lambda number, member: requests.promise(number, member, Promise.TODAY, now()),
            "tomorrow": lambda number, member: requests.promise(number, member, Promise.TOMORROW, now()),
            "done": lambda number, member: requests.finish(number, member, now()),
            "missed": lambda number, member: requests.miss(number, member, now()),
            "back": lambda number, member: requests.give_back(number, member, now()),
        }
        for name, act in acts.items():
            extensions.button(f"desk_{name}", self._by_member(act))
        wishes: dict[str, tuple[PersonAct, str]] = {
            "cancel": (lambda reference, chat: requests.cancel(reference, chat, now()), "cancelled"),
            "again": (lambda reference, chat: requests.try_again(reference, chat, now()), "asked_again"),
            "helped": (lambda reference, chat: requests.answer(reference, chat, True, now()), "helped"),
            "not_helped": (lambda reference, chat: requests.answer(reference, chat, False, now()), "not_helped"),
        }
        for name, (wish, said) in wishes.items():
            extensions.button(f"desk_{name}", self._by_person(wish, said))
        extensions.button("desk_write", self._write_to_person)
        extensions.button("desk_write_taker", self._write_to_taker)
        extensions.button("desk_enough", self._enough)
        extensions.button("desk_agree", self._agree_name)
        extensions.button("desk_rename", self._rename)
        extensions.button("desk_nameless", self._nameless)

    async def _join(self, visit: Visit) -> list[Reply]:
        post = self._post()
        if post is None or not await asyncio.to_thread(post.keep_address, visit.chat, MEMBER, time.time() + MEMBER_S):
            return [Reply(words("not_joined", visit.language))]
        member = await asyncio.to_thread(self._desk.members.join, visit.argument, visit.chat, visit.language, now())
        if member is None:
            if await self._member(visit) is None:
                await asyncio.to_thread(post.drop_address, visit.chat, MEMBER)
            return [Reply(words("not_joined", visit.language))]
        places = [directory().municipality(name) for name in member.invitation.municipalities]
        told = ", ".join(place.name.in_language(visit.language) for place in places if place)
        joined = words(
            "joined",
            visit.language,
            organization=member.invitation.organization,
            places=told or words("everywhere", visit.language),
        )
        return [Reply(joined), *await self._rename(visit)]

    async def _leave(self, visit: Visit) -> list[Reply]:
        member = await self._member(visit)
        if member is None:
            return [Reply(words("no_member", visit.language))]
        await asyncio.to_thread(self._desk.requests.leave, member, log.PERSON, now())
        self._wake()
        return [Reply(words("left", visit.language))]

    async def _open_page(self, visit: Visit) -> list[Reply]:
        member = await self._member(visit)
        if member is None:
            return [Reply(words("no_member", visit.language))]
        return [Reply(words("page", visit.language, address=await asyncio.to_thread(self._page, member)))]

    async def _rename(self, visit: Visit) -> list[Reply]:
        if await self._member(visit) is None:
            return [Reply(words("no_member", visit.language))]
        await asyncio.to_thread(self._relay.windows.open, visit.chat, None, now())
        nameless = Button(words("button_nameless", visit.language), payload("desk_nameless"))
        return [Reply(words("ask_name", visit.language), [nameless])]

    async def _agree_name(self, visit: Visit) -> list[Reply]:
        member = await self._member(visit)
        if member is None:
            return [Reply(words("no_member", visit.language))]
        await asyncio.to_thread(self._desk.members.agree_name, member.id, now())
        return [Reply(words("name_kept", visit.language))]

    async def _nameless(self, visit: Visit) -> list[Reply]:
        member = await self._member(visit)
        if member is None:
            return [Reply(words("no_member", visit.language))]
        await asyncio.to_thread(self._relay.windows.close, visit.chat)
        await asyncio.to_thread(self._desk.members.drop_name, member.id, now())
        return [Reply(words("name_dropped", visit.language))]

    def _by_member(self, act: MemberAct) -> Callable[[Visit], Awaitable[Sequence[Reply]]]:
        """Return a handler of a button under a request's message; what follows is shown there."""

        async def handle(visit: Visit) -> Sequence[Reply]:
            member, number = await self._member(visit), _number(visit)
            if member is None:
                return [Reply(words("no_member", visit.language))]
            try:
                await asyncio.to_thread(act, number, member)
            except NotPossible:
                return [Reply(words("too_late", visit.language, number=number))]
            self._wake()
            return []

        return handle

    def _by_person(self, wish: PersonAct, said: str) -> Callable[[Visit], Awaitable[Sequence[Reply]]]:
        """Return a handler of a button that a person has who asked to be called."""

        async def handle(visit: Visit) -> Sequence[Reply]:
            try:
                await asyncio.to_thread(wish, _reference(visit), visit.chat)
            except NotPossible:
                return [Reply(words("over", visit.language))]
            self._wake()
            return [Reply(words(said, visit.language, line=help_line_number("nva")))]

        return handle

    async def _write_to_person(self, visit: Visit) -> list[Reply]:
        member, number = await self._member(visit), _number(visit)
        if member is None:
            return [Reply(words("no_member", visit.language))]
        request = await asyncio.to_thread(self._relay.begin_as_member, member, number)
        if request is None:
            return [Reply(words("too_late", visit.language, number=number))]
        return [Reply(words("write_to_person", visit.language, number=number), [_enough(visit)])]

    async def _write_to_taker(self, visit: Visit) -> list[Reply]:
        taker = await asyncio.to_thread(self._relay.begin_as_person, visit.chat, _reference(visit))
        if taker is None:
            return [Reply(words("over", visit.language))]
        return [Reply(words("write_to_taker", visit.language, who=who(taker, visit.language)), [_enough(visit)])]

    async def _enough(self, visit: Visit) -> list[Reply]:
        await asyncio.to_thread(self._relay.windows.close, visit.chat)
        return [Reply(words("enough", visit.language))]

    async def _words(self, visit: Visit) -> list[Reply] | None:
        if self._desk.database.is_away:
            raise Away("the desk's database failed a moment ago and is left alone")
        # In a thread of its own: everybody's words come by here, and a database that hangs would keep the shared ones.
        window = await in_own_thread(lambda: self._relay.windows.find(visit.chat, now()), "words-for-whom")
        if window is None:
            return None
        member = await self._member(visit)
        if window.request is None:
            return await self._propose_name(visit, member) if member else None
        said = await self._relay.pass_on(visit.chat, member, window.request, visit.argument)
        if said is None:
            return None
        return [Reply(words(said, visit.language, line=help_line_number("nva")), [_enough(visit)])]

    async def _propose_name(self, visit: Visit, member: Member) -> list[Reply]:
        name = " ".join(visit.argument.split())[:MAX_NAME]
        await asyncio.to_thread(self._desk.members.propose_name, member.id, name)
        await asyncio.to_thread(self._relay.windows.close, visit.chat)
        shown = words("who_named", visit.language, called=name, organization=member.invitation.organization)
        buttons = [
            Button(words(f"button_{key}", visit.language), payload(f"desk_{key}"))
            for key in ("agree", "rename", "nameless")
        ]
        return [Reply(words("show_name", visit.language, who=shown), buttons)]

    async def _member(self, visit: Visit) -> Member | None:
        member = await asyncio.to_thread(self._desk.members.by_chat, visit.chat)
        if member and member.language != visit.language:
            await asyncio.to_thread(self._desk.members.speak, member.id, visit.language)
        return member


def _enough(visit: Visit) -> Button:
    return button("enough", visit.language, "desk_enough", "")


def _number(visit: Visit) -> int:
    value = str(visit.values.get("value", ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0


def _reference(visit: Visit) -> str:
    return str(visit.values.get("value", ""))
