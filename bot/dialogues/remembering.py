"""Vectors of repeated texts are computed once: dialogues say the same things again and again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.nlu.embedding import CachedEmbedding, SentenceEmbedding

if TYPE_CHECKING:
    from bot.assistant.agent import Assistant

MOST = 5_000  # vectors in memory, 1.5 kB each


class RememberingEmbedding:
    """A sentence embedding that keeps the vectors of the texts it has seen, in memory."""

    def __init__(self, embedding: SentenceEmbedding):
        self._embedding = embedding
        self._vectors: dict[str, np.ndarray] = {}
        self.name = embedding.name
        self.dim = embedding.dim

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the normalised sentence vectors of texts, float32, shape (texts, dim)."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            if len(self._vectors) + len(missing) > MOST:
                self._vectors.clear()
            self._vectors.update(zip(missing, self._embedding.encode(missing), strict=True))
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vectors[text]
        return vectors


def remember_vectors(assistant: Assistant, file: Path | None) -> None:
    """Make a loaded assistant keep the vectors of texts, in memory and, with ``file``, on disk.

    Rasa has no way to reach a component of a loaded model but its graph; where another version of
    Rasa names it differently, everything is computed and only the speed is lost.
    """
    runner = getattr(assistant.processor, "graph_runner", None)
    nodes: dict[str, Any] = getattr(runner, "_instantiated_nodes", {})
    for node in nodes.values():
        component = getattr(node, "_component", None)
        embedding = getattr(component, "embedding", None)
        if component is not None and embedding is not None:
            kept = CachedEmbedding(embedding, file) if file else embedding
            component.embedding = RememberingEmbedding(kept)
