"""The running assistant in Telegram: the real process over HTTP, against the stand-in for the Bot API."""

import asyncio
import contextlib
import json
import re
import sqlite3
import urllib.error
import urllib.request

import pytest
import pytest_asyncio

from tests.conftest import Server
from tests.support.telegram_api import BotApi, Fault, Phone

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("telegram"),
    pytest.mark.timeout(600),
]
LONG = 90.0  # seconds; the machine may be busy, and a start takes a while


class Bot:
    """The process, Telegram, and what the process leaves behind."""

    def __init__(self, api: BotApi, folder, **environment: str):
        self.api = api
        self.database = folder / "drom.db"
        self.server = Server(folder, TELEGRAM_TOKEN=api.token, TELEGRAM_API_URL=api.url, **environment)

    async def start(self):
        await asyncio.to_thread(self.server.start)

    async def stop(self):
        await asyncio.to_thread(self.server.stop)

    async def kill(self):
        """End the process as a power cut would."""
        self.server.process.kill()
        await asyncio.to_thread(self.server.process.wait)

    def unsent(self):
        """How many answers the process still has to send."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return connection.execute("SELECT count(*) FROM telegram_outbox").fetchone()[0]

    @property
    def log(self):
        return self.server.log.read_text("utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(model, tmp_path_factory):
    """A polling bot. Telegram can't be reached when it starts."""
    api = BotApi()
    await api.start()
    await api.stop()
    running = Bot(api, tmp_path_factory.mktemp("telegram"))
    await running.start()
    running.page_without_telegram = await asyncio.to_thread(get, running.server.url + "/")
    await asyncio.sleep(2)
    await api.start(api.port)
    yield running
    await running.stop()
    await api.stop()


def get(url):
    """Return the status of a page."""
    with urllib.request.urlopen(url, timeout=10) as page:
        return page.status


numbers = iter(range(20_000, 30_000))


@pytest.fixture
def anna(bot):
    return Phone(bot.api, next(numbers))


async def begin(phone):
    """Get the greeting and the keyboard out of the way."""
    phone.write("/start")
    return await phone.see(2, within=LONG)


async def test_the_web_chat_is_served_while_telegram_can_not_be_reached(bot, anna):
    assert bot.page_without_telegram == 200
    keyboard, greeting = await begin(anna)
    assert "Drom" in greeting.text
    assert keyboard.keyboard_words == ["📍 Man tuvumā", "🆘 SOS", "☰ Izvēlne", "🙋 Cilvēks"]


async def test_the_greeting_speaks_the_language_of_the_phone(bot):
    phone = Phone(bot.api, next(numbers), language_code="ru")
    _, greeting = await begin(phone)
    assert "Здравствуйте" in greeting.text


async def test_a_leaflet_opens_its_card_in_its_town(bot, anna):
    anna.write("/start childcare_costs_ventspils")
    _, card = await anna.see(2, within=LONG)
    assert card.text.startswith("🧸")
    anna.tap("/find_office", card)
    office = await anna.see_one(within=LONG)
    assert "Ventspils" in office.text


async def test_a_need_in_own_words_a_tap_and_a_position_lead_to_an_office(bot, anna):
    await begin(anna)
    anna.write("nav ar ko atstāt bērnus")
    card = await anna.see_one(within=LONG)
    assert card.text.startswith("🧸")
    assert all(len(row) <= 2 for row in card.rows)
    anna.tap("👣 Kā sākt?", card)
    await anna.see_one(within=LONG)
    anna.share_location(57.5411, 25.4275)
    office = await anna.see_one(within=LONG)
    assert "Valmiera" in office.text


async def test_a_mediator_looks_a_card_up_beside_a_client(bot, anna):
    await begin(anna)
    anna.write("/ref bernu pieskatisana")
    full, papers, short = await anna.see(3, within=LONG)
    assert full.text.startswith("🧸 Bērna pieskatīšana")
    assert "pārbaudīts" in full.text
    assert "papīri" in papers.text
    assert len(short.text) <= 160
    anna.tap("Русский")
    assert (await anna.see_one(within=LONG)).text.startswith("Присмотр за ребёнком")


async def test_sos_answers_with_112_and_a_phone_to_tap(bot, anna):
    await begin(anna)
    anna.press("🆘 SOS")
    words, contact = await anna.see(2, within=LONG)
    assert "112" in words.text[:200]
    assert contact.message["contact"]["phone_number"] == "112"


async def test_intents_and_slots_can_not_be_typed(bot, anna):
    await begin(anna)
    anna.write('/inform_place{"municipality":"Rīga"}')
    assert "Tādas komandas man nav" in (await anna.see_one(within=LONG)).text


async def test_what_can_not_be_read_is_told_kindly(bot, anna):
    await begin(anna)
    anna.send(photo=[{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}])
    assert "/find_mediator" in [b["callback_data"] for b in (await anna.see_one(within=LONG)).buttons]
    anna.share_contact("+37120000000")
    assert "neglabāju" in (await anna.see_one(within=LONG)).text


