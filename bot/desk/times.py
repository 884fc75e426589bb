"""When the clock moves a request on: how long each state may last, and that nobody is reminded at night."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from bot.desk.states import State
from bot.settings import Settings


@dataclass(frozen=True)
class Times:
    """How long a request may stay as it is; see ``bot/settings.py`` for what each is.

    Attributes:
        remind_after: mediators are reminded.
        pass_on_after: then the coordinators get it.
        give_up_after: then the person is told that nobody took it.
        late_after: a taker is reminded, and after as long again it is taken from them.
        retry_within: how long a person who was not reached may ask for another call.
        ask_back_after: the person is asked whether help came.
        answer_within: how long the answer to that is waited for.
        opens: the hour from which people are written to.
        closes: the hour until which they are.
    """

    remind_after: datetime.timedelta = datetime.timedelta(hours=2)
    pass_on_after: datetime.timedelta = datetime.timedelta(hours=2)
    give_up_after: datetime.timedelta = datetime.timedelta(hours=24)
    late_after: datetime.timedelta = datetime.timedelta(hours=48)
    retry_within: datetime.timedelta = datetime.timedelta(days=3)
    ask_back_after: datetime.timedelta = datetime.timedelta(days=4)
    answer_within: datetime.timedelta = datetime.timedelta(days=7)
    opens: int = 8
    closes: int = 20

    @classmethod
    def of(cls, settings: Settings) -> Times:
        """Return the times that the operator chose."""
        return cls(
            remind_after=datetime.timedelta(hours=settings.desk_remind_hours),
            pass_on_after=datetime.timedelta(hours=settings.desk_pass_on_hours),
            give_up_after=datetime.timedelta(hours=settings.desk_give_up_hours),
            late_after=datetime.timedelta(hours=settings.desk_late_hours),
            retry_within=datetime.timedelta(hours=settings.desk_retry_hours),
            ask_back_after=datetime.timedelta(hours=settings.desk_ask_back_hours),
            answer_within=datetime.timedelta(hours=settings.desk_answer_hours),
            opens=settings.desk_opens,
            closes=settings.desk_closes,
        )

    def due(self, state: State, now: datetime.datetime) -> datetime.datetime | None:
        """Return when a request that comes into ``state`` now is moved on; None: it is over.

        What writes to people falls into the hours of the day; what is asked now is offered now.
        """
        if state is State.ASKED:
            return now
        lasts = {
            State.OFFERED: self.remind_after,
            State.REMINDED: self.pass_on_after,
            State.AT_DESK: self.give_up_after,
            State.TAKEN: self.late_after,
            State.LATE: self.late_after,
            State.NOT_REACHED: self.retry_within,
            State.DONE: self.ask_back_after,
            State.ASKED_BACK: self.answer_within,
        }.get(state)
        return None if lasts is None else self.in_hours(now + lasts)

    def in_hours(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the moment, or the next opening where it falls at night; in the zone of ``moment``."""
        if self.opens <= moment.hour < self.closes:
            return moment
        opening = moment.replace(hour=self.opens, minute=0, second=0, microsecond=0)
        return opening if moment.hour < self.opens else opening + datetime.timedelta(days=1)
