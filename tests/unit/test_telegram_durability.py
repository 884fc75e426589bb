"""The Telegram channel loses nothing and repeats nothing: bad networks, crashes, duplicates, the pace of sending."""

import asyncio
import itertools
import json
import logging
import sqlite3
import time

import pytest
from telegram import Update

from bot.assistant.messages import Button, Reply, payload
from bot.breaker import PAUSE_S
from bot.channels.telegram import sender as sending
from bot.channels.telegram.service import bot_id, full_webhook_url
from bot.channels.telegram.state import Status
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_bot import FAST, crash, make_service, running


@pytest.fixture
def talks():
    return EchoTalks()


async def until(condition, within=10.0):
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, "it did not come to pass"
        await asyncio.sleep(0.02)


def echoes(phone):
    return [one.text for one in phone.screen if one.text.startswith("echo")]


async def test_an_update_that_comes_twice_is_answered_once(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST):
        anna = Phone(api, 1)
        update = anna.write("vienreiz")
        await anna.see(2)
        api.redeliver(update)
        await anna.see_nothing_more()


async def test_an_update_that_stands_twice_in_one_batch_is_answered_once(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna = Phone(api, 1)
        anna.has_written = True
        update = Update.de_json({"update_id": 500, "message": anna.message(text="vienreiz")}, None)
        await bot.accept([update, update])
        await anna.see(2)
        await anna.see_nothing_more()
    assert talks.everything == ["vienreiz"]


async def test_an_update_that_comes_again_after_a_restart_is_answered_once(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        update = anna.write("vienreiz")
        await anna.see(2)
    api.redeliver(update)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.write("vēl")
        await anna.see_one()
        await anna.see_nothing_more()
    assert talks.everything == ["vienreiz", "vēl"]


async def test_a_crash_between_receipt_and_answer_loses_nothing(api, talks, tmp_path):
    anna = Phone(api, 1)
    slow = EchoTalks(delay_s=60)
    service = make_service(api, tmp_path, slow, limits=FAST)
    await service.start()
    anna.write("pirmā")
    anna.write("otrā")
    await until(lambda: api.unfetched == 0)
    await crash(service)
    assert anna.screen == []
    async with running(api, tmp_path, talks, limits=FAST):
        await anna.see(3)
        await anna.see_nothing_more()
    assert echoes(anna) == ["echo pirmā", "echo otrā"]


async def test_a_crash_between_answer_and_sending_repeats_no_turn_and_loses_no_reply(api, talks, tmp_path):
    anna = Phone(api, 1)
    api.faults.append(Fault("sendMessage", status=502, times=1000))
    service = make_service(api, tmp_path, talks, limits=FAST)
    await service.start()
    anna.write("viena")
    await until(lambda: talks.everything == ["viena"])
    await until(lambda: any(call.method == "sendMessage" for call in api.calls))
    await crash(service)
    api.faults.clear()
    async with running(api, tmp_path, talks, limits=FAST):
        await anna.see(2)
        await anna.see_nothing_more()
    assert talks.everything == ["viena"]
    assert echoes(anna) == ["echo viena"]


async def test_a_stop_sends_nothing_twice(api, talks, tmp_path):
    anna = Phone(api, 1)
    for _ in range(3):
        async with running(api, tmp_path, talks, limits=FAST):
            for number in range(4):
                anna.write(f"{number}")
            await until(lambda: len(anna.screen) > 0)
    async with running(api, tmp_path, talks, limits=FAST):
        await until(lambda: len(echoes(anna)) == 12)
        anna.read_all()
        await anna.see_nothing_more()
    assert echoes(anna) == [f"echo {number}" for number in (0, 1, 2, 3)] * 3


async def test_a_message_that_kills_the_process_again_and_again_gets_an_apology(api, tmp_path):
    anna = Phone(api, 1)
    for start in range(4):
        service = make_service(api, tmp_path, EchoTalks(delay_s=60), limits=FAST)
        await service.start()
        if start == 0:
            anna.write("nāvējoša")
        await until(lambda: api.unfetched == 0)
        await asyncio.sleep(0.1)
        await crash(service)
    async with running(api, tmp_path, EchoTalks(), limits=FAST):
        shown = await anna.see_one()
    assert "80200206" in shown.text


async def test_old_buttons_work_after_a_restart_however_long_their_payload(api, talks, tmp_path):
    long = payload(
        "ask_detail_documents", service="unemployment_benefit", municipality="Dienvidkurzemes novads", value="ģ" * 30
    )
    middling = payload("inform_place", municipality="Dienvidkurzemes novads", place="Pāvilosta")
    talks.replies = lambda words: [Reply("?", [Button("garā", long), Button("vidējā", middling)])]
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.write("sveiki")
        await anna.see(2)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.tap("garā", anna.screen[0])
        await anna.see_one()
        anna.tap("vidējā", anna.screen[0])
        await anna.see_one()
    assert talks.everything == ["sveiki", long, middling]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("sendMessage", status=429, retry_after=1, times=1),
        Fault("sendMessage", "garbage", retry_after=2),  # of what stands before Telegram: the header alone says it
    ],
    ids=["Telegram", "proxy"],
)
async def test_retry_after_is_obeyed_and_nothing_is_lost(api, talks, tmp_path, fault):
    pause = fault.retry_after
    async with running(api, tmp_path, talks, limits=FAST):
        anna, jana = Phone(api, 1), Phone(api, 2)
        api.faults.append(fault)
        anna.write("a")
        await until(lambda: any(call.status == 429 for call in api.calls))
        refused = next(call.at for call in api.calls if call.status == 429)
        jana.write("j")
        await anna.see(2)
        await jana.see(2)
    assert min(call.at for call in api.sent("sendMessage")) - refused >= pause
    assert echoes(anna) == ["echo a"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("sendMessage", status=500, times=2),
        Fault("sendMessage", status=502, times=2),
        Fault("sendMessage", "drop", times=2),
        Fault("sendMessage", "garbage", times=2),
        Fault("sendMessage", "list", times=2),
        Fault("sendMessage", "list", times=2, http_status=502),
        Fault("sendMessage", "hang", times=1),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_a_broken_network_delays_a_reply_and_loses_none(api, talks, tmp_path, fault, monkeypatch):
    monkeypatch.setattr("bot.channels.telegram.requests.READ_TIMEOUT_S", 0.5)
    async with running(api, tmp_path, talks, limits=FAST):
        api.faults.append(fault)
        anna = Phone(api, 1)
        anna.write("pirmā")
        anna.write("otrā")
        await anna.see(3)
        await anna.see_nothing_more()
    assert echoes(anna) == ["echo pirmā", "echo otrā"]


async def test_a_group_that_gets_too_much_keeps_nobody_else_waiting(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST):
        anna, jana = Phone(api, 1), Phone(api, 2)
        api.faults.append(Fault("sendMessage", status=429, retry_after=2))
        anna.write_in_group(-100500, "/start")
        await until(lambda: any(call.status == 429 for call in api.calls))
        refused = next(call.at for call in api.calls if call.status == 429)
        jana.write("j")
        await jana.see(2)
        await until(lambda: api.sent("sendMessage", -100500))
    assert api.sent("sendMessage", -100500)[0].at - refused >= 2.0
    assert api.sent("sendMessage", 2)[-1].at - refused < 2.0


async def test_a_reply_that_telegram_has_is_not_sent_again_when_the_connection_breaks_in_its_answer(
    api, talks, tmp_path
):
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna = Phone(api, 1)
        api.faults.append(Fault("sendMessage", "cut"))
        anna.write("viens")
        await anna.see(2)
        anna.write("divi")
        await anna.see_one()
        await anna.see_nothing_more()
        assert await bot._store.count_waiting() == (0, 0)
    assert echoes(anna) == ["echo viens", "echo divi"]


async def test_a_chat_gets_no_two_messages_in_a_second_also_where_the_first_seemed_lost(api, talks, tmp_path):
    async with running(api, tmp_path, talks):
        anna = Phone(api, 1)
        api.faults.append(Fault("sendMessage", "drop", times=2))
        anna.write("viens")
        await anna.see(2)
    tried = [call.at for call in api.calls if call.method == "sendMessage"]
    assert len(tried) == 4
    assert min(later - earlier for earlier, later in zip(tried, tried[1:])) >= 1.0


async def test_a_group_that_became_a_supergroup_is_answered_there(api, talks, tmp_path):
    api.groups.add(-1004242)
    async with running(api, tmp_path, talks, limits=FAST):
        gone = Fault("sendMessage", status=400, migrate_to=-1004242, description="Bad Request: group chat was upgraded")
        gone.chat_id = -4242
        api.faults.append(gone)
        Phone(api, 1).write_in_group(-4242, "/start")
        await until(lambda: api.sent("sendMessage", -1004242))


@pytest.mark.parametrize("words", ["chat not found", "not enough rights to send text messages to the chat"])
async def test_a_chat_that_can_not_be_written_to_is_tried_once(api, talks, tmp_path, words):
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        anna = Phone(api, 1)
        api.faults.append(Fault("sendMessage", status=400, description=f"Bad Request: {words}", times=10))
        anna.write("sveiki")
        await until(lambda: any(call.status == 400 for call in api.calls))
        await until(lambda: bot._sender.waiting == 0)
        api.faults.clear()
        anna.write("esmu atpakaļ")
        await until(lambda: "echo esmu atpakaļ" in echoes(anna))
    assert sum(call.status == 400 for call in api.calls) == 1


async def test_a_tap_is_confirmed_and_cards_are_offered_also_after_a_fault(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST):
        anna = Phone(api, 1)
        anna.write("sveiki")
        await anna.see(2)
        api.faults += [Fault("answerCallbackQuery", status=502), Fault("answerInlineQuery", "drop")]
        anna.tap("💼 Darbs")
        await until(lambda: api.sent("answerCallbackQuery"))
        assert await anna.ask_inline("bērnu")


async def test_an_answer_of_telegram_that_is_no_json_is_not_logged(api, talks, tmp_path, caplog):
    api.faults.append(Fault("getUpdates", "garbage", times=2))
    async with running(api, tmp_path, talks, limits=FAST):
        anna = Phone(api, 1)
        anna.write("sveiki")
        await anna.see(2)
    assert "Bad Gateway" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_reply_that_is_too_old_is_dropped_with_a_log_line(api, talks, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sending, "FIRST_PAUSE_S", 0.05)
    service = make_service(api, tmp_path, talks, limits=FAST)
    service._sender._max_age_s = 0.3
    await service.start()
    api.faults.append(Fault("sendMessage", status=502, times=1000))
    anna = Phone(api, 1)
    anna.write("sens")
    await until(lambda: service.state.dropped == 2)
    api.faults.clear()
    await anna.see_nothing_more()
    assert "A reply was dropped" in caplog.text
    assert await service._store.count_waiting() == (0, 0)
    await service.stop()


async def test_a_person_who_blocked_the_bot_is_no_error(api, talks, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        anna = Phone(api, 1)
        talks.delay_s = 0.3
        anna.write("sveiki")
        await asyncio.sleep(0.1)
        anna.block()
        await until(lambda: any(call.status == 403 for call in api.calls))
        await until(lambda: service._sender.waiting == 0)
        assert await service._store.count_waiting() == (0, 0)
        anna.unblock()
        anna.write("esmu atpakaļ")
        await until(lambda: "echo esmu atpakaļ" in echoes(anna))
    assert caplog.text == ""


async def test_a_text_that_telegram_refuses_is_sent_plain(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST):
        anna = Phone(api, 1)
        api.faults.append(Fault("sendMessage", status=400, description="Bad Request: can't parse entities", times=1))
        anna.write("1 < 2 & 3")
        shown, _ = await anna.see(2)
        assert shown.text == "echo 1 < 2 & 3"
        assert shown.titles  # what was wrong is the text
        api.faults.append(Fault("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID", times=2))
        anna.write("sveiki")
        shown = await anna.see_one()
    assert shown.text == "echo sveiki"
    assert shown.buttons == []


async def test_it_starts_without_telegram_and_connects_when_it_returns(api, talks, tmp_path):
    await api.stop()
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        await until(lambda: service.state.status is Status.UNREACHABLE)
        assert not service.state.is_healthy
        await api.start(api.port)
        anna.write("sveiki")
        await anna.see(2)
        assert service.state.status is Status.CONNECTED
        assert service.state.as_dict()["bot_name"] == "drom_test_bot"
        await api.stop()
        await until(lambda: service.state.status is Status.UNREACHABLE)
        await api.start(api.port)
        anna.write("vēl")
        await anna.see_one()


async def test_pauses_between_tries_grow(api, talks, tmp_path):
    api.faults.append(Fault("getUpdates", status=502, times=1000))
    async with running(api, tmp_path, talks, limits=FAST):
        await asyncio.sleep(4.5)
    tries = [call.at for call in api.calls if call.method == "getUpdates"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert len(gaps) >= 2
    assert gaps == sorted(gaps)
    assert gaps[-1] > 2 * gaps[0] * 0.8


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("*", status=401, description="Unauthorized", times=1000), Status.TOKEN_REFUSED),
        (Fault("getUpdates", status=409, description="Conflict: terminated", times=1000), Status.CONFLICT),
    ],
    ids=["a wrong token", "another program polls"],
)
async def test_what_is_wrong_is_told_in_the_state_without_the_token(api, talks, tmp_path, fault, status, caplog):
    api.faults.append(fault)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        await until(lambda: service.state.status is status)
        assert api.token not in json.dumps(service.state.as_dict())
    assert api.token.split(":")[1] not in caplog.text


