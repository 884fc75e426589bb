"""The voice in the Telegram chat: listening to replies, always being spoken to, speaking instead of typing."""

import pytest

from bot.assistant.messages import Button, Reply
from bot.channels.telegram.extensions import Extensions
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.speaking import Speaking
from bot.texts import text
from bot.voice.cache import ClipCache
from bot.voice.codec import encode_opus, facts
from bot.voice.listening import Ear
from bot.voice.recordings import Recordings
from bot.voice.voice import Voice
from tests.support.echo_talk import EchoTalks
from tests.support.speech import FakeEngine, FakeTranscriber, babble
from tests.support.telegram_api import Fault, Phone
from tests.support.telegram_bot import running

FAST = Limits(chat_pause_s=0.0, margin_s=0.0)
LISTEN = "🔊 Klausīties"
NOTE = encode_opus(babble(1.5))


@pytest.fixture
def talks():
    talks = EchoTalks()
    talks.slots = {"speak": None}  # as the assistant's turns have it
    talks.replies = lambda words: [Reply(f"Jūs teicāt: {words}.", [Button("💼 Darbs", "/ask_job_search")])]
    return talks


class Chat:
    """A bot that speaks, and a person with a phone."""

    def __init__(self, api, engine):
        self.engine = engine
        self.phone = Phone(api, 7100)
        self.api = api

    def sound(self, note):
        assert note.method == "sendVoice"
        return self.api.files[note.message["voice"]["file_id"]]


@pytest.fixture
async def open_chat(api, talks, tmp_path):
    """Returns what starts the bot (anew) and opens a chat; the keyboard is out of the way."""
    contexts = []

    async def close():
        for context, voice in contexts:
            await context.__aexit__(None, None, None)
            await voice.close()
        contexts.clear()

    async def open_it(transcriber=None, engine=None) -> Chat:
        await close()
        engine = engine or FakeEngine()
        voice = Voice([engine], ClipCache(tmp_path / "clips", 10**6), Recordings(tmp_path / "audio"))
        extensions = Extensions()
        Speaking(voice).add_to(extensions)
        context = running(api, tmp_path, talks, limits=FAST, listener=Ear(transcriber), extensions=extensions)
        await context.__aenter__()
        contexts.append((context, voice))
        chat = Chat(api, engine)
        is_new = not talks.everything  # and gets the keyboard
        chat.phone.write("/menu")
        await chat.phone.see(2 if is_new else 1)
        return chat

    yield open_it
    await close()


async def test_every_reply_has_a_button_to_listen_above_the_last_row(open_chat):
    chat = await open_chat()
    chat.phone.write("labdien")
    reply = await chat.phone.see_one()
    assert reply.titles == ["💼 Darbs", LISTEN, "☰ Izvēlne", "🙋 Cilvēks"]
    assert reply.titles[-2:] == [button["text"] for button in reply.rows[-1]]


async def test_a_tap_on_listen_is_answered_by_a_voice_note_with_the_menu(open_chat):
    chat = await open_chat()
    chat.phone.write("labdien")
    chat.phone.tap(LISTEN, await chat.phone.see_one())
    note = await chat.phone.see_one()
    assert facts(chat.sound(note)).codec == "opus"
    assert chat.engine.said == [
        "Jūs teicāt: labdien. Izvēlieties, ko tālāk. Darbs: spiediet viens. Izvēlne: spiediet divi. "
        "Cilvēks: spiediet trīs."
    ]


async def test_a_button_to_listen_works_after_a_restart(api, talks, open_chat):
    """It carries its language, and Telegram the words."""
    first = await open_chat()
    first.phone.write("labdien")
    shown = await first.phone.see_one()
    again = await open_chat()
    again.phone.tap(LISTEN, shown)
    assert (await again.phone.see_one()).method == "sendVoice"


async def test_what_the_channel_says_by_itself_is_read_without_numbers(open_chat):
    """The talk does not know these buttons: a number would choose others."""
    chat = await open_chat()
    chat.phone.send(photo=[{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}])
    reply = await chat.phone.see_one()
    chat.phone.tap(LISTEN, reply)
    await chat.phone.see_one()
    assert chat.engine.said[-1].startswith("Attēlus es nevaru izlasīt")
    assert "spiediet viens" not in chat.engine.said[-1]


