"""Piper: a neural voice from a file that the operator gives. An extra: needs the package `piper-tts` (GPL-3.0)."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import DromError
from bot.languages import LANGUAGES, Language
from bot.voice.engines.base import EngineFailed
from bot.voice.sound import Sound


class PiperNotReady(DromError):
    """A Piper voice is set and can't be used."""


class PiperEngine:
    """Speaks the languages that it was given voice files for; each is loaded when it is first needed."""

    is_local = True

    def __init__(self, voices: dict[Language, Path]):
        """Make the engine.

        Args:
            voices: an ``.onnx`` file by language, its ``.onnx.json`` beside it.

        Raises:
            PiperNotReady: the package or a file is missing.
        """
        if importlib.util.find_spec("piper") is None:
            raise PiperNotReady("DROM_PIPER_VOICES is set, but Piper is not installed: uv pip install piper-tts")
        for path in voices.values():
            for file in (path, Path(f"{path}.json")):
                if not file.is_file():
                    raise PiperNotReady(f"The Piper voice {file} is not there. Mend DROM_PIPER_VOICES.")
        self._files = voices
        self._loaded: dict[Language, Any] = {}
        self._lock = threading.Lock()
        self.languages: frozenset[Language] = frozenset(voices)

    @property
    def name(self) -> str:
        """With the names of the voices, on which its sound depends."""
        return "piper-" + "-".join(self._files[language].stem for language in LANGUAGES if language in self._files)

    def synthesize(self, text: str, language: Language) -> Sound:
        """Return the words spoken; see :class:`bot.voice.engines.base.SpeechEngine`."""
        with self._lock:
            voice = self._loaded.get(language) or self._load(language)
            chunks = list(voice.synthesize(text))
        if not chunks:
            raise EngineFailed("Piper gave no sound.")
        samples = np.concatenate([np.asarray(chunk.audio_float_array, dtype=np.float32) for chunk in chunks])
        return Sound(samples, int(chunks[0].sample_rate))

    def _load(self, language: Language) -> Any:
        from piper import PiperVoice

        voice = self._loaded[language] = PiperVoice.load(str(self._files[language]))
        return voice

    def close(self) -> None:
        """Nothing is held open."""