async def test_one_update_that_can_not_be_read_does_not_keep_the_others_back(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST):
        anna.has_written = True
        api.push("message", {"message_id": "broken", "chat": 17})
        anna.write("lasāma")
        await anna.see(2)
        await until(lambda: api.unfetched == 0)
    assert talks.everything == ["lasāma"]


async def test_a_store_that_fails_does_not_silence_the_bot(api, talks, tmp_path, monkeypatch):
    async with running(api, tmp_path, talks, limits=FAST) as service:
        anna = Phone(api, 1)
        anna.write("vesels")
        await anna.see(2)

        async def fail(*_):
            raise OSError("disk full")

        monkeypatch.setattr(service._store, "in_transaction", fail)
        anna.write("pilns disks")
        assert (await anna.see_one()).text


async def test_telegrams_pace_is_kept(api, talks, tmp_path):
    async with running(api, tmp_path, talks):
        phones = [Phone(api, 100 + number) for number in range(40)]
        for phone in phones:
            phone.write("viens")
            phone.write("divi")
        for phone in phones:
            await phone.see(3)
    assert api.violations == []


async def test_updates_in_the_wrong_order_are_answered_in_order(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST, webhook_url="http://127.0.0.1:9/telegram/webhook") as service:
        anna = Phone(api, 1)
        anna.has_written = True
        updates = [{"update_id": 500 + n, "message": anna.message(text=f"{n}")} for n in range(5)]
        for number in (0, 2, 1, 4, 3):
            assert await service.accept_post(updates[number])
        await until(lambda: len(echoes(anna)) == 5)
    assert echoes(anna) == [f"echo {number}" for number in range(5)]


