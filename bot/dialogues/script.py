"""What a scripted dialogue is, once it has been read. Knows no Rasa and no YAML.

The format is a contract (for staff: docs/ngo-staff.md); :mod:`bot.dialogues.reading` reads it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from bot.dialogues.assertions import Assertion


@dataclass(frozen=True)
class Say:
    """Typed words."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Tap:
    """A button of the last message, by its title, intent or payload."""

    button: str

    def __str__(self) -> str:
        return f"[{self.button}]"


@dataclass(frozen=True)
class ShareLocation:
    """A position in degrees."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"📍 {self.latitude}, {self.longitude}"


@dataclass(frozen=True)
class ShareContact:
    """A contact from the phone's address book."""

    phone_number: str
    first_name: str = ""

    def __str__(self) -> str:
        return f"👤 {self.first_name} {self.phone_number}"


@dataclass(frozen=True)
class Speak:
    """A voice message: a sound file."""

    file: Path

    def __str__(self) -> str:
        return f"🎤 {self.file.name}"


@dataclass(frozen=True)
class Command:
    """A command of the chat program, such as ``/start office_talsi``."""

    text: str

    def __str__(self) -> str:
        return self.text


UserInput = Union[Say, Tap, ShareLocation, ShareContact, Speak, Command]


@dataclass(frozen=True)
class Step:
    """What the person does, and what must be true of the answer."""

    user: UserInput
    assertions: tuple[Assertion, ...]
    line: int


@dataclass(frozen=True)
class Case:
    """One dialogue.

    Attributes:
        name: a sentence that says the behaviour.
        file: where it stands, as people name it.
        line: the line of its name.
        steps: the turns.
        language: the phone's language code; None: a phone that does not tell.
        channel: the way in.
        now: the moment at which it plays; None: now.
        demo_mediators: it plays where the made-up mediators are confirmed.
        demo_desk: it plays where the made-up mediators receive requests for a call.
    """

    name: str
    file: str
    line: int
    steps: tuple[Step, ...]
    language: str | None = None
    channel: str = "web"
    now: datetime.datetime | None = None
    demo_mediators: bool = False
    demo_desk: bool = False

    @property
    def key(self) -> str:
        """Name it uniquely: file and name."""
        return f"{self.file}::{self.name}"
