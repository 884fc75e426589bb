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
    STANDBY = "standby"  # another process that shares the store answers; this one goes on where it ends


FAILING = frozenset({Status.UNREACHABLE, Status.TOKEN_REFUSED, Status.CONFLICT})
# What an operator can do about it, for the log.
REMEDIES = {
    Status.UNREACHABLE: "It is tried again, with growing pauses; the web chat goes on.",
    Status.TOKEN_REFUSED: "TELEGRAM_TOKEN is wrong or was revoked: copy it anew from BotFather into .env and start "
    "again. The web chat goes on.",
    Status.CONFLICT: "Another program uses the same TELEGRAM_TOKEN, or a second copy of this one runs: stop it. "
    "It is tried again; the web chat goes on.",
    Status.STANDBY: "Another process with the same database answers people in Telegram; this one only goes on where "
    "that one ends. If it was started by mistake, stop it.",
}


@dataclass
class State:
    """What is known. Holds nothing that a person wrote.

    Attributes:
        status: see :class:`Status`.
        since: when that, or the outage that it belongs to, began, in seconds since 1970.
        mode: ``polling`` or ``webhook``.
        bot_name: the bot's username, once Telegram told it.
        error: the kind of the last failure, while it lasts.
        last_update_at: when the last update came, in seconds since 1970; None: none since the start.
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
    last_update_at: float | None = None
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
        was_retrying, self.status = self.status in FAILING, status
        if not (was_retrying and status in FAILING):  # failures of several kinds in a row are one outage
            self.since = time.time()
        return True

    @property
    def is_healthy(self) -> bool:
        """Whether people who write in Telegram are answered, or nobody should expect it."""
        return self.status in (Status.OFF, Status.CONNECTED, Status.STANDBY)

    @property
    def retrying_since(self) -> float | None:
        """Since when Telegram can't be used and is tried again, in seconds since 1970; None: it can, or is off."""
        return None if self.is_healthy else self.since

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON document."""
        return {
            **self.__dict__,
            "status": self.status.value,
            "healthy": self.is_healthy,
            "retrying_since": self.retrying_since,
        }