async def test_a_post_is_genuine_only_with_the_secret(api, talks, tmp_path):
    url = "https://drom.example/telegram/webhook"
    service = make_service(api, tmp_path, talks, webhook_url=url)
    assert service.is_genuine(service.webhook_secret)
    for secret in (None, "", "wrong", service.webhook_secret[:-1], "ā"):
        assert not service.is_genuine(secret)
    assert service.state.forged == 5
    assert service.webhook_secret == make_service(api, tmp_path, talks, webhook_url=url).webhook_secret
    assert make_service(api, tmp_path, talks, webhook_url=url, webhook_secret="own").webhook_secret == "own"


async def test_a_post_is_taken_before_it_is_answered(api, talks, tmp_path):
    talks.delay_s = 1.0
    async with running(api, tmp_path, talks, limits=FAST, webhook_url="https://drom.example") as service:
        anna = Phone(api, 1)
        anna.has_written = True
        assert await service.accept_post({"update_id": 1, "message": anna.message(text="sveiki")})
        assert talks.everything == []
        assert await service._store.count_waiting() == (1, 0)
        await anna.see(2)


async def test_the_webhook_is_set_with_secret_and_restricted_updates(api, talks, tmp_path):
    async with running(api, tmp_path, talks, webhook_url="https://drom.example", limits=FAST) as service:
        await until(lambda: api.sent("setWebhook"))
        given = api.sent("setWebhook")[0].parameters
    assert given["url"] == "https://drom.example/telegram/webhook"
    assert given["secret_token"] == service.webhook_secret
    assert set(json.loads(given["allowed_updates"])) == {
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "my_chat_member",
    }


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("https://a.lv", "https://a.lv/telegram/webhook"),
        ("https://a.lv/", "https://a.lv/telegram/webhook"),
        ("https://a.lv/hook", "https://a.lv/hook"),
    ],
)
def test_a_webhook_without_a_path_gets_ours(given, full):
    assert full_webhook_url(given) == full


