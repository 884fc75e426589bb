"""The directory as the rest of the product asks it: cards, lines, places, and the way to an office."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.directory.geography import Point, about, distance_km, nearest
from bot.directory.loading import Content, load_content, read_table
from bot.directory.models import HelpLine, Municipality, Office, Place, ServiceCard, Source, Topic
from bot.directory.naming import FormerMunicipality, OtherName, Parish

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "directory"


@dataclass(frozen=True)
class OfficeRoute:
    """The way to an office.

    Attributes:
        office: the nearest office that is attested.
        km: about how far it is ("about 25 km"); 0 in the same town.
        possible: a nearer town whose office nobody could confirm, if there is one.
    """

    office: Office
    km: int
    possible: Office | None


@dataclass(frozen=True)
class Whereabouts:
    """What a shared position means. Without a municipality it lies outside Latvia."""

    municipality: Municipality | None
    place: Place | None


@dataclass(frozen=True)
class Directory:
    """Everything that may be told, in memory. Made by :func:`load_directory`."""

    content: Content
    municipalities: dict[str, Municipality]  # by id
    places: dict[str, Place]  # by Latvian name
    offices: list[Office]
    former_municipalities: list[FormerMunicipality] = field(default_factory=list)
    parishes: list[Parish] = field(default_factory=list)
    other_names: list[OtherName] = field(default_factory=list)

    @property
    def services(self) -> dict[str, ServiceCard]:
        """The cards by id."""
        return self.content.services

    @property
    def help_lines(self) -> dict[str, HelpLine]:
        """The telephone lines by id."""
        return self.content.help_lines

    @property
    def sources(self) -> dict[str, Source]:
        """The sources by id."""
        return self.content.sources

    @property
    def topics(self) -> dict[str, Topic]:
        """The buttons of the menu by id."""
        return self.content.topics

    def municipality(self, name: str | None) -> Municipality | None:
        """Return the municipality of this Latvian name as it stands today (merged ones: what they are part of)."""
        for municipality in self.municipalities.values():
            if municipality.name.lv == name:
                return self.current(municipality)
        return None

    def current(self, municipality: Municipality) -> Municipality:
        """Return what a municipality is part of today: itself where it still exists."""
        while municipality.merged_into:
            municipality = self.municipalities[municipality.merged_into]
        return municipality

    def municipality_of(self, place: Place) -> Municipality:
        """Return the municipality that a place lies in."""
        return self.current(self.municipalities[place.municipality])

    def point(self, municipality: str, place: str | None = None) -> Point | None:
        """Return where a municipality's seat lies, or a place where it is in that municipality."""
        found = self.municipality(municipality)
        if found is None:
            return None
        town = self.places.get(place or "")
        if town and self.municipality_of(town).id == found.id:
            return town.latitude, town.longitude
        return found.latitude, found.longitude

    def office_near(self, point: Point) -> OfficeRoute:
        """Return the way to the nearest attested office, and a nearer one that is not attested."""
        attested = [office for office in self.offices if office.is_attested]
        office, km = nearest(point, attested, lambda o: (o.latitude, o.longitude))
        possible, possible_km = nearest(point, self.offices, lambda o: (o.latitude, o.longitude))
        is_nearer = not possible.is_attested and possible_km < km
        return OfficeRoute(office, 0 if km < 3 else about(km), possible if is_nearer else None)

    def whereabouts(self, point: Point) -> Whereabouts:
        """Return the municipality and nearest place of a position; nothing where it lies outside Latvia."""
        place, km = nearest(point, self.places.values(), lambda p: (p.latitude, p.longitude))
        if km > 30:
            return Whereabouts(None, None)
        return Whereabouts(self.municipality_of(place), place)

    def distance_km(self, a: Point, b: Point) -> float:
        """Return the distance of two points in kilometres."""
        return distance_km(a, b)


def load_directory(folder: Path = FOLDER) -> Directory:
    """Read the whole directory.

    Raises:
        ContentError: with every mistake in every file.
    """
    findings: list[Finding] = []
    root = folder.parent.parent
    content: Content | None = None
    try:
        content = load_content(folder, root)
    except ContentError as error:
        findings += error.findings
    municipalities, problems = read_table(Municipality, folder / "municipalities.csv", root)
    findings += problems
    places, problems = read_table(Place, folder / "places.csv", root)
    findings += problems
    offices, problems = read_table(Office, folder / "offices.csv", root)
    findings += problems
    former, problems = read_table(FormerMunicipality, folder / "former_municipalities.csv", root)
    findings += problems
    parishes, problems = read_table(Parish, folder / "parishes.csv", root)
    findings += problems
    other_names, problems = read_table(OtherName, folder / "place_names.csv", root)
    findings += problems
    if findings or content is None:
        raise ContentError(findings)
    return Directory(
        content=content,
        municipalities={m.id: m for _, m in municipalities},
        places={p.name.lv: p for _, p in places},
        offices=[office for _, office in offices],
        former_municipalities=[unit for _, unit in former],
        parishes=[parish for _, parish in parishes],
        other_names=[name for _, name in other_names],
    )


@functools.lru_cache(maxsize=1)
def directory() -> Directory:
    """Return the directory of this process, read once."""
    return load_directory()


def help_line_number(line: str) -> str:
    """Return the number of a help line.

    Raises:
        KeyError: there is no such line.
    """
    return directory().help_lines[line].number
