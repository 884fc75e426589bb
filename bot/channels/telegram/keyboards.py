"""Buttons: those under a message, and the keyboard of four that is always there."""

from __future__ import annotations

import functools
from typing import Any

from bot.assistant.messages import Button, payload
from bot.assistant.phrases import MENU, PERSON
from bot.channels.telegram.callback_data import Keeper, to_callback_data
from bot.languages import LANGUAGES, Language
from bot.texts import text

# Two buttons stand side by side where both are this short; a longer one has the row for itself,
# since a cheap phone cuts its words off.
MAX_HALF = 20
LINKS = ("https://", "http://", "tg://")

NEAR = payload("find_office")
SOS = payload("urgent_danger")


def reply_keyboard(language: Language) -> dict[str, Any]:
    """Return the keyboard of four; *Near me* shares the position."""
    return {
        "keyboard": [
            [{"text": text("telegram", "near", language), "request_location": True}, {"text": _sos(language)}],
            [{"text": text("channels", "menu", language)}, {"text": text("channels", "person", language)}],
        ],
        "is_persistent": True,
        "resize_keyboard": True,
        "input_field_placeholder": text("telegram", "placeholder", language),
    }


def number_keyboard(language: Language) -> dict[str, Any]:
    """Return the keyboard of four with a button above it that shares the person's own number."""
    keyboard = reply_keyboard(language)
    share = {"text": text("telegram", "share_number", language), "request_contact": True}
    return {**keyboard, "keyboard": [[share], *keyboard["keyboard"]]}


@functools.lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for language in LANGUAGES:
        labels[text("channels", "menu", language)] = MENU
        labels[text("channels", "person", language)] = PERSON
        # A client that can't share a position sends the words of the button instead.
        labels[text("telegram", "near", language)] = NEAR
        labels[_sos(language)] = SOS
    return labels


def label_payload(words: str) -> str | None:
    """Return the payload of a button of the keyboard by its words, in whatever language it was shown."""
    return _labels().get(words.strip())


async def inline_keyboard(buttons: list[Button], keeper: Keeper) -> dict[str, Any] | None:
    """Return buttons under a message, at most two in a row; telephone links are left out (Telegram takes none)."""
    shown: list[tuple[Button, dict[str, Any]]] = []
    for button in buttons:
        if not button.is_link:
            shown.append(
                (button, {"text": button.title, "callback_data": await to_callback_data(button.payload, keeper)})
            )
        elif button.payload.startswith(LINKS):
            shown.append((button, {"text": button.title, "url": button.payload}))
    rows: list[list[dict[str, Any]]] = []
    half: list[dict[str, Any]] = []
    for button, key in shown:
        is_permanent = button.payload in (MENU, PERSON)
        if len(button.title) > MAX_HALF and not is_permanent:
            rows += [half] if half else []
            half = []
            rows.append([key])
            continue
        if button.payload == MENU and half:  # the last row is these two, whatever came before
            rows.append(half)
            half = []
        half.append(key)
        if len(half) == 2:
            rows.append(half)
            half = []
    rows += [half] if half else []
    return {"inline_keyboard": rows} if rows else None


def _sos(language: Language) -> str:
    return text("telegram", "sos", language)
