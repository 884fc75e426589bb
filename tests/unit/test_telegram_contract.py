"""The Telegram channel relies on the Bot API's contract alone: on no optional field, method or habit of a server."""

import asyncio
import time

import pytest

from bot.assistant.messages import Reply
from bot.channels.telegram.state import State, Status
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_api.server import ME
from tests.support.telegram_bot import FAST, running

LARGE = 2**52 - 7


@pytest.fixture
def talks():
    return EchoTalks()


async def until(condition, within=15.0):
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, "it did not come to pass"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("status", [400, 404, 501])
async def test_a_server_that_knows_but_three_methods_is_served(api, talks, tmp_path, status):
    api.faults += [
        Fault(method, status=status, times=1000, description="Not Found")
        for method in (
            "deleteWebhook", "setMyCommands", "getMyCommands", "setMyName", "getMyName", "setMyDescription",
            "getMyDescription", "setMyShortDescription", "getMyShortDescription", "setChatMenuButton",
            "answerCallbackQuery", "sendChatAction",
        )
        if not (method == "deleteWebhook" and status == 501)  # without it nobody can poll, so it is tried again
    ]  # fmt: skip
    talks.delay_s = 0.7  # long enough for "typing"
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna = Phone(api, 1)
        anna.write("sveiki")
        await anna.see(2)
        anna.tap("💼 Darbs")
        assert (await anna.see_one()).text == "echo /ask_job_search"
        assert bot.state.status is Status.CONNECTED


async def test_a_server_that_tells_only_who_and_what_is_served(api, talks, tmp_path):
    anna = Phone(api, 1)
    anna.has_written = True
    async with running(api, tmp_path, talks, limits=FAST):
        api.push("message", {"message_id": 900, "from": {"id": 1}, "chat": {"id": 1}, "text": "sveiki"})
        shown, _ = await anna.see(2)
        assert shown.text == "echo sveiki"
        message = {"message_id": shown.id, "chat": {"id": 1}, "text": shown.text}
        api.open_callbacks["79"] = 1
        api.push("callback_query", {"id": "79", "from": {"id": 1}, "message": message, "data": "/ask_job_search"})
        assert (await anna.see_one()).text == "echo /ask_job_search"
        api.groups.add(-5)
        api.push("message", {"message_id": 901, "from": {"id": 1}, "chat": {"id": -5}, "text": "/start"})
        await until(lambda: api.sent("sendMessage", -5))


@pytest.mark.parametrize("status", [400, 404])
async def test_a_map_that_a_server_can_not_show_keeps_no_message_back(api, talks, tmp_path, status):
    office = {"latitude": 57.39, "longitude": 21.56, "title": "NVA", "address": "Saules iela 3"}
    talks.replies = lambda words: [Reply(f"echo {words}", location=office)]
    api.faults.append(Fault("sendVenue", status=status, times=1000, description="Not Found"))
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna = Phone(api, 1)
        anna.write("kur")
        anna.write("un vēl")
        await anna.see(3)
        assert [one.text for one in anna.screen if one.text.startswith("echo")] == ["echo kur", "echo un vēl"]
        await until(lambda: bot.state.refused == 2)
        assert bot.state.status is Status.CONNECTED


async def test_what_is_said_in_the_answer_counts_and_not_the_http_status(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST):
        api.faults.append(Fault("sendMessage", status=429, http_status=200, retry_after=1))
        anna = Phone(api, 1)
        anna.write("sveiki")
        await anna.see(2)
        refused, *sent = (call for call in api.calls if call.method == "sendMessage")
        assert sent[0].at - refused.at >= 1.0


async def test_ids_may_have_52_bits(api, talks, tmp_path):
    anna = Phone(api, LARGE)
    message = {**anna.message(text="liels"), "message_id": LARGE}
    anna.has_written = True
    async with running(api, tmp_path, talks, limits=FAST):
        update = api.push("message", message, update_id=LARGE)
        await anna.see(2)
        api.redeliver(update)
        await anna.see_nothing_more()
    async with running(api, tmp_path, talks, limits=FAST):
        api.redeliver(update)
        await anna.see_nothing_more()
    assert talks.everything == ["liels"]


