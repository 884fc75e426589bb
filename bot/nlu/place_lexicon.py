"""The gazetteer: every name of a place in every form, and what it means.

Made from the directory (places and municipalities), the other names people use
(``place_names.csv``), the municipalities before the reforms of 2021 and 2025
(``former_municipalities.csv``) and the parishes (``parishes.csv``), which are never mapped to a
municipality by themselves: they only say what to ask back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA

from bot.directory.directory import Directory
from bot.directory.naming import NameKind
from bot.nlu.fold import fold
from bot.nlu.place_cues import PlaceCues
from bot.nlu.place_forms import (
    Case,
    Form,
    adjective_stem,
    adjectives,
    folded_spellings,
    genitive,
    is_spelling_of,
    latvian_forms,
    russian_forms,
    short_genitive,
)

SMALL = 1500  # inhabitants
LONG = 6  # letters
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
# Russian endings on a name in Latin letters, for parishes, whose Russian names nobody wrote down.
_RUSSIAN_ENDINGS = {"a": ("a", "i", "e", "u", "oi"), "i": ("i", "ah", "iah", "ei", "ov"), "s": ("s", "se", "sa", "som")}


@dataclass(frozen=True)
class Name:
    """A name and what it may mean.

    Attributes:
        title: the Latvian name.
        place: the town or village of ``places.csv``, by its Latvian name.
        municipality: where that place is, or the municipality that is so named; None: not known.
        units: the municipalities that "<name> novads" means; more than one is asked back.
        guesses: municipalities in which a parish or village of that name lies: asked back.
        population: inhabitants of the place; 0 where that is not known.
        is_people: the name is of the people of a town.
        is_small: a village, or a part of a town: a mistyped word is less likely to be it.
        is_alias: only another spelling, of which nothing is a mistyped form.
        is_cut: the short genitive that Russian makes of it («из Балв»): a place after "from", or as a bare answer.
    """

    title: str
    place: str | None = None
    municipality: str | None = None
    units: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    population: int = 0
    is_people: bool = False
    is_small: bool = False
    is_alias: bool = False
    is_cut: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether the name alone says the municipality."""
        return self.municipality is not None


@dataclass
class Reading:
    """A name that a spelling may be a form of.

    Attributes:
        name: the name.
        forms: the cases that it may be, each with how that form is written properly (lower case).
    """

    name: Name
    forms: set[Form] = field(default_factory=set)

    @property
    def written(self) -> set[str]:
        """The forms as they are written properly, in lower case."""
        return {written for _, written in self.forms}

    def cases(self, word: str | None = None) -> set[Case]:
        """Return the cases that it may be; those that ``word`` (lower case) may be, by its diacritics."""
        return _cases(self.forms, word)


@dataclass
class Entry:
    """What a folded spelling may be, by the title of the name."""

    readings: dict[str, Reading] = field(default_factory=dict)

    def add(self, name: Name, case: Case, written: str) -> None:
        """Add a form of a name."""
        reading = self.readings.setdefault(name.title, Reading(name))
        reading.forms.add((case, written.lower()))

    def cases(self, word: str | None = None) -> set[Case]:
        """Return the cases that the spelling may be, of any of the names."""
        return _cases({form for reading in self.readings.values() for form in reading.forms}, word)

    @classmethod
    def merged(cls, entries: Iterable[Entry]) -> Entry:
        """Return one entry with the readings of several."""
        whole = cls()
        for entry in entries:
            for title, reading in entry.readings.items():
                known = whole.readings.setdefault(title, Reading(reading.name))
                known.forms |= reading.forms
        return whole


Key = tuple[str, ...]


@dataclass
class Lexicon:
    """All forms by their folded words."""

    entries: dict[Key, Entry]
    words: frozenset[str]
    titles: frozenset[str]
    _by_shape: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _by_tail: dict[str, list[str]] = field(default_factory=dict)
    _by_letters: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (*rest, word), entry in self.entries.items():
            certain = any(r.name.is_certain and not r.name.is_alias for r in entry.readings.values())
            if not rest and len(word) >= 4 and certain:
                self._by_shape.setdefault((word[0], len(word)), []).append(word)
                if len(word) >= LONG:
                    self._by_tail.setdefault(word[1:], []).append(word)
                    self._by_letters.setdefault(_letters(word), []).append(word)

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """Return the forms nearest to a folded word, at most ``most`` letters away, with that distance.

        In a short word the first letter must be right: twins (Līga, Rīga) differ in it.
        """
        best: list[tuple[str, int]] = []
        for length in range(len(word) - most, len(word) + most + 1):
            for form in self._by_shape.get((word[0], length), ()):
                distance = OSA.distance(word, form, score_cutoff=most)
                if distance > most:
                    continue
                if best and distance < best[0][1]:
                    best = []
                if not best or distance == best[0][1]:
                    best.append((form, distance))
        return best or self._with_wrong_beginning(word) or self._in_wrong_order(word)

    def _in_wrong_order(self, word: str) -> list[tuple[str, int]]:
        """Return the long forms of the same letters with the same first one: Dungada, Dundaga."""
        if len(word) <= LONG:
            return []
        return [(form, 2) for form in self._by_letters.get(_letters(word), []) if form[0] == word[0]]

    def _with_wrong_beginning(self, word: str) -> list[tuple[str, int]]:
        """Return the long forms of which the first letter is wrong, missing, doubled or swapped with the second."""
        if len(word) < LONG - 1:
            return []
        swapped = word[1] + word[0] + word[2:]
        found = self._by_tail.get(word[1:], []) + self._by_tail.get(word, [])
        if len(word) > LONG:
            found += [form for form in self._by_tail.get(word[2:], []) if form[0] == word[1]]
            found += [form for form in self._by_tail.get(swapped[1:], []) if form == swapped]
        return [(form, 1) for form in dict.fromkeys(found)]