async def test_where_no_engine_can_speak_that_is_written(open_chat):
    chat = await open_chat(engine=FakeEngine(fails=True))
    chat.phone.write("labdien")
    chat.phone.tap(LISTEN, await chat.phone.see_one())
    assert (await chat.phone.see_one()).text == text("voice", "speaking_failed", "lv")


async def test_the_command_listen_is_the_choice_to_be_spoken_to(open_chat, talks):
    chat = await open_chat()
    chat.phone.write("/listen")
    await chat.phone.see_one()
    assert talks.everything[-1] == "/change_voice"


async def test_who_wants_every_answer_spoken_gets_it_with_numbers_on_the_buttons(open_chat, talks):
    chat = await open_chat()
    talks.slots = {"speak": True}
    chat.phone.write("labdien")
    reply, note = await chat.phone.see(2)
    assert reply.titles == ["1. 💼 Darbs", LISTEN, "2. ☰ Izvēlne", "3. 🙋 Cilvēks"]
    assert chat.sound(note)
    assert "Darbs: spiediet viens." in chat.engine.said[-1]


async def test_who_speaks_is_shown_what_was_understood_and_answered_by_voice(open_chat, talks):
    chat = await open_chat(FakeTranscriber("nav naudas"))
    chat.phone.speak(NOTE)
    reply, note = await chat.phone.see(2)
    assert talks.everything[-1] == "nav naudas"
    assert reply.text.splitlines()[0] == "Es sadzirdēju: „nav naudas”"
    assert chat.sound(note)
    assert chat.engine.said[-1].startswith("Es sadzirdēju: nav naudas.")


async def test_a_person_can_say_that_they_were_misheard(open_chat, talks):
    chat = await open_chat(FakeTranscriber("nav naudas"))
    chat.phone.speak(NOTE)
    reply, _ = await chat.phone.see(2)
    chat.phone.tap(text("voice", "heard_wrong", "lv"), reply)
    again, spoken = await chat.phone.see(2)
    assert again.text == text("voice", "say_again", "lv")
    assert chat.sound(spoken)


async def test_where_nobody_can_listen_that_is_said_by_voice_and_the_menu_is_offered(open_chat, talks):
    chat = await open_chat(transcriber=None)
    chat.phone.speak(NOTE)
    reply, note = await chat.phone.see(2)
    assert talks.everything[-1] == "/help"
    assert reply.text == text("voice", "no_listener", "lv")
    assert text("voice", "heard_wrong", "lv") not in reply.titles
    assert chat.sound(note)
    assert chat.engine.said[-1].endswith("Darbs: spiediet viens. Izvēlne: spiediet divi. Cilvēks: spiediet trīs.")


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (b"OggS but nothing behind it", "recording_broken"),
        (b"<html>", "recording_broken"),
        (encode_opus(babble(33.0)), "recording_too_long"),
        (b"x" * 2_100_000, "recording_too_large"),
        (encode_opus(babble(1.0, level=0.0)), "recording_empty"),
    ],
    ids=["broken", "no sound file", "long", "large", "silent"],
)
async def test_a_recording_of_no_use_gets_a_kind_answer_in_writing_and_by_voice(open_chat, recording, words):
    chat = await open_chat(FakeTranscriber("nav naudas"))
    chat.phone.speak(recording)
    reply, note = await chat.phone.see(2)
    assert reply.text == text("voice", words, "lv")
    assert chat.sound(note)


async def test_a_recording_that_telegram_does_not_give_is_told_kindly(open_chat, api):
    chat = await open_chat(FakeTranscriber("nav naudas"))
    api.faults.append(Fault("getFile", status=400, description="Bad Request: file is too big"))
    chat.phone.speak(NOTE)
    assert (await chat.phone.see(2))[0].text == text("voice", "recording_too_large", "lv")
    api.faults.append(Fault("getFile", status=502, times=3))
    chat.phone.speak(NOTE)
    assert (await chat.phone.see(2))[0].text == text("voice", "listening_failed", "lv")


async def test_the_recording_is_nowhere_on_disk_afterwards(open_chat, tmp_path):
    chat = await open_chat(FakeTranscriber("nav naudas"))
    chat.phone.speak(NOTE)
    await chat.phone.see(2)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(NOTE[100:160] in path.read_bytes() for path in kept)
