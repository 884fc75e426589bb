"""Whether a message answers the question that is open: the last word of understanding."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.context import Context
from bot.nlu.components import FALLBACK, Component
from bot.nlu.danger import SUSPECTED, URGENT, find_danger
from bot.questionnaire.loading import find_question
from bot.questionnaire.reading import Guess, read_answer
from bot.questionnaire.vault import vault

ANSWER = "answer"
# In a message's metadata: the words before redaction, only where the talk waits for a telephone number.
OWN_WORDS = "own_words"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerInterpreter(Component, IntentClassifier):
    """Turns a message that answers the open question into the intent that its buttons send.

    Stands last in the pipeline, so that it sees danger, places and the fallback. What is no answer
    keeps its own intent. Danger wins: always where its words are certain, and wherever it is more than
    suspected, unless the whole message is an answer. A person's own words go into the vault, and only
    their token into the entity.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent ``answer`` with the entities ``slot`` and ``value`` where a message answers."""
        for message in messages:
            text = message.get(TEXT)
            found = find_question(Context.from_metadata(message.get("metadata")).requested_slot)
            if not text or not found:
                continue
            guess, danger = first_guess(message), find_danger(text)
            if guess.intent == URGENT and danger.certain:
                continue
            _, question = found
            own_words = (message.get("metadata") or {}).get(OWN_WORDS, text)
            answer = read_answer(question, own_words, guess)
            if answer is None:
                continue
            entities = message.get(ENTITIES, [])
            # "34" is no sign of danger, whatever it resembles; nor is "two small children" where that was asked for.
            is_suspected = guess.intent != URGENT or guess.confidence <= SUSPECTED
            if answer.is_literal or (is_suspected and not answer.is_own_words):
                entities = [entity for entity in entities if entity["entity"] != "danger"]
            value = vault().keep(answer.value) if answer.is_own_words else answer.value
            first = {"name": ANSWER, "confidence": 1.0}
            message.set(INTENT, first, add_to_output=True)
            message.set("intent_ranking", [first, *message.get("intent_ranking", [])], add_to_output=True)
            told = [_entity("slot", question.slot, text), _entity("value", value, text)]
            message.set(ENTITIES, [*entities, *told], add_to_output=True)
        return messages


def first_guess(message: Message) -> Guess:
    """Return what a message is taken for, whatever the fallback made of it."""
    ranking = [entry for entry in message.get("intent_ranking", []) if entry["name"] != FALLBACK]
    return Guess(ranking[0]["name"], float(ranking[0]["confidence"])) if ranking else Guess(FALLBACK, 0.0)


def _entity(name: str, value: str, text: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": len(text)}
