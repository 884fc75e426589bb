"""Asking to be called, in Telegram, to the end: the real process against the stand-in for the Bot API."""

import asyncio
import re

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, inspect, text

from bot.clock import now
from bot.desk.desk import open_database
from bot.desk.members import Members
from bot.desk.models import Invitation, Role
from bot.settings import settings
from tests.e2e.test_telegram import LONG, Bot, begin
from tests.support.telegram_api import BotApi, Phone

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("telegram"),
    pytest.mark.timeout(600),
]
NUMBER = "29123456"
WORDS = "gribu pieteikties kursos"
numbers = iter(range(40_000, 50_000))
SOON = {"DROM_DESK_OPENS": "0", "DROM_DESK_CLOSES": "24", "DROM_DESK_ASK_BACK_HOURS": "0.0003"}


async def seen_with(phone, title):
    """Wait for the message that has a button; keyboards for sharing a number may come and go before it."""
    while True:
        shown = await phone.see_one(within=LONG)
        if title in shown.titles:
            return shown


class Place:
    """A bot with a desk of its own."""

    def __init__(self, api, folder, **environment):
        self.api, self.folder = api, folder
        self.bot = Bot(api, folder, **{**SOON, **environment})
        self.settings = settings().copy(
            update={"data_dir": folder, "database_url": environment.get("DROM_DATABASE_URL")}
        )

    def invite(self, role=Role.MEDIATOR, places=("Talsu novads",)):
        members = Members(open_database(self.settings))
        invitation = Invitation(role, "Talsu romu biedrība", tuple(places), ("lv",))
        return members.invite(invitation, now())

    async def join(self, name=None, **invitation):
        """Return the phone of somebody who joined the desk."""
        phone = Phone(self.api, next(numbers))
        await begin(phone)
        phone.write(f"/join {self.invite(**invitation)}")
        joined, question = await phone.see(2, within=LONG)
        assert "Talsu romu biedrība" in joined.text
        if name:
            phone.write(name)
            shown = await phone.see_one(within=LONG)
            assert f"{name} (Talsu romu biedrība)" in shown.text
            phone.tap("Jā, drīkst", shown)
        else:
            phone.tap("Bez vārda", question)
        await phone.see_one(within=LONG)
        return phone

    async def ask(self, phone=None, contact=NUMBER):
        """Ask to be called, and return the phone and the last answer."""
        if phone is None:
            phone = Phone(self.api, next(numbers))
            await begin(phone)
        phone.write("/start mediator_talsi")
        phone.tap("🙋 Cilvēks", await seen_with(phone, "🙋 Cilvēks"))
        await phone.see_one(within=LONG)
        phone.write(WORDS)
        question = await seen_with(phone, "💬 Rakstiet šeit")
        phone.write(contact) if contact else phone.tap("💬 Rakstiet šeit", question)
        phone.tap("Vakarā", await seen_with(phone, "Vakarā"))
        consent = await seen_with(phone, "✅ Jā, piekrītu")
        assert "Talsu romu biedrība" in consent.text
        phone.tap("✅ Jā, piekrītu", consent)
        shown = await seen_with(phone, "📨 Jā, sūtīt")
        assert WORDS in shown.text
        phone.tap("📨 Jā, sūtīt", shown)
        sent = await seen_with(phone, "✖ Vairs nevajag")
        return phone, sent

    def stored(self):
        """Return everything that the database holds."""
        engine = create_engine(self.settings.tracker_database_url)
        with engine.connect() as connection:
            tables = inspect(engine).get_table_names()
            content = {table: str(connection.execute(text(f'SELECT * FROM "{table}"')).fetchall()) for table in tables}
        engine.dispose()
        return content


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(model, tmp_path_factory):
    async with BotApi() as api:
        running = Place(api, tmp_path_factory.mktemp("desk"))
        await running.bot.start()
        yield running
        await running.bot.stop()
        assert "Traceback" not in running.bot.log
        assert not re.search(f"{NUMBER}|{WORDS}|Maija", running.bot.log)