def _letters(word: str) -> str:
    return "".join(sorted(word))


def _cases(forms: set[Form], word: str | None) -> set[Case]:
    if word is None:
        return {case for case, _ in forms}
    exact = {case for case, written in forms if written == word} if not word.isascii() else set()
    fitting = exact or {case for case, written in forms if is_spelling_of(word, written)}
    return fitting or {case for case, _ in forms}


def build_lexicon(directory: Directory, cues: PlaceCues) -> Lexicon:
    """Make the gazetteer of a directory."""
    entries: dict[Key, Entry] = defaultdict(Entry)

    def add(name: Name, forms: Iterable[Form]) -> None:
        for case, form in forms:
            for spelling in folded_spellings(form):
                entries[tuple(spelling.split())].add(name, case, form)

    names = _names(directory)
    for title, (name, in_russian) in names.items():
        add(name, latvian_forms(title))
        if in_russian:
            add(name, russian_forms(in_russian))
            cut = short_genitive(in_russian)
            if cut and name.is_certain:
                add(replace(name, title=f"{title} cut", units=(), is_alias=True, is_cut=True), [(Case.GENITIVE, cut)])
            add(name, ((Case.ADJECTIVE, adjective_stem(adjective)) for adjective in adjectives(in_russian)))
        else:
            add(name, _russian_in_latin(title))
            if name.units:  # a former municipality: Ругайский край
                add(name, ((Case.ADJECTIVE, stem) for stem in _adjectives_in_latin(title)))
    for unit in directory.municipalities.values():  # the official adjective
        base = names.get(_base_of(unit.name.lv, names))
        if base and unit.name.ru.endswith(" край"):
            add(base[0], [(Case.ADJECTIVE, adjective_stem(unit.name.ru.removesuffix(" край")))])
    for other in directory.other_names:
        known = names[other.place][0]
        name = replace(
            known,
            title=other.name,
            is_small=True,
            is_alias=other.kind is not NameKind.DISTRICT,
            units=() if other.kind is NameKind.DISTRICT else known.units,
        )
        add(name, russian_forms(other.name) if _CYRILLIC.search(other.name) else latvian_forms(other.name))
    for town, people in cues.inhabitants.items():
        name = replace(names[town][0], title=f"{town} people", units=(), is_people=True, is_alias=True)
        for word in people:
            add(name, [(Case.NOMINATIVE, word)] if _CYRILLIC.search(word) else latvian_forms(word))
    entries.pop((), None)
    words = frozenset(word for key in entries for word in key)
    return Lexicon(dict(entries), words, frozenset(names))


def _names(directory: Directory) -> dict[str, tuple[Name, str | None]]:
    """Return the names by title, each with its Russian name where that is known."""
    units: dict[str, tuple[str, ...]] = {}
    for municipality in directory.municipalities.values():
        if municipality.name.lv.endswith(" novads"):
            genitive_base = municipality.name.lv.removesuffix(" novads")
            units[genitive_base] = (directory.current(municipality).name.lv,)
    for former in directory.former_municipalities:
        base = former.name.removesuffix(" novads")
        units.setdefault(base, tuple(directory.municipalities[m].name.lv for m in former.municipalities))
    names: dict[str, tuple[Name, str | None]] = {}
    for place in directory.places.values():
        title = place.name.lv
        where = directory.municipality_of(place).name.lv
        found = units.pop(genitive(title), ())
        people = place.population or 0
        names[title] = (Name(title, title, where, found, population=people, is_small=people < SMALL), place.name.ru)
    for parish in directory.parishes:
        guesses = tuple(directory.municipalities[m].name.lv for m in parish.municipalities)
        if parish.name in names:  # a village of the file, and a parish elsewhere of the same name
            name, russian = names[parish.name]
            names[parish.name] = (replace(name, guesses=guesses), russian)
        else:
            names[parish.name] = (Name(parish.name, units=units.pop(genitive(parish.name), ()), guesses=guesses), None)
    for base, found in units.items():  # named after no place of the file: the municipality alone is meant
        title = _nominative(base)
        names[title] = (Name(title, None, found[0] if len(found) == 1 else None, found), None)
    return names


def _nominative(base: str) -> str:
    """Return the nominative of a genitive that no place has: Dienvidkurzemes → Dienvidkurzeme."""
    if base.endswith(("as", "es")):
        return base[:-1]
    return base[:-1] + "i" if base.endswith("u") else base


def _base_of(unit: str, names: dict[str, tuple[Name, str | None]]) -> str:
    wanted = unit.removesuffix(" novads")
    return next((title for title in names if genitive(title) == wanted), "")


def _russian_in_latin(title: str) -> list[Form]:
    folded = fold(title)
    last = folded[-1]
    endings = _RUSSIAN_ENDINGS.get(last, ())
    where = ("e", "ah")
    return [(Case.LOCATIVE if ending.endswith(where) else Case.GENITIVE, folded[:-1] + ending) for ending in endings]


def _adjectives_in_latin(title: str) -> list[str]:
    """Return Russian adjectives of a name whose Russian spelling nobody wrote down, folded: Rugāji → rugaisk."""
    stem = fold(title[:-1] if title[-1] in "aeio" else title)
    return [adjective_stem(fold(stem + ending)) for ending in ("sk", "isk", "ensk", "insk")]
