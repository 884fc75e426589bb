"""Commands, buttons and messages that are not the dialogue's: for mediators' desk, the reference, the voice."""

import asyncio
import time

import pytest

from bot.assistant.messages import Button, Reply, payload
from bot.channels.telegram.extensions import Extensions
from bot.voice.errors import SpeakingFailed
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_bot import FAST, crash, make_service, running

DAY_S = 86_400.0


class Desk:
    """Stands for those who add to the chat; notes who came."""

    def __init__(self):
        self.visits = []

    async def join(self, visit):
        self.visits.append(visit)
        return [Reply(f"joined {visit.argument}", [Button("Ņemu", payload("take_request", value="17"))])]

    async def take(self, visit):
        self.visits.append(visit)
        return [Reply(f"taken {visit.values['value']}")]

    def extensions(self) -> Extensions:
        extensions = Extensions()
        extensions.command("join", self.join)
        extensions.button("take_request", self.take)
        return extensions


@pytest.fixture
def talks():
    return EchoTalks()


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
async def bot(api, talks, desk, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST, extensions=desk.extensions()) as service:
        yield service


async def talking(api, number=7001) -> Phone:
    """Return the phone of somebody who has the keyboard already."""
    phone = Phone(api, number)
    phone.write("labdien")
    await phone.see(2)
    return phone


def chat_of(bot, phone) -> str:
    return bot._pseudonyms.chat("telegram", phone.id)


async def test_a_command_of_an_extension_is_answered_by_it_and_not_by_the_dialogue(api, bot, talks, desk):
    maija = await talking(api)
    maija.write("/join ABC-12")
    shown = await maija.see_one()
    assert shown.text == "joined ABC-12"
    assert shown.titles == ["Ņemu"]  # no buttons are added to what an extension says
    (visit,) = desk.visits
    assert (visit.chat, visit.language, visit.argument) == (chat_of(bot, maija), "lv", "ABC-12")
    assert talks.everything == ["labdien"]


async def test_a_button_of_an_extension_tells_it_values_and_the_message_it_stood_under(api, bot, talks, desk):
    maija = await talking(api)
    maija.write("/join")
    await maija.see_one()
    maija.tap("Ņemu")
    assert (await maija.see_one()).text == "taken 17"
    visit = desk.visits[-1]
    assert dict(visit.values) == {"value": "17"}
    assert (visit.shown, visit.titles) == ("joined", ("Ņemu",))
    assert talks.everything == ["labdien"]


async def test_a_link_opens_the_command_of_an_extension(api, bot, desk):
    maija = await talking(api)
    maija.write("/start join-AB_9-z")
    assert (await maija.see_one()).text == "joined AB_9-z"


async def test_a_link_to_a_command_that_nobody_has_is_an_ordinary_start(api, bot, talks):
    maija = await talking(api)
    maija.write("/start leave-AB")
    await maija.see_one()
    assert talks.everything == ["labdien", "/greet"]


async def test_an_extension_that_fails_is_an_apology(api, talks, tmp_path):
    async def fail(visit):
        raise RuntimeError("broken")

    extensions = Extensions()
    extensions.command("ref", fail)
    async with running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        maija = await talking(api)
        maija.write("/ref bērni")
        assert "80200206" in (await maija.see_one()).text


@pytest.mark.parametrize("name", ["", "Join", "9lives", "two words", "a" * 33])
def test_a_name_that_telegram_does_not_allow_is_refused(desk, name):
    with pytest.raises(ValueError, match="can't be a name"):
        Extensions().command(name, desk.join)


def test_a_name_can_be_taken_once(desk):
    with pytest.raises(ValueError, match="has a handler already"):
        desk.extensions().command("join", desk.take)


