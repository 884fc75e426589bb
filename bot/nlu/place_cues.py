"""The words around a name that tell whether a place is meant: read from ``data/cues/places.yml``."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.directory.loading import read_yaml
from bot.nlu.fold import fold, strip_accents
from bot.settings import ROOT

CUES = ROOT / "data" / "cues" / "places.yml"
LISTS = (
    "lives", "declared", "being", "self", "moved", "past", "present", "works", "elsewhere", "others",
    "from", "at", "to", "on", "beside", "between",
    "institutions", "towns", "persons", "articles", "not_before", "not_after",
    "negations", "noes", "infinitives", "corrections", "slips", "contrasts", "alternatives", "determiners",
    "kilometres",
)  # fmt: skip
UNITS = ("municipality", "district", "parish")
STRENGTHS = ("weak", "strong", "person", "phrase")

SHORTEST_BEGINNING = 4  # letters, folded
Kinds = frozenset[str]
NO_KINDS: Kinds = frozenset()


@dataclass
class WordKinds:
    """Says of a folded word which lists it stands in; a star in a list stands for any ending."""

    whole: dict[str, Kinds] = field(default_factory=dict)
    beginnings: dict[str, Kinds] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> WordKinds:
        """Read lists by their names."""
        kinds = cls()
        for name, words in lists.items():
            for word in words:
                table = kinds.beginnings if word.endswith("*") else kinds.whole
                key = word if word.endswith(".") else fold(word.rstrip("*"))
                table[key] = table.get(key, NO_KINDS) | {name}
        kinds.lengths = tuple(sorted({len(key) for key in kinds.beginnings}))
        return kinds

    def __getitem__(self, folded: str) -> Kinds:
        """Return the names of the lists that a folded word stands in."""
        found = self.whole.get(folded, NO_KINDS)
        for length in self.lengths:
            if length > len(folded):
                break
            more = self.beginnings.get(folded[:length])
            if more:
                found |= more
        return found


@dataclass(frozen=True)
class PlaceCues:
    """What ``places.yml`` says.

    Attributes:
        kinds: the lists that a folded word stands in (``lives``, ``from``, ``unit:parish`` …).
        ambiguous: spellings (lower case) that also mean something else → how strongly.
        ambiguous_folded: the same as they fold, for Russian in Latin letters and words that only fold to a name.
        not_places: folded words, and beginnings of words, that are near a name and are none.
        not_places_as_written: the same with their accents, for words that fold to a name.
        inhabitants: the town → what its people call themselves.
        parishes_that_are_words: parishes whose names are everyday words or people's names.
    """

    kinds: WordKinds
    ambiguous: dict[str, str]
    ambiguous_folded: dict[str, str]
    not_places: WordKinds
    not_places_as_written: frozenset[str]
    inhabitants: dict[str, list[str]]
    parishes_that_are_words: frozenset[str]

    def ambiguity(self, word: str, folded: str, exact: bool = True) -> str | None:
        """Return ``weak`` or ``strong`` where a word also means something else.

        Args:
            word: in lower case.
            folded: folded.
            exact: the word is a spelling of the name, and does not only fold to it.
        """
        if exact and not word.isascii():
            return self.ambiguous.get(word)
        return self.ambiguous.get(word) or self.ambiguous_folded.get(folded)


@functools.lru_cache(maxsize=1)
def place_cues(path: Path = CUES) -> PlaceCues:
    """Read the cues.

    Raises:
        ContentError: a list is missing, or is no list of words.
    """
    file = read_yaml(path, ROOT)
    data = file.data or {}
    findings: list[Finding] = []

    def words(*keys: str) -> list[str]:
        value = data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        for index, word in enumerate(value or ()):
            if str(word).endswith("*") and len(fold(str(word))) < SHORTEST_BEGINNING:
                line = file.line((*keys, index))
                remedy = "Write the forms out: so short a beginning stands at too many words"
                findings.append(Finding(file.name, line, ".".join(keys), f"{word} is too short", remedy))
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return value
        remedy = "Write a list of words; put words such as no, yes and on in quotes"
        findings.append(Finding(file.name, file.line(keys), ".".join(keys), "is no list of words", remedy))
        return []

    lists = {name: words(name) for name in LISTS}
    lists |= {f"unit:{unit}": words("units", unit) for unit in UNITS}
    ambiguous = {word: strength for strength in STRENGTHS for word in _spellings(words("ambiguous", strength))}
    not_places = words("not_places")
    towns = data.get("inhabitants") or {}
    inhabitants = {str(town): words("inhabitants", town) for town in towns}
    parishes = words("parishes_that_are_words")
    if findings:
        raise ContentError(findings)
    return PlaceCues(
        kinds=WordKinds.of(lists),
        ambiguous=ambiguous,
        ambiguous_folded={fold(word): strength for word, strength in ambiguous.items()},
        not_places=WordKinds.of({"not": not_places}),
        not_places_as_written=frozenset(word.lower() for word in not_places if not word.endswith("*")),
        inhabitants=inhabitants,
        parishes_that_are_words=frozenset(parishes),
    )


def _spellings(words: list[str]) -> set[str]:
    """Add to each word how it is written without diacritics."""
    return {spelling for word in words for spelling in (word.lower(), strip_accents(word.lower()))}
