"""What a command of a chat program means, and what a deep link leads to.

``/start <what>_<place>`` in ASCII: *what* is a service id, ``office`` or ``mediator`` (or a beginning
of one that is still unmistakable, where 64 characters do not hold it), *place* a town or
municipality. What is not known is an ordinary start.
"""

from __future__ import annotations

import re

from bot.assistant.messages import payload
from bot.directory.directory import Directory, directory
from bot.nlu.fold import strip_accents

PAYLOADS = {
    "start": payload("greet"),
    "restart": payload("start_over"),
    "menu": payload("start_over"),
    "help": payload("help"),
    "language": payload("change_language"),
    "privacy": payload("ask_privacy"),
    "forget": payload("forget_me"),
}
PLACES_TO_GO = {"office": "find_office", "mediator": "find_mediator"}
_COMMAND = re.compile(r"^/(?P<name>\w+)(@\w+)?(\s+(?P<argument>\S+))?", re.ASCII)


def command_payload(command: str) -> str | None:
    """Return the payload of the button that does the same; None for an unknown command."""
    match = _COMMAND.match(command)
    name = match["name"].lower() if match else ""
    if match and name == "start" and match["argument"]:
        return deep_link_payload(match["argument"], directory()) or PAYLOADS["start"]
    return PAYLOADS.get(name)


def deep_link_payload(argument: str, known: Directory) -> str | None:
    """Return the payload that a deep link's argument leads to; None where it is unknown."""
    whats = {**PLACES_TO_GO, **{service: f"ask_{service}" for service in known.services}}
    if argument in whats:
        return payload(whats[argument])
    for cut in range(len(argument) - 1, 0, -1):
        if argument[cut] != "_":
            continue
        where = _place(argument[cut + 1 :], known)
        beginning = argument[:cut]
        meant = [what for what in whats if what.startswith(beginning)]
        intent = whats.get(beginning) or (whats[meant[0]] if len(meant) == 1 else None)
        if where and intent:
            municipality, place = where
            return payload(intent, municipality=municipality, place=place)
    return None


def _place(slug: str, known: Directory) -> tuple[str, str | None] | None:
    for place in known.places.values():
        if as_slug(place.name.lv) == slug:
            return known.municipality_of(place).name.lv, place.name.lv
    for municipality in known.municipalities.values():
        if as_slug(municipality.name.lv) == slug:
            return known.current(municipality).name.lv, None
    return None


def as_slug(name: str) -> str:
    """Return a name as a deep link has it: ``Talsu novads`` → ``talsu_novads``."""
    return re.sub(r"\W+", "_", strip_accents(name.lower()))
