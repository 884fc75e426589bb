"""What is told of a turn to whoever counts: how it went and how long it took. Nothing that a person wrote."""

from __future__ import annotations

import contextlib
import contextvars
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.assistant.messages import Turn

# Seconds by part of the turn that is being answered.
_parts: contextvars.ContextVar[dict[str, float] | None] = contextvars.ContextVar("parts", default=None)


@dataclass(frozen=True)
class Observed:
    """A turn, as it is counted.

    Attributes:
        chat: the pseudonym; only to count a chat's need once, never shown.
        channel: the way in.
        language: of the reply.
        turn: what happened.
        seconds: how long the person waited.
        parts: seconds by part: understanding, action, store.
        error: the kind of failure where an apology was sent; None: it went well.
    """

    chat: str
    channel: str
    language: str
    turn: Turn
    seconds: float
    parts: dict[str, float] = field(default_factory=dict)
    error: str | None = None


@contextlib.contextmanager
def measured_turn() -> Iterator[dict[str, float]]:
    """Gather the parts of a turn in the dictionary that this gives."""
    parts: dict[str, float] = {}
    token = _parts.set(parts)
    try:
        yield parts
    finally:
        _parts.reset(token)


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """Measure a part of the turn that is being answered, where one is."""
    started = time.perf_counter()
    try:
        yield
    finally:
        parts = _parts.get()
        if parts is not None:
            parts[name] = parts.get(name, 0.0) + time.perf_counter() - started
