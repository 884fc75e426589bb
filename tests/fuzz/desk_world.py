"""A desk with a mediator, a coordinator and somebody who asked, for input that is thrown at its commands and buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from bot.assistant.messages import Reply
from bot.channels.telegram.extensions import Extensions, Visit
from bot.channels.telegram.rendering import send_text
from bot.clock import now
from bot.desk.access import Access, Session
from bot.desk.database import Database
from bot.desk.desk import Desk
from bot.desk.models import Member, Request
from bot.desk.page import channel as page
from bot.desk.page import view
from bot.desk.telegram import TelegramDesk
from bot.desk.times import Times
from bot.languages import Language
from tests.fuzz import properties
from tests.support.desk import TestedDesk

MEDIATOR, PERSON, STRANGER = "telegram-maija", "telegram-anna", "telegram-svešs"
COMMANDS = ("join", "leave", "desk")
ACTS = ("take", "decline", "today", "done", "missed", "back", "cancel", "again", "helped", "not_helped")
TALK = ("write", "write_taker", "enough", "agree", "rename", "nameless")
HARMLESS = "vārdi"


class _Post:
    """Takes what the desk writes to people, as the Telegram channel would."""

    def keep_address(self, chat: str, purpose: str, until: float) -> bool:
        return True

    def drop_address(self, chat: str, purpose: str) -> None:
        return

    async def send(self, chat: str, replies: Sequence[Reply], language: Language, name: str | None = None) -> bool:
        check_shown(replies)
        return True

    async def edit(self, chat: str, name: str, reply: Reply, language: Language) -> bool:
        check_shown([reply])
        return True


class DeskWorld:
    """The desk, and what it adds to Telegram.

    Args:
        folder: where its database is made.
    """

    def __init__(self, folder: Path):
        database = Database(f"sqlite:///{folder / 'fuzzed-desk.db'}")
        database.upgrade()
        self.tested = TestedDesk(database, now())
        self.access = Access(database)
        post = _Post()
        self.desk = Desk(database, Times(opens=0, closes=24), lambda: post)
        self.extensions = Extensions()
        TelegramDesk(self.desk, lambda: post, lambda: None, lambda member: "https://localhost/desk/login/x").add_to(
            self.extensions
        )
        self.loop = asyncio.new_event_loop()
        self.tested.mediator(MEDIATOR)
        self.tested.coordinator()

    @staticmethod
    def doors() -> tuple[str, ...]:
        """Return the ways in: commands, buttons, and words."""
        return (*COMMANDS, *ACTS, *TALK, "words", "page")

    def check(self, text: str) -> None:
        """Whoever uses a door with whatever argument is answered, within the limits, without markup of theirs."""
        door, _, argument = text.partition(" ")
        request = self._request()
        if door == "page":
            self._check_page(argument, request)
            return
        values = {"value": request.reference if argument == "mine" else argument}
        for chat in (STRANGER, PERSON, MEDIATOR):
            visit = Visit(chat, "lv", argument, values)
            if door == "words":
                assert self.extensions.for_words is not None
                replies = self.loop.run_until_complete(self.extensions.for_words(visit))  # type: ignore[arg-type]
            else:
                handler = self.extensions.for_command(door) or self.extensions.for_button(f"desk_{door}")
                replies = self.loop.run_until_complete(handler(visit)) if handler else None  # type: ignore[arg-type]
            if replies is not None:
                check_shown(replies)

    def _request(self) -> Request:
        """Return a request that the mediator has, whatever was done to the one before."""
        member = self._member()
        taken = [request for request in self.tested.requests.open() if request.taker == member.id]
        if taken:
            return taken[0]
        self.tested.now = now()
        request = self.tested.ask(PERSON)
        self.tested.tick()
        return self.tested.requests.take(request.id, member, now())

    def _member(self) -> Member:
        return self.tested.members.by_chat(MEDIATOR) or self.tested.mediator(MEDIATOR)

    def _check_page(self, words: str, request: Request) -> None:
        """What somebody wrote as their need or name adds no element to the page."""
        needs = [request, request.__class__(**{**request.__dict__, "need": words, "need_is_own_words": True})]
        shapes = []
        for one, name in zip(needs, (HARMLESS, words[:40]), strict=True):
            member = self._member()
            named = Member(**{**member.__dict__, "name": name})
            shown = view.rows([one], named, {one.id: {named.id: False}}, {named.id: named}, now())
            answer = page._page(
                "requests.html.j2",
                "lv",
                session=Session(named, "token"),
                rows=shown,
                places=view.by_place(shown),
                chosen=None,
                said=None,
            )
            shapes.append(elements(answer.body.decode()))
        properties.demand(shapes[0] == shapes[1], "an element of theirs on the page", words)


def check_shown(replies: Sequence[Reply]) -> None:
    """Replies are shown in Telegram within its limit, and whatever is in them is no markup."""
    for reply in replies:
        properties.demand(bool(reply.text), "an empty reply", repr(reply))
        for call in send_text(1, reply.text, None, reply.source):
            allowed = ["i"] if reply.source else []
            properties.demand(elements(call.parameters["text"]) in ([], allowed), "markup in a reply", reply.text)


def elements(document: str) -> list[str]:
    """Return the names of a document's elements and attributes, in order."""
    found: list[str] = []

    class _Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.append(" ".join([tag, *(name for name, _ in attributes)]))

    _Reader().feed(document)
    return found
