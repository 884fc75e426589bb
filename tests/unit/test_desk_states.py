"""The life of a request as a table: no dead end, no way that time does not finish."""

import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bot.clock import LATVIA
from bot.desk.states import ENDS, HELD, IN_TIME, OPEN, TRANSITIONS, WAITING, Event, NotPossible, State, after
from bot.desk.times import Times

NOT_ENDS = sorted(set(State) - ENDS)


def reachable(begin: State, ways) -> set[State]:
    found, to_do = {begin}, [begin]
    while to_do:
        state = to_do.pop()
        for event in ways(state):
            follows = after(state, event)
            if follows not in found:
                found.add(follows)
                to_do.append(follows)
    return found


def test_every_state_can_be_reached():
    assert reachable(State.ASKED, lambda state: TRANSITIONS[state]) == set(State)


def test_the_ends_are_these_and_nothing_follows_on_them():
    assert ENDS == {State.CLOSED, State.TOLD, State.CANCELLED, State.ERASED}


@pytest.mark.parametrize("state", NOT_ENDS)
def test_time_alone_brings_every_request_to_an_end(state):
    for _ in range(len(State)):
        if state in ENDS:
            break
        state = after(state, IN_TIME[state][-1])  # the last way is open whoever is at the desk
    assert state in ENDS


@pytest.mark.parametrize("state", NOT_ENDS)
def test_a_person_can_be_erased_from_every_state_and_nothing_is_kept_for_ever(state):
    assert after(state, Event.ERASE) is State.ERASED
    assert after(state, Event.EXPIRE) in ENDS


@pytest.mark.parametrize("state", NOT_ENDS)
def test_what_time_does_is_possible(state):
    for event in IN_TIME[state]:
        after(state, event)


def test_who_waits_can_be_taken_and_who_is_taken_can_be_given_back_or_finished():
    assert {after(state, Event.TAKE) for state in WAITING} == {State.TAKEN}
    for state in HELD:
        assert after(state, Event.GIVE_BACK) is State.ASKED
        assert after(state, Event.FINISH) is State.DONE
    assert not WAITING & HELD


def test_whoever_took_a_request_has_it_alone():
    for state in HELD:
        with pytest.raises(NotPossible, match="can't take"):
            after(state, Event.TAKE)


def test_the_person_can_call_it_off_until_they_were_helped():
    assert set(State) - ENDS - OPEN == {State.DONE, State.ASKED_BACK}


moments = st.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=LATVIA)
)


@given(moments, st.sampled_from(NOT_ENDS), st.integers(0, 22), st.integers(1, 24))
def test_nobody_is_written_to_at_night_and_no_state_lasts_for_ever(now, state, opens, closes):
    times = Times(opens=min(opens, closes - 1), closes=closes)
    due = times.due(state, now)
    assert due >= now
    if state is State.ASKED:
        assert due == now  # mediators decide themselves when they look
    else:
        assert times.opens <= due.hour < times.closes
    assert due - now < datetime.timedelta(days=9)


@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_is_over_is_never_due(state):
    assert Times().due(state, datetime.datetime.now(LATVIA)) is None
