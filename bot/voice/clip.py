"""A clip: sound that can be sent as a voice note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["recording", "cache", "synthesis"]


@dataclass(frozen=True)
class AudioClip:
    """A voice note.

    Attributes:
        data: an OGG file with Opus, mono.
        seconds: how long it plays.
        source: a person's recording, a synthesis kept from before, or a fresh one.
        engine: what spoke: ``person``, or the name of an engine.
    """

    data: bytes
    seconds: float
    source: Origin
    engine: str
