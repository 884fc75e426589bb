"""What the rest of the understanding knows of a sentence embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class SentenceEmbedding(Protocol):
    """Turns texts into vectors whose dot product is their similarity."""

    name: str
    """Identifies method, weights and revision: vectors of different names must not be mixed."""
    dim: int
    """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 vectors of length one, shape (texts, dim)."""
        ...
