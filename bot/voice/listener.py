"""What a channel needs of speech to text. A channel without a listener says kindly that it can't hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.languages import Language


@dataclass(frozen=True)
class Heard:
    """What was heard.

    Attributes:
        text: the words; empty where nothing could be made out.
        is_clear: whether the words can be trusted enough to be answered without asking back.
        language: the language that was spoken, as far as it is known.
        confidence: how sure the engine was, 0 … 1; None where it does not tell.
    """

    text: str
    is_clear: bool
    language: Language | None = None
    confidence: float | None = None


class Listener(Protocol):
    """Turns a recording into words."""

    async def listen(self, audio: bytes, language: Language) -> Heard:
        """Return what a person said.

        Args:
            audio: the recording as the channel gave it (Telegram: OGG with Opus).
            language: the language of the talk; the person may speak another.

        Raises:
            VoiceError: it could not be listened to; ``explanation(language)`` is what the person is told.
        """
