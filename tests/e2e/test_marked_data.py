"""Marked personal data go in by every way in; then every file, table, log and metric is searched for them.

In no log and no metric ever, in no table once they are answered, and in no file after *forget me*.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request

import pytest
import pytest_asyncio
import redis

from bot.questionnaire.desk import Receipt, use_desk
from bot.voice.codec import encode_opus
from tests.conftest import free_port
from tests.e2e.test_desk_telegram import Place
from tests.support import postgres
from tests.support.redis_server import RedisServer
from tests.support.speech import tone
from tests.support.speech_api import SpeechApi
from tests.support.telegram_api import BotApi, Phone

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("telegram"),
    pytest.mark.timeout(600),
]
LONG = 90.0
CHAT = 7_654_321
NUMBER = "27654321"
# What no ordinary text holds by chance.
MARKS = ["Zebediāns", "Kvakšķis", "120385-10777", NUMBER, "zebed.kvak@inbox.lv", "Zilonīšu iela 77", "07.03.1981"]
EVERYTHING = (
    "mani sauc Zebediāns Kvakšķis, kods 120385-10777, tālrunis 27654321, e-pasts zebed.kvak@inbox.lv, "
    "dzīvoju Zilonīšu iela 77-3, dzimis 07.03.1981, meklēju darbu Talsos"
)
LATITUDE, LONGITUDE = 57.244321, 22.588765


class Marked(Place):
    """A running assistant whose whole store can be searched.

    Attributes:
        locks: its Redis; None: it has none.
    """

    locks: redis.Redis | None = None

    @property
    def server(self):
        return self.bot.server

    def rows_with(self, marks):
        """Return the tables, and the keys of Redis, in which a mark stands."""
        told = self.stored()
        if self.locks is not None:
            readers = {"string": self.locks.get, "list": lambda key: self.locks.lrange(key, 0, -1)}
            readers |= {"hash": self.locks.hgetall, "set": self.locks.smembers}
            readers["zset"] = lambda key: self.locks.zrange(key, 0, -1)
            for key in self.locks.scan_iter():
                told[f"Redis: {key!r}"] = str(readers[self.locks.type(key).decode()](key)) + str(key)
        return [(place, mark) for place, content in told.items() for mark in marks if stands_in(mark, content.encode())]

    def pseudonyms(self):
        """Return by what names chats are stored."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.settings.tracker_database_url)
        with engine.connect() as connection:
            found = [chat for (chat,) in connection.execute(text("SELECT DISTINCT sender_id FROM events"))]
        engine.dispose()
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["SQLite", "PostgreSQL and Redis"])
async def running(request, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("marked")
    (folder / "tmp").mkdir()
    environment = {"DROM_LOG_LEVEL": "debug", "TMPDIR": str(folder / "tmp"), "DROM_STT_KEY": "secret"}
    cluster = locks = None
    if request.param != "SQLite":
        if postgres.programs() is None or not RedisServer.is_installed():
            pytest.skip(
                "SKIPPED LOUDLY: PostgreSQL or Redis is not installed; `make test` as root on Debian installs it"
            )
        cluster, locks = postgres.Cluster(free_port()).start(), RedisServer(free_port()).start()
        environment |= {"DROM_DATABASE_URL": cluster.url, "DROM_REDIS_URL": locks.url}
    try:
        async with BotApi() as api, SpeechApi(key="secret", heard=EVERYTHING) as speech:
            place = Marked(api, folder, DROM_STT_URL=speech.url, **environment)
            if locks is not None:
                place.locks = redis.from_url(locks.url)
            await place.bot.start()
            yield place
            await place.bot.stop()
    finally:
        if cluster is not None:
            cluster.stop()
            cluster.remove()
        if locks is not None:
            locks.stop()


def traces(folder, marks):
    """Return which marks stand in which file."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            found += [(file.name, mark) for mark in marks if stands_in(mark, content)]
    return found


def stands_in(mark, content):
    """Whether a mark stands in bytes, as text or as JSON, once or twice wrapped."""
    spellings = {mark, json.dumps(mark)[1:-1], json.dumps(json.dumps(mark)[1:-1])[1:-1]}
    return any(spelling.encode(code) in content for spelling in spellings for code in ("utf-8", "utf-16-le"))


def web(server, cookie, **document):
    body = json.dumps(document).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    with urllib.request.urlopen(
        urllib.request.Request(server.url + "/chat/messages", body, headers), timeout=60
    ) as answer:
        return json.load(answer)


def metrics(server):
    with urllib.request.urlopen(server.url + "/metrics", timeout=20) as answer:
        return answer.read().decode()


async def test_no_mark_is_left_anywhere_whatever_way_it_came(running):
    server, api, folder = running.server, running.api, running.folder
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
        lambda: anna.share_contact(f"+371{NUMBER}"),
        lambda: anna.write(f"/start {NUMBER}"),
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
    anna.speak(encode_opus(tone(1.0)))
    while MARKS[0] not in (await anna.see_one(within=LONG)).text:  # what was heard is told back, after older answers
        pass
    await anna.ask_inline(EVERYTHING)
    for _ in range(60):  # the voice note that follows is on its way; until Telegram has it, the reply is kept
        await asyncio.sleep(1)
        if running.stored()["telegram_outbox"] == "[]":
            break

    assert running.rows_with([*MARKS, "57.244321", "22.588765", str(CHAT)]) == []
    found = metrics(server)
    assert not any(mark in found for mark in [*MARKS, str(CHAT)])
    log = (folder / "server.log").read_text("utf-8")
    assert not any(mark in log for mark in [*MARKS, str(CHAT), api.token])


async def test_after_forgetting_nothing_of_the_chat_is_left(running):
    anna = Phone(running.api, CHAT)
    anna.write("man ir parādi, un dzīvoju Talsos")
    await anna.see(1, within=LONG)
    before = running.pseudonyms()
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
    marks = [*gone, *MARKS, "57.244321", "22.588765"]
    assert running.rows_with(marks) == []
    assert traces(running.folder, marks) == []


async def test_a_request_for_a_call_is_in_no_log_and_after_forgetting_nowhere(running):
    maija = await running.join("Maija")
    anna, _ = await running.ask(contact=NUMBER)
    card = await maija.see_one(within=LONG)
    maija.tap("✋ Es ņemu", card)
    await maija.see_change(card, NUMBER)
    assert running.rows_with([NUMBER])  # it waits for the mediator's call
    await anna.see_one(within=LONG)
    anna.write("/forget")
    assert "izdzēs" in (await anna.see_one(within=LONG)).text
    await maija.see_change(card, "palūdza izdzēst visu")
    await asyncio.sleep(2)
    assert running.rows_with([NUMBER, str(anna.chat["id"])]) == []
    assert traces(running.folder, [NUMBER]) == []
    assert NUMBER not in metrics(running.server)


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
