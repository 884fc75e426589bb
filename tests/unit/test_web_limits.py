"""A visitor is who the server says, and nobody takes the assistant from the others."""

from __future__ import annotations

import pytest

from bot.channels.web.limits import Crowd, Pace
from bot.channels.web.visitors import Visitors
from bot.privacy.pseudonym import Pseudonyms


@pytest.fixture
def visitors():
    return Visitors(Pseudonyms(b"k" * 32))


def test_a_visitor_keeps_the_chat_and_others_have_others(visitors):
    one, other = visitors.new_cookie(), visitors.new_cookie()
    assert visitors.chat(one) == visitors.chat(one)
    assert visitors.chat(one) != visitors.chat(other)


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1] + "x", lambda c: "A" + c[1:], lambda c: c[:43], lambda c: "", lambda c: c + "a"]
)
def test_a_cookie_that_the_server_did_not_make_is_nobodys(visitors, change):
    cookie = visitors.new_cookie()
    if change(cookie) != cookie:
        assert visitors.chat(change(cookie)) is None


def test_a_cookie_of_another_server_is_nobodys(visitors):
    assert Visitors(Pseudonyms(b"o" * 32)).chat(visitors.new_cookie()) is None


def test_the_pseudonym_does_not_tell_the_cookie(visitors):
    cookie = visitors.new_cookie()
    assert cookie[:20] not in visitors.chat(cookie)


def test_the_pace_is_kept_by_each_key_and_comes_back_with_time():
    now = [0.0]
    pace = Pace(3, clock=lambda: now[0])
    assert [pace.allows("a") for _ in range(4)] == [True, True, True, False]
    assert pace.allows("b")
    now[0] += 20
    assert pace.allows("a")
    assert not pace.allows("a")


def test_only_so_many_messages_of_one_visitor_are_answered_at_once():
    crowd = Crowd(2)
    assert [crowd.enter("a"), crowd.enter("a"), crowd.enter("a"), crowd.enter("b")] == [True, True, False, True]
    crowd.leave("a")
    assert crowd.enter("a")
