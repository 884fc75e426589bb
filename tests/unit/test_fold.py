"""One plain spelling for the many ways of typing the same word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.fold import fold, strip_accents


@pytest.mark.parametrize(
    "spellings",
    [
        ("bērnudārzs", "bernudarzs", "beernudaarzs", "BĒRNUDĀRZS"),
        ("что", "chto", "4to", "čto"),
        ("школа", "shkola", "škola"),
        ("получить", "poluchit", "poluchit'", "polu4it"),
        ("можно", "mozhno", "možno"),
        ("учёба", "учеба", "ucheba"),
        ("я", "ja", "ya"),
    ],
)
def test_the_ways_of_typing_a_word_become_one(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


def test_numbers_stay_numbers() -> None:
    assert fold("6 klases, 4klases, kab. b4, 25634567") == "6 klases 4klases kab b4 25634567"


def test_accents_go_but_the_russian_letters_of_their_own_stay() -> None:
    assert strip_accents("Ķēniņš, мой") == "Kenins, мой"


@given(st.text(max_size=60))
def test_folding_any_text_gives_words_with_single_spaces(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert "  " not in folded


@given(st.text(alphabet="abcdefghijklmnoprstuvzāčēģīķļņšūž АБВГДЕЖабвгдеж.,!?", max_size=40))
def test_folding_does_not_depend_on_capitals(text: str) -> None:
    assert fold(text) == fold(text.lower())
