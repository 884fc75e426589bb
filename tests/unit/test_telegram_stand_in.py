"""The stand-in for the Bot API is strict, and what it sends is what python-telegram-bot reads."""

import asyncio
import json

import aiohttp
import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_api.phone import NotOnScreen


@pytest.fixture
async def bot(api):
    async with Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as bot:
        yield bot


@pytest.fixture
def anna(api):
    phone = Phone(api, 1)
    phone.write("labdien")
    return phone


def unknown_fields(thing):
    """Everything in an object of PTB, at any depth, that PTB does not know."""
    found = dict(getattr(thing, "api_kwargs", {}))
    for name in getattr(thing, "__slots__", ()):
        value = getattr(thing, name, None)
        if hasattr(value, "api_kwargs"):
            found |= unknown_fields(value)
    return found


async def test_every_kind_of_update_is_read_by_ptb_without_a_rest(api, bot):
    phone = Phone(api, 1)
    sent = phone.write("labdien")
    shown = await bot.send_message(1, "?", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    assert shown.message_id == phone.screen[0].id
    updates = [
        sent,
        phone.edit(sent, "labvakar"),
        phone.write("/start x"),
        phone.share_location(57.0, 24.0),
        phone.share_contact("+37120000000"),
        phone.speak(b"OggS"),
        phone.tap("a"),
        phone.write_in_group(-100, "sveiki"),
    ]
    phone.block()
    for raw in updates:
        update = Update.de_json(json.loads(json.dumps(raw)), bot)
        assert update.effective_chat is not None
        assert unknown_fields(update) == {}
    assert len(await bot.get_updates()) == 9


async def test_updates_are_kept_until_they_are_acknowledged(api, bot, anna):
    first = (await bot.get_updates())[0].update_id
    assert [update.update_id for update in await bot.get_updates()] == [first]
    assert await bot.get_updates(offset=first + 1) == ()


async def test_a_wrong_token_and_an_unknown_method_are_refused(api, bot):
    with pytest.raises(InvalidToken):
        await Bot("1:wrong", base_url=f"{api.url}/bot").get_me()
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{api.url}/bot{api.token}/sendNonsense")
        assert answer.status == 404


BUTTON = {"text": "x", "callback_data": "y"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": ""},
        {"text": "x" * 4097},
        {"text": "😀" * 2049},
        {"text": "<b>x", "parse_mode": "HTML"},
        {"text": "a < b", "parse_mode": "HTML"},
        {"text": "<x>y</x>", "parse_mode": "HTML"},
        {"text": "x", "parse_mode": "Nonsense"},
        {"text": "x", "nonsense": "1"},
        {"text": "x", "reply_markup": "{"},
        {"text": "x", "reply_markup": json.dumps({"inline_keyboard": [[{**BUTTON, "callback_data": "ā" * 33}]]})},
        {"text": "x", "reply_markup": json.dumps({"inline_keyboard": [[{"text": "x", "url": "tel:112"}]]})},
        {"text": "x", "reply_markup": json.dumps({"inline_keyboard": [[{"text": "x"}]]})},
        {"text": "x", "reply_markup": json.dumps({"inline_keyboard": [[BUTTON] * 9]})},
        {"text": "x", "reply_markup": json.dumps({"keyboard": []})},
        {"text": "x", "chat_id": "2"},
        {"text": "x", "chat_id": "nonsense"},
    ],
)
async def test_what_telegram_refuses_is_refused(api, anna, parameters):
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{api.url}/bot{api.token}/sendMessage", data={"chat_id": "1", **parameters})
        assert answer.status == 400, await answer.text()
    assert anna.screen == []


async def test_who_has_not_written_or_has_blocked_can_not_be_written_to(api, bot, anna):
    Phone(api, 2)
    with pytest.raises(Forbidden, match="initiate"):
        await bot.send_message(2, "x")
    anna.block()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(1, "x")


async def test_a_button_that_is_not_on_the_screen_can_not_be_tapped(anna):
    with pytest.raises(NotOnScreen):
        anna.tap("Nav")
    with pytest.raises(NotOnScreen):
        anna.press("Nav")


async def test_a_tap_can_be_confirmed_once(api, bot, anna):
    with pytest.raises(BadRequest):
        await bot.answer_callback_query("99")
    await bot.send_message(1, "?", reply_markup={"inline_keyboard": [[BUTTON]]})
    query = anna.tap("x")["callback_query"]
    await bot.answer_callback_query(query["id"])
    with pytest.raises(BadRequest):
        await bot.answer_callback_query(query["id"])


async def test_polling_and_webhook_exclude_each_other(api, bot):
    await bot.set_webhook("https://drom.example/hook", secret_token="s")
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_faults_happen_as_often_as_asked_for(api, bot, anna):
    api.faults.append(Fault("sendMessage", status=429, retry_after=7))
    with pytest.raises(RetryAfter):
        await bot.send_message(1, "x")
    await bot.send_message(1, "x")


async def test_hurry_is_noted(api, bot, anna):
    await bot.send_message(1, "x")
    await bot.send_message(1, "y")
    assert len(api.violations) == 1


async def test_voice_files_are_served(api, bot):
    voice = Phone(api, 1).speak(b"OggS")["message"]["voice"]
    file = await bot.get_file(voice["file_id"])
    assert bytes(await file.download_as_bytearray()) == b"OggS"


async def test_a_phone_waits_for_what_it_is_to_see(anna, bot):
    waiting = asyncio.create_task(anna.see_one())
    await bot.send_message(1, "x")
    assert (await waiting).text == "x"
    with pytest.raises(AssertionError, match="expected"):
        await anna.see_one(within=0.1)
