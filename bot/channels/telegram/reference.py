"""`/ref WORD`: a card beside a client, with source and date, its papers, and a short text to pass on.

No turn of the dialogue: the mediator's own talk and the client's stay as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.assistant.messages import Button, Reply, payload
from bot.channels.telegram.extensions import Extensions, Visit
from bot.directory.directory import directory
from bot.languages import LANGUAGES, Language, as_language
from bot.reference.search import search
from bot.reference.telling import forward_text, papers_text, reference_text
from bot.texts import text

COMMAND = "ref"
OPEN, FORWARD = "reference_card", "reference_forward"
ALSO_SHOWN = 2  # cards that fit less well, offered as buttons


def add_reference(extensions: Extensions) -> None:
    """Let the chat answer ``/ref`` and the buttons under its answers."""
    extensions.command(COMMAND, look_up)
    extensions.button(OPEN, open_card)
    extensions.button(FORWARD, forward)


async def look_up(visit: Visit) -> Sequence[Reply]:
    """Answer ``/ref WORD`` with the card that fits best; without a word, say how to ask."""
    if not visit.argument.strip():
        return [Reply(text("telegram", "ref_how", visit.language))]
    # In a thread: the first search of a process makes the index, which takes a second.
    hits = await asyncio.to_thread(search, visit.argument, visit.language, 1 + ALSO_SHOWN)
    if not hits:
        return [Reply(text("telegram", "ref_none", visit.language))]
    best, *others = (hit.service.id for hit in hits)
    return _show(best, visit.language, others)


async def open_card(visit: Visit) -> Sequence[Reply]:
    """Answer a tap on another card."""
    service = str(visit.values.get("service"))
    if service not in directory().services:
        return [Reply(text("telegram", "old_button", visit.language))]
    return _show(service, visit.language, [])


async def forward(visit: Visit) -> Sequence[Reply]:
    """Answer a tap on a language with the short text in it."""
    service, language = str(visit.values.get("service")), as_language(visit.values.get("value"))
    if service not in directory().services or language is None:
        return [Reply(text("telegram", "old_button", visit.language))]
    return [_short(service, language)]


def _show(service: str, language: Language, others: Sequence[str]) -> list[Reply]:
    """Return the full version, the papers, and what to pass on: each a message of its own, to be forwarded."""
    cards = directory().services
    also = [
        Button(f"{cards[other].icon} {cards[other].button.in_language(language)}", payload(OPEN, service=other))
        for other in others
    ]
    return [
        Reply(reference_text(service, language), also),
        Reply(papers_text(service, language)),
        _short(service, language),
    ]


def _short(service: str, language: Language) -> Reply:
    """Return the short text alone, with buttons for the client's language."""
    chosen = [
        Button(text("reference", "language_name", other), payload(FORWARD, service=service, value=other))
        for other in LANGUAGES
        if other != language
    ]
    return Reply(forward_text(service, language), chosen)