FILE = {"file_id": "f", "file_unique_id": "f"}
PICTURE = {"photo": [{**FILE, "width": 9, "height": 9}]}
STICKER = {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
OPTION = {"text": "Jā", "voter_count": 0, "persistent_id": "1"}
EVERYTHING = {
    "text": [{"text": "gribu strādāt"}],
    "position": [{"location": {"latitude": 57.39, "longitude": 21.56}}],
    "contact": [{"contact": {"phone_number": "37120000000", "first_name": "B"}}],
    "voice": [{"voice": {"file_id": "voice0", "file_unique_id": "v", "duration": 2}}],
    "photo": [PICTURE],
    "album": [{**PICTURE, "media_group_id": "1"}, {**PICTURE, "media_group_id": "1"}],
    "video note": [{"video_note": {**FILE, "length": 240, "duration": 2}}],
    "sticker": [{"sticker": STICKER}],
    "document": [{"document": {**FILE, "file_name": "lemums.pdf"}}],
    "poll": [
        {
            "poll": {
                "id": "1", "question": "Vai?", "options": [OPTION], "total_voter_count": 0, "is_closed": False,
                "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            }
        }
    ],
    "dice": [{"dice": {"emoji": "🎲", "value": 3}}],
    "forwarded message": [
        {
            "text": "Jums jāierodas NVA",
            "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Ieva"},
        }
    ],
    "animated emoji": [{"text": "👍"}],
    "unknown command": [{"text": "/nezinu"}],
    "start with an unknown payload": [{"text": "/start zzz"}],
    "text over the limit": [{"text": "darbs " * 900}],
    "something of a newer Telegram": [{"hologram": FILE}],
}  # fmt: skip


async def test_everything_that_a_person_can_send_gets_one_fitting_answer_with_a_way_on(bot):
    bot.api.files["voice0"] = b"OggS, but no sound"
    phones = {kind: Phone(bot.api, next(numbers)) for kind in EVERYTHING}
    for phone in phones.values():
        await begin(phone)
    for kind, phone in phones.items():
        for content in EVERYTHING[kind]:
            phone.send(**content)
    for kind, phone in phones.items():
        shown = await phone.see_one(within=LONG)
        assert shown.text, kind
        # The question for the place brings the keyboard of four, whose buttons are the same. Read aloud, they have
        # numbers.
        last = [title.rpartition(". ")[2] for title in (*shown.titles, *shown.keyboard_words)][-2:]
        assert last == ["☰ Izvēlne", "🙋 Cilvēks"], kind
    await asyncio.sleep(2)  # a map, a telephone or a voice note may come beside an answer
    for kind, phone in phones.items():
        assert [one.text for one in phone.screen[3:] if one.method == "sendMessage"] == [], kind


async def test_a_changed_message_is_answered_anew_and_a_double_tap_once(bot, anna):
    await begin(anna)
    update = anna.write("kur dabut drbu")
    card = await anna.see_one(within=LONG)
    anna.edit(update, "kur dabūt darbu")
    assert (await anna.see_one(within=LONG)).text.startswith("Jūs izlabojāt ziņu.")
    anna.tap("☰ Izvēlne", card)
    anna.tap("☰ Izvēlne", card)
    await anna.see_one(within=LONG)
    anna.tap_data(card, "/ask_unheard_of")
    assert (await anna.see_one(within=LONG)).text.startswith("Šī poga vairs nedarbojas.")
    await anna.see_nothing_more()


async def test_a_group_is_sent_to_the_private_chat(bot, anna):
    anna.write_in_group(-100777, "/start")
    while not bot.api.sent("sendMessage", -100777):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert "https://t.me/drom_test_bot" in bot.api.sent("sendMessage", -100777)[0].parameters["text"]


async def test_a_mediator_finds_cards_in_any_chat(bot, anna):
    offered = await anna.ask_inline("bērnu", within=LONG)
    assert "childcare_costs.lv" in [one["id"] for one in offered]


async def test_commands_and_descriptions_are_set_in_each_language(bot):
    while ("menu_button", "") not in bot.api.looks:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    for code in ("", "lv", "ru", "en"):
        assert bot.api.looks["commands", code][0]["command"] == "start"
        assert bot.api.looks["description", code]


async def test_the_chosen_language_stays_and_the_keyboard_follows(bot, anna):
    await begin(anna)
    anna.write("/language")
    question = await anna.see_one(within=LONG)
    anna.tap("English", question)
    _, keyboard = await anna.see(2, within=LONG)
    assert keyboard.keyboard_words[-1] == "🙋 A person"
    anna.send(sticker={
        "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9,
        "is_animated": False, "is_video": False,
    })  # fmt: skip
    assert (await anna.see_one(within=LONG)).text.startswith("Thank you")


async def test_a_fault_of_the_network_delays_an_answer_and_loses_none(bot, anna):
    await begin(anna)
    bot.api.faults += [
        Fault("sendMessage", "drop", chat_id=anna.id),
        Fault("sendMessage", status=502, chat_id=anna.id),
        Fault("sendMessage", status=429, retry_after=1, chat_id=anna.id),
        Fault("sendMessage", "hang", chat_id=anna.id),
        Fault("getUpdates", "garbage"),
        Fault("getUpdates", status=500),
    ]
    anna.write("/help")
    await anna.see_one(within=LONG)
    await anna.see_nothing_more()


async def test_a_person_who_blocked_the_bot_is_no_error_and_can_come_back(bot, anna):
    await begin(anna)
    logged = len(bot.log)
    anna.write("/help")
    anna.block()
    await asyncio.sleep(1)
    anna.unblock()
    anna.read_all()
    anna.write("/privacy")
    while "/start_over" not in [b.get("callback_data") for b in (await anna.see_one(within=LONG)).buttons]:
        pass
    assert "ERROR" not in bot.log[logged:]


async def test_one_chat_gets_its_answers_in_order(bot, anna):
    await begin(anna)
    commands = ["/help", "/privacy", "/language", "/menu"]
    for command in commands:
        anna.write(command)
    answers = await anna.see(len(commands), within=LONG)
    assert len({one.text for one in answers}) == len(commands)
    assert "🇱🇻 Latviešu" in answers[2].titles


async def test_telegrams_rules_were_kept(bot):
    assert bot.api.violations == []
    refused = [(call.method, call.status) for call in bot.api.calls if call.status in (400, 404)]
    assert refused == []


async def test_killed_in_the_middle_it_loses_nothing_and_repeats_nothing(bot):
    phones = [Phone(bot.api, next(numbers)) for _ in range(6)]
    for phone in phones:
        await begin(phone)
    for phone in phones:
        phone.write("/help")
        phone.write("/privacy")
    # A second passes between two answers in a chat. Killed in the very moment in which Telegram has
    # an answer and has not said so yet, the bot could only choose between losing and repeating it: so
    # it is killed when it has written down that the first answers are sent.
    while not all(len(phone.screen) > 2 for phone in phones) or bot.unsent() > len(phones):
        await asyncio.sleep(0.005)
    await bot.kill()
    for phone in phones:
        phone.write("/language")
    await bot.start()
    for phone in phones:
        answers = await phone.see(3, within=LONG)
        assert len({one.text for one in answers}) == 3
        assert "🇱🇻 Latviešu" in answers[2].titles
    for phone in phones:
        await phone.see_nothing_more(for_s=0.1)
    old = phones[0].screen[1]
    phones[0].tap("☰ Izvēlne", old)
    await phones[0].see_one(within=LONG)


async def test_the_log_holds_neither_the_token_nor_what_people_wrote(bot):
    assert bot.api.token.split(":")[1] not in bot.log
    assert "bērnus" not in bot.log
    assert not re.search(r"Traceback|Anna|Bērziņa", bot.log)


def post(url, body, **headers):
    """Post to the webhook; return the status."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


async def test_a_webhook_takes_what_telegram_sends_and_nothing_forged(model, tmp_path):
    async with BotApi() as api:
        bot = Bot(api, tmp_path, TELEGRAM_WEBHOOK_SECRET="secret_of-the-test")
        bot.server._environment["TELEGRAM_WEBHOOK_URL"] = url = f"{bot.server.url}/hooks/telegram"
        await bot.start()
        try:
            phone = Phone(api, next(numbers))
            _, greeting = await begin(phone)
            assert "Drom" in greeting.text
            assert api.webhook["url"] == url
            phone.write("/help")
            await phone.see_one(within=LONG)
            assert set(api.webhook_answers) == {200}

            forged = {"update_id": 1, "message": phone.message(text="/privacy")}
            body = json.dumps(forged).encode()
            header = "X-Telegram-Bot-Api-Secret-Token"
            assert await asyncio.to_thread(post, url, body) == 403
            assert await asyncio.to_thread(post, url, body, **{header: "secret_of-the-tesT"}) == 403
            assert await asyncio.to_thread(post, url, b"{", **{header: "secret_of-the-test"}) == 400
            await phone.see_nothing_more()

            # Telegram delivers side by side: the second may overtake the first.
            first, second = next(api.update_ids), next(api.update_ids)
            api.push("message", phone.message(text="/privacy"), second)
            api.push("message", phone.message(text="/language"), first)
            answers = await phone.see(2, within=LONG)
            assert "🇱🇻 Latviešu" in answers[0].titles

            # Delivered twice, it is answered once, also after a restart.
            update = phone.write("/help")
            await phone.see_one(within=LONG)
            await api.posted()
            api.redeliver(update)
            await bot.stop()
            api.redeliver(update)
            await bot.start()
            await api.posted()
            await phone.see_nothing_more()
        finally:
            await bot.stop()
