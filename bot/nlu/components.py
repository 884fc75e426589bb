"""Rasa graph components. Thin: what they do stands in the modules beside them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.context import Context
from bot.nlu.classifier import NeedModel
from bot.nlu.clauses import split_clauses, two_needs
from bot.nlu.context_prior import weigh
from bot.nlu.danger import SUSPECTED, URGENT, find_danger, split_sentences
from bot.nlu.embedding import EMBEDDINGS, CachedEmbedding, SentenceEmbedding, load_embedding, unseen_by_adapter
from bot.nlu.gibberish import says_something
from bot.nlu.language import resolve_language
from bot.nlu.reading import Reading, read, read_all
from bot.settings import settings

RESTORED = "restored"
CLAUSES = "clauses"
SENTENCES = "sentences"
EMBED = "embed"  # gives the vector of a part of a message: few messages need it
DANGER_IN_A_SENTENCE = "danger_in_a_sentence"  # gives the probability of danger of the likeliest sentence
SECOND_NEED = "second_need"
RANKING = "intent_ranking"
LANGUAGE = "language"
FALLBACK = "nlu_fallback"
PLACE_ENTITIES = frozenset({"municipality", "place", "place_candidates"})
ComponentType = DefaultV1Recipe.ComponentType


def context_of(message: Message) -> Context | None:
    """Return what the talk knows; None for a message on its own (training, evaluation)."""
    metadata = message.get("metadata") or {}
    return Context.from_metadata(metadata) if "context" in metadata else None


class Component(GraphComponent):
    """What every component here shares: it is made from its configuration alone."""

    def __init__(self, config: dict[str, Any]):
        self.config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Make the component for training."""
        return cls(config)


@DefaultV1Recipe.register(ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MessageReader(Component):
    """Tells the language of a message and restores its spelling for the embedding."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read the examples."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        for message, reading in zip(messages, read_all([message.get(TEXT) for message in messages]), strict=True):
            self._set(message, reading)  # an example has one need; its parts are not looked at
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``restored`` and ``language`` on each message, and the language as an entity."""
        for message in messages:
            if text := message.get(TEXT):
                reading = read(text)
                self._set(message, reading)
                message.set(CLAUSES, split_clauses(reading.restored))
                message.set(SENTENCES, split_sentences(reading.restored))
        return messages

    @staticmethod
    def _set(message: Message, reading: Reading) -> None:
        guess = reading.language
        message.set(RESTORED, reading.restored, add_to_output=True)
        if guess:
            detected = {"name": guess.language, "confidence": guess.confidence}
            message.set(LANGUAGE, detected, add_to_output=True)
        value = resolve_language(guess, context_of(message) or Context())
        entity = {"entity": LANGUAGE, "value": value, "start": 0, "end": len(message.get(TEXT))}
        message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)


