"""Engines: eSpeak NG inside the process, RHVoice through its library, Piper by file; which of them speak."""

import ctypes
import sys
import types
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.languages import LANGUAGES
from bot.settings import Settings, SettingsError
from bot.voice.engines.base import EngineFailed
from bot.voice.engines.choosing import engines_from_settings
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.engines.piper import PiperEngine, PiperNotReady
from bot.voice.engines.rhvoice import RHVoiceEngine, find_rhvoice, start_first
from bot.voice.engines.server import ServerEngine, api_address
from bot.voice.settings import VoiceSettings, voice_settings
from bot.voice.sound import loudness_lufs
from bot.voice.speech import spoken

SENTENCES = {"lv": "Labdien! Zvaniet 112.", "ru": "Здравствуйте! Звоните 112.", "en": "Hello! Call 112."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_espeak_speaks_every_language_without_a_system_package(language):
    sound = EspeakEngine().synthesize(spoken(SENTENCES[language], language), language)
    assert 1.5 < sound.seconds < 6.0
    assert -40 < loudness_lufs(sound) < -10


def test_espeak_speaks_the_same_words_the_same_way_from_many_threads():
    engine = EspeakEngine()
    words = [spoken(SENTENCES[language], language) for language in LANGUAGES]
    alone = [engine.synthesize(text, language).samples for text, language in zip(words, LANGUAGES, strict=True)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda i: engine.synthesize(words[i % 3], LANGUAGES[i % 3]).samples, range(24)))
    for index, samples in enumerate(together):
        # Its breath is random; its pace is not.
        assert len(samples) == pytest.approx(len(alone[index % 3]), rel=0.02)


def test_the_name_of_an_engine_tells_its_version():
    assert EspeakEngine().name.startswith("espeak-ng-1.")


# RHVoice: its library is an extra, so its interface is played by Python here.


class RHVoiceLibrary:
    """What `libRHVoice.so` does with the structures that it gets."""

    def __init__(self, starts: bool = True, speaks: bool = True):
        self.starts, self.speaks = starts, speaks
        self.spoken = []
        # Functions of a library take attributes (restype); methods do not.
        self.RHVoice_get_version = _callable(self._get_version)
        self.RHVoice_new_tts_engine = _callable(self._new_tts_engine)
        self.RHVoice_new_message = _callable(self._new_message)
        self.RHVoice_speak = _callable(self._speak)
        self.RHVoice_delete_message = _callable(self._delete_message)

    def _get_version(self):
        return b"1.8.0"

    def _new_tts_engine(self, params):
        self.callbacks = params._obj.callbacks
        self.data_path = params._obj.data_path
        return 77 if self.starts else None

    def _new_message(self, engine, text, length, kind, params, user_data):
        assert (engine, kind, length) == (77, 0, len(text))
        self.message = (text.decode(), params._obj.voice_profile.decode())
        return 88

    def _speak(self, message):
        assert message == 88
        if not self.speaks:
            return 0
        self.spoken.append(self.message)
        samples = (ctypes.c_short * 2400)(*([1000, -1000] * 1200))
        assert self.callbacks.set_sample_rate(24_000, None)
        assert self.callbacks.play_speech(samples, 2400, None)
        assert self.callbacks.play_speech(samples, 1200, None)
        return 1

    def _delete_message(self, message):
        self.deleted = message


def _callable(function):
    def call(*arguments):
        return function(*arguments)

    return call


@pytest.fixture
def voices(tmp_path):
    for name in ("Elena", "SLT"):
        (tmp_path / "voices" / name.lower()).mkdir(parents=True)
        (tmp_path / "voices" / name.lower() / "voice.info").write_text(f"name={name}\nlanguage=x\n")
    return tmp_path


def test_rhvoice_gets_the_words_and_gives_all_its_samples(voices):
    library = RHVoiceLibrary()
    engine = RHVoiceEngine(library, voices, voices, {"ru": "Elena", "en": "SLT", "lv": "Nobody"})
    assert engine.languages == {"ru", "en"}
    assert engine.name == "rhvoice-1.8.0-slt-elena"
    sound = engine.synthesize("Привет.", "ru")
    assert (sound.rate, len(sound.samples)) == (24_000, 3600)
    assert library.spoken == [("Привет.", "Elena")]
    assert library.deleted == 88
    assert library.data_path == str(voices).encode()