async def test_ask_two_mediators_one_takes_it_done_and_did_help_come(place):
    maija, inta = await place.join("Maija"), await place.join()
    anna, _ = await place.ask()
    cards = [await phone.see_one(within=LONG) for phone in (maija, inta)]
    for card in cards:
        assert "Talsu novads" in card.text
        assert WORDS in card.text
        assert NUMBER not in card.text
        assert card.titles == ["✋ Es ņemu", "Man neder"]
    maija.tap("✋ Es ņemu", cards[0])
    await maija.see_change(cards[0], NUMBER)
    await inta.see_change(cards[1], "paņēma cits")
    assert cards[1].titles == []
    news = await anna.see_one(within=LONG)
    assert "Maija (Talsu romu biedrība)" in news.text
    assert "Vakarā" in news.text

    inta.tap_data(cards[1], cards[0].buttons[0]["callback_data"].replace("done", "take"))
    assert "vairs nevar" in (await inta.see_one(within=LONG)).text
    maija.tap("Zvanīšu šodien", cards[0])
    await maija.see_change(cards[0], "zvanīsiet šodien")
    assert "šodien: Maija" in (await anna.see_one(within=LONG)).text

    maija.tap("✅ Izdarīts", cards[0])
    await maija.see_change(cards[0], "dati ir izdzēsti")
    assert NUMBER not in cards[0].text
    asked = await anna.see_one(within=LONG)
    assert "Vai tas palīdzēja" in asked.text
    anna.tap("Jā, palīdzēja", asked)
    assert "Prieks" in (await anna.see_one(within=LONG)).text
    anna.tap("Jā, palīdzēja", asked)
    stored = place.stored()
    for table in ("desk_requests", "desk_notices", "desk_offers", "desk_log", "desk_windows"):
        assert NUMBER not in stored[table]
        assert WORDS not in stored[table]
    assert "'look', 'member " in stored["desk_log"]
    for phone in (maija, inta):
        phone.write("/leave")
        await phone.see_one(within=LONG)


async def test_without_a_number_they_write_to_each_other_through_the_bot(place):
    maija = await place.join("Maija")
    anna, _ = await place.ask(contact=None)
    card = await maija.see_one(within=LONG)
    assert "caur Drom" in card.text
    maija.tap("✋ Es ņemu", card)
    await maija.see_change(card, "ir Jūsu")
    assert "Zvanīšu šodien" not in card.titles
    news = await anna.see_one(within=LONG)
    assert "te rakstīs" in news.text
    maija.tap("✍️ Rakstīt", card)
    assert "neglabāju" in (await maija.see_one(within=LONG)).text
    maija.write("Labdien! Kad Jums ērti?")
    assert "Nodots" in (await maija.see_one(within=LONG)).text
    got = await anna.see_one(within=LONG)
    assert got.text == "💬 Raksta Maija (Talsu romu biedrība):\nLabdien! Kad Jums ērti?"
    anna.tap("✍️ Atbildēt", got)
    await anna.see_one(within=LONG)
    anna.write("rīt no rīta, pirms desmitiem")
    enough = await anna.see_one(within=LONG)
    assert "cilvēks raksta:\nrīt no rīta, pirms desmitiem" in (await maija.see_one(within=LONG)).text
    anna.write("vīrs mani sit un draud nogalināt")
    assert "112" in (await anna.see_one(within=LONG)).text
    await maija.see_one(within=LONG)
    anna.tap("Pietiek", enough)
    assert "atkal runājat ar Drom" in (await anna.see_one(within=LONG)).text
    anna.write("kur ir tuvākais nva")
    await anna.see_one(within=LONG)
    await maija.see_nothing_more()
    await asyncio.sleep(1.5)
    content = str(place.stored())
    assert "pirms desmitiem" not in content
    assert "Kad Jums ērti" not in content
    maija.tap("Pietiek")
    await maija.see_one(within=LONG)
    maija.write("/leave")
    await maija.see_one(within=LONG)


async def test_forget_me_erases_the_request_and_changes_what_the_mediator_has(place):
    maija = await place.join("Maija")
    anna, _ = await place.ask()
    card = await maija.see_one(within=LONG)
    maija.tap("✋ Es ņemu", card)
    await maija.see_change(card, NUMBER)
    await anna.see_one(within=LONG)
    anna.write("/forget")
    assert "izdzēs" in (await anna.see_one(within=LONG)).text
    await maija.see_change(card, "palūdza izdzēst visu")
    assert NUMBER not in card.text
    assert WORDS not in card.text
    assert card.titles == []
    stored = place.stored()
    assert NUMBER not in str(stored)
    assert "erase" in stored["desk_log"]
    maija.write("/leave")
    await maija.see_one(within=LONG)


