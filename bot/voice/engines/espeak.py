"""eSpeak NG as a library inside this process: the default, since it comes from the package index alone.

`espeakng-loader` brings the library and its data. Licence of eSpeak NG: GPL-3.0-or-later.
API: https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

import espeakng_loader

from bot.languages import Language
from bot.voice.engines.base import EngineFailed
from bot.voice.sound import Sound

# Slower than the default of 175 words a minute: for people who listen once and may have to write down.
WORDS_A_MINUTE = 145
VOICES: dict[Language, str] = {"lv": "lv", "ru": "ru", "en": "en-gb-x-rp"}
_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: samples go to the callback only
_UTF8 = 1
_DONT_EXIT = 0x8000
_RATE = 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Library:
    """The library; it holds one state for the whole process, so there is one of it and one lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._parts: list[bytes] = []
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_Info.restype = ctypes.c_char_p
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(_RETRIEVAL, 0, data, _DONT_EXIT)
        if self.rate <= 0:
            raise EngineFailed("eSpeak NG could not start.")
        self._callback = _CALLBACK(self._take)  # kept: C holds only its address
        self._library.espeak_SetSynthCallback(self._callback)
        self.version = str(self._library.espeak_Info(None).decode())

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, count * 2))
        return 0

    def speak(self, text: str, voice: str) -> bytes:
        """Return 16-bit samples."""
        encoded = text.encode()
        with self.lock:
            self._parts = []
            if self._library.espeak_SetVoiceByName(voice.encode()):
                raise EngineFailed(f"eSpeak NG has no voice {voice}.")
            self._library.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
            failed = self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, _UTF8, None, None)
            failed = failed or self._library.espeak_Synchronize()
            pcm = b"".join(self._parts)
        if failed or not pcm:
            raise EngineFailed("eSpeak NG gave no sound.")
        return pcm


_starting = threading.Lock()


def _library() -> _Library:
    with _starting:  # two threads that come first together must not start it twice
        return _the_library()


@functools.cache
def _the_library() -> _Library:
    return _Library()


class EspeakEngine:
    """Speaks Latvian, Russian and English; robotic, quick, always there."""

    is_local = True
    languages: frozenset[Language] = frozenset(VOICES)

    @property
    def name(self) -> str:
        """With version and pace, on which its sound depends."""
        return f"espeak-ng-{_library().version}-{WORDS_A_MINUTE}"

    def synthesize(self, text: str, language: Language) -> Sound:
        """Return the words spoken; see :class:`bot.voice.engines.base.SpeechEngine`."""
        library = _library()
        return Sound.from_pcm16(library.speak(text, VOICES[language]), library.rate)

    def close(self) -> None:
        """Nothing is held open."""
