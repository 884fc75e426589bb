"""Whether a message answers the question that is open: the last word of understanding."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.context import Context
from bot.nlu.components import FALLBACK, _Component
from bot.nlu.danger import URGENT
from bot.questionnaire.loading import find_question
from bot.questionnaire.reading import Guess, read_answer
from bot.questionnaire.vault import vault

ANSWER = "answer"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerInterpreter(_Component, IntentClassifier):
    """Turns a message that answers the open question into the intent that its buttons send.

    Stands last in the pipeline, so that it sees danger, places and the fallback. What is no answer
    keeps its own intent; danger is never an answer. A person's own words go into the vault, and only
    their token into the entity.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent ``answer`` with the entities ``slot`` and ``value`` where a message answers."""
        for message in messages:
            text = message.get(TEXT)
            found = find_question(Context.from_metadata(message.get("metadata")).requested_slot)
            guess = first_guess(message)
            if not text or not found or guess.intent == URGENT:
                continue
            _, question = found
            answer = read_answer(question, text, guess)
            if answer is None:
                continue
            value = vault().keep(answer.value) if answer.is_own_words else answer.value
            first = {"name": ANSWER, "confidence": 1.0}
            message.set(INTENT, first, add_to_output=True)
            message.set("intent_ranking", [first, *message.get("intent_ranking", [])], add_to_output=True)
            entities = [_entity("slot", question.slot, text), _entity("value", value, text)]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


def first_guess(message: Message) -> Guess:
    """Return what the classifier takes a message for, whatever the fallback made of it."""
    danger = (message.get(INTENT) or {}).get("name") == URGENT
    ranking = [entry for entry in message.get("intent_ranking", []) if entry["name"] != FALLBACK]
    if danger or not ranking:
        return Guess(URGENT if danger else FALLBACK, 0.0)
    return Guess(ranking[0]["name"], float(ranking[0]["confidence"]))


def _entity(name: str, value: str, text: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": len(text)}
