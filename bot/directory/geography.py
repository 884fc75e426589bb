"""Distances, and what is nearest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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