def test_the_bots_id_is_the_first_part_of_its_token():
    assert bot_id("123456:AA") == 123456
    assert bot_id("strange") == bot_id("strange") > 0


async def test_what_was_answered_while_the_store_was_away_is_not_answered_again_after_a_restart(api, talks, tmp_path):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        talks.delay_s = 0.5
        anna.write("viens")
        await until(lambda: service.state.received == 1)
        with sqlite3.connect(tmp_path / "telegram.db", isolation_level=None) as held:
            held.execute("BEGIN EXCLUSIVE")
            await anna.see(1)  # it is answered from memory
            held.execute("ROLLBACK")
    async with running(api, tmp_path, talks, limits=FAST) as service:
        assert await service._store.count_waiting() == (0, 0)
    assert talks.everything == ["viens"]
    assert echoes(anna) == ["echo viens"]


async def test_what_was_answered_while_the_store_was_away_is_not_answered_again_when_it_comes_again(
    api, talks, tmp_path
):
    anna = Phone(api, 1)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        anna.write("viens")
        await anna.see(2)
        with sqlite3.connect(tmp_path / "telegram.db", isolation_level=None) as held:
            held.execute("BEGIN EXCLUSIVE")
            update = anna.write("divi")
            await anna.see_one()
            held.execute("ROLLBACK")
        await asyncio.sleep(PAUSE_S + 0.1)
        api.redeliver(update)
        anna.write("trīs")
        await anna.see_one()
        await anna.see_nothing_more()
        assert await service._store.count_waiting() == (0, 0)
    assert talks.everything == ["viens", "divi", "trīs"]


