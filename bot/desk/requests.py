"""Requests in the database: each transition in one transaction with its line in the log and what is to be told.

Whoever loses a race gets :class:`NotPossible`: the row is changed only where it still is in the state
from which the transition was decided.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.desk import log, notices
from bot.desk.database import Database, moment, seconds
from bot.desk.members import present, remove
from bot.desk.models import Card, Member, Promise, Request, Telling
from bot.desk.states import ENDS, HELD, IN_TIME, NEEDS_WORDS, OPEN, TRANSITIONS, WAITING, Event, NotPossible, State
from bot.desk.states import after as state_after
from bot.desk.tables import offers, requests, sessions, windows
from bot.desk.times import Times
from bot.questionnaire.desk import CallbackRequest, Reach

# Ways in on which the person can be written to.
CHATS = frozenset({"telegram"})
GIVEN = ("need", "telephone", "time")


class NotYours(NotPossible):
    """Somebody else has the request."""


class Requests:
    """The requests of the desk.

    Args:
        database: where they are.
        times: how long a state lasts.
    """

    def __init__(self, database: Database, times: Times):
        self._database = database
        self._times = times

    # What the person does.

    def ask(self, asked: CallbackRequest, now: datetime.datetime) -> Request:
        """Keep a new request. One that the same chat asked before and nobody took yet is called off for it."""
        reference = secrets.token_urlsafe(12)
        row = {
            "reference": reference,
            "state": State.ASKED.value,
            "created_at": seconds(now),
            "changed_at": seconds(now),
            "due_at": seconds(now),
            "consented_at": seconds(asked.consented_at),
            "reach": asked.reach.value,
            **{
                name: getattr(asked, name)
                for name in ("chat", "channel", "language", "municipality", "service", "need", "need_is_own_words")
            },
            **{name: getattr(asked, name) for name in ("telephone", "time", "keep_until")},
        }
        with self._database.writing() as connection:
            for earlier in self._of_chat(connection, asked.chat):
                if earlier.state in WAITING | {State.ASKED}:
                    self._move(connection, earlier, Event.CANCEL, log.PERSON, now)
            number = connection.execute(sa.insert(requests).values(**row)).inserted_primary_key[0]
            log.write(connection, now, "ask", log.PERSON, number, after=State.ASKED)
            return self._get(connection, number)

    def cancel(self, reference: str, chat: str, now: datetime.datetime) -> Request:
        """Call a request off, for the person who asked it.

        Raises:
            NotPossible: it is over, or not theirs.
        """
        return self._by_person(reference, chat, Event.CANCEL, now)

    def try_again(self, reference: str, chat: str, now: datetime.datetime) -> Request:
        """Ask for another call after one that was missed.

        Raises:
            NotPossible: nobody missed them, or it is not theirs.
        """
        return self._by_person(reference, chat, Event.TRY_AGAIN, now)

    def answer(self, reference: str, chat: str, helped: bool, now: datetime.datetime) -> Request:
        """Note whether help came, and close the request.

        Raises:
            NotPossible: that was not asked, or it is not theirs.
        """
        return self._by_person(reference, chat, Event.ANSWER, now, helped=helped)

    def erase(self, chat: str, now: datetime.datetime) -> None:
        """Erase a person from everything: requests, what is to be told, whose words go where."""
        with self._database.writing() as connection:
            for request in self._of_chat(connection, chat):
                self._move(connection, request, Event.ERASE, log.PERSON, now)
            notices.drop(connection, chat)
            connection.execute(sa.delete(windows).where(windows.c.chat == chat))
        self._database.overwrite()

    # What members do.

    def take(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Give a request to the first who takes it.

        Raises:
            NotYours: somebody else was faster.
            NotPossible: it is over, or the member was never offered it.
        """
        with self._database.writing() as connection:
            request = self._get(connection, number)
            if request.taker == member.id and request.state in HELD:
                return request  # the second tap on the same button
            if request.state in HELD:
                raise NotYours(request.state, Event.TAKE)
            if not member.is_coordinator and member.id not in self._offered(connection, number):
                raise NotPossible(request.state, Event.TAKE)
            self._offer(connection, number, [member])
            return self._move(connection, request, Event.TAKE, log.by(member.id), now, taker=member.id)

    def decline(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Note that a request is not for this member; where it is for nobody, it is passed on at once.

        Raises:
            NotPossible: it is not waiting for somebody, or was not offered to them.
        """
        with self._database.writing() as connection:
            request = self._get(connection, number)
            if request.state not in WAITING or member.id not in self._offered(connection, number):
                raise NotPossible(request.state, Event.TAKE)
            log.write(connection, now, "decline", log.by(member.id), number, request.state)
            self._decline(connection, member.id, number)
            notices.card(connection, request, [member], Card.EDIT)
            return self._unless_somebody_is_left(connection, request, log.by(member.id), now)

    def promise(self, number: int, member: Member, when: Promise, now: datetime.datetime) -> Request:
        """Note when the taker will call.

        Raises:
            NotYours: they do not have it.
        """
        with self._database.writing() as connection:
            request = self._held_by(connection, number, member, Event.FINISH)
            connection.execute(sa.update(requests).where(requests.c.id == number).values(promise=when.value))
            log.write(connection, now, "promise", log.by(member.id), number, request.state)
            request = self._get(connection, number)
            self._tell(connection, request, Telling.PROMISED)
            notices.card(connection, request, [member], Card.EDIT)
            return request

    def finish(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Note that the taker talked with the person: what the person gave is erased.

        Raises:
            NotYours: they do not have it.
        """
        return self._by_taker(number, member, Event.FINISH, now)

    def miss(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Note that the taker could not reach the person.

        Raises:
            NotYours: they do not have it.
        """
        return self._by_taker(number, member, Event.MISS, now)

    def give_back(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Let others take a request that the taker can't do.

        Raises:
            NotYours: they do not have it.
        """
        return self._by_taker(number, member, Event.GIVE_BACK, now)

    def pass_on(self, number: int, member: Member, now: datetime.datetime) -> Request:
        """Give a request to the coordinators before its time: a coordinator's decision.

        Raises:
            NotPossible: it is not at the mediators, or there is no coordinator.
        """
        with self._database.writing() as connection:
            request = self._get(connection, number)
            if not member.is_coordinator or request.state in HELD:
                raise NotPossible(request.state, Event.PASS_ON)
            if not self._candidates(connection, request, Event.PASS_ON):
                raise NotPossible(request.state, Event.PASS_ON)
            return self._move(connection, request, Event.PASS_ON, log.by(member.id), now)

    def look(self, number: int, member: Member, now: datetime.datetime) -> str | None:
        """Return the person's telephone number for the one who took the request; the look is logged first.

        Raises:
            NotYours: they do not have it.
        """
        with self._database.writing() as connection:
            request = self._held_by(connection, number, member, Event.FINISH)
            if request.telephone is not None:
                log.write(connection, now, log.LOOK, log.by(member.id), number, request.state)
            return request.telephone

    def leave(self, member: Member, actor: str, now: datetime.datetime) -> None:
        """Take a member from the desk: what they had goes back to the queue, who they are is erased."""
        with self._database.writing() as connection:
            remove(connection, member.id, now)
            log.write(connection, now, "leave", actor if actor == log.OPERATOR else log.by(member.id))
            connection.execute(sa.delete(sessions).where(sessions.c.member == member.id))
            connection.execute(sa.delete(windows).where(windows.c.chat == member.chat))
            mine = sa.select(offers.c.request).where(offers.c.member == member.id)
            open_ones = requests.c.id.in_(mine) & requests.c.state.in_([state.value for state in OPEN])
            for request in self._select(connection, open_ones):
                self._decline(connection, member.id, request.id)
                if request.taker == member.id and request.state in HELD:
                    self._move(connection, request, Event.GIVE_BACK, log.by(member.id), now)
                elif request.state in WAITING:
                    self._unless_somebody_is_left(connection, request, log.by(member.id), now)
                notices.card(connection, request, [member], Card.EDIT)
            notices.release(connection, member)

    def can_not_be_told(self, number: int, member: Member, now: datetime.datetime) -> None:
        """Note that a member's chat can't be written to (they blocked the bot): the request waits for others."""
        with self._database.writing() as connection:
            request = self._get(connection, number)
            log.write(connection, now, "unreachable", log.by(member.id), number, request.state)
            self._decline(connection, member.id, number)
            if request.state in WAITING:
                self._unless_somebody_is_left(connection, request, log.by(member.id), now)

    # What time does.

    def due(self, now: datetime.datetime) -> list[int]:
        """Return the numbers of the requests that the clock moves on now."""
        query = sa.select(requests.c.id).where(requests.c.due_at <= seconds(now)).order_by(requests.c.due_at)
        with self._database.reading() as connection:
            return [int(row.id) for row in connection.execute(query)]

    def tick(self, number: int, now: datetime.datetime) -> Request | None:
        """Move a request on as its time has come; None where somebody was faster, or it is not due."""
        with self._database.writing() as connection:
            request = self._get(connection, number)
            if request.due_at is None or request.due_at > now:
                return None
            if now.date() > request.keep_until:
                return self._move(connection, request, Event.EXPIRE, log.CLOCK, now)
            for event in IN_TIME[request.state]:
                if self._can_happen(connection, request, event):
                    return self._move(connection, request, event, log.CLOCK, now)
        raise NotPossible(request.state, IN_TIME[request.state][-1])

    # Reading.

    def by_id(self, number: int) -> Request | None:
        """Return a request."""
        with self._database.reading() as connection:
            return next(iter(self._select(connection, requests.c.id == number)), None)

    def by_reference(self, reference: str) -> Request | None:
        """Return a request by its name."""
        with self._database.reading() as connection:
            return next(iter(self._select(connection, requests.c.reference == reference)), None)

    def open(self) -> list[Request]:
        """Return the requests that somebody should do something about, the most urgent first."""
        is_open = requests.c.state.in_([state.value for state in OPEN])
        with self._database.reading() as connection:
            return self._select(connection, is_open, requests.c.due_at)

    def everything(self) -> list[Request]:
        """Return all requests, the newest first; of those that are over only what is not about a person."""
        with self._database.reading() as connection:
            return self._select(connection, sa.true(), requests.c.id.desc())

    def offered_to(self, number: int) -> dict[int, bool]:
        """Return who has a message about a request, and whether they declined it."""
        query = sa.select(offers.c.member, offers.c.declined).where(offers.c.request == number)
        with self._database.reading() as connection:
            return {row.member: bool(row.declined) for row in connection.execute(query)}

    # How it is done.

    def _by_person(self, reference: str, chat: str, event: Event, now: datetime.datetime, **changes: Any) -> Request:
        with self._database.writing() as connection:
            found = self._select(connection, (requests.c.reference == reference) & (requests.c.chat == chat))
            if not found:
                raise NotPossible(State.CLOSED, event)
            return self._move(connection, found[0], event, log.PERSON, now, **changes)

    def _by_taker(self, number: int, member: Member, event: Event, now: datetime.datetime) -> Request:
        with self._database.writing() as connection:
            request = self._held_by(connection, number, member, event)
            if event is Event.GIVE_BACK:
                self._decline(connection, member.id, number)
            return self._move(connection, request, event, log.by(member.id), now)

    def _held_by(self, connection: Connection, number: int, member: Member, event: Event) -> Request:
        request = self._get(connection, number)
        if event not in TRANSITIONS[request.state]:
            raise NotPossible(request.state, event)
        if request.taker != member.id:
            raise NotYours(request.state, event)
        return request

    def _move(
        self, connection: Connection, request: Request, event: Event, actor: str, now: datetime.datetime, **changes: Any
    ) -> Request:
        """Make one transition, log it, and note who is to be told.

        Raises:
            NotPossible: nothing follows on this event, or somebody else changed the request meanwhile.
        """
        to = state_after(request.state, event)
        due = self._times.due(to, now)
        last = _end_of(request.keep_until, now)
        values: dict[str, Any] = {
            "state": to.value,
            "changed_at": seconds(now),
            "due_at": None if due is None else seconds(min(due, last) if due > now else due),
            **({} if to in NEEDS_WORDS else dict.fromkeys(GIVEN)),
            **({"taker": None, "promise": None} if to in (State.ASKED, State.AT_DESK, State.TOLD) else {}),
            **({"chat": None} if to in ENDS else {}),
            **({"municipality": None, "service": None} if to is State.ERASED else {}),
            **changes,
        }
        unchanged = (requests.c.id == request.id) & (requests.c.state == request.state.value)
        if connection.execute(sa.update(requests).where(unchanged).values(**values)).rowcount != 1:
            raise NotPossible(self._get(connection, request.id).state, event)
        log.write(connection, now, event.value, actor, request.id, request.state, to)
        moved = self._get(connection, request.id)
        self._follow(connection, request, event, moved)
        return moved

    def _follow(self, connection: Connection, before: Request, event: Event, moved: Request) -> None:
        """Note who is to be told of a transition."""
        known = self._members_of(connection, before.id)
        if event is Event.TRY_AGAIN:
            # The person wants it: also who did not reach them may try anew.
            connection.execute(sa.update(offers).where(offers.c.request == before.id).values(declined=False))
        if event is Event.REMIND:
            waiting = [member for member in known if self._is_wanted(connection, moved, member)]
            notices.card(connection, moved, waiting, Card.EDIT)
            notices.card(connection, moved, waiting, Card.NEW)
        else:
            notices.card(connection, moved, known, Card.EDIT)
        if event in (Event.OFFER, Event.PASS_ON):
            new = self._candidates(connection, before, event)
            self._offer(connection, before.id, new)
            notices.card(connection, moved, new, Card.NEW)
        for telling in _tellings(before, event, moved):
            self._tell(connection, before, telling, moved.taker or before.taker)
        if moved.state in ENDS:
            connection.execute(sa.delete(windows).where(windows.c.request == before.id))
            self._tell(connection, before, Telling.RELEASE)

    def _tell(self, connection: Connection, request: Request, telling: Telling, member: int | None = None) -> None:
        if request.chat and request.channel in CHATS:
            notices.tell(connection, request, telling, member or request.taker)

    def _can_happen(self, connection: Connection, request: Request, event: Event) -> bool:
        if event in (Event.OFFER, Event.PASS_ON):
            return bool(self._candidates(connection, request, event))
        return event is not Event.ASK_BACK or (request.chat is not None and request.channel in CHATS)

    def _candidates(self, connection: Connection, request: Request, event: Event) -> list[Member]:
        """Return to whom a request can be given, without those who declined it or let it lie."""
        declined = {member for member, is_declined in self._offers(connection, request.id).items() if is_declined}
        others = [
            member
            for member in present(connection)
            if member.id not in declined and not (request.state in HELD and member.id == request.taker)
        ]
        return candidates(others, event, request.municipality, request.language)

    def _unless_somebody_is_left(
        self, connection: Connection, request: Request, actor: str, now: datetime.datetime
    ) -> Request:
        at_desk = request.state is State.AT_DESK
        left = [
            member
            for member in self._members_of(connection, request.id)
            if member.id in self._offered(connection, request.id) and member.is_coordinator is at_desk
        ]
        if left:
            return request
        for event in (Event.PASS_ON, Event.GIVE_UP):
            if event in TRANSITIONS[request.state] and self._can_happen(connection, request, event):
                return self._move(connection, request, event, actor, now)
        raise NotPossible(request.state, Event.GIVE_UP)

    def _is_wanted(self, connection: Connection, request: Request, member: Member) -> bool:
        if request.state in HELD:
            return member.id == request.taker
        return member.id in self._offered(connection, request.id)

    def _members_of(self, connection: Connection, number: int) -> list[Member]:
        offered = self._offers(connection, number)
        return [member for member in present(connection) if member.id in offered]

    def _offered(self, connection: Connection, number: int) -> set[int]:
        return {member for member, is_declined in self._offers(connection, number).items() if not is_declined}

    def _offers(self, connection: Connection, number: int) -> dict[int, bool]:
        query = sa.select(offers.c.member, offers.c.declined).where(offers.c.request == number)
        return {row.member: bool(row.declined) for row in connection.execute(query)}

    def _offer(self, connection: Connection, number: int, members: Iterable[Member]) -> None:
        for member in members:
            connection.execute(sa.delete(offers).where((offers.c.request == number) & (offers.c.member == member.id)))
            connection.execute(sa.insert(offers).values(request=number, member=member.id, declined=False))

    def _decline(self, connection: Connection, member: int, number: int) -> None:
        its = (offers.c.request == number) & (offers.c.member == member)
        connection.execute(sa.update(offers).where(its).values(declined=True))

    def _of_chat(self, connection: Connection, chat: str) -> list[Request]:
        return self._select(connection, requests.c.chat == chat)

    def _get(self, connection: Connection, number: int) -> Request:
        found = self._select(connection, requests.c.id == number)
        if not found:
            raise NotPossible(State.ERASED, Event.TAKE)
        return found[0]

    def _select(self, connection: Connection, which: Any, order: Any = requests.c.id) -> list[Request]:
        return [_request(row) for row in connection.execute(sa.select(requests).where(which).order_by(order))]


def candidates(members: Iterable[Member], event: Event, municipality: str | None, language: str) -> list[Member]:
    """Return who gets a request: with ``OFFER`` the mediators who fit, with ``PASS_ON`` the coordinators.

    Where nobody told the place, mediators get it only if there is no coordinator who could ask for it.
    """
    members = list(members)
    desk = [member for member in members if member.is_coordinator and member.fits(municipality, language)]
    if event is Event.PASS_ON:
        return desk
    if municipality is None and desk:
        return []
    return [member for member in members if not member.is_coordinator and member.fits(municipality, language)]


def _tellings(before: Request, event: Event, moved: Request) -> list[Telling]:
    """Return what the person is told of a transition."""
    if event is Event.TAKE:
        return [Telling.TAKEN]
    if event is Event.MISS:
        return [Telling.NOT_REACHED]
    if event is Event.ASK_BACK:
        return [Telling.ASK_BACK]
    if moved.state is State.TOLD:
        return [Telling.TOLD]
    if before.state in HELD and event in (Event.GIVE_BACK, Event.PASS_ON):
        return [Telling.GIVEN_BACK]
    return []


def _end_of(day: datetime.date, now: datetime.datetime) -> datetime.datetime:
    """Return the moment after the last moment of a day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), now.tzinfo)


def _request(row: Any) -> Request:
    created = moment(row.created_at)
    assert created is not None
    return Request(
        id=row.id,
        reference=row.reference,
        state=State(row.state),
        chat=row.chat,
        channel=row.channel,
        language=row.language,
        municipality=row.municipality,
        service=row.service,
        need=row.need,
        need_is_own_words=bool(row.need_is_own_words),
        reach=Reach(row.reach),
        telephone=row.telephone,
        time=row.time,
        created_at=created,
        due_at=moment(row.due_at),
        keep_until=row.keep_until,
        taker=row.taker,
        promise=Promise(row.promise) if row.promise else None,
        helped=row.helped,
    )
