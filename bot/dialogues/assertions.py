"""What can be asserted about a turn. Each class is one row of the contract's table.

An assertion looks at a :class:`Seen` turn and returns None, or a :class:`Failure` that says what
was expected and what came. Why it came is the business of :mod:`bot.dialogues.explaining`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.assistant.messages import Button, Reply, Turn
from bot.dialogues.language_of_text import language_of_text
from bot.languages import Language

NOTHING = "–"
# The permanent buttons may be named in English, as the contract names them, in any language of the talk.
PERMANENT = {"menu": "/start_over", "a person": "/request_callback"}
_ICONS = re.compile(r"^[^\w\"'„«(]+", re.UNICODE)


@dataclass(frozen=True)
class Seen:
    """A turn as the assertions see it.

    Attributes:
        turn: what happened.
        slots_before: the slots before the turn.
    """

    turn: Turn
    slots_before: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All texts of the turn, joined by a line break."""
        return "\n".join(reply.text for reply in self.turn.replies)

    @property
    def buttons(self) -> list[Button]:
        """All buttons of the turn."""
        return [button for reply in self.turn.replies for button in reply.buttons]

    @property
    def routes(self) -> list[dict[str, Any]]:
        """Where the person was sent."""
        return [reply.route for reply in self.turn.replies if reply.route]

    @property
    def services(self) -> list[str]:
        """The cards shown; on a detail turn that shows none, the card under discussion."""
        shown = [reply.service for reply in self.turn.replies if reply.service]
        discussed = self.turn.slots.get("service")
        if not shown and discussed and (self.turn.intent or "").startswith("ask_detail_"):
            return [str(discussed)]
        return shown


@dataclass(frozen=True)
class Failure:
    """An assertion that did not hold.

    Attributes:
        kind: the name of the assertion, as in the script.
        line: its line in the script; 0 where it has none.
        expected: what the script says.
        came: what the assistant did.
    """

    kind: str
    line: int
    expected: str
    came: str


class Assertion(Protocol):
    """Something that must be true of a turn."""

    @property
    def kind(self) -> str:
        """Its name in the script."""

    @property
    def line(self) -> int:
        """Its line in the script."""

    def check(self, seen: Seen) -> Failure | None:
        """Return a failure, or None where it holds."""


@dataclass(frozen=True)
class _Base:
    line: int

    kind = ""

    def _failure(self, expected: object, came: object) -> Failure:
        return Failure(self.kind, self.line, str(expected), str(came) if came not in (None, "") else NOTHING)


@dataclass(frozen=True)
class IntentIs(_Base):
    """The intent that reached the dialogue is one of these."""

    intents: tuple[str, ...]

    kind = "intent"

    def check(self, seen: Seen) -> Failure | None:
        """Compare with the intent of the turn."""
        if seen.turn.intent in self.intents:
            return None
        came = f"{seen.turn.intent} ({seen.turn.confidence:.2f})" if seen.turn.intent else None
        return self._failure(" | ".join(self.intents), came)


@dataclass(frozen=True)
class ServiceIs(_Base):
    """The card shown, or under discussion on a detail turn, is one of these."""

    services: tuple[str, ...]

    kind = "service"

    def check(self, seen: Seen) -> Failure | None:
        """Compare with the cards of the turn."""
        if set(seen.services) & set(self.services):
            return None
        return self._failure(" | ".join(self.services), ", ".join(seen.services))


def _matches(route: dict[str, Any], wanted: dict[str, tuple[str, ...]]) -> bool:
    return all(route.get(key) in values for key, values in wanted.items())


def _shown_route(route: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in route.items() if value)


@dataclass(frozen=True)
class RoutedTo(_Base):
    """The person was sent to a place like this."""

    route: dict[str, tuple[str, ...]]

    kind = "routed_to"

    def check(self, seen: Seen) -> Failure | None:
        """Look for a route that has all of the wanted values."""
        if any(_matches(route, self.route) for route in seen.routes):
            return None
        wanted = _shown_route({key: " | ".join(values) for key, values in self.route.items()})
        return self._failure(wanted, "; ".join(map(_shown_route, seen.routes)))


