"""Searching the cards: short queries as mediators type them, in three languages, spelt anyhow.

Each typed word votes for cards by the words of the index that it may stand for (a kernel estimate
of a unigram language model: Zhai and Lafferty, "A study of smoothing methods for language models",
2004). A word that stands in every card says little; one that stands in a single card decides.

Why not the sentence embedding: on short queries it added nothing that could be measured (own.tsv:
99 % with and without), it costs 15 ms, and the page in the browser must find the same without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.directory.directory import Directory, directory
from bot.directory.models import ServiceCard
from bot.languages import Language
from bot.nlu.fold import fold
from bot.reference.index import SearchIndex, index_of

VOTE = 4.0  # how steeply a word's vote rises with a card's share of it
DOUBT = 0.3  # weight of evidence below which a word hardly votes
MAX_WORDS = 24  # of a query; what follows is not read


@dataclass(frozen=True)
class Hit:
    """A card that was found, and how well it fits; scores compare within one search only."""

    service: ServiceCard
    score: float


def search(query: str, language: Language | None = None, limit: int = 3, known: Directory | None = None) -> list[Hit]:
    """Return the cards that fit a query best, the best first; none where no word is known.

    Args:
        query: what was typed, in any of the languages, spelt anyhow.
        language: of the person who types, where it is known: words of this language count double.
        limit: how many cards at most.
        known: the directory; that of this process by default.
    """
    known = known or directory()
    cards, index = known.services, index_of(known)
    scores = score(index, query, language)
    order = np.argsort(-scores, kind="stable")[:limit]
    return [Hit(cards[index.services[column]], float(scores[column])) for column in order if scores[column] > 0]


def score(index: SearchIndex, query: str, language: Language | None = None) -> np.ndarray:
    """Return how well each card fits, shape (services,); nought where no word is known."""
    total = np.zeros(len(index.services))
    for word in fold(query).split()[:MAX_WORDS]:
        rows, weights = index.vocabulary.weights(word)
        evidence = weights @ index.weights[rows]
        if language:
            evidence = evidence + weights @ index.in_language[language][rows]
        total += np.log1p(VOTE * evidence / (evidence.sum() + DOUBT))
    return total
