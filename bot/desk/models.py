"""What stands at the desk: members, requests, what is to be told to whom."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from bot.desk.states import State
from bot.languages import Language
from bot.questionnaire.desk import Reach


class Role(str, Enum):
    """What a member of the desk may do."""

    MEDIATOR = "mediator"  # gets requests of their municipalities and languages
    COORDINATOR = "coordinator"  # gets what no mediator took, sees all requests and the log


@dataclass(frozen=True)
class Invitation:
    """What the NGO decided about somebody before they join.

    Attributes:
        role: see :class:`Role`.
        organization: its name is told to people before they consent.
        municipalities: ``name_lv`` of municipalities.csv; none: requests from everywhere.
        languages: what they speak with people; none: all.
    """

    role: Role
    organization: str
    municipalities: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()


@dataclass(frozen=True)
class Member:
    """Somebody who takes requests.

    Attributes:
        id: their number.
        chat: the pseudonym of their Telegram chat.
        language: of their Telegram.
        name: as people may read it, with consent; None: they are "the mediator".
        invitation: role, organisation, municipalities, languages.
        joined_at: when they joined.
    """

    id: int
    chat: str
    language: Language
    name: str | None
    invitation: Invitation
    joined_at: datetime.datetime

    @property
    def is_coordinator(self) -> bool:
        """Whether they see all requests and the log."""
        return self.invitation.role is Role.COORDINATOR

    def fits(self, municipality: str | None, language: str) -> bool:
        """Whether a request from there in this language is for them; one without a place fits by language."""
        places, languages = self.invitation.municipalities, self.invitation.languages
        return (not places or municipality is None or municipality in places) and (
            not languages or language in languages
        )


class Promise(str, Enum):
    """When a taker said that they call."""

    TODAY = "today"
    TOMORROW = "tomorrow"


@dataclass(frozen=True)
class Request:
    """A request as the desk keeps it. What it needs no more is None.

    Attributes:
        id: its number, by which mediators speak of it.
        reference: the name between desk and chat; can't be guessed.
        state: where it stands.
        chat, channel, language, municipality, service, need, need_is_own_words, reach, telephone, time:
            as in :class:`bot.questionnaire.desk.CallbackRequest`.
        created_at: when it was asked.
        due_at: when the clock moves it on; None: it is over.
        keep_until: the last day on which what the person gave may be kept.
        taker: the number of the member who has it, or had it last.
        promise: when they said that they call.
        helped: what the person said when asked whether help came.
    """

    id: int
    reference: str
    state: State
    chat: str | None
    channel: str
    language: Language
    municipality: str | None
    service: str | None
    need: str | None
    need_is_own_words: bool
    reach: Reach
    telephone: str | None
    time: str | None
    created_at: datetime.datetime
    due_at: datetime.datetime | None
    keep_until: datetime.date
    taker: int | None
    promise: Promise | None
    helped: bool | None


class Telling(str, Enum):
    """What is told to the person, or done for them, when a transition is over."""

    TAKEN = "taken"
    PROMISED = "promised"
    GIVEN_BACK = "given_back"
    NOT_REACHED = "not_reached"
    TOLD = "told"
    ASK_BACK = "ask_back"
    RELEASE = "release"  # their address is needed no more


class Card(str, Enum):
    """How a member's message about a request is brought up to date."""

    NEW = "new"  # a message that rings
    EDIT = "edit"  # the messages that are there change


@dataclass(frozen=True)
class Notice:
    """Something to be told, kept until Telegram's outbox has it.

    Attributes:
        id: its number.
        request: the request's number.
        kind: a :class:`Telling` for the person, a :class:`Card` for a member.
        chat: whom it is for.
        language: in which.
        member: the member whom it is for, or whom the telling names.
        reference: the request's name.
    """

    id: int
    request: int
    kind: str
    chat: str
    language: Language
    member: int | None
    reference: str


@dataclass(frozen=True)
class LogLine:
    """A line of the log: who did what to which request. Never what a person said or gave."""

    at: datetime.datetime
    what: str
    actor: str
    request: int | None
    before: str | None
    after: str | None