@dataclass(frozen=True)
class NotRoutedTo(_Base):
    """The person was not sent to a place like this."""

    route: dict[str, tuple[str, ...]]

    kind = "not_routed_to"

    def check(self, seen: Seen) -> Failure | None:
        """Look for a route that has all of the unwanted values."""
        found = [route for route in seen.routes if _matches(route, self.route)]
        if not found:
            return None
        unwanted = _shown_route({key: " | ".join(values) for key, values in self.route.items()})
        return self._failure(f"≠ {unwanted}", "; ".join(map(_shown_route, found)))


@dataclass(frozen=True)
class SlotWasSet(_Base):
    """A slot has this value after the turn."""

    slot: str
    value: Any

    kind = "slot_was_set"

    def check(self, seen: Seen) -> Failure | None:
        """Compare with the slot after the turn."""
        value = seen.turn.slots.get(self.slot)
        if value == self.value:
            return None
        return self._failure(f"{self.slot}: {self.value}", f"{self.slot}: {NOTHING if value is None else value}")


ANY = object()


@dataclass(frozen=True)
class SlotWasNotSet(_Base):
    """A slot was not given a value (or not this value) in this turn; what it had before may stay."""

    slot: str
    value: Any = ANY

    kind = "slot_was_not_set"

    def check(self, seen: Seen) -> Failure | None:
        """Look whether the slot has a new value after the turn."""
        value = seen.turn.slots.get(self.slot)
        if value is None or value == seen.slots_before.get(self.slot):
            return None
        if self.value is not ANY and value != self.value:
            return None
        unwanted = self.slot if self.value is ANY else f"{self.slot}: {self.value}"
        return self._failure(f"≠ {unwanted}", f"{self.slot}: {value}")


@dataclass(frozen=True)
class AskedFor(_Base):
    """The assistant waits for this slot."""

    slot: str

    kind = "asked_for"

    def check(self, seen: Seen) -> Failure | None:
        """Look at what the assistant waits for."""
        waits_for = seen.turn.slots.get("requested_slot")
        return None if waits_for == self.slot else self._failure(self.slot, waits_for)


@dataclass(frozen=True)
class Uttered:
    """What the texts of a turn are held against; a part that is None is not looked at."""

    contains: tuple[str, ...] = ()
    matches: str | None = None
    language: Language | None = None
    max_words: int | None = None


def count_words(text: str) -> int:
    """Return how many words a message has; icons, dashes and other lone signs are none."""
    return sum(1 for word in text.split() if re.search(r"\w", word))


@dataclass(frozen=True)
class BotUttered(_Base):
    """The texts of the turn contain, match, are in, and are at most, what is said."""

    wanted: Uttered

    kind = "bot_uttered"

    def check(self, seen: Seen) -> Failure | None:
        """Hold the texts against each part; the first that does not hold is told."""
        text = seen.text
        for part in self.wanted.contains:
            if part.casefold() not in text.casefold():
                return self._failure(f"text_contains: {part}", text)
        if self.wanted.matches is not None and not re.search(self.wanted.matches, text):
            return self._failure(f"text_matches: {self.wanted.matches}", text)
        if self.wanted.language:
            came = seen_language(seen)
            if came != self.wanted.language:
                return self._failure(f"language: {self.wanted.language}", f"{came or NOTHING}: {text}")
        if self.wanted.max_words is not None:
            return self._check_words(seen.turn.replies, self.wanted.max_words)
        return None

    def _check_words(self, replies: list[Reply], most: int) -> Failure | None:
        for reply in replies:
            words = count_words(reply.text)
            if words > most:
                return self._failure(f"max_words: {most}", f"{words}: {reply.text}")
        return None


