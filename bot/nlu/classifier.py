"""Ranking intents by two views of a message: what it means, and how it is spelt.

Meaning: a sentence embedding of the restored text, mean-centred and normalised, in a multinomial
logistic regression. Spelling: character n-grams of the folded text in linear support vector
machines. The scores are added with weights, and a temperature, that are fitted on held-out
examples, so that the confidence is one (Guo et al., "On Calibration of Modern Neural Networks",
2017). Weights are kept as plain arrays: a model file holds no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.fold import fold
from bot.nlu.regression import fit_regression

NGRAM_BUCKETS = 2**16
RUN = 10  # lines that stay together
HELD_OUT_OF = 7
REGRESSION_C = 2.0
MACHINES_C = 0.5
# Of the machines; two factors are fitted on the trial, which needs no more than LIBLINEAR's own default.
TOLERANCE, TRIAL_TOLERANCE = 1e-1, 1.0
SEED = 20261122

_vectorizer = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), n_features=NGRAM_BUCKETS, alternate_sign=False, norm=None, preprocessor=fold
)


@dataclass
class NeedModel:
    """A fitted model.

    Attributes:
        intents: names, in the order of the rows of the weights.
        mean: mean vector of the examples, shape (dim,).
        meaning: weights over the centred vector and a constant, shape (intents, dim + 1).
        idf: weight of each n-gram bucket, shape (NGRAM_BUCKETS,).
        spelling: weights over the buckets and a constant, shape (intents, NGRAM_BUCKETS + 1).
        mix: factors for the scores of meaning and of spelling.
    """

    intents: list[str]
    mean: np.ndarray
    meaning: np.ndarray
    idf: np.ndarray
    spelling: np.ndarray
    mix: tuple[float, float]

    @classmethod
    def fit(
        cls,
        texts: list[str],
        vectors: np.ndarray,
        intents: list[str],
        held_out: np.ndarray | None = None,
        shares: Mapping[str, float] | None = None,
    ) -> NeedModel:
        """Fit to labelled messages.

        Args:
            texts: the messages as written.
            vectors: their sentence vectors, shape (n, dim).
            intents: their intents.
            held_out: which of them the confidence is fitted on, shape (n,): messages that nothing
                has learnt from, the embedding included. Without it, every seventh run of lines.
            shares: how large a part of all messages an intent is, where the examples are of another mind: what is
                hard to tell has more of them. Its scores are moved by the difference (Saerens et al., "Adjusting the
                Outputs of a Classifier to New a Priori Probabilities", 2002).
        """
        names = sorted(set(intents))
        labels = np.array([names.index(intent) for intent in intents])
        counts = _vectorizer.transform(texts)
        if held_out is None or held_out.all() or not held_out.any():
            # Lines that stand together were written in one go and resemble each other.
            held_out = np.arange(len(labels)) // RUN % HELD_OUT_OF == 0
        learnt = ~held_out
        # LIBLINEAR needs no lock of Python, so the machines are fitted beside the regressions.
        with ThreadPoolExecutor(max_workers=1) as beside:
            trial_machines = beside.submit(_fit_machines, counts[learnt], labels[learnt], len(names), TRIAL_TOLERANCE)
            machines = beside.submit(_fit_machines, counts, labels, len(names), TOLERANCE)
            trial_regression = _fit_regression(vectors[learnt], labels[learnt])
            regression = _fit_regression(vectors, labels, start=trial_regression[1])
            trial = cls(names, *trial_regression, *trial_machines.result(), mix=(1.0, 1.0))
            mix = trial._fit_mix(vectors[held_out], counts[held_out], labels[held_out])
            model = cls(names, *regression, *machines.result(), mix)
        for intent, share in (shares or {}).items():
            if intent in names:
                taught = intents.count(intent) / len(intents)
                model.meaning[names.index(intent), -1] += (_log_odds(share) - _log_odds(taught)) / mix[0]
        return model

    def _fit_mix(self, vectors: np.ndarray, counts: sparse.csr_matrix, labels: np.ndarray) -> tuple[float, float]:
        meaning, spelling = self._scores(vectors, counts)
        rows = np.arange(len(labels))

        def loss(factors: np.ndarray) -> float:
            probabilities = _softmax(factors[0] * meaning + factors[1] * spelling)
            return float(-np.log(probabilities[rows, labels] + 1e-12).mean())

        best = minimize(loss, np.array([1.0, 1.0]), method="Nelder-Mead", options={"maxiter": 200})
        return float(best.x[0]), float(best.x[1])

    def _scores(self, vectors: np.ndarray, counts: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
        meaning = _centre(vectors, self.mean) @ self.meaning[:, :-1].T + self.meaning[:, -1]
        return meaning, self._spelling_scores(counts)

    def _spelling_scores(self, counts: sparse.csr_matrix) -> np.ndarray:
        return np.asarray(_weigh(counts, self.idf) @ self.spelling[:, :-1].T) + self.spelling[:, -1]

    def probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each intent, shape (n, intents)."""
        meaning, spelling = self._scores(vectors, _vectorizer.transform(texts))
        return _softmax(self.mix[0] * meaning + self.mix[1] * spelling)

    def by_spelling(self, text: str) -> dict[str, float]:
        """Return how likely each intent is by the spelling alone, which needs no embedding."""
        scores = self._spelling_scores(_vectorizer.transform([text]))
        return dict(zip(self.intents, _softmax(self.mix[1] * scores)[0].tolist(), strict=True))

    def rank(self, text: str, vector: np.ndarray) -> list[tuple[str, float]]:
        """Return the intents with their probabilities, the likeliest first."""
        probabilities = self.probabilities([text], vector[None, :])[0]
        order = np.argsort(-probabilities)
        return [(self.intents[i], float(probabilities[i])) for i in order]

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``, the many weights of spelling in half precision."""
        (folder / "needs.json").write_text(json.dumps({"intents": self.intents, "mix": self.mix}))
        spelling = self.spelling.astype(np.float16)
        np.savez(folder / "needs.npz", mean=self.mean, meaning=self.meaning, idf=self.idf, spelling=spelling)

    @classmethod
    def load(cls, folder: Path) -> NeedModel:
        """Read a model that :meth:`save` wrote."""
        head = json.loads((folder / "needs.json").read_text())
        with np.load(folder / "needs.npz", allow_pickle=False) as arrays:
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
        return cls(intents=head["intents"], mix=tuple(head["mix"]), **weights)


def _centre(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    centred = vectors - mean
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.maximum(norms, 1e-9)


def _fit_regression(
    vectors: np.ndarray, labels: np.ndarray, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean vector, and the weights over what is centred by it."""
    mean = vectors.mean(axis=0)
    return mean.astype(np.float32), fit_regression(_centre(vectors, mean), labels, REGRESSION_C, start)


def _fit_machines(
    counts: sparse.csr_matrix, labels: np.ndarray, intents: int, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of each n-gram bucket, and the machines' weights over what is weighed by them."""
    document_counts = np.bincount(counts.indices, minlength=NGRAM_BUCKETS)
    idf = (np.log((1 + counts.shape[0]) / (1 + document_counts)) + 1).astype(np.float32)
    machines = LinearSVC(C=MACHINES_C, tol=tolerance, random_state=SEED)
    machines.fit(_weigh(counts, idf), labels)
    weights, constants = machines.coef_, machines.intercept_
    if intents == 2:  # one machine tells two intents apart
        weights, constants = np.vstack([-weights, weights]), np.concatenate([-constants, constants])
    return idf, np.hstack([weights, constants[:, None]]).astype(np.float32)


def _weigh(counts: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Return the weight of each n-gram in each text, so that a text's squares sum to one."""
    weighed = counts.copy().astype(np.float32)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    row = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
    norms = np.sqrt(np.bincount(row, weights=weighed.data**2, minlength=weighed.shape[0]))
    weighed.data /= np.maximum(norms, 1e-9)[row].astype(np.float32)
    return weighed


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
