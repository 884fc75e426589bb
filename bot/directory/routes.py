"""To which office each place and municipality is sent: for maintainers to look over at once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.directory import Directory


@dataclass(frozen=True)
class RouteRow:
    """Where the people of a place, or of a municipality as a whole, are sent.

    Attributes:
        name: Latvian name of the place or municipality.
        municipality: where the place lies today; for a municipality what it is part of today.
        office: town of the nearest attested office.
        km: about how far it is, as people are told; 0 in the same town.
        possible: a nearer town whose office nobody could confirm, if there is one.
        confidence: how surely the office is known.
        checked_on: when that was checked, as an ISO date.
    """

    name: str
    municipality: str
    office: str
    km: int
    possible: str | None
    confidence: str
    checked_on: str


def route_rows(directory: Directory) -> list[RouteRow]:
    """Return the routes of all places, then of all municipalities from their seats, each by name."""
    places = [
        (place.name.lv, directory.municipality_of(place).name.lv, place.name.lv) for place in directory.places.values()
    ]
    units = [(unit.name.lv, directory.current(unit).name.lv, None) for unit in directory.municipalities.values()]
    return [_row(directory, *each) for each in [*sorted(places), *sorted(units, key=lambda unit: unit[0])]]


def _row(directory: Directory, name: str, municipality: str, place: str | None) -> RouteRow:
    point = directory.point(municipality, place)
    assert point is not None  # every municipality has a seat
    way = directory.office_near(point)
    return RouteRow(
        name=name,
        municipality=municipality,
        office=way.office.town,
        km=way.km,
        possible=way.possible.town if way.possible else None,
        confidence=way.office.confidence.value,
        checked_on=way.office.checked_on.isoformat(),
    )
