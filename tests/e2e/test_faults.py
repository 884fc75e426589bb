"""Deliberate faults under a running assistant: everybody gets a kind answer in time, and nothing is lost.

Faults of actions, model and Telegram stand in test_never_silent.py, test_telegram.py and test_telegram_durability.py;
a clock that jumps in test_sweeping.py; Redis gone in test_chat_locks.py; a model that was cut short in test_model_seal.py.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import Server

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]
PATIENCE_S = 8.0
CHATS = 12


class Visitor:
    """Somebody on the page."""

    def __init__(self, server: Server):
        self.server = server
        with urllib.request.urlopen(server.url + "/", timeout=20) as page:
            self.cookie = page.headers["Set-Cookie"].split(";")[0]
        self.waited_s = 0.0

    def send(self, **document) -> str:
        """Send a message; return the words of all replies."""
        request = urllib.request.Request(
            self.server.url + "/chat/messages",
            json.dumps(document).encode(),
            {"Content-Type": "application/json", "Cookie": self.cookie},
        )
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:
            replies = json.load(answer)["replies"]
        self.waited_s = time.monotonic() - began
        return "\n".join(reply["text"] for reply in replies)


@pytest.fixture
def server(model, tmp_path):
    running = Server(tmp_path).start()
    yield running
    running.stop()


def at_once(visitors, **document):
    with ThreadPoolExecutor(len(visitors)) as threads:
        return list(threads.map(lambda visitor: visitor.send(**document), visitors))


def health(server):
    try:
        with urllib.request.urlopen(server.url + "/health/ready", timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_store_that_is_held_by_another_keeps_nobody_waiting_and_comes_back(server, tmp_path):
    visitors = [Visitor(server) for _ in range(CHATS)]
    at_once(visitors, payload='/change_language{"value":"ru"}')
    released = threading.Event()

    def hold():
        with sqlite3.connect(tmp_path / "drom.db", isolation_level=None) as held:
            held.execute("BEGIN EXCLUSIVE")
            released.wait(30)
            held.execute("ROLLBACK")

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        told = at_once(visitors, payload="/ask_debts")
    finally:
        released.set()
        holder.join()
    assert all(told)
    assert max(visitor.waited_s for visitor in visitors) <= PATIENCE_S + 2  # the machine of a test may be busy
    after = at_once(visitors, payload="/greet")
    assert all(
        "Здравствуйте" in words or "Я" in words or "Вы" in words for words in after
    )  # the language is still known


def test_a_disk_that_is_full_is_answered_kindly_and_then_forgotten(server, tmp_path):
    visitors = [Visitor(server) for _ in range(3)]
    at_once(visitors, payload="/greet")
    full = 1024  # bytes: every write of the process past it fails, as on a full disk
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, before[1]))
    told = at_once(visitors, payload="/ask_debts")
    assert all(told)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
    assert all(at_once(visitors, payload="/ask_debts"))
    assert health(server) == 200


def test_killed_in_the_middle_of_many_chats_it_knows_them_all_again(server):
    visitors = [Visitor(server) for _ in range(CHATS)]
    at_once(visitors, payload='/change_language{"value":"ru"}')
    with ThreadPoolExecutor(CHATS) as threads:
        under_way = [threads.submit(visitor.send, payload="/ask_debts") for visitor in visitors]
        time.sleep(0.05)
        server.process.kill()
        server.process.wait()
        for one in under_way:
            one.exception()  # the connection broke, or the answer was quicker
    server.start()
    told = at_once(visitors, payload="/ask_debts")
    assert all(any("а" <= letter <= "я" for letter in words) for words in told)


def test_a_stop_ends_what_was_begun(server):
    visitors = [Visitor(server) for _ in range(CHATS)]
    with ThreadPoolExecutor(CHATS) as threads:
        under_way = [threads.submit(visitor.send, payload="/ask_debts") for visitor in visitors]
        time.sleep(0.3)
        server.process.terminate()
        answered = [one for one in under_way if one.exception() is None and one.result()]
    assert server.process.wait(30) in (0, -15)
    assert len(answered) >= CHATS // 2
    assert "Traceback" not in server.log.read_text("utf-8")
