"""The port to whoever receives call-back requests. What stands behind it is set at the start of the server.

The default is a closed desk: nobody receives requests, and the assistant says so before it asks
anything. A desk that is open takes each request at once and delivers it in its own time.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.errors import DromError
from bot.languages import Language


class Reach(str, Enum):
    """How the person wants to be reached."""

    TELEPHONE = "telephone"
    CHAT = "chat"  # in the same talk, through the bot


@dataclass(frozen=True)
class CallbackRequest:
    """What a person asks for. Nothing of it is in the tracker once it is submitted.

    Attributes:
        chat: the pseudonym of the chat, by which a reply or an erasure finds it.
        channel: the way in: telegram, web.
        language: to speak with the person.
        municipality: ``name_lv`` of municipalities.csv; None: not told.
        service: id of the card that it is about, where that is known.
        need: what it is about: a card's id, an option of the questionnaire, or the person's words.
        need_is_own_words: whether ``need`` is what the person wrote.
        reach: by telephone or in the chat.
        telephone: the number as ``+37120000000``; only with ``Reach.TELEPHONE``.
        time: when it suits: an option of the questionnaire or the person's words; None: not told.
        consented_at: when the person agreed.
        keep_until: the last day on which it may be kept.
    """

    chat: str
    channel: str
    language: Language
    municipality: str | None
    service: str | None
    need: str | None
    need_is_own_words: bool
    reach: Reach
    telephone: str | None
    time: str | None
    consented_at: datetime.datetime
    keep_until: datetime.date


@dataclass(frozen=True)
class Receipt:
    """The desk's word that it has the request.

    Attributes:
        reference: names the request between desk and chat (to cancel it, to ask whether help came).
    """

    reference: str


class RequestRefused(DromError):
    """The desk can't take the request now: it has closed, or its store failed. Nothing was kept."""


class CallbackDesk(Protocol):
    """Who receives call-back requests."""

    def is_open(self, municipality: str | None, language: Language) -> bool:
        """Whether somebody receives requests from there in this language.

        ``municipality`` is None where it is not known (yet, or the person did not tell): then the
        answer is whether anybody at all could take it. Returns at once.
        """

    def readers(self, municipality: str | None, language: Language) -> list[str]:
        """Return the names of the organisations whose people will see a request; told before consent.

        Empty: the words of the questionnaire (``audience``) are used.
        """

    def submit(self, request: CallbackRequest) -> Receipt:
        """Take a request: it is safely kept when this returns; delivering it must not be waited for.

        Raises:
            RequestRefused: it was not taken; the person is told so and given the line.
        """


class ClosedDesk:
    """Nobody receives requests here."""

    def is_open(self, municipality: str | None, language: Language) -> bool:
        """Never."""
        return False

    def readers(self, municipality: str | None, language: Language) -> list[str]:
        """Nobody."""
        return []

    def submit(self, request: CallbackRequest) -> Receipt:
        """Refuse."""
        raise RequestRefused("No desk for call-backs is configured.")


_desk: CallbackDesk = ClosedDesk()
_here: contextvars.ContextVar[CallbackDesk | None] = contextvars.ContextVar("desk", default=None)


def desk() -> CallbackDesk:
    """Return the desk of this process; in a context of :func:`desk_here`, that one."""
    return _here.get() or _desk


@contextlib.contextmanager
def desk_here(chosen: CallbackDesk | None) -> Iterator[None]:
    """Pass requests to another desk in this context; None: to that of the process."""
    token = _here.set(chosen)
    try:
        yield
    finally:
        _here.reset(token)


def use_desk(chosen: CallbackDesk) -> CallbackDesk:
    """Set the desk of this process, and return the one before (to put it back in a test)."""
    global _desk
    before, _desk = _desk, chosen
    return before
