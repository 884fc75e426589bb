"""A low-rank adapter: the small change that teaches the general embedding this task.

For some linear layers it holds two thin matrices, ``down`` (rank, inputs) and ``up`` (outputs,
rank), and the adapted layer is ``W + scale * up @ down`` (LoRA, Hu et al. 2021,
arXiv:2106.09685). Added into the weights at load, it costs nothing per message. It is bound by a
digest to the weights that it was trained on; ``benchmarks/nlu/adapt_embedding.py`` makes it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.embedding.e5_weights import E5Weights

DESCRIPTION_FILE = "adapter.json"
MATRICES_FILE = "lora.npz"
TRAINED_ON = "trained_on"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Adapter:
    """Changes of linear layers by the layers' names, and a short digest that names the adapter."""

    digest: str
    scale: float
    down: dict[str, np.ndarray]
    up: dict[str, np.ndarray]
    trained_on: np.ndarray
    """Digests of the examples that the adapter was trained on, as ``text_digests`` makes them."""

    def adapted(self, name: str, matrix: np.ndarray) -> np.ndarray:
        """Return a linear layer's float32 matrix (outputs, inputs) with the change added."""
        if name not in self.down:
            return matrix
        change = self.up[name].astype(np.float32) @ self.down[name].astype(np.float32)
        return np.asarray(matrix + np.float32(self.scale) * change)

    def has_seen(self, texts: Sequence[str]) -> np.ndarray:
        """Return for each text, as it stands in the training data, whether it was trained on."""
        return np.isin(text_digests(texts), self.trained_on)


def text_digests(texts: Sequence[str]) -> np.ndarray:
    """Return a 64-bit number for each text, shape (texts,)."""
    digests = [hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype="<u8")


def load_adapter(folder: Path, weights: E5Weights) -> Adapter | None:
    """Return the adapter of a folder; None, with a warning, when it can't serve these weights.

    A missing folder is no error: the embedding then works unadapted.

    Args:
        folder: holds ``adapter.json`` (``base_sha256``, ``matrices_sha256``, ``scale``) and
            ``lora.npz`` (``<layer>.down`` and ``<layer>.up`` in half precision, ``trained_on``).
        weights: the weights that the adapter must have been trained on.
    """
    description_file, matrices_file = folder / DESCRIPTION_FILE, folder / MATRICES_FILE
    if not description_file.exists() or not matrices_file.exists():
        return None
    try:
        description = json.loads(description_file.read_text(encoding="utf-8"))
        if description["base_sha256"] != weights.digest():
            logger.warning(
                "The adapter in %s was trained on other weights; the embedding runs unadapted.",
                folder,
            )
            return None
        digest = hashlib.sha256(matrices_file.read_bytes()).hexdigest()
        if description["matrices_sha256"] != digest:
            logger.warning("%s does not fit %s; the embedding runs unadapted.", matrices_file, description_file)
            return None
        with np.load(matrices_file, allow_pickle=False) as stored:
            down = {key.removesuffix(".down"): stored[key] for key in stored.files if key.endswith(".down")}
            up = {key.removesuffix(".up"): stored[key] for key in stored.files if key.endswith(".up")}
            trained_on = stored[TRAINED_ON]
        return Adapter(digest[:12], float(description["scale"]), down, up, trained_on)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        logger.warning("The adapter in %s can't be read (%s); the embedding runs unadapted.", folder, error)
        return None
