"""What a shared position means: a municipality, or a place outside Latvia. Approximate, and says so.

There is no map of the municipalities in the facts. So:

- The country is an outline of about 150 points drawn by hand (``outline.csv``), right to 3 km or so.
  Up to 5 km beyond the border still counts as Latvia, up to 3 km off the coast too: positions from
  phones are rough, and twin towns such as Valka and Valga are one for those who live there. Who is in the
  middle of a known town over there is abroad, where it lies farther than the outline may be wrong.
- The municipality is that of the nearest place of ``places.csv``. Where two places of different
  municipalities are about equally near, the nearer seat decides; out of a city that has a
  municipality around it (Jelgava, Jelgavas novads), the latter.

Near the edge of a municipality this may name the neighbour. It is good enough to find an office,
which anybody may use; a person can always name another town.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from bot.directory.geography import Point, distance_km, distance_to_line_km, is_inside, nearest
from bot.directory.models import Municipality, MunicipalityKind, Place, Strict

BEYOND_BORDER_KM = 5.0
OFF_COAST_KM = 3.0
ACCURACY_KM = 3.0  # of the outline
TOWN_KM = 2.0  # so near the middle of a town beyond the border one is in it
ABOUT_AS_NEAR = 1.2  # a place not so many times as far counts as equally near
CITY_KM = 6.0  # beyond this from the middle of a city one is in the municipality around it

Country = Literal["lt", "ee", "other", "sea"]


class Edge(str, Enum):
    """What an edge of the country is."""

    COAST = "coast"
    BORDER = "border"


class OutlinePoint(Strict):
    """A corner of the outline; its edge leads to the next one."""

    edge: Edge
    latitude: float
    longitude: float


class Neighbour(Strict):
    """A town beyond the border, to tell which country a position is in."""

    name: str
    country: Literal["lt", "ee", "other"]
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Whereabouts:
    """What a shared position means.

    Attributes:
        municipality: where it lies; None outside Latvia.
        place: the nearest town or village, where there is a municipality.
        country: outside Latvia, what is there: ``lt``, ``ee``, ``other`` or ``sea``.
    """

    municipality: Municipality | None
    place: Place | None
    country: Country | None = None


@dataclass(frozen=True)
class Outline:
    """The country: its coast and its border, and the towns beyond it."""

    coast: list[Point]
    border: list[Point]
    neighbours: list[Neighbour]

    @classmethod
    def of(cls, corners: Sequence[OutlinePoint], neighbours: Sequence[Neighbour]) -> Outline:
        """Make it of the corners in their order, coast first; both lines meet at their ends."""
        coast = [(corner.latitude, corner.longitude) for corner in corners if corner.edge is Edge.COAST]
        border = [(corner.latitude, corner.longitude) for corner in corners if corner.edge is Edge.BORDER]
        return cls(coast, [coast[-1], *border, coast[0]], list(neighbours))

    def outside(self, point: Point) -> Country | None:
        """Return what lies at a position outside Latvia; None inside, or near enough to count so."""
        if is_inside(point, [*self.coast, *self.border[1:-1]]):
            return None
        to_coast, to_border = distance_to_line_km(point, self.coast), distance_to_line_km(point, self.border)
        neighbour, km = nearest(point, self.neighbours, lambda town: (town.latitude, town.longitude))
        allowed = ACCURACY_KM if km <= TOWN_KM else BEYOND_BORDER_KM
        if to_coast <= OFF_COAST_KM or to_border <= allowed:
            return None
        return "sea" if to_coast < to_border and km > to_coast else neighbour.country


def locate(
    point: Point, outline: Outline, places: Sequence[Place], municipalities: dict[str, Municipality]
) -> Whereabouts:
    """Return what a position means (see the module).

    Args:
        point: latitude and longitude in degrees.
        outline: the country.
        places: all places.
        municipalities: by id.
    """
    country = outline.outside(point)
    if country:
        return Whereabouts(None, None, country)
    current = {id_: _current(municipality, municipalities) for id_, municipality in municipalities.items()}
    place, km = nearest(point, places, _where)
    about_as_near = [other for other in places if distance_km(point, _where(other)) <= km * ABOUT_AS_NEAR + 0.2]
    candidates = {current[other.municipality].id: current[other.municipality] for other in about_as_near}
    municipality = current[place.municipality]
    if len(candidates) > 1 and km > 1:
        municipality, _ = nearest(point, candidates.values(), _where)
        of_it = [other for other in about_as_near if current[other.municipality].id == municipality.id]
        place, km = nearest(point, of_it, _where)
    around = _around(municipality, municipalities)
    if around and km > CITY_KM:
        return Whereabouts(around, None)
    return Whereabouts(municipality, place)


def _current(municipality: Municipality, municipalities: dict[str, Municipality]) -> Municipality:
    while municipality.merged_into:
        municipality = municipalities[municipality.merged_into]
    return municipality


def _around(city: Municipality, municipalities: dict[str, Municipality]) -> Municipality | None:
    """Return the municipality that has its seat in a city which is not of it: Jelgavas novads for Jelgava."""
    if city.kind is not MunicipalityKind.STATE_CITY:
        return None
    others = (m for m in municipalities.values() if m.kind is MunicipalityKind.MUNICIPALITY)
    return next((m for m in others if m.seat == city.name.lv and not m.merged_into), None)


def _where(thing: Place | Municipality) -> Point:
    return thing.latitude, thing.longitude
