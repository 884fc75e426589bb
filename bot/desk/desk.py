"""The desk as the assistant sees it: whether somebody receives requests, and taking one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import sqlalchemy.exc

from bot.clock import now
from bot.desk import log
from bot.desk.database import Database
from bot.desk.members import Members
from bot.desk.requests import CHATS, Requests, candidates
from bot.desk.states import Event
from bot.desk.times import Times
from bot.languages import Language
from bot.questionnaire.desk import CallbackRequest, Reach, Receipt, RequestRefused
from bot.settings import Settings

DAY_S = 86_400.0


class Letterbox(Protocol):
    """Keeps where a chat is, so that it can be written to; the Telegram channel has one."""

    def keep_address(self, chat: str, purpose: str, until: float) -> bool:
        """Keep it until then (seconds since 1970); False where the chat is not known."""

    def drop_address(self, chat: str, purpose: str) -> None:
        """Forget it."""


def purpose_of(reference: str) -> str:
    """Return for what the address of a person is kept: one request."""
    return f"callback/{reference}"


class Desk:
    """The desk of a process.

    Args:
        database: where everything stands; its schema must be up to date.
        times: how long a request may stay as it is.
        letterbox: returns what keeps addresses; None while nobody can be written to: then the desk is closed.
    """

    def __init__(self, database: Database, times: Times, letterbox: Callable[[], Letterbox | None]):
        self.database = database
        self.times = times
        self.members = Members(database)
        self.requests = Requests(database, times)
        self._letterbox = letterbox

    def is_open(self, municipality: str | None, language: Language) -> bool:
        """Whether somebody receives requests from there in this language."""
        if self._letterbox() is None:
            return False
        present = self.members.all()
        return any(candidates(present, event, municipality, language) for event in (Event.OFFER, Event.PASS_ON))

    def readers(self, municipality: str | None, language: Language) -> list[str]:
        """Return the organisations whose people will see a request from there."""
        present = self.members.all()
        who = [
            member
            for event in (Event.OFFER, Event.PASS_ON)
            for member in candidates(present, event, municipality, language)
        ]
        return list(dict.fromkeys(member.invitation.organization for member in who))

    def submit(self, request: CallbackRequest) -> Receipt:
        """Take a request; the queue offers it within seconds.

        Raises:
            RequestRefused: nobody receives it, the person could not be answered, or the store failed.
        """
        letterbox = self._letterbox()
        if letterbox is None or not self.is_open(request.municipality, request.language):
            raise RequestRefused("Nobody receives requests from there.")
        try:
            kept = self.requests.ask(request, now())
            if not self._can_be_answered(letterbox, request, kept.reference):
                self.requests.cancel(kept.reference, request.chat, now())
                raise RequestRefused("The chat can't be written to.")
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise RequestRefused(f"The request could not be kept ({type(error).__name__}).") from error
        return Receipt(kept.reference)

    def _can_be_answered(self, letterbox: Letterbox, request: CallbackRequest, reference: str) -> bool:
        if request.channel not in CHATS:
            return request.reach is Reach.TELEPHONE
        days = (request.keep_until - now().date()).days + 1
        is_kept = letterbox.keep_address(request.chat, purpose_of(reference), time.time() + days * DAY_S)
        return is_kept or request.reach is Reach.TELEPHONE

    def erase(self, chat: str) -> None:
        """Erase a chat from everything: as a person who asked, and as a member."""
        self.requests.erase(chat, now())
        member = self.members.by_chat(chat)
        if member:
            self.requests.leave(member, log.PERSON, now())
            self.database.overwrite()


def open_database(settings: Settings) -> Database:
    """Return the desk's database with its schema brought up to date.

    Raises:
        WrongSchema: a newer version of Drom made it.
    """
    database = Database(settings.tracker_database_url)
    database.upgrade()
    return database
