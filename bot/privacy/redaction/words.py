"""The words by which personal data are recognised, read from ``data/cues``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.directory.directory import directory
from bot.directory.errors import ContentError, Finding
from bot.directory.loading import read_yaml
from bot.nlu.fold import fold, strip_accents
from bot.privacy.redaction.declined import forms
from bot.settings import ROOT

CUES = ROOT / "data" / "cues" / "redaction.yml"
GIVEN_NAMES = ROOT / "data" / "cues" / "given_names.txt"
LONGEST_CASE = 2  # letters after the beginning of a town's name; with three it may be a surname: Vilce, Vilciņš
_LONG_CASES = ("iem", "ias", "iai", "iei", "oga", "ogo", "omu")
PUBLIC = ROOT / "data" / "directory"  # what stands here is public: lines of authorities, their addresses in the net
EXAMPLES = ROOT / "data" / "nlu"
DANGER = ROOT / "data" / "cues" / "danger.yml"
_SMALL = re.compile(r"(?<![^\W_])[a-zāčēģīķļņšūžа-яё]{3,}(?![^\W_])")
_PHONE = re.compile(r"(?:\+371 ?)?\d[\d ]{4,}\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@functools.lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """Return a word in one plain spelling, to be compared."""
    return fold(word) or word


class Words:
    """Words and beginnings of words (``zvan*``), compared in folded spelling."""

    def __init__(self, listed: Iterable[str]):
        listed = [str(word) for word in listed]
        # Folding joins an ending with the letters before it (konts: konc), so the commonest one is a word of its own.
        self._whole = frozenset(plain(word[:-1] + "s" if word.endswith("*") else word) for word in listed)
        self._beginnings = tuple(plain(word[:-1]) for word in listed if word.endswith("*"))

    def has(self, word: str) -> bool:
        """Whether a folded word is one of them."""
        return word in self._whole or (bool(self._beginnings) and word.startswith(self._beginnings))


@dataclass(frozen=True)
class Cues:
    """Everything that is listed, ready to be looked up.

    Attributes:
        lists: words by the names of the file.
        numbers: numbers by whole word, then by the beginning of a word.
        opens, closes: words around a name.
        sure, label, likely, perhaps: sequences of folded words after which a name stands, by how surely.
        relation: those after which one word with a capital letter is a name.
        after, after_any, after_title: sequences that follow a known given name, any with a capital letter inside a
            sentence, any with a capital letter.
        people: words for near ones, whose name follows for sure after "sauc".
        not_one, after_one: words that are no name there, and what may stand after one of one word.
        surname_endings: endings of folded surnames.
        given_names: known given names, folded.
        given_forms: all their cases in small letters, with accents and without; never folded from one script into
            the other, so that no other word is one of them.
        written_small: what people write in small letters in the training examples, and the words of danger: with a
            capital letter it is no name for that. Without accents.
        danger: the words of danger alone: they are not part of a name either.
        public_numbers: telephone numbers of authorities and help lines, digits without the country's code.
        public_emails: their addresses.
        places: folded beginnings of towns' and municipalities' names.
    """

    lists: dict[str, Words]
    numbers: tuple[dict[str, int], dict[str, int]]
    sure: frozenset[tuple[str, ...]]
    label: frozenset[tuple[str, ...]]
    likely: frozenset[tuple[str, ...]]
    perhaps: frozenset[tuple[str, ...]]
    relation: frozenset[tuple[str, ...]]
    after: frozenset[tuple[str, ...]]
    after_any: frozenset[tuple[str, ...]]
    after_title: frozenset[tuple[str, ...]]
    people: Words
    not_one: Words
    after_one: Words
    surname_endings: tuple[str, ...]
    opens: Words
    closes: Words
    not_name: Words
    email_at: Words
    email_at_mailbox: Words
    email_told: Words
    email_between: Words
    email_dot: Words
    email_endings: Words
    email_ties: Words
    email_providers: Words
    given_names: frozenset[str]
    given_forms: frozenset[str]
    written_small: frozenset[str]
    danger: frozenset[str]
    public_numbers: frozenset[str]
    public_emails: frozenset[str]
    places: frozenset[str]

    @functools.cached_property
    def openings(self) -> frozenset[tuple[str, ...]]:
        """Every beginning of the sequences after which a name stands."""
        sequences = self.sure | self.label | self.likely | self.perhaps | self.relation
        return frozenset(words[:end] for words in sequences for end in range(1, len(words) + 1))

    def is_place(self, word: str) -> bool:
        """Whether a folded word is a form of a town's or municipality's name."""
        return any(word[: len(word) - ending] in self.places for ending in range(min(LONGEST_CASE, len(word)) + 1)) or (
            word.endswith(_LONG_CASES) and word[:-3] in self.places
        )

    def is_common(self, word: str) -> bool:
        """Whether a word as it is spelt is one that people write in small letters."""
        small = word.lower()
        return strip_accents(small) in self.written_small and small not in self.given_forms

    def is_given_name(self, word: str) -> bool:
        """Whether a folded word is a known given name."""
        return word in self.given_names


@functools.lru_cache(maxsize=1)
def cues(path: Path = CUES) -> Cues:
    """Read the words.

    Raises:
        ContentError: the file has not the lists that are needed.
    """
    file = read_yaml(path, ROOT)
    try:
        return _read(file.data)
    except (KeyError, TypeError, AttributeError) as error:
        remedy = "Compare it with the last version that worked"
        raise ContentError([Finding(file.name, 1, str(error), "is missing or no list", remedy)]) from error


def _read(data: dict[str, Any]) -> Cues:
    whole: dict[str, int] = {}
    beginnings: dict[str, int] = {}
    for number, words in data["numbers"].items():
        for word in words:
            (beginnings if word.endswith("*") else whole)[plain(word.rstrip("*"))] = int(number)
    listed = [name for line in _lines(GIVEN_NAMES) for name in line.split()]
    names = {plain(name) for name in listed}
    without_s = {name[:-1] for name in names if len(name) > 4 and name.endswith("s")}
    phones, emails = _public()
    nested = ("name", "numbers", "email", "not_name", "surname_endings")
    return Cues(
        lists={key: Words(words) for key, words in data.items() if key not in nested},
        numbers=(whole, beginnings),
        sure=_phrases(data["name"]["sure"]),
        label=_phrases(data["name"]["label"]),
        likely=_phrases(data["name"]["likely"]),
        perhaps=_phrases(data["name"]["perhaps"]),
        relation=_phrases(data["name"]["relation"]),
        after=_phrases(data["name"]["after"]),
        after_any=_phrases(data["name"]["after_any"]),
        after_title=_phrases(data["name"]["after_title"]),
        people=Words(data["name"]["people"]),
        not_one=Words(data["name"]["not_one"]),
        after_one=Words(data["name"]["goes_on"]),
        surname_endings=tuple(data["surname_endings"]),
        opens=Words(data["name"]["opens"]),
        closes=Words(data["name"]["closes"]),
        not_name=Words(data["not_name"]),
        email_at=Words(data["email"]["at"]),
        email_at_mailbox=Words(data["email"]["at_mailbox"]),
        email_told=Words(data["email"]["told"]),
        email_between=Words(data["email"]["between"]),
        email_dot=Words(data["email"]["dot"]),
        email_endings=Words(data["email"]["endings"]),
        email_ties=Words(data["email"]["ties"]),
        email_providers=Words(data["email"]["providers"]),
        given_names=frozenset(name for name in names | without_s if len(name) > 2),
        given_forms=_with_plain_letters(form for name in listed for form in forms(name)),
        written_small=_small_words(DANGER, *sorted(EXAMPLES.glob("*/*.yml"))),
        danger=_small_words(DANGER),
        public_numbers=phones,
        public_emails=emails,
        places=_places(),
    )


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def _with_plain_letters(words: Iterable[str]) -> frozenset[str]:
    spelt = {word for word in words if len(word) > 2}
    return frozenset(spelt | {strip_accents(word) for word in spelt})


def _small_words(*paths: Path) -> frozenset[str]:
    """Return the words in small letters that stand in files, without accents."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return frozenset(strip_accents(word) for word in set(_SMALL.findall(text)))


def _phrases(listed: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(plain(word) for word in phrase.split()) for phrase in listed)


def _public() -> tuple[frozenset[str], frozenset[str]]:
    """Return the telephone numbers and e-mails of the directory's own files."""
    phones: set[str] = set()
    emails: set[str] = set()
    for pattern in ("*.csv", "*.yml", "services/*.yml"):
        for path in PUBLIC.glob(pattern):
            if path.name in ("past_mediators.csv", "mediators.csv"):
                continue  # people, who may take their consent back
            text = path.read_text(encoding="utf-8")
            phones |= {re.sub(r"\D", "", found).removeprefix("371") for found in _PHONE.findall(text)}
            emails |= {found.lower() for found in _EMAIL.findall(text)}
    return frozenset(phones), frozenset(emails)


def _places() -> frozenset[str]:
    names = {plain(name.split()[0]) for name in directory().places}
    return frozenset(name[:-1] if len(name) > 3 else name for name in names)
