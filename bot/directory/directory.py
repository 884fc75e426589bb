"""The directory as the rest of the product asks it: cards, lines, places, and the way to an office."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import datetime
import functools
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.directory.errors import ContentError, Finding
from bot.directory.geography import Point, about, distance_km, nearest
from bot.directory.loading import Content, load_content, read_table
from bot.directory.mediators import YES, Mediator, best_fitting
from bot.directory.models import HelpLine, Municipality, Office, Place, ServiceCard, Source, Topic
from bot.directory.naming import FormerMunicipality, OtherName, Parish
from bot.directory.tables import DEMO, load_tables
from bot.directory.whereabouts import Neighbour, Outline, OutlinePoint, Whereabouts, locate

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "directory"
DEMO_VARIABLE = "DROM_DEMO_MEDIATORS"  # "yes": the made-up mediators are given, for showing the product
SAME_TOWN_KM = 3.0
EXACT_KM = 0.02  # a position so near to that of the town is the town's, not the door's

logger = logging.getLogger(__name__)


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
class Directory:
    """Everything that may be told, in memory. Made by :func:`load_directory`.

    ``findings`` says which rows of the tables were wrong and are left out.
    """

    content: Content
    municipalities: dict[str, Municipality]  # by id
    places: dict[str, Place]  # by Latvian name
    offices: list[Office]
    outline: Outline
    mediators: list[Mediator] = field(default_factory=list)
    former_municipalities: list[FormerMunicipality] = field(default_factory=list)
    parishes: list[Parish] = field(default_factory=list)
    other_names: list[OtherName] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

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
        return OfficeRoute(office, 0 if km < SAME_TOWN_KM else about(km), possible if is_nearer else None)

    def door_of(self, office: Office) -> Point | None:
        """Return where the door of an office is; None where only its town is known."""
        town = self.places.get(office.town)
        point = (office.latitude, office.longitude)
        in_the_middle = town is None or distance_km(point, (town.latitude, town.longitude)) < EXACT_KM
        return point if office.has_confirmed_address and not in_the_middle else None

    def whereabouts(self, point: Point) -> Whereabouts:
        """Return the municipality and nearest place of a position, approximately; outside Latvia the country."""
        return locate(point, self.outline, list(self.places.values()), self.municipalities)

    def mediators_for(self, municipality: str, language: str | None, topic: str | None) -> list[Mediator]:
        """Return those who serve a municipality (its Latvian name) and fit best; Turns says whose turn it is."""
        found = self.municipality(municipality)
        return best_fitting(self.mediators, found.id, language, topic) if found else []

    def topic_of(self, service: str | None) -> str | None:
        """Return the topic that a service stands under."""
        return next((name for name, topic in self.topics.items() if service in topic.services), None)

    def distance_km(self, a: Point, b: Point) -> float:
        """Return the distance of two points in kilometres."""
        return distance_km(a, b)


def load_directory(folder: Path = FOLDER, today: datetime.date | None = None, demo: bool = False) -> Directory:
    """Read the whole directory.

    Args:
        folder: ``data/directory``.
        today: the day that dates are held against; the real one by default.
        demo: give made-up mediators, for showing the product.

    Raises:
        ContentError: with every mistake in the cards, or where a table can't be used at all.
    """
    root = folder.parent.parent
    today = today or datetime.date.today()
    content = load_content(folder, root, today)
    tables = load_tables(folder, root, content.sources, content.topics, today, demo)
    corners, findings = read_table(OutlinePoint, folder / "outline.csv", root)
    neighbours, more = read_table(Neighbour, folder / "neighbours.csv", root)
    if findings or more:
        raise ContentError([*findings, *more])
    return Directory(
        content=content,
        municipalities=tables.municipalities,
        places=tables.places,
        offices=tables.offices,
        outline=Outline.of([corner for _, corner in corners], [town for _, town in neighbours]),
        mediators=tables.mediators,
        former_municipalities=tables.former_municipalities,
        parishes=tables.parishes,
        other_names=tables.other_names,
        findings=tables.findings,
    )


class CurrentDirectory:
    """The directory of a process, read anew when one of its files changes.

    A sheet that was imported, or a card that was edited, is in the next answer. Where the new files
    can't be used, the last good ones stay, and the reason is logged once.
    """

    look_every_s = 1.0

    def __init__(self, folder: Path = FOLDER):
        self.folder = folder
        self._directory: Directory | None = None
        self._stamp: tuple[float, int] | None = None
        self._looked = 0.0
        self._lock = threading.Lock()

    def get(self) -> Directory:
        """Return the directory as it stands.

        Raises:
            ContentError: it was never good.
        """
        moment = time.monotonic()
        if self._directory is not None and moment - self._looked < self.look_every_s:
            return self._directory
        with self._lock:
            self._looked = moment
            stamp = self._look()
            if self._directory is None or stamp != self._stamp:
                self._stamp = stamp
                self._directory = self._read()
            return self._directory

    def look_again(self) -> None:
        """Let the next call of :meth:`get` look at the files at once."""
        self._looked = float("-inf")

    def _read(self) -> Directory:
        try:
            directory = load_directory(self.folder, demo=os.environ.get(DEMO_VARIABLE, "").lower() in YES)
        except ContentError as error:
            if self._directory is None:
                raise
            logger.error("The changed directory can't be used; the last good one stays.\n%s", error)
            return self._directory
        for finding in directory.findings:
            logger.warning("Left out of the directory: %s", finding)
        return directory

    def _look(self) -> tuple[float, int]:
        """Return the time of the last change, and how many files there are."""
        times = [entry.stat().st_mtime for entry in self._files()]
        return max(times, default=0.0), len(times)

    def _files(self) -> Iterator[os.DirEntry[str]]:
        for folder in (self.folder, self.folder / "services", self.folder / DEMO):
            if folder.is_dir():
                with os.scandir(folder) as entries:
                    yield from (entry for entry in entries if entry.name.endswith((".yml", ".csv")))


_current = CurrentDirectory()
_chosen: contextvars.ContextVar[Directory | None] = contextvars.ContextVar("directory", default=None)


def directory() -> Directory:
    """Return the directory of this process as its files stand (looked at once a second at most).

    In a context of :func:`use_directory`, return that one.
    """
    return _chosen.get() or _current.get()


@contextlib.contextmanager
def use_directory(chosen: Directory | None) -> Iterator[None]:
    """Answer from another directory in this context; None: from that of the process."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)


def demo_directory() -> Directory:
    """Return the directory of this process with made-up mediators in place of the real ones."""
    return dataclasses.replace(_current.get(), mediators=_demo_mediators())


@functools.lru_cache(maxsize=1)
def _demo_mediators() -> list[Mediator]:
    return load_directory(_current.folder, demo=True).mediators


def look_again() -> None:
    """Let the next answer see what was just written, without waiting for the second to pass."""
    _current.look_again()


def help_line_number(line: str) -> str:
    """Return the number of a help line.

    Raises:
        KeyError: there is no such line.
    """
    return directory().help_lines[line].number
