"""What goes in and out of the assistant, in terms that every channel shares. Knows no Rasa."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

# What goes with the words of a reply; see :class:`Reply`.
ATTACHED = ("location", "contact", "route", "service", "source", "audio")


@dataclass(frozen=True)
class Button:
    """A button: ``payload`` is ``/intent{"entity": "value"}``, or an address (``https:``, ``tel:``)."""

    title: str
    payload: str

    @property
    def is_link(self) -> bool:
        """Whether it leads out of the talk."""
        return not self.payload.startswith("/")

    @property
    def intent(self) -> str | None:
        """The intent that it sends; None for a link."""
        return None if self.is_link else self.payload[1:].split("{", maxsplit=1)[0]


def payload(intent: str, **entities: str | bool | None) -> str:
    """Return the payload of a button that sends ``intent`` with ``entities``."""
    given = {name: value for name, value in entities.items() if value is not None}
    return f"/{intent}" + (json.dumps(given, ensure_ascii=False, separators=(",", ":")) if given else "")


class UnknownButton(ValueError):
    """A tap says what no button of ours says (any more)."""


@dataclass
class Reply:
    """One message to a person.

    Attributes:
        text: what is read.
        buttons: what can be tapped.
        location: a confirmed office: latitude, longitude, title, address.
        contact: a phone: phone_number, first_name.
        route: where the person was sent: kind, and town, municipality where known.
        service: the card that this shows or is about.
        source: the line of ``text`` that says where it is from; shown smaller, not spoken.
        share_location: the person is asked to share where they are.
        share_contact: the person is asked for their telephone number, which some channels can share by a button.
        audio: what is sent as a voice note too: text, language, and buttons (title, payload) to be read after it.
    """

    text: str
    buttons: list[Button] = field(default_factory=list)
    location: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    route: dict[str, Any] | None = None
    service: str | None = None
    source: str | None = None
    share_location: bool = False
    share_contact: bool = False
    audio: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON document that `drom ask --json` and the web chat give."""
        document: dict[str, Any] = {
            "text": self.text,
            "buttons": [{"title": button.title, "payload": button.payload} for button in self.buttons],
        }
        for name in ATTACHED:
            value = getattr(self, name)
            if value:
                document[name] = value
        for name in ("share_location", "share_contact"):
            if getattr(self, name):
                document[name] = True
        return document

    def as_rasa(self) -> dict[str, Any]:
        """Return it as keyword arguments for ``CollectingDispatcher.utter_message``."""
        extra = {
            name: value for name in (*ATTACHED, "share_location", "share_contact") if (value := getattr(self, name))
        }
        return {
            "text": self.text,
            "buttons": [{"title": button.title, "payload": button.payload} for button in self.buttons],
            "json_message": extra,
        }

    @classmethod
    def from_rasa(cls, message: dict[str, Any]) -> Reply:
        """Make a reply of a message as Rasa hands it to an output channel."""
        extra = message.get("custom") or {}
        buttons = [Button(b["title"], b["payload"]) for b in message.get("buttons") or []]
        return cls(
            text=message.get("text") or "",
            buttons=buttons,
            **{name: extra.get(name) for name in ATTACHED},
            share_location=bool(extra.get("share_location")),
            share_contact=bool(extra.get("share_contact")),
        )


@dataclass
class Turn:
    """What happened in one turn, as scripted dialogues and `drom ask --json` see it.

    Attributes:
        intent: the intent that reached the dialogue.
        confidence: how sure the understanding was, 0 … 1.
        language: the language of the reply.
        entities: what was found in the message.
        slots: all slots after the turn.
        actions: the actions that were executed, in order.
        ranking: the intents with their confidences, the likeliest first.
        replies: what the person saw.
    """

    intent: str | None = None
    confidence: float = 0.0
    language: str | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    ranking: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