@dataclass(frozen=True)
class NotUttered(_Base):
    """None of this is in the texts of the turn."""

    unwanted: Uttered

    kind = "not_uttered"

    def check(self, seen: Seen) -> Failure | None:
        """Hold the texts against each part; the first that is there is told."""
        text = seen.text
        for part in self.unwanted.contains:
            if part.casefold() in text.casefold():
                return self._failure(f"≠ text_contains: {part}", text)
        if self.unwanted.matches is not None and re.search(self.unwanted.matches, text):
            return self._failure(f"≠ text_matches: {self.unwanted.matches}", text)
        if self.unwanted.language and seen_language(seen) == self.unwanted.language:
            return self._failure(f"≠ language: {self.unwanted.language}", text)
        return None


def seen_language(seen: Seen) -> str | None:
    """Return the language of the texts of a turn; where they are too short to tell, that of the talk."""
    return language_of_text(seen.text) or seen.turn.language


def find_button(buttons: list[Button], wanted: str) -> Button | None:
    """Return the button that a script means by its title, its payload or its intent.

    The exact title is looked for first, then payload and intent, then the title without its icon
    and whatever the case, and last the English name of a permanent button.
    """
    looks: list[Any] = [
        lambda b: b.title == wanted,
        lambda b: b.payload == wanted or _same_payload(b.payload, wanted),
        lambda b: b.intent == wanted and "{" not in b.payload,
        lambda b: b.intent == wanted,
        lambda b: plain_title(b.title) == plain_title(wanted),
        lambda b: b.payload == PERMANENT.get(plain_title(wanted)),
    ]
    for look in looks:
        for button in buttons:
            if look(button):
                return button
    return None


def plain_title(title: str) -> str:
    """Return a title without its icon, in one case."""
    return (_ICONS.sub("", title) or title).strip().casefold()


def _same_payload(one: str, other: str) -> bool:
    """Whether two payloads say the same, whatever the spaces and the order of their entities."""
    if not (one.startswith("/") and other.startswith("/")):
        return False
    intent_one, brace_one, entities_one = one.partition("{")
    intent_other, brace_other, entities_other = other.partition("{")
    if intent_one.strip() != intent_other.strip():
        return False
    try:
        return bool(json.loads(brace_one + entities_one or "{}") == json.loads(brace_other + entities_other or "{}"))
    except ValueError:
        return False


def shown_buttons(buttons: list[Button]) -> str:
    """Return buttons as a failure tells them."""
    return ", ".join(f"[{button.title}] {button.payload}" for button in buttons)


@dataclass(frozen=True)
class HasButtons(_Base):
    """These buttons are there; there may be others."""

    buttons: tuple[str, ...]

    kind = "buttons"

    def check(self, seen: Seen) -> Failure | None:
        """Look for each button in the turn."""
        missing = [wanted for wanted in self.buttons if not find_button(seen.buttons, wanted)]
        return self._failure(", ".join(missing), shown_buttons(seen.buttons)) if missing else None


@dataclass(frozen=True)
class ActionExecuted(_Base):
    """This action was executed in the turn."""

    action: str

    kind = "action_executed"

    def check(self, seen: Seen) -> Failure | None:
        """Look for it among the actions of the turn."""
        if self.action in seen.turn.actions:
            return None
        return self._failure(self.action, ", ".join(seen.turn.actions))


@dataclass(frozen=True)
class RepliesCount(_Base):
    """As many messages were sent as is said."""

    least: int | None
    most: int | None

    kind = "replies"

    def check(self, seen: Seen) -> Failure | None:
        """Count the messages."""
        count = len(seen.turn.replies)
        if (self.least is None or count >= self.least) and (self.most is None or count <= self.most):
            return None
        least = f"≥ {self.least}" if self.least is not None else ""
        most = f"≤ {self.most}" if self.most is not None else ""
        return self._failure(" ".join(filter(None, (least, most))), count)


@dataclass(frozen=True)
class HasAudio(_Base):
    """The whole answer can be heard (or can't, where ``expected`` is false)."""

    expected: bool

    kind = "audio"

    def check(self, seen: Seen) -> Failure | None:
        """Look for the sound of each message of the turn."""
        replies = [reply for reply in seen.turn.replies if reply.text]
        has_audio = bool(replies) and all(reply.audio for reply in replies)
        if has_audio == self.expected:
            return None
        return self._failure(str(self.expected).lower(), str(has_audio).lower())