async def test_all_decline_and_the_coordinator_gets_it_then_the_person_is_told(place):
    maija, ilze = await place.join("Maija"), await place.join(role=Role.COORDINATOR, places=())
    anna, _ = await place.ask()
    card = await maija.see_one(within=LONG)
    maija.tap("Man neder", card)
    await maija.see_change(card, "Jums neder")
    desk_card = await ilze.see_one(within=LONG)
    assert "pie koordinatoriem" in desk_card.text
    ilze.tap("Man neder", desk_card)
    told = await anna.see_one(within=LONG)
    assert "neviens nevarēja" in told.text
    assert "80200206" in told.text
    for phone in (maija, ilze):
        phone.write("/leave")
        await phone.see_one(within=LONG)


async def test_a_mediator_leaves_and_another_has_it_and_the_person_calls_it_off(place):
    maija, inta = await place.join("Maija"), await place.join("Inta")
    anna, sent = await place.ask()
    card, other = await maija.see_one(within=LONG), await inta.see_one(within=LONG)
    maija.tap("✋ Es ņemu", card)
    await maija.see_change(card, NUMBER)
    await anna.see_one(within=LONG)
    maija.write("/leave")
    assert "Paldies par darbu" in (await maija.see_one(within=LONG)).text
    await maija.see_change(card, "vairs nav pie Jums")
    assert "meklējam citu" in (await anna.see_one(within=LONG)).text
    again = await inta.see_one(within=LONG)
    assert again.titles == ["✋ Es ņemu", "Man neder"]
    anna.tap("✖ Vairs nevajag", sent)
    assert "atcelts" in (await anna.see_one(within=LONG)).text
    for copy in (other, again):
        await inta.see_change(copy, "atcēla")
    inta.write("/leave")
    await inta.see_one(within=LONG)


async def test_with_nobody_at_the_desk_nothing_is_promised(place):
    anna = Phone(place.api, next(numbers))
    await begin(anna)
    anna.press("🙋 Cilvēks")
    answer, contact = await anna.see(2, within=LONG)
    assert "80200206" in answer.text
    assert contact.method == "sendContact"
    assert "dzīvojat" not in answer.text  # nothing is asked that nobody would read
    anna.write("/desk")
    assert "mediatoriem" in (await anna.see_one(within=LONG)).text
    anna.write("/join ABCDEFGHJKLM")
    assert "neder" in (await anna.see_one(within=LONG)).text
    # A number at the desk that a changed client makes up opens nothing.
    anna.tap_data(answer, "~desk_take|v1")
    assert "mediatoriem" in (await anna.see_one(within=LONG)).text


async def test_telegrams_rules_were_kept(place):
    assert place.api.violations == []
    # A message that is so already is refused by Telegram, and passed over by us.
    refused = [call.method for call in place.api.calls if call.status in (400, 404)]
    assert set(refused) <= {"editMessageText"}


async def test_in_every_state_a_restart_loses_nothing_and_time_goes_on(model, tmp_path):
    async with BotApi() as api:
        place = Place(api, tmp_path, DROM_DESK_REMIND_HOURS="0.004", DROM_DESK_PASS_ON_HOURS="0.004")
        await place.bot.start()
        try:
            maija, ilze = await place.join("Maija"), await place.join(role=Role.COORDINATOR, places=())
            anna, _ = await place.ask()
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            await place.bot.start()
            first = await maija.see_one(within=LONG)
            assert WORDS in first.text
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            await place.bot.start()
            assert WORDS in (await maija.see_one(within=LONG)).text  # reminded, however late
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            await place.bot.start()
            card = await ilze.see_one(within=LONG)
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            ilze.tap("✋ Es ņemu", card)
            await place.bot.start()
            await ilze.see_change(card, NUMBER, within=LONG)
            assert "Talsu romu biedrība" in (await anna.see_one(within=LONG)).text
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            ilze.tap("Nesasniedzu", card)
            await place.bot.start()
            question = await anna.see_one(within=LONG)
            anna.tap("Jā, zvaniet", question)
            assert "vēlreiz" in (await anna.see_one(within=LONG)).text
            again = await maija.see_one(within=LONG)
            maija.tap("✋ Es ņemu", again)
            await maija.see_change(again, NUMBER, within=LONG)
            assert "Maija" in (await anna.see_one(within=LONG)).text
            await asyncio.sleep(1)  # what Telegram has is noted
            await place.bot.kill()
            maija.tap("✅ Izdarīts", again)
            await place.bot.start()
            assert "Vai tas palīdzēja" in (await anna.see_one(within=LONG)).text
        finally:
            await place.bot.stop()
