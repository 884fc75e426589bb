"""The names that a script may use: intents, cards, actions, slots, places. Read without Rasa."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from pathlib import Path

from bot.directory.errors import ContentError
from bot.directory.loading import read_table, read_yaml
from bot.directory.models import Municipality, Office, Place
from bot.settings import ROOT

ROUTE_KINDS = frozenset({"office", "mediator", "helpline", "social_service", "vsaa"})
DETAIL = "ask_detail_"


@dataclass(frozen=True)
class Vocabulary:
    """Names that exist in this project.

    Attributes:
        intents: of domain.yml.
        services: ids of cards.
        actions: of domain.yml, and its responses.
        slots: of domain.yml.
        questions: what the assistant can wait for: slots of domain.yml and the questions of the questionnaires.
        towns: towns with an office, and other places; Latvian names.
        municipalities: Latvian names.
        seats: municipality by the Latvian name of its seat, for suggestions.
    """

    intents: frozenset[str]
    services: frozenset[str]
    actions: frozenset[str]
    slots: frozenset[str]
    questions: frozenset[str]
    towns: frozenset[str]
    municipalities: frozenset[str]
    seats: dict[str, str]

    def values_of_slot(self, slot: str) -> frozenset[str] | None:
        """Return the values that a slot can have; None where they are not a list."""
        return {
            "municipality": self.municipalities,
            "place": self.towns,
            "service": self.services,
            "language": frozenset({"lv", "ru", "en"}),
            "requested_slot": self.questions,
        }.get(slot)


def read_vocabulary(root: Path = ROOT) -> Vocabulary:
    """Read the names from domain.yml and the tables of the directory.

    Raises:
        ContentError: one of these files can't be used.
    """
    domain = read_yaml(root / "domain.yml", root).data
    intents = frozenset(i if isinstance(i, str) else next(iter(i)) for i in domain["intents"])
    folder = root / "data" / "directory"
    municipalities, problems = read_table(Municipality, folder / "municipalities.csv", root)
    places, more = read_table(Place, folder / "places.csv", root)
    offices, still_more = read_table(Office, folder / "offices.csv", root)
    if problems or more or still_more:
        raise ContentError([*problems, *more, *still_more])
    return Vocabulary(
        intents=intents,
        services=frozenset(
            intent.removeprefix("ask_")
            for intent in intents
            if intent.startswith("ask_") and not intent.startswith(DETAIL) and intent != "ask_privacy"
        ),
        actions=frozenset({*(domain.get("actions") or []), *(domain.get("responses") or {})}),
        slots=frozenset(domain.get("slots") or {}),
        questions=frozenset({*(domain.get("slots") or {}), *_questions(root)}),
        towns=frozenset({o.town for _, o in offices} | {p.name.lv for _, p in places}),
        municipalities=frozenset(m.name.lv for _, m in municipalities),
        seats={m.seat: m.name.lv for _, m in municipalities},
    )


def _questions(root: Path) -> list[str]:
    """Return the names of the questions that the questionnaires ask."""
    files = sorted((root / "data" / "questionnaires").glob("*.yml"))
    return [question["slot"] for path in files for question in read_yaml(path, root).data.get("questions") or ()]


@functools.lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the names of this project, read once."""
    return read_vocabulary()


def closest(name: str, known: frozenset[str] | set[str] | tuple[str, ...]) -> str | None:
    """Return the known name that a misspelt one most likely means."""
    folded = {candidate.lower(): candidate for candidate in sorted(known)}
    found = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
