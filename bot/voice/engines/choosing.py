"""Which engines speak, the best first: what the operator set, then RHVoice where it is, then eSpeak NG."""

from __future__ import annotations

from bot.languages import LANGUAGES
from bot.settings import Settings
from bot.voice.engines.base import SpeechEngine
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.engines.piper import PiperEngine
from bot.voice.engines.rhvoice import find_rhvoice
from bot.voice.engines.server import ServerEngine
from bot.voice.settings import VoiceSettings


def engines_from_settings(settings: Settings, voice: VoiceSettings) -> list[SpeechEngine]:
    """Return the engines, the best first; the last one, eSpeak NG, is always there.

    Raises:
        PiperNotReady: a Piper voice is set and can't be used.
    """
    engines: list[SpeechEngine] = []
    if settings.tts_url:
        engines.append(
            ServerEngine(settings.tts_url, voice.tts_model, voice.tts_voice, voice.tts_key, voice.tts_timeout_s)
        )
    if voice.piper_voices:
        files = {language: voice.piper_voices[language] for language in LANGUAGES if language in voice.piper_voices}
        engines.append(PiperEngine(files))
    rhvoice = find_rhvoice(voice.rhvoice_library, voice.rhvoice_data, voice.rhvoice_voices)
    if rhvoice:
        engines.append(rhvoice)
    engines.append(EspeakEngine())
    return engines
