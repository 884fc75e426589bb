"""What the operator sees of a running assistant, and what visitors may not do."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.conftest import Server

pytestmark = pytest.mark.model


def get(server, path):
    try:
        with urllib.request.urlopen(server.url + path, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def cookie_of(server) -> str:
    return get(server, "/")[1]["Set-Cookie"].split(";")[0]


def post(server, document, cookie, **headers):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    request = urllib.request.Request(
        server.url + "/chat/messages", body, {"Content-Type": "application/json", "Cookie": cookie, **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_health_tells_every_part(server):
    status, _, body = get(server, "/health")
    told = json.loads(body)
    assert status == 200
    assert told["ready"]
    assert told["model"]["healthy"]
    assert told["model"]["name"].startswith("drom-")
    assert told["store"]["healthy"]
    assert told["telegram"]["status"] == "off"
    assert told["data"]["oldest_days"] >= 0
    assert get(server, "/health/live")[0] == get(server, "/health/ready")[0] == 200


def test_metrics_count_turns_and_nobody(server):
    cookie = cookie_of(server)
    post(server, {"text": "mani sauc Zebediāns, man vajag darbu", "language_code": "lv"}, cookie)
    _, headers, text = get(server, "/metrics")
    assert headers["Content-Type"].startswith("text/plain")
    assert 'drom_messages_total{channel="web",language="lv"}' in text
    for name in ("drom_intents_total", "drom_reply_seconds_bucket", "drom_store_up 1.0", "drom_data_age_days"):
        assert name in text
    for part in ("understanding", "action", "store"):
        assert f'drom_part_seconds_count{{part="{part}"}}' in text
    assert "Zebedi" not in text
    assert "web-" not in text  # no pseudonym either


@pytest.mark.parametrize("path", ["/", "/chat/chat.js", "/health", "/metrics", "/nothing"])
def test_every_page_has_the_headers_that_keep_others_out(server, path):
    _, headers, _ = get(server, path)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


def test_an_error_tells_nothing_of_the_inside(server):
    status, _, body = get(server, "/nothing/<script>")
    assert status == 404
    assert json.loads(body) == {"error": "not found"}


def test_one_visitor_can_not_read_or_go_on_with_anothers_talk(server):
    one, other = cookie_of(server), cookie_of(server)
    post(server, {"payload": '/change_language{"value":"en"}'}, one)
    assert post(server, {"payload": "/greet"}, one)[1]["language"] == "en"
    assert post(server, {"payload": "/greet", "language_code": "ru"}, other)[1]["language"] == "ru"
    forged = one[:-1] + ("0" if one[-1] != "0" else "1")
    assert post(server, {"payload": "/greet"}, forged)[0] == 403


@pytest.mark.parametrize("other", ["a/b=1", "a@b=1", "{x}=2"])
def test_a_cookie_of_another_program_keeps_nobody_out(server, other):
    cookie = f"{other}; {cookie_of(server)}"
    assert post(server, {"payload": "/greet"}, cookie)[0] == 200


def test_a_post_from_another_site_is_refused(server):
    assert post(server, {"text": "labdien"}, cookie_of(server), **{"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_a_message_that_is_too_big_is_refused_in_words(server):
    status, answer = post(server, {"text": "a" * 20_000}, cookie_of(server), **{"Accept-Language": "en-GB"})
    assert status == 413
    assert "too long" in answer["replies"][0]["text"]


def test_who_writes_too_fast_is_asked_to_wait_and_the_others_are_answered(model, tmp_path):
    slow = Server(tmp_path, DROM_WEB_PER_MINUTE="3").start()
    try:
        fast, other = cookie_of(slow), cookie_of(slow)
        told = [post(slow, {"payload": "/greet"}, fast, **{"Accept-Language": "en"}) for _ in range(5)]
        assert [status for status, _ in told].count(429) >= 1
        assert "112" in told[-1][1]["replies"][0]["text"]
        assert post(slow, {"payload": "/greet"}, other)[0] == 200
        assert 'drom_web_refused_total{reason="too fast"}' in get(slow, "/metrics")[2]
    finally:
        slow.stop()


@pytest.mark.parametrize(
    "payload",
    [
        '/nlu_fallback_x{"language":"xx"}',
        "/restart",
        '/inform_place{"municipality":{"a":1}}',
        '/inform_place{"municipality":"' + "x" * 500 + '"}',
        "/a{" + "[" * 5000,
    ],
)
def test_a_forged_button_is_refused(server, payload):
    assert post(server, {"payload": payload}, cookie_of(server))[0] == 400
