"""Writing a talk down as a test case, in the format that :mod:`bot.dialogues.reading` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from bot.assistant.messages import Turn
from bot.dialogues.assertions import Seen, seen_language
from bot.dialogues.script import Command, Say, ShareContact, ShareLocation, Speak, Tap, UserInput
from bot.languages import LANGUAGES

HEAD = "test_cases:\n"
_PLAIN = re.compile(r"[^\W\d_][\w ,.!?()/+–-]*", re.UNICODE)
_NUMBER = re.compile(r"(?<!\d)(?:112|11[0-9]{4}|[1-9]\d{7})(?!\d)")


@dataclass(frozen=True)
class Judgement:
    """What a person thinks of an answer.

    Attributes:
        right: it was right: what it did becomes the assertions.
        intent: what it should have been understood as instead; None: not said.
        town: the town whose office should have been named; None: not said.
    """

    right: bool = False
    intent: str | None = None
    town: str | None = None


@dataclass(frozen=True)
class JudgedTurn:
    """A turn of a talk, with what a person thinks of it."""

    user: UserInput
    turn: Turn
    slots_before: dict[str, Any]
    judgement: Judgement | None = None


def write_case(name: str, turns: Iterable[JudgedTurn], language: str | None = None, now: str | None = None) -> str:
    """Return a test case as YAML, indented to stand under ``test_cases:``.

    Args:
        name: a sentence that says the behaviour.
        turns: the talk.
        language: the phone's language code.
        now: the moment at which it plays, as it stands in a script.
    """
    lines = [f"  - test_case: {scalar(name)}"]
    if language:
        lines.append(f"    language: {language}")
    if now:
        lines.append(f"    metadata: {{now: {now}}}")
    lines.append("    steps:")
    for turn in turns:
        lines.append(f"      - user: {_user(turn.user)}")
        assertions = _assertions(turn)
        if assertions:
            lines.append("        assertions:")
            lines += [f"          - {assertion}" for assertion in assertions]
    return "\n".join(lines) + "\n"


def append_case(script: str, case: str) -> str:
    """Return a script with a case added at its end."""
    if not script.strip():
        return HEAD + case
    return script.rstrip("\n") + "\n\n" + case


def scalar(text: str) -> str:
    """Return a text as a YAML scalar: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text == text.strip() and yaml.safe_load(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)


def _user(user: UserInput) -> str:
    if isinstance(user, Say):
        return scalar(user.text)
    if isinstance(user, Tap):
        return f"{{button: {_in_braces(user.button)}}}"
    if isinstance(user, ShareLocation):
        return f"{{location: {{latitude: {user.latitude}, longitude: {user.longitude}}}}}"
    if isinstance(user, ShareContact):
        first_name = f", first_name: {_in_braces(user.first_name)}" if user.first_name else ""
        return f"{{contact: {{phone_number: {json.dumps(user.phone_number)}{first_name}}}}}"
    if isinstance(user, Command):
        return f"{{command: {_in_braces(user.text)}}}"
    assert isinstance(user, Speak)
    return f"{{voice: {_in_braces(user.file.name)}}}"


def _in_braces(text: str) -> str:
    """Return a scalar that stands between braces, where commas and brackets are signs of YAML."""
    return (
        text
        if re.fullmatch(r"/?[\w ]+", text) and yaml.safe_load(text) == text
        else json.dumps(text, ensure_ascii=False)
    )


def _assertions(judged: JudgedTurn) -> list[str]:
    judgement = judged.judgement
    if judgement is None:
        return []
    if not judgement.right:
        return _what_should_be(judgement)
    seen = Seen(judged.turn, judged.slots_before)
    turn = judged.turn
    assertions = [f"intent: {turn.intent}"] if turn.intent else []
    assertions += [f"service: {service}" for service in dict.fromkeys(seen.services)]
    for route in seen.routes:
        parts = ", ".join(f"{key}: {route[key]}" for key in ("kind", "town", "municipality") if route.get(key))
        assertions.append(f"routed_to: {{{parts}}}")
    municipality = turn.slots.get("municipality")
    if municipality and municipality != judged.slots_before.get("municipality"):
        assertions.append(f"slot_was_set: {{municipality: {municipality}}}")
    if turn.slots.get("requested_slot"):
        assertions.append(f"asked_for: {turn.slots['requested_slot']}")
    numbers = ", ".join(f'"{number}"' for number in dict.fromkeys(_NUMBER.findall(seen.text)))
    language = seen_language(seen)
    uttered = [f"text_contains: [{numbers}]"] if numbers else []
    uttered += [f"language: {language}"] if language in LANGUAGES else []
    if uttered:
        assertions.append(f"bot_uttered: {{{', '.join(uttered)}}}")
    return assertions


def _what_should_be(judgement: Judgement) -> list[str]:
    assertions = []
    if judgement.intent:
        assertions.append(f"intent: {judgement.intent}")
        if judgement.intent.startswith("ask_") and not judgement.intent.startswith(("ask_detail_", "ask_privacy")):
            assertions.append(f"service: {judgement.intent.removeprefix('ask_')}")
    if judgement.town:
        assertions.append(f"routed_to: {{kind: office, town: {judgement.town}}}")
    return assertions
