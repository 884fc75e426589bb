"""Builds the encoder of multilingual-e5-small as an ONNX graph with 8-bit products.

A BERT encoder (Devlin et al. 2019): per layer, attention and feed-forward, each followed by a
residual sum and layer norm; then the mean over tokens, normalised (Wang et al. 2024,
arXiv:2402.05672). Word vectors come in as input, so that the table of 250,000 words stays in its
4-bit file instead of standing in memory once more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bot.nlu.embedding.e5_weights import E5Weights
from bot.nlu.embedding.onnx_graph import MICROSOFT, OnnxGraph

INPUT = "embedded_tokens"
OUTPUT = "sentence_vectors"
# Seven bits: without VNNI instructions ONNX Runtime adds two products in 16 bits, which overflow
# where weights use all eight. Measured no worse than eight (cosine to 32 bits 0.9967 and 0.9970).
_WEIGHT_LIMIT = 63

MatrixSource = Callable[[str], np.ndarray]


def encoder_model(weights: E5Weights, matrix: MatrixSource) -> bytes:
    """Return the serialised graph from embedded tokens to normalised sentence vectors.

    Input ``embedded_tokens`` (texts, tokens, hidden): word plus position vectors, without padding
    (there is no mask). Output ``sentence_vectors`` (texts, hidden).

    Args:
        weights: the encoder's sizes, biases and layer norms.
        matrix: returns a linear layer's float32 matrix (outputs, inputs) by its name, as
            ``E5Weights.matrix`` does, or with an adapter added.
    """
    graph = OnnxGraph()
    epsilon = float(weights.epsilon)

    def vector(name: str) -> str:
        return graph.constant(weights.vector(name))

    def linear(value: str, *names: str) -> str:
        """One product for layers that share their input; the outputs are side by side."""
        weight = np.concatenate([matrix(f"{name}.w") for name in names])
        bias = np.concatenate([weights.vector(f"{name}.b") for name in names])
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / _WEIGHT_LIMIT
        quantised = np.rint(weight / scale[:, None]).astype(np.int8)
        return graph.node(
            "DynamicQuantizeMatMul",
            value,
            graph.constant(quantised.T),
            graph.constant(scale.astype(np.float32)),
            graph.constant(np.zeros(len(scale), dtype=np.int8)),
            graph.constant(bias),
            domain=MICROSOFT,
        )[0]

    def add_and_normalise(value: str, change: str, name: str) -> str:
        return graph.node(
            "SkipLayerNormalization",
            value,
            change,
            vector(f"{name}.w"),
            vector(f"{name}.b"),
            domain=MICROSOFT,
            epsilon=epsilon,
        )[0]

    (hidden,) = graph.node(
        "LayerNormalization",
        INPUT,
        vector("emb.ln.w"),
        vector("emb.ln.b"),
        axis=-1,
        epsilon=epsilon,
    )
    thirds = graph.constant(np.full(3, weights.hidden, dtype=np.int64))
    for layer in (f"l{number}" for number in range(weights.layers)):
        projected = linear(hidden, f"{layer}.q", f"{layer}.k", f"{layer}.v")
        query, key, value = graph.node("Split", projected, thirds, outputs=3, axis=-1)
        (context,) = graph.node("MultiHeadAttention", query, key, value, domain=MICROSOFT, num_heads=weights.heads)
        hidden = add_and_normalise(hidden, linear(context, f"{layer}.ao"), f"{layer}.aln")
        (inner,) = graph.node("Gelu", linear(hidden, f"{layer}.fi"), domain=MICROSOFT)
        hidden = add_and_normalise(hidden, linear(inner, f"{layer}.fo"), f"{layer}.oln")
    (mean,) = graph.node("ReduceMean", hidden, axes=[1], keepdims=0)
    graph.node("LpNormalization", mean, outputs=OUTPUT, axis=-1, p=2)
    return graph.model(
        inputs={INPUT: ("texts", "tokens", weights.hidden)},
        outputs={OUTPUT: ("texts", weights.hidden)},
    )
