"""What the talk knows that a single message does not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from bot.languages import Language, as_language

MISUNDERSTOOD = frozenset({"nlu_fallback", "not_helpful"})


class Tracker(Protocol):
    """The part of Rasa's tracker that is read here."""

    events: Any

    def get_slot(self, key: str) -> Any:
        """Return the value of a slot."""


@dataclass(frozen=True)
class Context:
    """What understanding may use beside the words of a message.

    Attributes:
        chosen_language: the person chose it; beats what a message looks like.
        current_language: the language of the talk so far.
        phone_language: what the phone is set to.
        service: the card under discussion.
        requested_slot: what the assistant has asked for and waits for.
        speaks: the person wants every answer spoken.
    """

    chosen_language: Language | None = None
    current_language: Language | None = None
    phone_language: Language | None = None
    service: str | None = None
    requested_slot: str | None = None
    speaks: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is expected to a question of the assistant."""
        return self.requested_slot is not None

    @classmethod
    def of(cls, tracker: Tracker, metadata: dict[str, Any]) -> Context:
        """Read the context of a talk and of the message's channel (``metadata``)."""
        current = as_language(tracker.get_slot("language"))
        return cls(
            chosen_language=current if tracker.get_slot("language_chosen") else None,
            current_language=current,
            phone_language=as_language(metadata.get("language_code")),
            service=tracker.get_slot("service"),
            requested_slot=tracker.get_slot("requested_slot"),
            speaks=bool(tracker.get_slot("speak")),
        )

    @classmethod
    def from_metadata(cls, metadata: dict[str, Any] | None) -> Context:
        """Read the context back from a message's metadata (see :meth:`as_dict`)."""
        return cls(**((metadata or {}).get("context") or {}))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data that can travel in a message's metadata."""
        return asdict(self)


def count_user_turns(tracker: Tracker) -> int:
    """Return how many messages the person sent since the session began."""
    turns = 0
    for event in reversed(tracker.events):
        if event.type_name == "session_started":
            break
        if event.type_name == "user":
            turns += 1
    return turns
