"""What every engine of listening offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.languages import Language
from bot.voice.sound import Sound

RATE = 16_000  # Hz; what speech models work with


@dataclass(frozen=True)
class Transcript:
    """What an engine made of a recording.

    Attributes:
        text: the words; empty where it heard none.
        language: which language it heard; None where it does not tell, or it is none of ours.
        confidence: 0 … 1: e to the mean log-probability of its tokens; None where it does not tell.
    """

    text: str
    language: Language | None
    confidence: float | None


class Transcriber(Protocol):
    """Turns sound into words. Blocking: call it in a thread; one call at a time is enough."""

    def transcribe(self, sound: Sound, language: Language) -> Transcript:
        """Return what was said.

        Args:
            sound: at most as long as :data:`bot.voice.listening.MAX_SECONDS`, at :data:`RATE`.
            language: of the talk; the engine may find another.

        Raises:
            VoiceError: it could not.
        """

    def close(self) -> None:
        """Let go what it holds open. It is not used afterwards."""
