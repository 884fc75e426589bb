"""What the dialogues touch, and what none of them does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.assistant.context import MISUNDERSTOOD
from bot.dialogues.assertions import Seen
from bot.dialogues.results import CaseResult, Run
from bot.dialogues.vocabulary import DETAIL, ROUTE_KINDS, Vocabulary
from bot.languages import LANGUAGES

FALLBACKS = (
    "first misunderstanding",
    "second misunderstanding",
    "understood again",
    "not_helpful",
    "out_of_scope",
    "chitchat",
    "unknown place",
    "place of several",
    "outside Latvia",
    "detail without a card",
)


@dataclass(frozen=True)
class Coverage:
    """How many turns touch each thing of one kind; 0 for those that none does."""

    kind: str
    counts: dict[str, int]

    @property
    def untouched(self) -> list[str]:
        """What no dialogue touches."""
        return [name for name, count in self.counts.items() if not count]

    @property
    def share(self) -> float:
        """The share of things that are touched, 0 … 1."""
        return 1 - len(self.untouched) / len(self.counts) if self.counts else 1.0

    @property
    def most(self) -> int:
        """The largest count, for the length of bars."""
        return max(self.counts.values(), default=0)


def cover(run: Run, names: Vocabulary) -> list[Coverage]:
    """Return what a run touches: intents, cards, languages, routes and the ways out of not understanding."""
    seen = [Seen(played.turn) for result in run.results for played in result.turns]
    languages = Counter(turn.turn.language for turn in seen)
    return [
        _count("intents", names.intents, (turn.turn.intent for turn in seen)),
        _count("services", names.services, (service for turn in seen for service in turn.services)),
        Coverage("languages", {language: languages[language] for language in LANGUAGES}),
        _count("routes", ROUTE_KINDS, (route.get("kind") for turn in seen for route in turn.routes)),
        _count("fallbacks", FALLBACKS, (path for result in run.results for path in fallback_paths(result))),
    ]


def _count(kind: str, known: Iterable[str], touched: Iterable[object]) -> Coverage:
    counted = Counter(touched)
    names = known if isinstance(known, tuple) else sorted(known)
    return Coverage(kind, {name: counted[name] for name in names})


def fallback_paths(result: CaseResult) -> list[str]:
    """Return the ways out of not understanding that a dialogue takes."""
    paths: list[str] = []
    in_a_row = 0
    for played in result.turns:
        turn = played.turn
        if turn.intent in MISUNDERSTOOD:
            in_a_row += 1
            paths.append("first misunderstanding" if in_a_row == 1 else "second misunderstanding")
        elif turn.intent not in ("out_of_scope", "chitchat"):
            if in_a_row:
                paths.append("understood again")
            in_a_row = 0
        if turn.intent in ("not_helpful", "out_of_scope", "chitchat"):
            paths.append(turn.intent)
        found = {str(entity.get("entity")): entity.get("value") for entity in turn.entities}
        if "outside_latvia" in found:
            paths.append("outside Latvia")
        if "place_candidates" in found and "municipality" not in found:
            paths.append("place of several")
        if turn.intent == "inform_place" and not {"municipality", "outside_latvia", "place_candidates"} & set(found):
            paths.append("unknown place")
        if (turn.intent or "").startswith(DETAIL) and not turn.slots.get("service"):
            paths.append("detail without a card")
    return paths
