"""What Rasa does at every start for training alone, and is left out where a trained model is loaded.

Components that only train are imported, since the model's metadata name them; and the domain, which was checked when
the model was trained and is sealed since (bot/assistant/model_seal.py), is checked again and read by the slow way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rasa.engine.storage.storage import ModelMetadata
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

# What is replaced, as Rasa has it.
ORIGINALS = (ModelMetadata.from_dict.__func__, DomainProvider.load.__func__)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def make_start_faster() -> None:
    """Replace what is slow; once is enough, and more does no harm."""
    ModelMetadata.from_dict = classmethod(_metadata)
    DomainProvider.load = classmethod(_domain_provider)


def _metadata(cls: type[ModelMetadata], serialized: dict[str, Any]) -> ModelMetadata:
    """Read what is told of a model, less how it was trained: each class that is named there would be imported."""
    metadata: ModelMetadata = ORIGINALS[0](cls, {**serialized, "train_schema": {"nodes": {}}})
    return metadata


def _domain_provider(
    cls: type[DomainProvider], config: Any, model_storage: Any, resource: Any, execution_context: Any, **kwargs: Any
) -> DomainProvider:
    """Read the domain as Rasa wrote it into the model."""
    with model_storage.read_from(resource) as folder:
        text = (Path(folder) / "domain.yml").read_text(encoding="utf-8")
    return cls(model_storage, resource, Domain.from_dict(yaml.load(text, Loader=_Loader)))
