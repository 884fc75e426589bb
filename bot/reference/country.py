"""The map of Latvia as an SVG drawing: the outline and the places of the directory, nothing from outside.

An equirectangular projection with the scale of the country's middle: over 450 km its error is below
what the hand-drawn outline has anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.directory.directory import Directory
from bot.directory.geography import Point
from bot.directory.models import Municipality, Office
from bot.languages import Language

WIDTH = 460.0
MARGIN = 12.0
# Towns whose names are written beside their dot: the largest, as far as names do not run into one another.
LABELLED = 14
LABEL_HEIGHT, LETTER_WIDTH = 15.0, 8.0  # room that a name needs on a phone, in units of the drawing


@dataclass(frozen=True)
class Dot:
    """A place on the map.

    Attributes:
        x, y: where it is drawn.
        kind: ``attested`` or ``possible`` for an office, ``seat`` for a municipality's seat.
        town: the Latvian name of the town.
        name: its name in the language of the page.
        label: whether the name is written on the map.
        anchor: on which side the name stands, as SVG's ``text-anchor``.
    """

    x: float
    y: float
    kind: str
    town: str
    name: str
    label: bool = False
    anchor: str = "start"


@dataclass(frozen=True)
class Map:
    """A drawing: its size, the outline as an SVG path, and the dots."""

    width: float
    height: float
    outline: str
    dots: list[Dot]


def draw_map(directory: Directory, language: Language) -> Map:
    """Return the map of the country with its offices and the seats of its municipalities."""
    corners = [*directory.outline.coast, *directory.outline.border[1:-1]]
    south, north = min(c[0] for c in corners), max(c[0] for c in corners)
    west, east = min(c[1] for c in corners), max(c[1] for c in corners)
    shrink = math.cos(math.radians((south + north) / 2))
    unit = (WIDTH - 2 * MARGIN) / ((east - west) * shrink)

    def project(point: Point) -> tuple[float, float]:
        return (
            round(MARGIN + (point[1] - west) * shrink * unit, 1),
            round(MARGIN + (north - point[0]) * unit, 1),
        )

    path = "M" + "L".join(f"{x} {y}" for x, y in map(project, corners)) + "Z"
    with_office = {office.town for office in directory.offices}
    seats = [m for m in existing(directory) if m.seat not in with_office]  # one dot for a town
    dots = [
        *(_seat(m, directory, language, project((m.latitude, m.longitude))) for m in seats),
        *(_office(o, directory, language, project((o.latitude, o.longitude))) for o in directory.offices),
    ]
    return Map(WIDTH, round((north - south) * unit + 2 * MARGIN, 1), path, _label(dots, directory))


def existing(directory: Directory) -> list[Municipality]:
    """Return the municipalities of today, by name."""
    return sorted((m for m in directory.municipalities.values() if not m.merged_into), key=lambda m: m.name.lv)


def town_name(directory: Directory, town: str, language: Language) -> str:
    """Return the name of a town in a language; as it stands where the directory has no such place."""
    place = directory.places.get(town)
    return place.name.in_language(language) if place else town


def _seat(municipality: Municipality, directory: Directory, language: Language, at: tuple[float, float]) -> Dot:
    return Dot(*at, "seat", municipality.seat, town_name(directory, municipality.seat, language))


def _office(office: Office, directory: Directory, language: Language, at: tuple[float, float]) -> Dot:
    kind = "attested" if office.is_attested else "possible"
    return Dot(*at, kind, office.town, town_name(directory, office.town, language))


def _label(dots: Iterable[Dot], directory: Directory) -> list[Dot]:
    """Return the dots with the names of the largest towns that have room."""
    dots = list(dots)

    def size(dot: Dot) -> int:
        place = directory.places.get(dot.town)
        return (place.population or 0) if place else 0

    taken: list[tuple[float, float, float, float]] = []
    labelled: dict[str, str] = {}
    for dot in sorted((d for d in dots if d.kind != "seat"), key=size, reverse=True):
        if len(labelled) >= LABELLED:
            break
        for anchor in ("start", "end"):
            box = _label_box(dot, anchor)
            inside = box[0] >= 0 and box[2] <= WIDTH
            if inside and not any(_overlap(box, other) for other in taken):
                labelled[dot.town] = anchor
                taken.append(box)
                break
    return [
        Dot(d.x, d.y, d.kind, d.town, d.name, d.kind != "seat" and d.town in labelled, labelled.get(d.town, "start"))
        for d in dots
    ]


def _label_box(dot: Dot, anchor: str) -> tuple[float, float, float, float]:
    width = 8 + LETTER_WIDTH * len(dot.name)
    left = dot.x if anchor == "start" else dot.x - width
    return left, dot.y - LABEL_HEIGHT / 2, left + width, dot.y + LABEL_HEIGHT / 2


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
