"""A position as the payload of its municipality: the one step past which no coordinates go."""

from __future__ import annotations

from bot.assistant.messages import payload
from bot.directory.directory import directory


def position_payload(latitude: float, longitude: float) -> str:
    """Return what sharing a position says: its municipality and nearest place, or that it lies outside Latvia."""
    where = directory().whereabouts((latitude, longitude))
    if where.municipality is None:
        return payload("inform_place", outside_latvia=where.country)
    place = where.place.name.lv if where.place else None
    return payload("inform_place", municipality=where.municipality.name.lv, place=place)
