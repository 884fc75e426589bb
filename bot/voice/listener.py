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
    """

    text: str
    is_clear: bool


class Listener(Protocol):
    """Turns a recording into words."""

    async def listen(self, audio: bytes, language: Language) -> Heard:
        """Return what a person said.

        Args:
            audio: the recording as the channel gave it (Telegram: OGG with Opus).
            language: the language of the talk; the person may speak another.
        """
