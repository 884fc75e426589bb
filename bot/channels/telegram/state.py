"""How the Telegram channel is, for the health page and the operator."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Status(str, Enum):
    """What holds between the bot and Telegram."""

    OFF = "off"  # no token is set
    CONNECTING = "connecting"  # the first answer of Telegram is awaited
    CONNECTED = "connected"
    UNREACHABLE = "unreachable"  # the network or Telegram fails; it is tried again
    TOKEN_REFUSED = "token_refused"  # TELEGRAM_TOKEN is wrong or was revoked; tried again, slowly
    CONFLICT = "conflict"  # another program polls with the same token


@dataclass
class State:
    """What is known. Holds nothing that a person wrote.

    Attributes:
        status: see :class:`Status`.
        since: when that began, in seconds since 1970.
        mode: ``polling`` or ``webhook``.
        bot_name: the bot's username, once Telegram told it.
        error: the kind of the last failure, while it lasts.
        received: updates taken in since the start.
        answered: updates answered.
        sent: calls that Telegram took.
        dropped: replies that grew too old.
        refused: replies that Telegram refused for good.
        forged: posts to the webhook without the secret.
    """

    status: Status = Status.OFF
    since: float = field(default_factory=time.time)
    mode: str = "polling"
    bot_name: str | None = None
    error: str | None = None
    received: int = 0
    answered: int = 0
    sent: int = 0
    dropped: int = 0
    refused: int = 0
    forged: int = 0

    def set(self, status: Status, error: str | None = None) -> bool:
        """Note what holds now; return whether that is news."""
        self.error = error
        if status is self.status:
            return False
        self.status, self.since = status, time.time()
        return True

    @property
    def is_healthy(self) -> bool:
        """Whether people who write in Telegram are answered, or nobody should expect it."""
        return self.status in (Status.OFF, Status.CONNECTED)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON document."""
        return {**self.__dict__, "status": self.status.value, "healthy": self.is_healthy}
