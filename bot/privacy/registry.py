"""Who keeps what about people: every store that outlives a message registers here.

A keeper can count, sweep, erase and rename what it has. So `drom privacy`, *forget me*, the job that sweeps and
the change of the key reach every store, also those that are added later. A module that has a keeper stands in
``MODULES`` and registers a function that makes it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from bot.settings import Settings

MODULES = ["bot.privacy.keepers", "bot.operations.needs"]


@dataclass(frozen=True)
class Held:
    """What a store holds, in numbers.

    Attributes:
        store: its name, for the data officer.
        records: how many.
        chats: about how many chats; None where it can't be told, since nothing says whose a record is.
        oldest_hours: the age of the oldest record; None where there is none or no time is kept.
        kept_hours: how long a record is kept at most.
    """

    store: str
    records: int
    chats: int | None
    oldest_hours: float | None
    kept_hours: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON document."""
        return asdict(self)


class Keeper(Protocol):
    """A store with something about people in it. A table that does not exist yet holds nothing."""

    name: str

    def held(self, now_s: float) -> Held:
        """Count what there is."""

    def sweep(self, now_s: float) -> int:
        """Delete what is older than it may be; return how many records."""

    def erase(self, chat: str) -> int:
        """Delete everything about a chat, known by its pseudonym; return how many records."""

    def rename(self, former: str, chat: str) -> int:
        """Give what is kept under a former pseudonym to the present one; return how many records."""


_makers: dict[str, Callable[[Settings], Keeper]] = {}


def register(name: str, make: Callable[[Settings], Keeper]) -> None:
    """Add a store. The same name again replaces it, so that a module may be imported twice."""
    _makers[name] = make


def keepers(settings: Settings) -> list[Keeper]:
    """Return the keepers of all stores that there are under these settings."""
    for module in MODULES:
        importlib.import_module(module)
    return [make(settings) for make in _makers.values()]