async def test_unknown_fields_and_kinds_of_updates_do_no_harm(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        api._allowed = None
        api.push("telepathy", {"thought": "?"})
        anna.write("sveiki", mood={"colour": "blue"}, sent_from_the_moon=True)
        await anna.see(2)
        query = anna.tap("💼 Darbs")
        assert "callback_query" in query
        await anna.see_one()
    assert talks.everything == ["sveiki", "/ask_job_search"]


async def test_what_only_a_newer_telegram_can_send_is_answered_kindly(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.send(hologram={"file_id": "h"})
        shown, _ = await anna.see(2)
        assert shown.text.startswith("To es nesaprotu.")


async def test_what_can_not_be_read_whole_is_answered_all_the_same(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.send(poll={"id": "1"})  # without nearly everything that a poll must have
        shown, _ = await anna.see(2)
        assert shown.text.startswith("Aptaujās es nepiedalos.")
        anna.write("sveiki", sticker={"emoji": "?"})
        assert (await anna.see_one()).text == "echo sveiki"
        update = anna.tap("💼 Darbs")
        assert (await anna.see_one()).text == "echo /ask_job_search"
        query = {
            **update["callback_query"],
            "id": "78",
            "data": "/help",
            "message": {"message_id": 3, "chat": anna.chat},
        }
        api.open_callbacks["78"] = 1
        api.push("callback_query", query)
        assert (await anna.see_one()).text == "echo /help"


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ({"photo": [{"file_id": "p"}]}, "Attēlus es nevaru izlasīt."),
        ({"document": {"file_id": "d"}}, "Failus es nevaru izlasīt."),
        ({"sticker": {"file_id": "s"}}, "Paldies, jauki!"),
        ({"video_note": {"file_id": "v"}}, "Video un mūziku es nesaprotu."),
        ({"photo": [{"file_id": "p"}], "caption": "kas te rakstīts"}, "Attēlus es nevaru izlasīt."),
    ],
)
async def test_what_can_not_be_read_whole_is_answered_by_what_it_is(api, talks, tmp_path, content, answer):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.send(**content)
        shown, _ = await anna.see(2)
    assert shown.text.startswith(answer)
    assert talks.everything == [content[name] for name in ("caption",) if name in content]


@pytest.mark.parametrize("result", [True, {}, {"message_id": 7}])
async def test_the_result_of_a_call_needs_no_more_than_that_it_went_well(api, talks, tmp_path, caplog, result):
    api.bare_results = result
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna.write("viens")
        await anna.see(2)
        anna.write("divi")
        await anna.see_one()
        await anna.see_nothing_more()
        assert bot.state.refused == 0
    assert "ERROR" not in caplog.text


async def test_fields_that_telegram_may_leave_out_are_not_needed(api, talks, tmp_path, monkeypatch):
    monkeypatch.delitem(ME, "username")
    for name in ("is_bot", "first_name", "can_join_groups", "can_read_all_group_messages", "supports_inline_queries"):
        monkeypatch.delitem(ME, name)
    anna = Phone(api, 1, language_code=None)
    user = {"id": 1, "is_bot": False, "first_name": "A"}
    chat = {"id": 1, "type": "private"}
    anna.has_written = True

    def bare(**content):
        return {"message_id": next(api.message_ids), "date": int(time.time()), "from": user, "chat": chat, **content}

    async with running(api, tmp_path, talks, limits=FAST):
        api.push("message", bare(text="/start"))
        await anna.see(2)
        for content in (
            {"contact": {"phone_number": "1", "first_name": "B"}},
            {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
            {"voice": {"file_id": "v"}},
            {"contact": {"phone_number": "1"}},
            {"venue": {"location": {"latitude": 57.39, "longitude": 21.56}}},
            {"document": {"file_id": "d", "file_unique_id": "d"}},
            {"location": {"latitude": 57.39, "longitude": 21.56}},
        ):
            api.push("message", bare(**content))
            await anna.see_one()
        old = {"message_id": anna.screen[0].id, "date": 0, "chat": chat}  # too old for Telegram to show
        query = {"id": "77", "from": user, "chat_instance": "1", "message": old, "data": "/ask_job_search"}
        api.open_callbacks["77"] = 1
        api.push("callback_query", query)
        assert (await anna.see_one()).text == "echo /ask_job_search"
        group = {"id": -5, "type": "group", "title": "G"}
        api.groups.add(-5)
        api.push("message", {**bare(text="sveiki"), "chat": group})
        await until(lambda: api.sent("sendMessage", -5))


async def test_a_server_that_does_not_let_one_wait_is_not_asked_without_pause(api, talks, tmp_path):
    async def at_once(parameters):
        return []

    api._get_updates = at_once
    async with running(api, tmp_path, talks, limits=FAST):
        await asyncio.sleep(2)
    assert 2 <= len([call for call in api.calls if call.method == "getUpdates"]) <= 6


async def test_polling_goes_on_after_a_connection_that_hung(api, talks, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.channels.telegram.requests.READ_TIMEOUT_S", 0.3)
    monkeypatch.setattr("bot.channels.telegram.service.LONG_POLL_S", 1)
    api.faults += [Fault("getMe", "hang"), Fault("getUpdates", "hang", times=2)]
    anna = Phone(api, 1)
    anna.write("dzirdi?")
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        await anna.see(2)
        assert bot.state.status is Status.CONNECTED


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (Fault("*", status=401, description="Unauthorized", times=1000), "copy it anew from BotFather"),
        (Fault("getMe", status=404, description="Not Found", times=1000), "copy it anew from BotFather"),
        (Fault("getUpdates", status=409, description="Conflict", times=1000), "Another program uses the same"),
    ],
    ids=["a token that is not valid", "a token that is none", "two programs with one token"],
)
async def test_the_log_says_what_to_do(api, talks, tmp_path, fault, remedy, caplog):
    api.faults.append(fault)
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        await until(lambda: remedy in caplog.text)
        assert bot.state.retrying_since is not None
        api.faults.clear()
        anna = Phone(api, 1)
        anna.write("un tagad")
        await anna.see(2)
        assert bot.state.retrying_since is None
        assert bot.state.last_update_at is not None
    assert caplog.text.count(remedy) == 1  # not at each try


def test_an_outage_is_one_whatever_fails_in_it():
    state = State()
    state.set(Status.CONNECTED)
    assert state.retrying_since is None
    state.set(Status.UNREACHABLE, "NetworkError")
    began = state.retrying_since
    assert began is not None
    state.set(Status.CONFLICT, "Conflict")
    assert state.retrying_since == began


async def test_a_server_on_this_machine_is_reached_without_the_proxy_of_the_environment(
    api, talks, tmp_path, monkeypatch
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with running(api, tmp_path, talks, limits=FAST):
        anna = Phone(api, 1)
        anna.write("sveiki")
        await anna.see(2)
