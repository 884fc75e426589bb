"""Voice notes in and out through the Bot API stand-in: the real process, real files, a real engine of speech."""

import asyncio

import pytest
import pytest_asyncio

from bot.texts import text
from bot.voice.codec import decode, encode_opus, facts
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.sound import TARGET_LUFS, loudness_lufs
from tests.conftest import Server
from tests.support.speech_api import SpeechApi
from tests.support.telegram_api import BotApi, Phone

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("voice"),
    pytest.mark.timeout(600),
]
LONG = 90.0
LISTEN = {"lv": "🔊 Klausīties", "ru": "🔊 Слушать"}
numbers = iter(range(40_000, 41_000))


class Bot:
    """The process, Telegram, and the server that turns speech into text."""

    def __init__(self, api, speech, server, folder):
        self.api, self.speech, self.server, self.folder = api, speech, server, folder

    def sound(self, note) -> bytes:
        assert note.method == "sendVoice", note.text
        return self.api.files[note.message["voice"]["file_id"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice")
    async with BotApi() as api, SpeechApi(key="secret") as speech:
        server = Server(
            folder,
            TELEGRAM_TOKEN=api.token,
            TELEGRAM_API_URL=api.url,
            DROM_STT_URL=speech.url,
            DROM_STT_KEY="secret",
        )
        await asyncio.to_thread(server.start)
        yield Bot(api, speech, server, folder)
        await asyncio.to_thread(server.stop)


def said(words: str, language: str) -> bytes:
    """A recording: words as an engine of speech says them."""
    return encode_opus(EspeakEngine().synthesize(words, language))


async def begin(bot, language="ru") -> Phone:
    phone = Phone(bot.api, next(numbers), language_code=language)
    phone.write("/start")
    await phone.see(2, within=LONG)
    return phone


async def test_a_voice_note_in_is_answered_by_text_and_a_voice_note(bot):
    phone = await begin(bot)
    recording = said("У меня нет денег", "ru")
    phone.speak(recording)
    reply, note = await phone.see(2, within=LONG)
    assert bot.speech.recordings[-1] == pytest.approx(facts(recording).seconds, abs=0.3)
    assert reply.text.startswith("Я услышал: «нет денег»")
    assert any(title.startswith("1. ") for title in reply.titles)
    sound = bot.sound(note)
    found = facts(sound)
    assert (found.container, found.codec, found.rate, found.channels) == ("ogg", "opus", 48_000, 1)
    assert found.seconds > 3
    assert loudness_lufs(decode(sound, 300, 10**7)) == pytest.approx(TARGET_LUFS, abs=2)


async def test_a_number_that_was_heard_chooses(bot):
    phone = await begin(bot)
    phone.speak(said("У меня нет денег", "ru"))
    first, _ = await phone.see(2, within=LONG)
    bot.speech.heard = "номер один"
    try:
        phone.speak(said("номер один", "ru"))
        chosen, _ = await phone.see(2, within=LONG)
    finally:
        bot.speech.heard = "нет денег"
    phone.tap(first.titles[0], first)
    assert (await phone.see_one(within=LONG)).text in chosen.text


async def test_every_reply_can_be_listened_to(bot):
    phone = await begin(bot, "lv")
    phone.write("nav ar ko atstāt bērnus")
    reply = await phone.see_one(within=LONG)
    phone.tap(LISTEN["lv"], reply)
    sound = bot.sound(await phone.see_one(within=LONG))
    assert facts(sound).seconds > 5
    phone.tap("👣 Kā sākt?", reply)
    assert LISTEN["lv"] in (await phone.see_one(within=LONG)).titles


async def test_who_wants_every_answer_spoken_gets_it_until_they_do_not(bot):
    phone = await begin(bot)
    phone.write("/listen")
    words, note = await phone.see(2, within=LONG)
    assert words.text == text("voice", "speaking_on", "ru")
    assert bot.sound(note)
    phone.write("мне нужна работа")
    _, note = await phone.see(2, within=LONG)
    assert bot.sound(note)
    phone.write("/listen")
    assert (await phone.see_one(within=LONG)).text == text("voice", "speaking_off", "ru")
    await phone.see_nothing_more()


async def test_a_recording_of_no_use_is_answered_kindly(bot):
    phone = await begin(bot)
    phone.speak(b"this is no sound")
    reply, note = await phone.see(2, within=LONG)
    assert reply.text == text("voice", "recording_broken", "ru")
    assert bot.sound(note)


async def test_a_person_can_say_that_it_was_misheard(bot):
    phone = await begin(bot)
    phone.speak(said("У меня нет денег", "ru"))
    reply, _ = await phone.see(2, within=LONG)
    phone.tap(text("voice", "heard_wrong", "ru"), reply)
    again, note = await phone.see(2, within=LONG)
    assert again.text == text("voice", "say_again", "ru")
    assert bot.sound(note)


async def test_telegrams_rules_were_kept(bot):
    assert bot.api.violations == []
    assert [(call.method, call.status) for call in bot.api.calls if call.status in (400, 404)] == []


async def test_neither_a_recording_nor_its_words_are_on_disk_or_in_the_log(bot):
    recordings = [content for name, content in bot.api.files.items() if name.startswith("voice") and len(content) > 999]
    assert recordings
    for path in bot.folder.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert not any(recording[300:400] in kept for recording in recordings), path
    assert "денег" not in bot.server.log.read_text("utf-8")
