"""What every engine of speech offers."""

from __future__ import annotations

from typing import Protocol

from bot.languages import Language
from bot.voice.errors import VoiceError
from bot.voice.sound import Sound


class EngineFailed(VoiceError):
    """An engine could not speak; another may."""

    key = "speaking_failed"


class SpeechEngine(Protocol):
    """Turns words into sound. Blocking: call it in a thread. Safe to call from several threads."""

    @property
    def is_local(self) -> bool:
        """Whether speaking costs nobody anything: then texts may be spoken ahead."""

    @property
    def name(self) -> str:
        """The engine with its voice and version: what its sound depends on, beside the words."""

    @property
    def languages(self) -> frozenset[Language]:
        """The languages that it speaks."""

    def synthesize(self, text: str, language: Language) -> Sound:
        """Return the words spoken.

        Args:
            text: what :func:`bot.voice.speech.spoken` gave.
            language: one of ``languages``.

        Raises:
            EngineFailed: it could not.
        """

    def close(self) -> None:
        """Let go what it holds open. It is not used afterwards."""
