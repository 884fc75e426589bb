"""Two needs in one message: which clause says which."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

# A message shorter than this holds one need.
MIN_WORDS = 6
MIN_CLAUSE_WORDS = 2
MAX_CLAUSES = 4

# How sure the whole message and a clause must be of a need before it counts as a second one. Fitted
# on training examples put together in pairs, against single messages: see docs/understanding.md.
MIN_IN_MESSAGE = 0.001
MIN_IN_CLAUSE = 0.8
# How likely it must be by spelling alone before the clause is embedded.
MIN_BY_SPELLING = 0.05

_JOINTS = (
    "un vēl|un arī|un|kā arī|bet vēl|vēl arī",
    "и ещё|и еще|а ещё|а еще|ещё и|также|и",
    "and also|and|also|plus",
)
_BOUNDARY = re.compile(rf"[.!?;,\n]+|\s(?:{'|'.join(_JOINTS)})\s", re.IGNORECASE)


def split_clauses(text: str) -> list[str]:
    """Return the clauses of a message that may hold needs of their own; none where there is only one."""
    if len(text.split()) < MIN_WORDS:
        return []
    clauses = [part.strip() for part in _BOUNDARY.split(text)]
    clauses = [clause for clause in clauses if len(clause.split()) >= MIN_CLAUSE_WORDS]
    return clauses[:MAX_CLAUSES] if len(clauses) > 1 else []


def two_needs(
    message: Sequence[tuple[str, float]],
    clauses: Sequence[str],
    by_spelling: Callable[[str], Mapping[str, float]],
    rank: Callable[[str], Sequence[tuple[str, float]]],
) -> tuple[str, str] | None:
    """Return the two needs of a message in the order in which they are told; None where there is one.

    Args:
        message: intents and probabilities of the whole message, the likeliest first.
        clauses: its clauses.
        by_spelling: gives how likely each intent is by the spelling of a clause alone.
        rank: gives intents and probabilities of a clause, the likeliest first. It costs an embedding, so it is not
            asked of a clause that can't change the answer.
    """
    likely = [intent for intent, p in message[:3] if p >= MIN_IN_MESSAGE and is_need(intent)]
    if len(likely) < 2 or len(clauses) < 2:
        return None
    may_tell = {}
    for clause in clauses:
        spelt = by_spelling(clause)
        may_tell[clause] = {intent for intent in likely if spelt[intent] >= MIN_BY_SPELLING}
    clauses = [clause for clause in clauses if may_tell[clause]]
    if len(set().union(*may_tell.values())) < 2:
        return None
    told: list[str] = []
    for number, clause in enumerate(clauses):
        if len(told) + len(clauses) - number < 2:
            return None
        intent, probability = rank(clause)[0]
        if probability >= MIN_IN_CLAUSE and intent in likely and intent not in told:
            told.append(intent)
        if len(told) > 1:
            return told[0], told[1]
    return None


def is_need(intent: str) -> bool:
    """Whether an intent asks for something that has a button of its own."""
    return intent.startswith(("ask_", "find_")) and not intent.startswith("ask_detail_") and intent != "ask_privacy"
