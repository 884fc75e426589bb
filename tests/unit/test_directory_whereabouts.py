"""A shared position becomes a municipality, or is told to lie outside Latvia."""

from __future__ import annotations

import pytest

from bot.directory.directory import Directory, load_directory
from bot.directory.geography import about, distance_to_line_km, is_inside


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory()


def test_every_place_lies_in_its_municipality(directory: Directory) -> None:
    for place in directory.places.values():
        where = directory.whereabouts((place.latitude, place.longitude))
        assert where.municipality is not None, place.name.lv
        assert where.municipality.id == directory.municipality_of(place).id


@pytest.mark.parametrize(
    ("name", "point", "municipality"),
    [
        ("Kolka", (57.744, 22.592), "Talsu novads"),
        ("Daugavgrīva", (57.043, 24.036), "Rīga"),
        ("Zilupe, at the crossing", (56.366, 28.21), "Ludzas novads"),
        ("Rucava", (56.163, 21.162), "Dienvidkurzemes novads"),
        ("Piedruja", (55.797, 27.45), "Krāslavas novads"),
        ("on the beach of Saulkrasti", (57.262, 24.399), "Saulkrastu novads"),
        ("Valga, the twin of Valka", (57.777, 26.047), "Valkas novads"),
        ("fields of Jelgavas novads", (56.70, 23.55), "Jelgavas novads"),
        ("woods of Ventspils novads", (57.33, 21.70), "Ventspils novads"),
        ("Medumi by Daugavpils", (55.78, 26.33), "Augšdaugavas novads"),
    ],
)
def test_positions_in_latvia(directory: Directory, name: str, point: tuple[float, float], municipality: str) -> None:
    found = directory.whereabouts(point).municipality
    assert found is not None, name
    assert found.name.lv == municipality


@pytest.mark.parametrize(
    ("name", "point", "country"),
    [
        ("Biržai", (56.20, 24.75), "lt"),
        ("Mažeikiai", (56.31, 22.34), "lt"),
        ("Šiauliai", (55.934, 23.316), "lt"),
        ("Vilnius", (54.687, 25.283), "lt"),
        ("Pärnu", (58.386, 24.497), "ee"),
        ("Võru", (57.834, 27.019), "ee"),
        ("Pskov", (57.819, 28.332), "other"),
        ("Braslaw", (55.641, 27.042), "other"),
        ("London", (51.5, -0.1), "other"),
        ("the open Gulf", (57.40, 23.70), "sea"),
        ("the Baltic", (57.0, 20.5), "sea"),
    ],
)
def test_positions_outside_latvia(directory: Directory, name: str, point: tuple[float, float], country: str) -> None:
    where = directory.whereabouts(point)
    assert where.municipality is None, name
    assert where.country == country


def test_distances_are_told_roughly() -> None:
    assert [about(km) for km in (1, 12, 13, 97, 104, 126)] == [5, 10, 15, 95, 100, 130]


def test_geometry_of_a_square() -> None:
    square = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    assert is_inside((0.5, 0.5), square)
    assert not is_inside((1.5, 0.5), square)
    assert distance_to_line_km((0.0, 2.0), square[:2]) == pytest.approx(111.2, abs=0.2)
    assert distance_to_line_km((0.0, 0.5), square[:2]) == pytest.approx(0.0, abs=1e-9)