@DefaultV1Recipe.register(ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(Component, DenseFeaturizer):
    """The multilingual sentence embedding of the restored message, as a dense sentence feature."""

    def __init__(self, config: dict[str, Any]):
        super().__init__(config)
        self.embedding: SentenceEmbedding = load_embedding(config["embedding"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The embedding to use: a name that ``load_embedding`` knows."""
        return {"embedding": "e5"}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an embedding that does not exist, before anything is trained.

        Raises:
            InvalidConfigException: naming those that do.
        """
        if config["embedding"] not in EMBEDDINGS:
            raise InvalidConfigException(f"config.yml: no embedding {config['embedding']}; use one of {EMBEDDINGS}.")

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed the examples; their vectors are kept for the next training."""
        kept = CachedEmbedding(self.embedding, settings().data_dir / "vectors.db")
        self._embed(training_data.training_examples, kept)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message, shape (1, dim)."""
        self._embed(messages, self.embedding)
        for message in messages:
            message.set(EMBED, functools.partial(_embed_one, self.embedding))
        return messages

    @staticmethod
    def _embed(messages: list[Message], embedding: SentenceEmbedding) -> None:
        read = [message for message in messages if message.get(RESTORED)]
        vectors = embedding.encode([message.get(RESTORED) for message in read])
        for message, vector in zip(read, vectors, strict=True):
            message.add_features(Features(vector[np.newaxis, :], "sentence", TEXT, "SentenceEmbeddingFeaturizer"))


def _embed_one(embedding: SentenceEmbedding, text: str) -> np.ndarray:
    return embedding.encode([text])[0]


def sentence_vector(message: Message) -> np.ndarray:
    """Return the vector that the featurizer gave a message, shape (dim,)."""
    _, dense = message.get_dense_features(TEXT)
    assert dense is not None, "NeedClassifier needs SentenceEmbeddingFeaturizer before it in config.yml"
    return np.asarray(dense.features)[0]


@DefaultV1Recipe.register(ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedClassifier(Component, IntentClassifier):
    """Ranks the intents by what a message means and how it is spelt."""

    def __init__(self, config: dict[str, Any], model: NeedModel | None = None):
        super().__init__(config)
        self.model = model
        self._storage: tuple[ModelStorage, Resource] | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The shares of intents among what people write, where those of the examples differ much."""
        return {"shares": {URGENT: 0.06}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Make the component for training."""
        component = cls(config)
        component._storage = (model_storage, resource)
        return component

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GraphComponent:
        """Load the trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, NeedModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model to the examples and keep it."""
        examples = [m for m in training_data.intent_examples if m.get(RESTORED)]
        texts = [m.get(TEXT) for m in examples]
        model = NeedModel.fit(
            texts=texts,
            vectors=np.stack([sentence_vector(m) for m in examples]),
            intents=[m.get(INTENT) for m in examples],
            held_out=unseen_by_adapter(texts),
            shares=self.config["shares"],
        )
        assert self._storage is not None
        storage, resource = self._storage
        with storage.write_to(resource) as folder:
            model.save(folder)
        return resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        assert self.model is not None
        for message in messages:
            if not message.get(RESTORED):
                continue
            told = weigh(self.model.rank(message.get(TEXT), sentence_vector(message)), context_of(message))
            clauses = message.get(CLAUSES) or []
            needs = two_needs(told, clauses, self.model.by_spelling, functools.partial(self._rank_part, message))
            if needs:
                told.sort(key=lambda entry: entry[0] != needs[0])
                second = {"entity": SECOND_NEED, "value": needs[1], "start": 0, "end": len(message.get(TEXT))}
                message.set(ENTITIES, [*message.get(ENTITIES, []), second], add_to_output=True)
                told[0] = (needs[0], sum(p for intent, p in told if intent in needs))
            ranking = [{"name": intent, "confidence": confidence} for intent, confidence in told]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(RANKING, ranking[:10], add_to_output=True)
            message.set(DANGER_IN_A_SENTENCE, functools.partial(self._danger_in_a_sentence, message))
        return messages

    def _rank_part(self, message: Message, part: str) -> list[tuple[str, float]]:
        assert self.model is not None
        return self.model.rank(part, message.get(EMBED)(part))

    def _danger_in_a_sentence(self, message: Message) -> float:
        sentences = message.get(SENTENCES) or []
        return max((dict(self._rank_part(message, sentence))[URGENT] for sentence in sentences), default=0.0)


@DefaultV1Recipe.register(ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ClarificationFallback(Component, IntentClassifier):
    """Below the threshold, and where nothing was said, the assistant asks back instead of guessing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The confidence below which a message counts as not understood.

        A message that looks like a place but names none that is known, or like one, needs more.
        """
        return {"threshold": 0.4, "unknown_place": 0.85}

    def process(self, messages: list[Message]) -> list[Message]:
        """Put ``nlu_fallback`` first where the likeliest intent is not likely enough."""
        for message in messages:
            ranking = message.get(RANKING)
            if not ranking or self._is_understood(ranking[0], message):
                continue
            fallback = {"name": FALLBACK, "confidence": 1.0 - ranking[0]["confidence"]}
            message.set(INTENT, fallback, add_to_output=True)
            message.set(RANKING, [fallback, *ranking], add_to_output=True)
        return messages

    def _is_understood(self, first: dict[str, Any], message: Message) -> bool:
        named = {entity["entity"] for entity in message.get(ENTITIES, [])}
        has_place = bool(named & PLACE_ENTITIES)
        is_unknown_place = first["name"] == "inform_place" and not has_place
        if first["confidence"] < self.config["unknown_place" if is_unknown_place else "threshold"]:
            return False
        language = (message.get(LANGUAGE) or {}).get("name")
        return has_place or first["name"] == URGENT or says_something(message.get(TEXT), language)


@DefaultV1Recipe.register(ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerDetector(Component, IntentClassifier):
    """Puts danger first where the classifier or the words say so, and names its kind."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Probabilities of danger from which it is answered, or mentioned beside another answer.

        Of the whole message; or less of that and much in one of its sentences, as a pair of both.
        """
        return {
            "answer": 0.3,
            "answer_for_a_sentence": (0.02, 0.97),
            "mention": 0.05,
            "mention_for_a_sentence": (0.005, 0.8),
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent to danger, or an entity that has it mentioned beside the answer."""
        for message in messages:
            ranking = message.get(RANKING)
            if not ranking:
                continue
            text = message.get(TEXT)
            probability = next((entry["confidence"] for entry in ranking if entry["name"] == URGENT), 0.0)
            danger = find_danger(text, message.get(RESTORED))
            in_a_sentence = functools.cache(message.get(DANGER_IN_A_SENTENCE))
            if ranking[0]["name"] == URGENT or danger.certain or self._reaches("answer", probability, in_a_sentence):
                confidence = max(probability, 0.9 if danger.certain else SUSPECTED)
                first = {"name": URGENT, "confidence": confidence}
                rest = [entry for entry in ranking if entry["name"] != URGENT]
                message.set(INTENT, first, add_to_output=True)
                message.set(RANKING, [first, *rest], add_to_output=True)
            elif not self._reaches("mention", probability, in_a_sentence):
                continue
            entity = {"entity": "danger", "value": danger.kind or "general", "start": 0, "end": len(text)}
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages

    def _reaches(self, what: str, probability: float, in_a_sentence: Callable[[], float]) -> bool:
        """Whether danger is to be answered or mentioned; sentences are read only where it depends on them."""
        whole, sentence = self.config[f"{what}_for_a_sentence"]
        return probability >= self.config[what] or (probability >= whole and in_a_sentence() >= sentence)
