"""What a button carries: a payload in at most 64 bytes, which is all that Telegram allows.

A payload that fits is sent as it is. A longer one is packed: names that payloads are made of have
one letter, and JSON's quotes are left out. What is longer still gets a code that the store keeps
for good. None of them depends on the memory of the process, so that old buttons work for ever.
"""

from __future__ import annotations

import json
import re
from typing import Protocol

MAX_BYTES = 64
PACKED = "~"
KEPT = "#"
# Letters are never given to another name: buttons with them stand in people's chats.
LETTERS = {
    "municipality": "m",
    "outside_latvia": "o",
    "place": "p",
    "service": "s",
    "slot": "q",
    "topic": "t",
    "value": "v",
}
NAMES = {letter: name for name, letter in LETTERS.items()}
_PAYLOAD = re.compile(r"/(?P<intent>[a-z][a-z_]*)(?P<entities>\{.*\})?", re.DOTALL)
_SEPARATOR = "|"


class NoPayload(ValueError):
    """The data of a tap is nothing that a button of ours carries."""


class Keeper(Protocol):
    """Keeps payloads that are too long for a button; the store does."""

    async def keep_button(self, payload: str) -> str:
        """Return a code for a payload."""

    async def button(self, code: str) -> str | None:
        """Return the payload of a code."""


async def to_callback_data(payload: str, keeper: Keeper) -> str:
    """Return what a button with this payload carries, at most 64 bytes."""
    for data in (payload, _pack(payload)):
        if data is not None and len(data.encode()) <= MAX_BYTES:
            return data
    return KEPT + await keeper.keep_button(payload)


async def to_payload(data: str, keeper: Keeper) -> str:
    """Return the payload that a tapped button stands for.

    Raises:
        NoPayload: it is none of ours; whoever sent it made it up, or the store was lost.
    """
    if data.startswith(PACKED):
        payload: str | None = _unpack(data)
    elif data.startswith(KEPT):
        payload = await keeper.button(data[len(KEPT) :])
    else:
        payload = data
    if payload is None or not is_payload(payload):
        raise NoPayload("not a button of ours")
    return payload


def is_payload(text: str) -> bool:
    """Whether ``text`` is ``/intent`` or ``/intent{"entity": "value"}`` with texts and truth values alone."""
    match = _PAYLOAD.fullmatch(text)
    if not match:
        return False
    if match["entities"] is None:
        return True
    try:
        entities = json.loads(match["entities"])
    except (ValueError, RecursionError):
        return False
    return all(isinstance(value, (str, bool)) for value in entities.values())


def payload_name(payload: str) -> str:
    """Return the intent, or the name of an extension, that a payload begins with."""
    match = _PAYLOAD.fullmatch(payload)
    return match["intent"] if match else ""


def payload_values(payload: str) -> dict[str, str | bool]:
    """Return the entities of a payload."""
    match = _PAYLOAD.fullmatch(payload)
    return dict(json.loads(match["entities"])) if match and match["entities"] else {}


def _pack(payload: str) -> str | None:
    """Return the packed form; None where a value can't be written in it."""
    match = _PAYLOAD.fullmatch(payload)
    if not match or not match["entities"]:
        return None
    parts = [match["intent"]]
    for name, value in json.loads(match["entities"]).items():
        if name not in LETTERS or not isinstance(value, str) or _SEPARATOR in value:
            return None
        parts.append(LETTERS[name] + value)
    return PACKED + _SEPARATOR.join(parts)


def _unpack(data: str) -> str | None:
    intent, *parts = data[len(PACKED) :].split(_SEPARATOR)
    if any(part[:1] not in NAMES for part in parts):
        return None
    entities = {NAMES[part[0]]: part[1:] for part in parts}
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False, separators=(",", ":")) if entities else "")
