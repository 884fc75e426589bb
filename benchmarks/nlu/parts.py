"""The parts of this project's pipeline, and how each is left out for an ablation.

Context is none of them: a message on its own has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from bot.nlu.classifier import NGRAM_BUCKETS, NeedModel


@dataclass(frozen=True)
class Part:
    """A part that can be left out.

    Attributes:
        name: for the command line.
        title: for tables.
        settings: settings of components that change.
        replaced: what takes the place of functions and objects, by their full names.
        is_learnt: whether training without it gives another model; if not, that of the whole pipeline serves.
    """

    name: str
    title: str
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replaced: Mapping[str, Any] = field(default_factory=dict)
    is_learnt: bool = True


class NoMeaning:
    """Stands for an embedding that tells nothing: every vector is the same."""

    name = "nothing"
    dim = 1

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return zeros, shape (texts, 1)."""
        return np.zeros((len(texts), 1), dtype=np.float32)


def _as_typed(text: str, language: str | None) -> str:
    return text


def _undivided(text: str) -> list[str]:
    return []


def _no_meaning(name: str) -> NoMeaning:
    return NoMeaning()


def _uncached(embedding: Any, file: Any) -> Any:
    return embedding


@classmethod  # type: ignore[misc]
def _unweighed(cls: type[NeedModel], folder: Path) -> NeedModel:
    return replace(_load(folder), mix=(1.0, 1.0))


def _undisturbed(self: Any, messages: list[Any]) -> list[Any]:
    return messages


def _nothing(text: str) -> str:
    return ""


def _vectorizer(preprocessor: Any) -> HashingVectorizer:
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 5),
        n_features=NGRAM_BUCKETS,
        alternate_sign=False,
        norm=None,
        preprocessor=preprocessor,
    )


_load = NeedModel.load
_NGRAMS = "bot.nlu.classifier._vectorizer"
PARTS = (
    Part("restoration", "restored spelling", replaced={"bot.nlu.reading.restore": _as_typed}),
    Part(
        "adapter",
        "the embedding's adapter",
        settings={"SentenceEmbeddingFeaturizer": {"embedding": "e5-plain"}},
    ),
    Part(
        "embedding",
        "the embedding",
        replaced={
            "bot.nlu.components.load_embedding": _no_meaning,
            "bot.nlu.components.CachedEmbedding": _uncached,
        },
    ),
    Part("ngrams", "character n-grams", replaced={_NGRAMS: _vectorizer(_nothing)}),
    Part("folding", "folding for the n-grams", replaced={_NGRAMS: _vectorizer(str.lower)}),
    Part(
        "calibration",
        "fitted weights and temperature",
        replaced={"bot.nlu.classifier.NeedModel.load": _unweighed},
        is_learnt=False,
    ),
    Part(
        "clauses",
        "the search for a second need",
        replaced={"bot.nlu.components.split_clauses": _undivided},
        is_learnt=False,
    ),
    Part(
        "sentences",
        "the search for danger in each sentence",
        replaced={"bot.nlu.components.split_sentences": _undivided},
        is_learnt=False,
    ),
    Part(
        "danger",
        "the check for danger",
        replaced={"bot.nlu.components.DangerDetector.process": _undisturbed},
        is_learnt=False,
    ),
)
