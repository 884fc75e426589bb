"""One question, all replies: what `drom ask` does."""

from __future__ import annotations

import asyncio

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.assistant.agent import Assistant
from bot.assistant.aloud import make_audible
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Turn, payload
from bot.assistant.training import train
from bot.directory.directory import directory
from bot.errors import DromError
from bot.languages import as_language
from bot.settings import settings
from bot.voice.voice import Voice


class UnknownPlace(DromError):
    """A place that the directory does not have was given."""


def load_assistant_for_trying() -> Assistant:
    """Load the assistant with conversations in memory only, training it first where needed."""
    model = train()
    return Assistant.from_settings(settings(), model, InMemoryTrackerStore(Domain.empty()))


async def ask_once(text: str, language: str | None, place: str | None) -> Turn:
    """Send one message in a new chat; the replies are spoken too, and say of what kind their sound is.

    Args:
        text: what the person writes.
        language: the language of their phone.
        place: where they live, as told before: the Latvian name of a town or municipality.

    Raises:
        UnknownPlace: the directory does not have ``place``.
        DromError: the language is none of ours, or there is no model.
    """
    if language and not as_language(language):
        raise DromError(f"The language {language} is none of lv, ru, en.")
    assistant = await asyncio.to_thread(load_assistant_for_trying)
    conversation = Conversation(assistant, language_code=language)
    if place:
        await conversation.tap(place_payload(place))
    turn = await conversation.say(text)
    voice = Voice.from_settings(settings())
    try:
        await make_audible(voice, turn)
    finally:
        await voice.close()
    return turn


def place_payload(place: str) -> str:
    """Return the payload that tells a place by its Latvian name.

    Raises:
        UnknownPlace: the directory does not have it.
    """
    municipality = directory().municipality(place)
    if municipality:
        return payload("inform_place", municipality=municipality.name.lv)
    town = directory().places.get(place)
    if town is None:
        raise UnknownPlace(f"The place {place} is unknown. Use a name of data/directory/places.csv.")
    return payload("inform_place", municipality=directory().municipality_of(town).name.lv, place=town.name.lv)
