"""Which language a text is in, by its letters: logistic regression over character n-grams.

Trained on the project's examples and on the commonest words, each as it stands and as it may be
typed (``bot.nlu.augment``), since no detector at hand knows Latvian without diacritics or Russian
in Latin letters. The weights are one small file in ``data/lexicon``; to make it anew after larger
changes of the examples: ``python -m bot.nlu.language_model`` (some twenty seconds).
"""

from __future__ import annotations

import functools
import random
import re
import zlib
from pathlib import Path

import numpy as np

from bot.languages import LANGUAGES, Language
from bot.settings import ROOT

MODEL = ROOT / "data" / "lexicon" / "language.npz"

_BUCKETS = 2**14
_LONGEST = 4
_SEED = 20261122
_REMEMBERED = 5_000  # words; the frequent ones come back in most messages
_VOCABULARY = 8000
_NOT_TELLING = re.compile(r"[^\w'’]+|\b\d+\b|_+")


def ngrams(text: str) -> list[int]:
    """Return the buckets of the character n-grams of a text, 1 to 4 letters, words apart."""
    return [bucket for word in _NOT_TELLING.sub(" ", text.lower()).split() for bucket in _ngrams_of_word(word)]


@functools.lru_cache(maxsize=_REMEMBERED)
def _ngrams_of_word(word: str) -> tuple[int, ...]:
    letters = f" {word} "
    pieces = (letters[at : at + length] for length in range(1, _LONGEST + 1) for at in range(len(letters) - length + 1))
    return tuple(zlib.crc32(piece.encode()) % _BUCKETS for piece in pieces)


class LanguageModel:
    """Weights over n-gram buckets, shape (buckets, languages), and a constant for each language."""

    def __init__(self, weights: np.ndarray, constants: np.ndarray) -> None:
        self._weights = weights.astype(np.float32)
        self._constants = constants.astype(np.float32)

    def probabilities(self, text: str) -> dict[Language, float]:
        """Return how likely each language is; all alike for a text without letters."""
        buckets = ngrams(text)
        if not buckets:
            return dict.fromkeys(LANGUAGES, 1 / len(LANGUAGES))
        found, counts = np.unique(np.array(buckets), return_counts=True)
        values = counts / np.sqrt((counts**2).sum())
        scores = values @ self._weights[found] + self._constants
        shares = np.exp(scores - scores.max())
        return {language: float(share) for language, share in zip(LANGUAGES, shares / shares.sum(), strict=True)}

    def save(self, file: Path) -> None:
        """Write the weights, in half precision."""
        np.savez_compressed(file, weights=self._weights.astype(np.float16), constants=self._constants)

    @classmethod
    def load(cls, file: Path = MODEL) -> LanguageModel:
        """Read weights that :meth:`save` wrote."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(arrays["weights"], arrays["constants"])

    @classmethod
    def fit(cls, texts: list[str], languages: list[Language]) -> LanguageModel:
        """Fit to texts of known languages."""
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import normalize

        buckets = [ngrams(text) for text in texts]
        ends = np.cumsum([0, *(len(found) for found in buckets)])
        indices = np.array([bucket for found in buckets for bucket in found])
        counts = sparse.csr_matrix((np.ones(len(indices)), indices, ends), (len(texts), _BUCKETS))
        counts.sum_duplicates()
        regression = LogisticRegression(C=10.0, max_iter=300)
        regression.fit(normalize(counts), [LANGUAGES.index(language) for language in languages])
        return cls(regression.coef_.T, regression.intercept_)


@functools.lru_cache(maxsize=1)
def language_model() -> LanguageModel:
    """Return the trained model."""
    return LanguageModel.load()


def training_texts(
    examples: dict[Language, list[str]], vocabulary: dict[Language, list[tuple[str, float]]], seed: int = _SEED
) -> tuple[list[str], list[Language]]:
    """Return texts to train on with their languages.

    Args:
        examples: the project's own texts.
        vocabulary: words of each language with their probabilities. Rows of words drawn from these
            teach what the examples do not speak of.
        seed: of all that is drawn.
    """
    from bot.nlu.augment import augment

    rng = random.Random(seed)
    texts: list[str] = []
    languages: list[Language] = []

    def add(language: Language, *new: str) -> None:
        texts.extend(new)
        languages.extend([language] * len(new))

    for language in LANGUAGES:
        for text in examples[language]:
            words = text.split()
            at = rng.randrange(len(words))
            part = " ".join(words[at : at + rng.randint(1, 5)])
            add(language, text, augment(text, language, rng), augment(text, language, rng))
            add(language, part, augment(part, language, rng))
        known = vocabulary[language]
        weights = [probability**0.5 for _, probability in known]
        for _ in range(len(known) * 3 // 8):
            row = " ".join(rng.choices([word for word, _ in known], weights, k=rng.randint(1, 6)))
            add(language, row if rng.random() < 0.4 else augment(row, language, rng))
    return texts, languages


def train(lines: dict[Language, list[str]] | None = None, words: int = _VOCABULARY, seed: int = _SEED) -> LanguageModel:
    """Train on the project's examples (or on these lines) and on so many of the commonest words."""
    from bot.nlu import corpus
    from bot.nlu.lexicons import common_words

    examples = lines or {language: list(corpus.examples(language)) for language in LANGUAGES}
    vocabulary = {language: common_words(language, words) for language in LANGUAGES}
    return LanguageModel.fit(*training_texts(examples, vocabulary, seed))


if __name__ == "__main__":
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    train().save(MODEL)