async def test_a_store_that_hangs_delays_one_answer_and_not_everybodys(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as service:
        phones = [Phone(api, 10 + number) for number in range(30)]
        phones[0].write("sākums")
        await phones[0].see(2)
        with sqlite3.connect(tmp_path / "telegram.db", isolation_level=None) as held:
            held.execute("BEGIN EXCLUSIVE")
            for phone in phones:
                phone.write("sveiki")
            await asyncio.gather(*(phone.see_one(within=30) for phone in phones))
            held.execute("ROLLBACK")
        await until(lambda: not service._store._transactions._breaker._failures or not service._sender.waiting)


async def test_a_turn_that_hangs_keeps_only_its_own_chat_waiting(api, talks, tmp_path):
    talks.delay_s = 15.0
    async with running(api, tmp_path, talks, limits=FAST) as service:
        for number in range(8):
            Phone(api, 100 + number).write("ilgi")
        await until(lambda: service.state.received == 8)
        await asyncio.sleep(0.2)
        talks.delay_s = 0.0
        anna = Phone(api, 1)
        anna.write("ātri")
        await anna.see(1, within=10)
        assert echoes(anna) == ["echo ātri"]


async def test_a_clock_that_is_set_forward_makes_no_reply_old(api, talks, tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "FIRST_PAUSE_S", 0.1)
    async with running(api, tmp_path, talks, limits=FAST) as service:
        api.faults.append(Fault("sendMessage", status=502, times=3))
        anna = Phone(api, 1)
        anna.write("sveiki")
        await until(lambda: service._sender.waiting)
        service._sender._clock = lambda: time.time() + 3 * 86400
        await anna.see(2)
        assert service.state.dropped == 0


async def test_a_tap_after_the_clock_was_set_back_is_no_double_tap(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as service:
        anna = Phone(api, 1)
        anna.write("sveiki")
        shown = (await anna.see(2))[0]
        anna.tap("💼 Darbs", shown)
        await anna.see_one()
        await until(lambda: service._sender.waiting == 0)
        service._store._clock = service._sender._clock = lambda: time.time() - 3600
        anna.tap("💼 Darbs", shown)
        await anna.see_one()
