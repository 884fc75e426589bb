"""Sound and engines for tests of the voice: quick, and without a real voice."""

from __future__ import annotations

import threading

import numpy as np

from bot.languages import LANGUAGES
from bot.voice.engines.base import EngineFailed
from bot.voice.sound import Sound
from bot.voice.transcribers.base import Transcript


def tone(seconds: float = 1.0, level_dbfs: float = -20.0, rate: int = 48_000, hertz: float = 997.0) -> Sound:
    """A sine whose peak is at ``level_dbfs``."""
    time = np.arange(round(seconds * rate)) / rate
    return Sound((10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32), rate)


def silence(seconds: float, rate: int = 48_000) -> Sound:
    """Nothing."""
    return Sound(np.zeros(round(seconds * rate), np.float32), rate)


def babble(seconds: float, rate: int = 48_000, level: float = 0.2) -> Sound:
    """Sound with the ups and downs of syllables, as a volunteer's recording has."""
    time = np.arange(round(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 2.5 * time), 0, None) ** 0.5
    carrier = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 12))
    return Sound((level * syllables * carrier / 2).astype(np.float32), rate)


class FakeEngine:
    """Speaks tones and remembers what it was asked to say."""

    is_local = True

    def __init__(self, name: str = "fake", languages=LANGUAGES, fails: bool = False):
        self.name = name
        self.languages = frozenset(languages)
        self.fails = fails
        self.said: list[str] = []
        self.threads: set[int] = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def synthesize(self, text, language):
        self.threads.add(threading.get_ident())
        self.may_go_on.wait(10)
        self.said.append(text)
        if self.fails:
            raise EngineFailed(f"{self.name} is out of order")
        return tone(0.1 + 0.001 * len(text), rate=22_050)

    def close(self):
        pass


class FakeTranscriber:
    """Hears what it is told to hear."""

    def __init__(self, text: str = "nav naudas", confidence: float | None = 0.8, error: Exception | None = None):
        self.transcript = Transcript(text, "lv", confidence)
        self.error = error
        self.heard: list[Sound] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def transcribe(self, sound, language):
        self.heard.append(sound)
        self.may_go_on.wait(10)
        if self.error:
            raise self.error
        return self.transcript

    def close(self):
        pass
