"""A visitor's cookie is found among any others, and what is no cookie of ours lets nobody in."""

from types import SimpleNamespace

import pytest
from sanic.config import Config
from sanic.request import Request

from bot.channels.cookies import read_cookie
from bot.desk.access import Session
from bot.desk.database import digest
from bot.desk.page import channel as desk_page


def request(**headers):
    app = SimpleNamespace(config=Config())  # all of an application that a request's host asks for
    return Request(b"/", {"host": "localhost", **headers}, "1.1", "GET", None, app)


@pytest.mark.parametrize(
    "others",
    ["", "a/b=1; ", "a@b=1; {x}=2; ", '"; ', "=; ;; ", "drom_chat_old=x; ", "\udcff=\udcff; ", "a=drom_chat=y; "],
)
def test_a_cookie_is_found_whatever_others_there_are(others):
    assert read_cookie(request(cookie=f"{others}drom_chat=ours; z=1"), "drom_chat") == "ours"


@pytest.mark.parametrize("header", ["", "drom_chat", "drom_chatx=1", "x", "\udcff"])
def test_without_a_cookie_there_is_none(header):
    assert read_cookie(request(cookie=header), "drom_chat") is None
    assert read_cookie(request(), "drom_chat") is None


@pytest.mark.parametrize(
    "origin", ["http://[", "null", "https://example.org", "\udcff", "http://localhost.example.org"]
)
def test_a_form_from_elsewhere_is_not_ours(origin):
    assert not desk_page._is_ours(request(origin=origin))


def test_a_form_from_our_own_page_is_ours():
    assert desk_page._is_ours(request(origin="http://localhost"))


def test_what_is_no_text_is_no_token():
    assert not Session(None, "token").allows("\udcff")
    assert digest("\udcff") != digest("")
