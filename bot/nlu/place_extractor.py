"""The Rasa component that finds places (:mod:`bot.nlu.places`)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.context import Context
from bot.nlu.places import FoundPlace, Places, place_finder

MUNICIPALITY = "municipality"
PLACE = "place"
CANDIDATES = "place_candidates"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(GraphComponent, EntityExtractorMixin):
    """Sets ``municipality`` and ``place`` where they are certain, else ``place_candidates`` to ask back with."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        """Make the component; the gazetteer is built now, not during the first message."""
        place_finder()
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: nothing is learnt here."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            context = Context.from_metadata(message.get("metadata"))
            places = place_finder()(text, awaiting=context.requested_slot == MUNICIPALITY)
            entities = as_entities(places)
            if entities:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


def as_entities(places: Places) -> list[dict[str, Any]]:
    """Return what was found as Rasa entities; of two places only the one to go by."""
    chosen = places.chosen()
    if chosen is None:
        return [_entity(CANDIDATES, candidate.name, candidate) for candidate in places.candidates]
    entities = [_entity(MUNICIPALITY, chosen.municipality, chosen)]
    if chosen.place:
        entities.append(_entity(PLACE, chosen.place, chosen))
    return entities


def _entity(name: str, value: str, found: FoundPlace) -> dict[str, Any]:
    return {
        "entity": name,
        "value": value,
        "start": found.start,
        "end": found.end,
        "confidence_entity": found.confidence,
        "extractor": "PlaceExtractor",
    }
