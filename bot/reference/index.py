"""The index of the search: which words speak for which card, and how strongly.

Words come from the cards (names, keywords, texts, who provides the service) and from the training
examples, in which people say the same needs in their own words. Each card's weights are divided
by their sum, so that a card with many keywords does not win by their number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Prefix

from bot.directory.directory import Directory, directory
from bot.directory.models import ServiceCard
from bot.languages import LANGUAGES, Language, as_language
from bot.nlu.fold import CYRILLIC, DIGRAPHS, fold
from bot.reference.likeness import Vocabulary
from bot.settings import ROOT

EXAMPLES = ROOT / "data" / "nlu"
_INTENT = re.compile(r"^\s*- intent: (\S+)")
_EXAMPLE = re.compile(r"^\s+- (.+?)\s*$")
_ANNOTATION = re.compile(r"\[([^\]]+)\][({][^)}]*[)}]")

# How much a word counts, by where it stands.
NAME, KEYWORD = 1.0, 1.0
INSTITUTION_SHORT, INSTITUTION = 0.5, 0.25
EXAMPLE = 0.3
STATEMENT = 0.05

# Weights are kept in steps of a third of an octave below the largest: one letter each in the browser.
STEPS = 40
STEP = 2.0 ** (-1 / 3)
CARD_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PREFIX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STEP_LETTERS = "abcdefghijklmnopqrstuvwxyz!#$%()*+,-./:;"


@dataclass(frozen=True)
class Example:
    """What somebody writes who needs a card."""

    text: str
    service: str
    language: Language


@dataclass(frozen=True)
class SearchIndex:
    """Which words speak for which card.

    Attributes:
        services: ids of the cards, in the order of the columns.
        vocabulary: the words, in the order of the rows.
        weights: float32, shape (words, services).
        in_language: the part of the weights that comes from texts in a language, likewise.
    """

    services: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    in_language: dict[Language, np.ndarray]

    def as_document(self) -> dict[str, Any]:
        """Return the index for the browser: words, for each the letters of its cards, and for each of these a step.

        Apart, the three compress better than side by side.
        """
        largest = float(self.weights.max())
        steps = _steps(self.weights, largest)
        rows = [np.flatnonzero(row) for row in self.weights]
        return {
            "services": self.services,
            "words": front_coded(self.vocabulary.words),
            "cards": " ".join("".join(CARD_LETTERS[card] for card in row) for row in rows),
            "steps": "".join(STEP_LETTERS[steps[number, card]] for number, row in enumerate(rows) for card in row),
            "largest": largest,
            "step": STEP,
            "cardLetters": CARD_LETTERS,
            "stepLetters": STEP_LETTERS,
            "rules": self.vocabulary.rules.as_dict(),
            "fold": {"letters": CYRILLIC, "digraphs": DIGRAPHS},
        }


def front_coded(words: Iterable[str]) -> str:
    """Return sorted words without what each shares with the one before it; a capital letter says how much that is.

    A third smaller on the way to a phone than the words in full. Folded words have no capitals.
    """
    parts, before = [], ""
    for word in words:
        shared = min(Prefix.similarity(before, word), len(PREFIX_LETTERS) - 1)
        parts.append(PREFIX_LETTERS[shared] + word[shared:])
        before = word
    return "".join(parts)


def build_index(cards: Directory, examples: Iterable[Example]) -> SearchIndex:
    """Make the index from the cards and from what people write."""
    services = tuple(cards.services)
    columns = {service: column for column, service in enumerate(services)}
    counts: dict[str, np.ndarray] = defaultdict(lambda: np.zeros((len(LANGUAGES), len(services))))

    def add(text: str, service: str, language: Language, weight: float) -> None:
        for word in fold(text).split():
            counts[word][LANGUAGES.index(language), columns[service]] += weight

    for card in cards.services.values():
        for language in LANGUAGES:
            for text, weight in _texts(cards, card, language):
                add(text, card.id, language, weight)
    for example in examples:
        add(example.text, example.service, example.language, EXAMPLE)
    words = sorted(counts)
    weights = np.array([counts[word] for word in words])
    totals = weights.sum(axis=(0, 1))
    weights = weights / totals * totals.mean()
    return SearchIndex(
        services,
        Vocabulary(words),
        _rounded(weights.sum(axis=1)),
        {language: _rounded(weights[:, place]) for place, language in enumerate(LANGUAGES)},
    )


def _texts(cards: Directory, card: ServiceCard, language: Language) -> Iterator[tuple[str, float]]:
    organization = cards.content.organizations[card.organization]
    for title in (card.name, card.button, card.need):
        yield title.in_language(language), NAME
    for keyword in card.keywords.in_language(language):
        yield keyword, KEYWORD
    yield organization.short.in_language(language), INSTITUTION_SHORT
    yield organization.name.in_language(language), INSTITUTION
    for section, statement in card.statements():
        if section != "good_practice":
            yield statement.text.in_language(language), STATEMENT


def _rounded(weights: np.ndarray) -> np.ndarray:
    """Return weights as the browser knows them, so that both find the same."""
    largest = float(weights.max())
    return np.where(weights > 0, largest * STEP ** _steps(weights, largest), 0.0).astype(np.float32)


def _steps(weights: np.ndarray, largest: float) -> np.ndarray:
    """Return how many steps each weight lies below the largest; meaningless where a weight is nought."""
    with np.errstate(divide="ignore"):
        steps = np.log(np.maximum(weights, 1e-9) / largest) / np.log(STEP)
    return np.clip(np.rint(steps), 0, STEPS - 1).astype(np.int16)


def labelled_examples(services: Iterable[str], folder: Path = EXAMPLES) -> Iterator[Example]:
    """Yield the training examples that ask for one of these cards.

    Read by lines: a YAML parser takes twenty times as long for what is a list of lines.
    """
    known = {f"ask_{service}": service for service in services}
    for path in sorted(folder.glob("*/*.yml")):
        language = as_language(path.stem)
        if language is None:
            continue
        service = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if intent := _INTENT.match(line):
                service = known.get(intent[1])
            elif service and (example := _EXAMPLE.match(line)):
                yield Example(_ANNOTATION.sub(r"\1", example[1]), service, language)


_made: tuple[dict[str, ServiceCard], SearchIndex] | None = None


def index_of(cards: Directory) -> SearchIndex:
    """Return the index of a directory, made anew (about a second) only where a card has changed."""
    global _made
    made = _made
    if made is None or (made[0] is not cards.services and made[0] != cards.services):
        made = (cards.services, build_index(cards, labelled_examples(cards.services)))
        _made = made
    return made[1]


def search_index() -> SearchIndex:
    """Return the index of this process's directory as it stands."""
    return index_of(directory())
