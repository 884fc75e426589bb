"""Marked personal data go in by every way in; then every file, table, log and metric is searched for them.

In no log and no metric ever, in no table once they are answered, and in no file after *forget me*.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import urllib.request

import pytest
import pytest_asyncio

from bot.questionnaire.desk import Receipt, use_desk
from tests.conftest import Server
from tests.support.telegram_api import BotApi, Phone

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("telegram"),
    pytest.mark.timeout(600),
]
LONG = 90.0
CHAT = 7_654_321
# What no ordinary text holds by chance.
MARKS = ["Zebediāns", "Kvakšķis", "120385-10777", "27654321", "zebed.kvak@inbox.lv", "Zilonīšu iela 77", "07.03.1981"]
EVERYTHING = (
    "mani sauc Zebediāns Kvakšķis, kods 120385-10777, tālrunis 27654321, e-pasts zebed.kvak@inbox.lv, "
    "dzīvoju Zilonīšu iela 77-3, dzimis 07.03.1981, meklēju darbu Talsos"
)
LATITUDE, LONGITUDE = 57.244321, 22.588765


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(model, tmp_path_factory):
    api = BotApi()
    await api.start()
    folder = tmp_path_factory.mktemp("marked")
    server = Server(folder, TELEGRAM_TOKEN=api.token, TELEGRAM_API_URL=api.url, DROM_LOG_LEVEL="debug")
    await asyncio.to_thread(server.start)
    yield server, api, folder
    await asyncio.to_thread(server.stop)
    await api.stop()


def traces(folder, marks):
    """Return which marks stand in which file."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            found += [(file.name, mark) for mark in marks if _stands_in(mark, content)]
    return found


def _stands_in(mark, content):
    spellings = {mark, json.dumps(mark)[1:-1], json.dumps(json.dumps(mark)[1:-1])[1:-1]}
    return any(spelling.encode(code) in content for spelling in spellings for code in ("utf-8", "utf-16-le"))


def rows_with(folder, marks):
    """Return the tables in whose rows a mark stands."""
    with sqlite3.connect(folder / "drom.db") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {table: str(connection.execute(f'SELECT * FROM "{table}"').fetchall()) for table in tables}
    return [(table, mark) for table, told in rows.items() for mark in marks if _stands_in(mark, told.encode())]


def web(server, cookie, **document):
    body = json.dumps(document).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    with urllib.request.urlopen(
        urllib.request.Request(server.url + "/chat/messages", body, headers), timeout=60
    ) as answer:
        return json.load(answer)


async def test_no_mark_is_left_anywhere_whatever_way_it_came(running):
    server, api, folder = running
    with urllib.request.urlopen(server.url + "/", timeout=20) as page:
        cookie = page.headers["Set-Cookie"].split(";")[0]
    await asyncio.to_thread(web, server, cookie, text=EVERYTHING)
    await asyncio.to_thread(web, server, cookie, location={"latitude": LATITUDE, "longitude": LONGITUDE})

    anna = Phone(api, CHAT)
    anna.write("/start")
    await anna.see(2, within=LONG)
    for send in (
        lambda: anna.write(EVERYTHING),
        lambda: anna.share_location(LATITUDE, LONGITUDE),
        lambda: anna.share_contact("+37127654321"),
        lambda: anna.write(f"/start {MARKS[3]}"),
        lambda: anna.write(f"/unknown {EVERYTHING}"),
        lambda: anna.message(
            caption=EVERYTHING, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        ),
        lambda: anna.edit(anna.write("labdien"), EVERYTHING),
    ):
        send()
        await anna.see(1, within=LONG)
        await asyncio.sleep(0.5)
        anna.read_all()
    await anna.ask_inline(EVERYTHING)
    await asyncio.sleep(3)

    assert rows_with(folder, [*MARKS, "57.244321", "22.588765", str(CHAT)]) == []
    with urllib.request.urlopen(server.url + "/metrics", timeout=20) as answer:
        metrics = answer.read().decode()
    assert not any(mark in metrics for mark in [*MARKS, str(CHAT)])
    log = (folder / "server.log").read_text("utf-8")
    assert not any(mark in log for mark in [*MARKS, str(CHAT), api.token])


async def test_after_forgetting_nothing_of_the_chat_is_left(running):
    server, api, folder = running
    anna = Phone(api, CHAT)
    anna.write("man ir parādi, un dzīvoju Talsos")
    await anna.see(1, within=LONG)
    before = pseudonyms(folder)
    anna.read_all()
    anna.write("/forget")
    receipts = ("Apstiprinājums", "Подтверждение", "Receipt")
    for _ in range(4):  # what was answered before may still be on its way
        (shown,) = await anna.see(1, within=LONG)
        if any(receipt in shown.text for receipt in receipts):
            break
    assert any(receipt in shown.text for receipt in receipts)
    await asyncio.sleep(2)
    gone = [chat for chat in before if chat.startswith("telegram-")]
    assert gone
    assert traces(folder, [*gone, *MARKS, "57.244321", "22.588765"]) == []


def pseudonyms(folder):
    with sqlite3.connect(folder / "drom.db") as connection:
        return [chat for (chat,) in connection.execute("SELECT DISTINCT sender_id FROM events")]


class Desk:
    """Takes requests, and keeps them in memory."""

    def __init__(self):
        self.given = []

    def is_open(self, municipality, language):
        return True

    def readers(self, municipality, language):
        return []

    def submit(self, request):
        self.given.append(request)
        return Receipt("r1")


async def test_what_is_given_for_a_call_reaches_the_desk_and_no_tracker(model, tmp_path):
    from bot.assistant.agent import Assistant, create_tracker_store
    from bot.assistant.conversation import Conversation
    from bot.settings import settings

    own = settings().copy(update={"data_dir": tmp_path, "database_url": None})
    assistant = Assistant.from_settings(own, model, create_tracker_store(own))
    desk = Desk()
    before = use_desk(desk)
    try:
        talk = Conversation(assistant)
        for step in ('/inform_place{"municipality":"Talsu novads","place":"Talsi"}', "/request_callback"):
            await talk.tap(step)
        await talk.say("mani sauc Zebediāns, kods 120385-10777, vajag palīdzību ar papīriem")
        await talk.say("mans numurs ir 27654321")
        tracker = await assistant.tracker_store.retrieve_full_tracker(talk.sender_id)
        # Probabilities and times have digits enough to hold any mark by chance.
        events = json.dumps([event.as_dict() for event in tracker.events], ensure_ascii=False)
        events = json.dumps(json.loads(events, parse_float=lambda _: 0.0), ensure_ascii=False)
        await talk.tap("/forget_me")
        content = b"".join(file.read_bytes() for file in tmp_path.glob("drom.db*"))
        for mark in ("27654321", "10777"):
            assert mark not in events
            assert mark.encode() not in content
    finally:
        use_desk(before)
