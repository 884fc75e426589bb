"""What Rasa's policies look at for each prediction, made less: the same predictions in a fifth of the time.

Rasa compares the talk with every rule and rebuilds it in ever shorter forms to look for a memorised story. What can't
match is left out here before: a rule or a story whose last turn is not the one at hand. Used by
:mod:`bot.assistant.faster_rasa`, whose test compares the predictions with Rasa's own.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

ORIGINALS = (
    RulePolicy._get_possible_keys,
    RulePolicy._is_rule_applicable,
    RulePolicy._does_rule_match_state,
    MemoizationPolicy.predict_action_probabilities,
    AugmentedMemoizationPolicy._recall_using_truncation,
)

# The last action of a talk and the intent of its last message; None where there is none.
Ending = tuple[str | None, str | None]

_ACTION_OF_KEY = re.compile(r"prev_action: \{action_name: ([^},]+)\}")
_INTENT_OF_KEY = re.compile(r"intent: ([^},]+)")


def make_policies_faster() -> None:
    """Replace the two methods; once is enough, and more does no harm."""
    RulePolicy._get_possible_keys = _possible_keys
    MemoizationPolicy.predict_action_probabilities = _recalled


class _Rules:
    """The rules of a lookup, by how they end."""

    def __init__(self, lookup: dict[str, str]):
        self.lookup = lookup
        self.size = len(lookup)
        self.turns: dict[str, int] = {}
        self._by_ending: dict[Ending, list[str]] = defaultdict(list)
        for key in lookup:
            states = json.loads(key)
            self.turns[key] = len(states)
            self._by_ending[_ending(states[-1]) if states else (None, None)].append(key)

    def ending_like(self, state: State) -> list[str]:
        """Return the rules that may match a talk whose last state this is: a few of some hundred."""
        action, intent = _ending(state)
        endings: Iterable[Ending] = {(action, intent), (action, None), (None, intent), (None, None)}
        return [key for ending in endings for key in self._by_ending.get(ending, ())]


def _ending(state: State) -> Ending:
    return state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)


_rules_of: WeakKeyDictionary[RulePolicy, dict[int, _Rules]] = WeakKeyDictionary()


def _possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """Return the rules that the talk matches, as ``RulePolicy._get_possible_keys`` does."""
    if not states:
        return set(lookup)
    known = _rules_of.setdefault(self, {})
    rules = known.get(id(lookup))
    if rules is None or rules.lookup is not lookup or rules.size != len(lookup):
        rules = known[id(lookup)] = _Rules(lookup)
    possible = [key for key in rules.ending_like(states[-1]) if self._is_rule_applicable(key, 0, states[-1])]
    for turn, state in enumerate(reversed(states[:-1]), start=1):
        # A rule that is shorter than this is applicable whatever was before it.
        if not any(rules.turns[key] > turn for key in possible):
            break
        possible = [key for key in possible if self._is_rule_applicable(key, turn, state)]
    return set(possible)


_endings_of: WeakKeyDictionary[MemoizationPolicy, tuple[dict[str, str], frozenset[Ending] | None]] = WeakKeyDictionary()


def _recalled(
    self: MemoizationPolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> PolicyPrediction:
    """Predict as ``MemoizationPolicy`` does; where no story ends as the talk does, without rebuilding the talk."""
    kept = _endings_of.get(self)
    if kept is None or kept[0] is not self.lookup:
        kept = _endings_of[self] = (self.lookup, _endings(self.lookup))
    endings = kept[1]
    if endings is None:
        return ORIGINALS[3](self, tracker, domain, rule_only_data=rule_only_data, **kwargs)
    # Turns that only rules predict are not in the states: the last one is not always the tracker's last.
    states = self._prediction_states(tracker, domain, rule_only_data=rule_only_data)
    action, intent = _ending(states[-1]) if states else (None, None)
    memorised = None
    if (action, intent) in endings or (action, None) in endings:
        memorised = self.recall(states, tracker, domain, rule_only_data=rule_only_data)
    found = self._default_predictions(domain) if memorised is None else None
    return self._prediction(found or self._prediction_result(memorised, tracker, domain))


def _endings(lookup: dict[str, str]) -> frozenset[Ending] | None:
    """Return how the memorised stories end; None where one can't be read, and each must be tried."""
    found: set[Ending] = set()
    for key in lookup:
        try:
            story = zlib.decompress(base64.b64decode(key, validate=True)).decode()
        except (ValueError, zlib.error):
            story = key  # Rasa can be told not to compress them
        at = story.rfind("prev_action: {")
        if at < 0:
            if story != "[{}]":
                return None
            found.add((None, None))
            continue
        action = _ACTION_OF_KEY.match(story, at)
        intent = _INTENT_OF_KEY.search(story, at)
        if action is None:
            return None
        found.add((action[1], intent[1] if intent else None))
    return frozenset(found)