async def test_a_chat_whose_address_is_kept_can_be_written_to(api, bot, desk):
    maija = await talking(api)
    chat = chat_of(bot, maija)
    assert await bot.post.send(chat, [Reply("x")], "lv") is False
    assert bot.post.keep_address(chat, "mediator", time.time() + DAY_S) is True
    request = Reply("Anna, Ventspils <3", [Button("Ņemu", payload("take_request", value="17"))])
    assert await bot.post.send(chat, [request], "lv") is True
    shown = await maija.see_one()
    assert shown.text == "Anna, Ventspils <3"
    maija.tap("Ņemu", shown)
    assert (await maija.see_one()).text == "taken 17"


async def test_the_address_of_a_chat_that_never_wrote_is_not_known(bot):
    chat = bot._pseudonyms.chat("telegram", 999)
    assert bot.post.keep_address(chat, "mediator", time.time() + DAY_S) is False
    assert await bot.post.send(chat, [Reply("x")], "lv") is False


async def test_an_address_is_kept_for_its_purposes_and_its_time_only(api, bot):
    maija = await talking(api)
    chat = chat_of(bot, maija)
    bot.post.keep_address(chat, "mediator", time.time() + DAY_S)
    bot.post.keep_address(chat, "callback", time.time() + DAY_S)
    bot.post.drop_address(chat, "mediator")
    assert await bot.post.send(chat, [Reply("1")], "lv") is True
    bot.post.keep_address(chat, "callback", time.time() - 1)
    assert await bot.post.send(chat, [Reply("2")], "lv") is False
    assert [one.text for one in await maija.see(1)] == ["1"]
    await maija.see_nothing_more()


