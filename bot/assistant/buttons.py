"""What a tapped button means, and whether a button of ours can mean it.

A changed client, or a web page of somebody's own, can send any payload. Only what one of our own
buttons can carry reaches the dialogue: an intent of the domain, and values that the directory and
the questionnaires know. So neither intents nor slots can be injected, and nothing is echoed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, get_args

from rasa.shared.core.constants import USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START
from rasa.shared.core.domain import Domain

from bot.assistant.messages import UnknownButton
from bot.directory.directory import directory
from bot.directory.whereabouts import Country
from bot.questionnaire.vault import is_token

MAX_VALUE = 200  # characters of a value that a button sends
# Rasa's own intents steer the tracker without a word to the person; no button of ours has them.
RASAS_OWN = frozenset({USER_INTENT_RESTART, USER_INTENT_BACK, USER_INTENT_SESSION_START})
_PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?", re.DOTALL)
_SHORT_WORD = re.compile(r"[a-z][a-z_0-9]{0,40}")  # options, cards, questions: see bot.questionnaire.models


def _is_short_word(value: str) -> bool:
    return bool(_SHORT_WORD.fullmatch(value))


# What a button of ours can carry, by entity. Entities that only understanding sets stand in none.
CARRIED: dict[str, Callable[[str], bool]] = {
    "municipality": lambda value: directory().municipality(value) is not None,
    "place": lambda value: value in directory().places,
    "service": lambda value: value in directory().services,
    "topic": lambda value: value in directory().topics,
    "outside_latvia": lambda value: value in get_args(Country),
    "slot": _is_short_word,
    "value": lambda value: _is_short_word(value) or is_token(value),
}


def parse_payload(button: str) -> dict[str, Any]:
    """Return what a tapped button means, as Rasa's parse data.

    Raises:
        UnknownButton: it is no payload.
    """
    match = _PAYLOAD.fullmatch(button)
    if not match:
        raise UnknownButton(f'{button!r} is no payload: /intent or /intent{{"entity": "value"}}')
    try:
        entities = json.loads(match["entities"] or "{}")
    except (ValueError, RecursionError) as error:
        raise UnknownButton(f"{button!r} has no JSON object after its intent") from error
    if any(isinstance(value, (dict, list)) or len(str(value)) > MAX_VALUE for value in entities.values()):
        raise UnknownButton(f"/{match['intent']} has a value that is not short and simple")
    intent = {"name": match["intent"], "confidence": 1.0}
    return {
        "text": button,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }


def known_button(button: str, domain: Domain) -> dict[str, Any]:
    """Return what a tapped button means, where one of ours can mean that (see :func:`parse_payload`).

    Raises:
        UnknownButton: it is no payload; or the dialogue has no such intent, entity or value (any more).
    """
    parsed = parse_payload(button)
    intent = parsed["intent"]["name"]
    if intent in RASAS_OWN or intent not in domain.intents:
        raise UnknownButton("The dialogue knows no such button.")
    for entity in parsed["entities"]:
        can_carry, value = CARRIED.get(entity["entity"]), entity["value"]
        if can_carry is None or not isinstance(value, str) or not can_carry(value):
            raise UnknownButton("No button of ours carries such a value (any more).")
    return parsed
