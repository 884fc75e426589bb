"""The ears of scripted dialogues: what the settings ask for, with patience."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.dialogues.script import Case, Speak
from bot.languages import Language
from bot.settings import settings
from bot.voice.listener import Heard, Listener


class PatientListener:
    """Has one recording heard after another: dialogues side by side must not crowd each other out."""

    def __init__(self, listener: Listener):
        self._listener = listener
        self._one_at_a_time = asyncio.Semaphore(1)

    async def listen(self, audio: bytes, language: Language) -> Heard:
        """Return what a person said; see :class:`bot.voice.listener.Listener`."""
        async with self._one_at_a_time:
            return await self._listener.listen(audio, language)


def listener_for(cases: Iterable[Case]) -> Listener | None:
    """Return what hears the voice messages of some dialogues; None where they have none: a model takes long to load.

    Raises:
        WhisperNotReady: a local model is set and can't be used.
    """
    if not any(isinstance(step.user, Speak) for case in cases for step in case.steps):
        return None
    from bot.voice.listening import Ear

    return PatientListener(Ear.from_settings(settings()))
