"""Distances, and what is nearest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
Point = tuple[float, float]

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def distance_km(a: Point, b: Point) -> float:
    """Return the great-circle distance in kilometres of two (latitude, longitude) points in degrees.

    Haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984).
    """
    latitude_a, longitude_a, latitude_b, longitude_b = map(math.radians, (*a, *b))
    h = (
        math.sin((latitude_b - latitude_a) / 2) ** 2
        + math.cos(latitude_a) * math.cos(latitude_b) * math.sin((longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


def nearest(point: Point, things: Iterable[Thing], where: Callable[[Thing], Point]) -> tuple[Thing, float]:
    """Return the thing nearest to ``point`` and its distance in kilometres.

    Raises:
        ValueError: there are no things.
    """
    best = min(things, key=lambda thing: distance_km(point, where(thing)))
    return best, distance_km(point, where(best))


def about(km: float) -> int:
    """Round a distance to what may be said: "about 25 km" (to 5 km; to 10 km beyond 100)."""
    step = 10 if km > 100 else 5
    return max(step, round(km / step) * step)


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Whether ``point`` lies inside a closed outline, by counting crossings to the east (even-odd rule)."""
    latitude, longitude = point
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in _edges(outline):
        crosses = (lat_a > latitude) != (lat_b > latitude)
        if crosses and longitude < lon_a + (latitude - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
            inside = not inside
    return inside


def distance_to_line_km(point: Point, line: Sequence[Point]) -> float:
    """Return the distance in kilometres of ``point`` to the nearest part of an open line.

    The earth is taken as flat around the point, which is exact to a few metres in ten kilometres.
    """
    latitude, longitude = point
    to_km = math.radians(1) * EARTH_RADIUS_KM
    shrink = math.cos(math.radians(latitude))
    flat = [((lon - longitude) * shrink * to_km, (lat - latitude) * to_km) for lat, lon in line]
    return min(_distance_to_segment(a, b) for a, b in zip(flat, flat[1:], strict=False))


def _distance_to_segment(a: Point, b: Point) -> float:
    """Return the distance of the origin to the segment from ``a`` to ``b``."""
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    length_squared = along_x**2 + along_y**2
    share = 0.0 if not length_squared else max(0.0, min(1.0, -(a[0] * along_x + a[1] * along_y) / length_squared))
    return math.hypot(a[0] + share * along_x, a[1] + share * along_y)


def _edges(outline: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return zip(outline, [*outline[1:], outline[0]], strict=True)
