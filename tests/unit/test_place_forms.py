"""The cases of names, by their endings."""

from __future__ import annotations

import pytest

from bot.nlu.place_forms import (
    Case,
    adjective_stem,
    folded_spellings,
    genitive,
    has_no_other_accent,
    is_spelling_of,
    latvian_forms,
    russian_forms,
)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Rīga", "Rīga Rīgas Rīgai Rīgu Rīgā"),
        ("Ogre", "Ogre Ogres Ogrei Ogri Ogrē"),
        ("Tukums", "Tukums Tukuma Tukumam Tukumu Tukumā"),
        ("Saldus", "Saldus Saldus Saldum Saldu Saldū"),
        ("Ventspils", "Ventspils Ventspils Ventspilij Ventspili Ventspilī"),
        ("Cēsis", "Cēsis Cēsu Cēsīm Cēsis Cēsīs"),
        ("Talsi", "Talsi Talsu Talsiem Talsus Talsos"),
        ("Pļaviņas", "Pļaviņas Pļaviņu Pļaviņām Pļaviņas Pļaviņās"),
    ],
)
def test_latvian_names_decline_by_their_ending(name: str, forms: str) -> None:
    assert [form for _, form in latvian_forms(name)] == forms.split()


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("Рига", {"Риги", "Риге", "Ригу", "Ригой"}),
        ("Лиепая", {"Лиепаи", "Лиепае", "Лиепаю"}),
        ("Тукумс", {"Тукумса", "Тукумсе", "Тукумсом"}),
        ("Лимбажи", {"Лимбажи", "Лимбажах", "Лимбажей"}),
        ("Ливаны", {"Ливанах"}),
        ("Виляны", {"Вилян"}),
    ],
)
def test_russian_names_decline_too(name: str, some: set[str]) -> None:
    assert some <= {form for _, form in russian_forms(name)}


def test_undeclined_russian_names_stand_for_every_case() -> None:
    assert {case for case, form in russian_forms("Резекне") if form == "Резекне"} >= {
        Case.NOMINATIVE, Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE, Case.LOCATIVE,
    }  # fmt: skip


def test_municipalities_are_named_by_the_genitive() -> None:
    assert genitive("Tukums") == "Tukuma"
    assert genitive("Cēsis") == "Cēsu"


def test_russian_in_latin_letters_folds_to_the_same() -> None:
    assert {"elgave", "ielgave"} <= folded_spellings("Елгаве")
    assert folded_spellings("Liepāja") & folded_spellings("Лиепая")


def test_adjectives_lose_their_ending_in_both_scripts() -> None:
    assert adjective_stem("Талсинский") == "Талсинск"
    assert adjective_stem("rizskogo") == "rizsk"
    assert adjective_stem("rigas") == "rigas"


def test_left_out_diacritics_are_a_spelling_and_added_ones_are_not() -> None:
    assert is_spelling_of("rigā", "rīgā")
    assert not is_spelling_of("lūdza", "ludza")
    assert has_no_other_accent("cēssis", "cēsis")
    assert not has_no_other_accent("lūdzza", "ludza")
