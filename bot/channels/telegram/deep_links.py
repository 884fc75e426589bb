"""Deep links: ``https://t.me/<bot>?start=<what>_<place>``, for leaflets and for passing a card on.

*what* is the id of a service, ``office`` or ``mediator``; *place* a town or municipality, in ASCII.
Telegram allows 64 characters of ``A-Z a-z 0-9 _ -``; a place that does not fit is cut short, and
understood as long as no other begins alike.
"""

from __future__ import annotations

import functools
import re

from bot.assistant.messages import payload
from bot.directory.directory import Directory, directory
from bot.nlu.fold import strip_accents

MAX_LENGTH = 64
INTENTS = {"office": "find_office", "mediator": "find_mediator"}
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


class UnknownTarget(ValueError):
    """There is no such service, or no such place."""


def slug(name: str) -> str:
    """Return a name in ASCII: ``Ķekavas novads`` → ``kekavas_novads``."""
    return _NOT_ASCII_WORD.sub("_", strip_accents(name).lower()).strip("_")


def link(bot_name: str, parameter: str = "") -> str:
    """Return the address that opens the bot's chat, with a start parameter where one is given."""
    return f"https://t.me/{bot_name}" + (f"?start={parameter}" if parameter else "")


class DeepLinks:
    """The start parameters of a directory: made for leaflets, and understood when one is opened.

    Args:
        directory: where services and places are looked up.
    """

    def __init__(self, directory: Directory):
        self._intents = {**INTENTS, **{card.id: card.intent for card in directory.services.values()}}
        self._whats = sorted(self._intents, key=len, reverse=True)
        # Every place by its slug, as the entities that tell it. A town beats a municipality of its name.
        self._places: dict[str, dict[str, str]] = {}
        for municipality in directory.municipalities.values():
            self._places[slug(municipality.name.lv)] = {"municipality": directory.current(municipality).name.lv}
        for place in directory.places.values():
            municipality = directory.municipality_of(place)
            self._places[slug(place.name.lv)] = {"municipality": municipality.name.lv, "place": place.name.lv}

    def parameter(self, what: str, place: str | None = None) -> str:
        """Return the start parameter that opens a card (or the way to an office or a mediator) in a place.

        Args:
            what: the id of a service, ``office`` or ``mediator``.
            place: a town or municipality, by its Latvian name or without its diacritics.

        Raises:
            UnknownTarget: there is no such service or place, or the cut name would be ambiguous.
        """
        if what not in self._intents:
            raise UnknownTarget(what)
        if not place:
            return what
        parameter = f"{what}_{slug(place)}"[:MAX_LENGTH]
        if slug(place) not in self._places or self._find_place(parameter, what) is None:
            raise UnknownTarget(place)
        return parameter

    def payload(self, parameter: str) -> str | None:
        """Return the payload that a start parameter stands for; None where it says nothing to us.

        A place that is not known does not hide the card that a leaflet was about.
        """
        parameter = parameter.strip().lower()
        for what in self._whats:
            if parameter == what or parameter.startswith(f"{what}_"):
                return payload(self._intents[what], **(self._find_place(parameter, what) or {}))
        return None

    def _find_place(self, parameter: str, what: str) -> dict[str, str] | None:
        name = parameter[len(what) + 1 :]
        if name in self._places:
            return self._places[name]
        is_cut = len(parameter) == MAX_LENGTH
        alike = [entities for known, entities in self._places.items() if known.startswith(name)] if is_cut else []
        return alike[0] if len(alike) == 1 else None


@functools.lru_cache(maxsize=1)
def deep_links() -> DeepLinks:
    """Return the deep links of this process's directory."""
    return DeepLinks(directory())
