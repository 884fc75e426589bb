"""Deep links: ``https://t.me/<bot>?start=<what>_<place>``, for leaflets and for passing a card on.

*what* is the id of a service, ``office`` or ``mediator``; *place* a town or municipality, in ASCII.
Telegram allows 64 characters of ``A-Z a-z 0-9 _ -``; a place that does not fit is cut short, and
understood as long as no other begins alike.
"""

from __future__ import annotations

import re

from bot.assistant.messages import payload
from bot.directory.directory import Directory
from bot.nlu.fold import strip_accents

MAX_LENGTH = 64
INTENTS = {"office": "find_office", "mediator": "find_mediator"}
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


class UnknownTarget(ValueError):
    """There is no such service, or no such place."""


def slug(name: str) -> str:
    """Return a name in ASCII: ``Ķekavas novads`` → ``kekavas_novads``."""
    return _NOT_ASCII_WORD.sub("_", strip_accents(name).lower()).strip("_")


def start_parameter(directory: Directory, what: str, place: str | None = None) -> str:
    """Return the start parameter that opens a card (or the way to an office or a mediator) in a place.

    Args:
        directory: where services and places are looked up.
        what: the id of a service, ``office`` or ``mediator``.
        place: a town or municipality, by its Latvian name or without its diacritics.

    Raises:
        UnknownTarget: the directory has no such service or place, or the cut name would be ambiguous.
    """
    if what not in INTENTS and what not in directory.services:
        raise UnknownTarget(what)
    if not place:
        return what
    wanted = slug(place)
    if wanted not in _places(directory):
        raise UnknownTarget(place)
    parameter = f"{what}_{wanted}"[:MAX_LENGTH]
    if _find_place(directory, parameter[len(what) + 1 :], len(parameter) == MAX_LENGTH) is None:
        raise UnknownTarget(place)
    return parameter


def link(bot_name: str, parameter: str = "") -> str:
    """Return the address that opens the bot's chat, with a start parameter where one is given."""
    return f"https://t.me/{bot_name}" + (f"?start={parameter}" if parameter else "")


def start_payload(directory: Directory, parameter: str) -> str | None:
    """Return the payload that a start parameter stands for; None where it says nothing to us."""
    parameter = parameter.strip().lower()
    whats = sorted([*INTENTS, *directory.services], key=len, reverse=True)
    for what in whats:
        if parameter != what and not parameter.startswith(f"{what}_"):
            continue
        intent = INTENTS.get(what) or directory.services[what].intent
        rest = parameter[len(what) + 1 :]
        if not rest:
            return payload(intent)
        entities = _find_place(directory, rest, len(parameter) == MAX_LENGTH)
        if entities is not None:
            return payload(intent, **entities)
        # A place that we do not know must not hide the card that the leaflet was about.
        return payload(intent)
    return None


def _find_place(directory: Directory, name: str, is_cut: bool) -> dict[str, str] | None:
    places = _places(directory)
    if name in places:
        return places[name]
    alike = [entities for known, entities in places.items() if known.startswith(name)] if is_cut else []
    return alike[0] if len(alike) == 1 else None


def _places(directory: Directory) -> dict[str, dict[str, str]]:
    """Return every place by its slug, as the entities that tell it. A city beats a municipality of its name."""
    found: dict[str, dict[str, str]] = {}
    for municipality in directory.municipalities.values():
        found[slug(municipality.name.lv)] = {"municipality": directory.current(municipality).name.lv}
    for place in directory.places.values():
        municipality = directory.municipality_of(place)
        found[slug(place.name.lv)] = {"municipality": municipality.name.lv, "place": place.name.lv}
    return found