async def test_an_address_outlives_a_restart_and_so_does_what_was_not_sent(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        maija = await talking(api)
        chat = chat_of(bot, maija)
        bot.post.keep_address(chat, "mediator", time.time() + DAY_S)
    dying = make_service(api, tmp_path, talks, limits=FAST)
    await dying.start()
    api.faults.append(Fault("sendMessage", status=500, times=1000))
    assert await dying.post.send(chat, [Reply("pirms kritiena")], "lv") is True
    await crash(dying)
    api.faults.clear()
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        assert (await maija.see_one()).text == "pirms kritiena"
        assert await bot.post.send(chat, [Reply("pēc")], "lv") is True
        assert (await maija.see_one()).text == "pēc"


async def test_forget_erases_the_address_and_so_does_blocking(api, bot):
    for number, leave in enumerate((lambda phone: phone.write("/forget"), lambda phone: phone.block())):
        phone = await talking(api, 7100 + number)
        chat = chat_of(bot, phone)
        bot.post.keep_address(chat, "callback", time.time() + DAY_S)
        answered = bot.state.answered
        leave(phone)
        while bot.state.answered == answered:  # noqa: ASYNC110
            await phone.see_nothing_more(0.05) if phone.has_blocked else await phone.see_one()
        await bot.settle()
        assert await bot.post.send(chat, [Reply("x")], "lv") is False


async def test_addresses_are_swept_when_their_time_is_over(api, bot, tmp_path):
    maija = await talking(api)
    chat = chat_of(bot, maija)
    bot.post.keep_address(chat, "callback", time.time() - 1)
    await bot._store.tidy()
    rows = await bot._store.in_transaction(lambda c: c.exec_driver_sql("SELECT * FROM telegram_addresses").all())
    assert rows == []


class Voice:
    """Speaks OGG, or fails."""

    def __init__(self, fails=False):
        self.said = []
        self.fails = fails

    async def speak(self, text, language, buttons):
        self.said.append((text, language, [button.title for button in buttons]))
        if self.fails:
            raise SpeakingFailed("no engine")
        return b"OggS" + text.encode()


SPOKEN = {"text": "Labdien", "language": "lv", "buttons": [{"title": "Darbs", "payload": "/ask_job_search"}]}


async def test_a_reply_with_audio_is_sent_as_text_and_voice_note(api, talks, tmp_path):
    extensions = Extensions()
    extensions.speaker = voice = Voice()
    talks.replies = lambda words: [Reply("Labdien!", audio=SPOKEN)]
    async with running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        anna = Phone(api, 7001)
        anna.write("labdien")
        text, note, _ = await anna.see(3)
    assert (text.text, note.method) == ("Labdien!", "sendVoice")
    assert api.files[note.message["voice"]["file_id"]] == b"OggSLabdien"
    assert voice.said == [("Labdien", "lv", ["Darbs"])]


@pytest.mark.parametrize("voice", [None, Voice(fails=True)])
async def test_without_a_voice_the_text_comes_alone_and_later_messages_too(api, talks, tmp_path, voice):
    extensions = Extensions()
    extensions.speaker = voice
    talks.replies = lambda words: [Reply(words, audio=SPOKEN)]
    async with running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        anna = await talking(api)
        anna.write("otrais")
        assert (await anna.see_one()).text == "otrais"


async def test_sound_alone_answers_a_tap_on_listen(api, talks, tmp_path):
    async def listen(visit):
        return [Reply("", audio={"text": visit.shown, "language": visit.language})]

    extensions = Extensions()
    extensions.button("listen", listen)
    extensions.speaker = Voice()
    talks.replies = lambda words: [Reply("Kur iet?", [Button("🔊", "/listen")])]
    async with running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        anna = await talking(api)
        anna.tap("🔊")
        note = await anna.see_one()
    assert api.files[note.message["voice"]["file_id"]] == b"OggSKur iet?"


async def test_words_that_an_extension_takes_reach_the_dialogue_no_more(api, talks, tmp_path):
    async def take(visit):
        return [Reply(f"passed on: {visit.argument}")] if "Maija" in visit.argument else None

    extensions = Extensions()
    extensions.words(take)
    with pytest.raises(ValueError, match="have a handler already"):
        extensions.words(take)
    async with running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        anna = await talking(api)
        anna.write("labdien, Maija")
        assert (await anna.see_one()).text == "passed on: labdien, Maija"
        anna.write("darbs")
        await anna.see_one()
    assert talks.everything == ["labdien", "darbs"]


async def test_a_message_with_a_name_can_be_changed_also_by_the_next_process(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        maija = await talking(api)
        chat = chat_of(bot, maija)
        bot.post.keep_address(chat, "mediator", time.time() + DAY_S)
        await bot.post.send(
            chat, [Reply("17: Anna", [Button("Ņemu", payload("take_request", value="17"))])], "lv", "17"
        )
        await bot.post.send(chat, [Reply("18: Juris")], "lv", "18")
        first, other = await maija.see(2)
        await bot.post.send(chat, [Reply("17: vēl gaida")], "lv", "17")
        again = await maija.see_one()
    async with running(api, tmp_path, talks, limits=FAST) as bot:
        assert await bot.post.edit(chat, "17", Reply("17: dzēsts"), "lv") is True
        await maija.see_change(first, "17: dzēsts")
        await maija.see_change(again, "17: dzēsts")
        assert first.titles == []
        assert other.text == "18: Juris"
        # Once more, and under a name that nothing has: neither is an error.
        await bot.post.edit(chat, "17", Reply("17: dzēsts"), "lv")
        await bot.post.edit(chat, "19", Reply("19"), "lv")
        await maija.see_nothing_more()


async def test_what_was_sent_under_a_name_is_forgotten_with_the_chat(api, bot):
    maija = await talking(api)
    chat = chat_of(bot, maija)
    bot.post.keep_address(chat, "mediator", time.time() + DAY_S)
    await bot.post.send(chat, [Reply("17")], "lv", "17")
    await maija.see_one()
    while not await bot._store.named(chat, "17"):
        await asyncio.sleep(0.01)
    await bot._store.forget(chat)
    assert await bot._store.named(chat, "17") == []
    assert await bot.post.edit(chat, "17", Reply("18"), "lv") is False
