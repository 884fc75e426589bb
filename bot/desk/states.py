"""The life of a request, as a table: which state follows on what happens. Knows no database, no clock, no chat.

    asked → offered → reminded → at the desk → told honestly that nobody took it
                 ↘ taken → late ↗
                     ↓  ↘ not reached → asked anew
                    done → asked whether help came → closed

From every state that is not an end there is a way on that nobody has to take by hand: time takes it.
"""

from __future__ import annotations

from enum import Enum

from bot.errors import DromError


class State(str, Enum):
    """Where a request stands."""

    ASKED = "asked"  # it is safely kept, and goes to mediators with the next tick of the clock
    OFFERED = "offered"  # the mediators who fit have it, none took it yet
    REMINDED = "reminded"  # they were reminded
    AT_DESK = "at_desk"  # it was passed on to the coordinators of the NGO
    TAKEN = "taken"  # somebody has it
    LATE = "late"  # somebody has it, nothing was heard for long, and they were reminded
    NOT_REACHED = "not_reached"  # the taker could not reach the person, who is asked whether to try again
    DONE = "done"  # the taker talked with the person; what they gave is erased
    ASKED_BACK = "asked_back"  # the person was asked whether help came
    # Ends.
    CLOSED = "closed"
    TOLD = "told"  # nobody took it; the person was told so and given the line
    CANCELLED = "cancelled"  # by the person
    ERASED = "erased"  # the person wanted everything deleted


class Event(str, Enum):
    """What happens to a request."""

    OFFER = "offer"  # the mediators who fit get it
    REMIND = "remind"
    PASS_ON = "pass_on"  # no mediator fits, or none took it: the coordinators get it
    GIVE_UP = "give_up"  # nobody is left who could take it
    TAKE = "take"
    GIVE_BACK = "give_back"  # the taker can't, or leaves
    FINISH = "finish"  # the taker talked with the person
    MISS = "miss"  # the taker could not reach the person
    TRY_AGAIN = "try_again"  # the person wants another call
    ASK_BACK = "ask_back"
    ANSWER = "answer"  # the person said whether help came
    LAPSE = "lapse"  # there is nothing more to wait for
    CANCEL = "cancel"
    ERASE = "erase"
    EXPIRE = "expire"  # it may be kept no longer


class NotPossible(DromError):
    """What somebody wants can't happen (any more) in this state."""

    def __init__(self, state: State, event: Event):
        super().__init__(f"A request that is {state.value} can't {event.value}.")
        self.state, self.event = state, event


_OPEN = {Event.CANCEL: State.CANCELLED, Event.ERASE: State.ERASED, Event.EXPIRE: State.TOLD}
_WAITING = {**_OPEN, Event.TAKE: State.TAKEN, Event.GIVE_UP: State.TOLD}
_AT_MEDIATORS = {**_WAITING, Event.PASS_ON: State.AT_DESK}
_WITH_TAKER = {
    **_OPEN,
    Event.FINISH: State.DONE,
    Event.MISS: State.NOT_REACHED,
    Event.GIVE_BACK: State.ASKED,
}
_AFTER = {Event.ERASE: State.ERASED, Event.EXPIRE: State.CLOSED, Event.LAPSE: State.CLOSED}

TRANSITIONS: dict[State, dict[Event, State]] = {
    State.ASKED: {**_OPEN, Event.OFFER: State.OFFERED, Event.PASS_ON: State.AT_DESK, Event.GIVE_UP: State.TOLD},
    State.OFFERED: {**_AT_MEDIATORS, Event.REMIND: State.REMINDED},
    State.REMINDED: _AT_MEDIATORS,
    State.AT_DESK: _WAITING,
    State.TAKEN: {**_WITH_TAKER, Event.REMIND: State.LATE},
    State.LATE: {**_WITH_TAKER, Event.PASS_ON: State.AT_DESK, Event.GIVE_UP: State.TOLD},
    State.NOT_REACHED: {
        **_AFTER,
        Event.TRY_AGAIN: State.ASKED,
        Event.FINISH: State.DONE,
        Event.CANCEL: State.CANCELLED,
    },
    State.DONE: {**_AFTER, Event.ASK_BACK: State.ASKED_BACK},
    State.ASKED_BACK: {**_AFTER, Event.ANSWER: State.CLOSED},
    State.CLOSED: {},
    State.TOLD: {},
    State.CANCELLED: {},
    State.ERASED: {},
}

ENDS = frozenset(state for state, ways in TRANSITIONS.items() if not ways)
# Nobody has it, and somebody can take it.
WAITING = frozenset(state for state, ways in TRANSITIONS.items() if Event.TAKE in ways)
# Somebody has it.
HELD = frozenset({State.TAKEN, State.LATE})
# The person can still call it off.
OPEN = frozenset(state for state, ways in TRANSITIONS.items() if Event.CANCEL in ways)
# What the person gave for the call is needed; in all others it is erased.
NEEDS_WORDS = OPEN

# What time brings where nobody does anything, the first that is possible at that moment.
IN_TIME: dict[State, tuple[Event, ...]] = {
    State.ASKED: (Event.OFFER, Event.PASS_ON, Event.GIVE_UP),
    State.OFFERED: (Event.REMIND,),
    State.REMINDED: (Event.PASS_ON, Event.GIVE_UP),
    State.AT_DESK: (Event.GIVE_UP,),
    State.TAKEN: (Event.REMIND,),
    State.LATE: (Event.PASS_ON, Event.GIVE_UP),
    State.NOT_REACHED: (Event.LAPSE,),
    State.DONE: (Event.ASK_BACK, Event.LAPSE),
    State.ASKED_BACK: (Event.LAPSE,),
}


def after(state: State, event: Event) -> State:
    """Return the state that follows.

    Raises:
        NotPossible: nothing follows on this event in this state.
    """
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotPossible(state, event) from None
