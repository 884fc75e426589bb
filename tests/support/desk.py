"""A desk for tests: members, requests, and a clock that is turned by hand."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace

from bot.clock import LATVIA
from bot.desk.database import Database
from bot.desk.members import Members
from bot.desk.models import Invitation, Member, Request, Role
from bot.desk.requests import Requests
from bot.desk.times import Times
from bot.questionnaire.desk import CallbackRequest, Reach

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=LATVIA)
NUMBER = "+37129123456"
WORDS = "tiesu izpildītājs paņem visu algu"


@dataclass
class TestedDesk:
    """A desk and its clock."""

    __test__ = False
    database: Database
    now: datetime.datetime = NOON
    requests: Requests = field(init=False)
    members: Members = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Requests(self.database, Times(opens=0, closes=24))
        self.members = Members(self.database)

    def mediator(self, chat: str = "telegram-maija", places=("Talsu novads",), languages=("lv",)) -> Member:
        return self._join(Invitation(Role.MEDIATOR, "Talsu romu biedrība", tuple(places), tuple(languages)), chat)

    def coordinator(self, chat: str = "telegram-ilze") -> Member:
        return self._join(Invitation(Role.COORDINATOR, "Romu centrs"), chat)

    def _join(self, invitation: Invitation, chat: str) -> Member:
        member = self.members.join(self.members.invite(invitation, self.now), chat, "lv", self.now)
        assert member is not None
        return member

    def ask(self, chat: str = "telegram-anna", **changes) -> Request:
        return self.requests.ask(replace(request(self.now, chat), **changes), self.now)

    def tick(self, later: datetime.timedelta = datetime.timedelta()) -> None:
        """Let time pass, and the clock do what is due."""
        self.now += later
        for number in self.requests.due(self.now):
            self.requests.tick(number, self.now)

    def until_due(self, number: int) -> None:
        """Let time pass until the request is moved on."""
        due = self.requests.by_id(number).due_at
        self.now = max(self.now, due)
        self.tick()

    def state(self, number: int):
        return self.requests.by_id(number).state


def request(now: datetime.datetime, chat: str = "telegram-anna") -> CallbackRequest:
    """Return what a person asks for."""
    return CallbackRequest(
        chat=chat,
        channel=chat.split("-")[0],
        language="lv",
        municipality="Talsu novads",
        service="debts",
        need=WORDS,
        need_is_own_words=True,
        reach=Reach.TELEPHONE,
        telephone=NUMBER,
        time="morning",
        consented_at=now,
        keep_until=now.date() + datetime.timedelta(days=30),
    )
