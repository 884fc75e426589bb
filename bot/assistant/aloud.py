"""Replies for the ear: what is spoken of them, and the numbers that stand on their buttons then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.assistant.messages import Button, Reply, Turn
from bot.languages import Language, as_language
from bot.voice.errors import SpeakingFailed
from bot.voice.menus import numbered
from bot.voice.voice import Voice


def speech_of(reply: Reply, language: Language, with_menu: bool = True) -> dict[str, Any]:
    """Return what is spoken of a reply, as ``Reply.audio`` holds it.

    Args:
        reply: what is read.
        language: of the reply.
        with_menu: read the buttons after the text. Only where the talk knows the reply: the numbers
            that are read must choose what they say.
    """
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons] if with_menu else []
    return {"text": reply.text, "language": language, "buttons": buttons}


def with_numbers(buttons: Sequence[Button]) -> list[Button]:
    """Return the buttons with the numbers that are spoken: who can't read may know the digits."""
    return [Button(title, button.payload) for title, button in zip(numbered(buttons), buttons, strict=True)]


async def make_audible(voice: Voice, turn: Turn) -> None:
    """Speak each reply of a turn, and note on it what came of that: type, length, size, source, engine.

    A reply that can't be spoken gets no ``audio``.
    """
    for reply in turn.replies:
        language = as_language(turn.language)
        if language is None:
            continue
        try:
            clip = await voice.clip(reply.text, language, reply.buttons)
        except SpeakingFailed:
            continue
        reply.audio = {
            "type": "audio/ogg",
            "seconds": round(clip.seconds, 1),
            "bytes": len(clip.data),
            "source": clip.source,
            "engine": clip.engine,
        }