def test_rhvoice_that_says_nothing_lets_another_engine_speak(voices):
    engine = RHVoiceEngine(RHVoiceLibrary(speaks=False), voices, voices, {"ru": "Elena"})
    with pytest.raises(EngineFailed):
        engine.synthesize("Привет.", "ru")


def test_rhvoice_without_its_library_or_voices_is_no_error(voices, tmp_path):
    assert find_rhvoice("libNotThere.so.5", None, {"ru": "Elena"}) is None
    assert start_first(RHVoiceLibrary(starts=False), [voices], {"ru": "Elena"}) is None
    assert start_first(RHVoiceLibrary(), [voices], {"ru": "Nobody"}) is None
    assert start_first(RHVoiceLibrary(), [], {"ru": "Elena"}) is None


# Piper


@pytest.fixture
def piper(monkeypatch):
    """The package `piper`, played: it is an extra."""
    module = types.ModuleType("piper")
    module.__spec__ = types.SimpleNamespace(name="piper")
    module.loaded = []

    class PiperVoice:
        @classmethod
        def load(cls, path):
            module.loaded.append(path)
            return cls()

        def synthesize(self, text):
            for _ in text.split(". "):
                yield types.SimpleNamespace(audio_float_array=np.full(2205, 0.1, np.float32), sample_rate=22_050)

    module.PiperVoice = PiperVoice
    monkeypatch.setitem(sys.modules, "piper", module)
    return module


@pytest.fixture
def voice_file(tmp_path):
    file = tmp_path / "lv.onnx"
    file.write_bytes(b"")
    (tmp_path / "lv.onnx.json").write_text("{}")
    return file


def test_piper_speaks_with_the_file_that_was_given_and_loads_it_once(piper, voice_file):
    engine = PiperEngine({"lv": voice_file})
    assert piper.loaded == []
    assert engine.synthesize("Viens. Divi.", "lv").seconds == pytest.approx(0.2)
    engine.synthesize("Trīs.", "lv")
    assert piper.loaded == [str(voice_file)]
    assert engine.name == "piper-lv"


def test_a_piper_voice_that_is_not_there_stops_the_start_with_the_remedy(piper, tmp_path):
    with pytest.raises(PiperNotReady, match="DROM_PIPER_VOICES"):
        PiperEngine({"lv": tmp_path / "missing.onnx"})


def test_piper_that_is_not_installed_stops_the_start_with_the_remedy(monkeypatch, voice_file):
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises((PiperNotReady, ValueError), match="piper"):
        PiperEngine({"lv": voice_file})


# Which engines speak


def test_espeak_is_always_there_and_comes_last(piper, voice_file):
    none = engines_from_settings(Settings(tts_url=None), VoiceSettings(rhvoice_library="libNotThere.so"))
    assert [type(engine) for engine in none] == [EspeakEngine]
    everything = engines_from_settings(
        Settings(tts_url="http://127.0.0.1:1"),
        VoiceSettings(piper_voices=f"lv={voice_file}", rhvoice_library="libNotThere.so"),
    )
    assert [type(engine) for engine in everything] == [ServerEngine, PiperEngine, EspeakEngine]


@pytest.mark.parametrize("value", ["xx=/a.onnx", "/a.onnx", "lv"])
def test_voices_that_are_written_wrongly_are_told(monkeypatch, value):
    monkeypatch.setenv("DROM_PIPER_VOICES", value)
    voice_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"DROM_PIPER_VOICES: write it as lv="):
        voice_settings()
    voice_settings.cache_clear()


def test_settings_of_the_voice_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("DROM_PIPER_VOICES", "lv=/a.onnx; ru=/b.onnx")
    monkeypatch.setenv("DROM_RHVOICE_VOICES", "ru=Aleksandr-hq")
    monkeypatch.setenv("DROM_WHISPER_LANGUAGES", "ru, en,xx")
    voice_settings.cache_clear()
    chosen = voice_settings()
    assert {language: str(path) for language, path in chosen.piper_voices.items()} == {"lv": "/a.onnx", "ru": "/b.onnx"}
    assert chosen.rhvoice_voices == {"ru": "Aleksandr-hq"}
    assert chosen.heard_languages == {"ru", "en"}
    voice_settings.cache_clear()


@pytest.mark.parametrize("url", ["http://tts:8000", "http://tts:8000/", "http://tts:8000/v1", "http://tts:8000/v1/"])
def test_a_server_may_be_given_with_or_without_its_version(url):
    assert api_address(url, "audio/speech") == "http://tts:8000/v1/audio/speech"
