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
        # one after another along the border: Estonia, Russia, Belarus, Lithuania
        ("Ainaži", (57.863, 24.358), "Limbažu novads"),
        ("Mazsalaca", (57.863, 25.055), "Valmieras novads"),
        ("Ape", (57.539, 26.693), "Smiltenes novads"),
        ("Veclaicene", (57.57, 27.05), "Alūksnes novads"),
        ("Viļaka", (57.185, 27.672), "Balvu novads"),
        ("Kārsava", (56.784, 27.688), "Ludzas novads"),
        ("Šķaune", (56.12, 28.02), "Krāslavas novads|Ludzas novads"),
        ("Silene", (55.753, 26.785), "Augšdaugavas novads"),
        ("Subate", (56.006, 25.908), "Augšdaugavas novads"),
        ("Nereta", (56.203, 25.307), "Aizkraukles novads"),
        ("Skaistkalne", (56.38, 24.64), "Bauskas novads"),
        ("Eleja", (56.41, 23.69), "Jelgavas novads"),
        ("Auce", (56.46, 22.90), "Dobeles novads"),
        ("Vaiņode", (56.418, 21.854), "Dienvidkurzemes novads"),
        ("Nida by the sea", (56.10, 21.06), "Dienvidkurzemes novads"),
        # at the coast
        ("on the beach of Liepāja", (56.51, 20.99), "Liepāja"),
        ("the port of Ventspils", (57.40, 21.53), "Ventspils"),
        ("Ovīši", (57.57, 21.72), "Ventspils novads"),
        ("on the beach of Jūrmala", (56.985, 23.80), "Jūrmala"),
        ("Salacgrīva", (57.755, 24.35), "Limbažu novads"),
    ],
)
def test_positions_in_latvia(directory: Directory, name: str, point: tuple[float, float], municipality: str) -> None:
    found = directory.whereabouts(point).municipality
    assert found is not None, name
    assert found.name.lv in municipality.split("|")


@pytest.mark.parametrize(
    ("name", "point", "country"),
    [
        ("Biržai", (56.20, 24.75), "lt"),
        ("Mažeikiai", (56.31, 22.34), "lt"),
        ("Šiauliai", (55.934, 23.316), "lt"),
        ("Vilnius", (54.687, 25.283), "lt"),
        ("Palanga", (55.92, 21.07), "lt"),
        ("Skuodas", (56.27, 21.53), "lt"),
        ("Naujoji Akmenė", (56.32, 22.89), "lt"),
        ("Joniškis", (56.24, 23.61), "lt"),
        ("Pasvalys", (56.06, 24.40), "lt"),
        ("Rokiškis", (55.96, 25.59), "lt"),
        ("Zarasai", (55.73, 26.25), "lt"),
        ("Häädemeeste", (58.08, 24.50), "ee"),
        ("Karksi-Nuia", (58.10, 25.56), "ee"),
        ("Otepää", (58.06, 26.50), "ee"),
        ("Rõuge", (57.73, 26.92), "ee"),
        ("Ruhnu, an island", (57.78, 23.25), "ee"),
        ("Pytalovo", (57.065, 27.92), "other"),
        ("Sebezh", (56.28, 28.48), "other"),
        ("Asveja", (56.02, 28.11), "other"),
        ("Verkhnyadzvinsk", (55.777, 27.94), "other"),
        ("the strait of Irbe", (57.85, 22.0), "sea"),
        ("off Liepāja", (56.5, 20.8), "sea"),
        ("off Ventspils", (57.45, 21.3), "sea"),
        ("off Jūrmala", (57.1, 23.7), "sea"),
        ("off Salacgrīva", (57.75, 24.1), "sea"),
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
