"""What the talk adds to the words: some intents are likelier after some questions.

Multiplies probabilities and normalises them again; a message without a known context (an evaluation
of single messages) keeps its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.context import Context

DETAIL = "ask_detail_"
# With a card on the screen, "how much is it" is about that card; without one it hardly can be.
WITH_SERVICE = 3.0
WITHOUT_SERVICE = 0.5
# After "where do you live?" a bare word is a place.
ASKED_FOR_PLACE = 5.0


def weigh(ranking: Sequence[tuple[str, float]], context: Context | None) -> list[tuple[str, float]]:
    """Return the ranking as the context makes it, the likeliest first."""
    if context is None:
        return list(ranking)

    def factor(intent: str) -> float:
        if intent.startswith(DETAIL):
            return WITH_SERVICE if context.service else WITHOUT_SERVICE
        if intent == "inform_place" and context.requested_slot == "municipality":
            return ASKED_FOR_PLACE
        return 1.0

    weighed = [(intent, probability * factor(intent)) for intent, probability in ranking]
    total = sum(probability for _, probability in weighed) or 1.0
    return sorted(((intent, p / total) for intent, p in weighed), key=lambda entry: -entry[1])
