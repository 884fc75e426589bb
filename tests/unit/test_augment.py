"""Examples typed as people type them, the same at each training."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import LANGUAGES, Language
from bot.nlu.augment import STYLES, apply, augment
from bot.nlu.fold import fold, strip_accents

LATVIAN = "Kā reģistrēties NVA, ja bērns ir slims?"
RUSSIAN = "Хочу учиться на повара, жена ещё дома"


def typed(style: str, text: str, seed: int = 1) -> str:
    return apply(style, text, random.Random(seed))


def test_without_diacritics() -> None:
    assert typed("stripped", LATVIAN) == "Ka registreties NVA, ja berns ir slims?"


def test_digraphs_leave_no_diacritic() -> None:
    for seed in range(10):
        text = typed("digraphs", LATVIAN, seed)
        assert text == strip_accents(text)


@pytest.mark.parametrize("style", ["latin_english", "latin_latvian", "latin_chat"])
def test_russian_in_latin_letters_has_no_cyrillic_left(style: str) -> None:
    for seed in range(10):
        text = typed(style, RUSSIAN, seed)
        assert not any("а" <= letter <= "я" for letter in text.lower())
        assert len(text.split()) == len(RUSSIAN.split())


def test_the_english_habit_folds_to_the_same_as_the_cyrillic() -> None:
    assert fold(typed("latin_english", "Хочу школу и работу")) == fold("Хочу школу и работу")


def test_latvian_by_ear_in_cyrillic() -> None:
    assert typed("in_cyrillic", "bezdarbnieks") == "бездарбниекс"


def test_typos_keep_the_first_letters_and_the_number_of_words() -> None:
    for seed in range(20):
        words = typed("typos", LATVIAN, seed).split()
        assert [word[0] for word in words] == [word[0] for word in LATVIAN.split()]


def test_joined_text_only_lacks_spaces() -> None:
    assert typed("joined", LATVIAN).replace(" ", "") == LATVIAN.replace(" ", "")


def test_careless_text_has_neither_capitals_nor_punctuation() -> None:
    assert typed("careless", LATVIAN) == "kā reģistrēties nva ja bērns ir slims"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_seed_gives_the_same_text(language: Language) -> None:
    text = {"lv": LATVIAN, "ru": RUSSIAN, "en": "where can I find work"}[language]
    first = [augment(text, language, random.Random(7)) for _ in range(3)]
    assert len(set(first)) == 1
    assert len({augment(text, language, random.Random(seed)) for seed in range(30)}) > 5


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(KeyError):
        typed("shouted", LATVIAN)


@given(st.text(max_size=40), st.integers(min_value=0, max_value=1000), st.sampled_from(sorted(STYLES)))
def test_any_text_can_be_typed_in_any_style(text: str, seed: int, style: str) -> None:
    assert isinstance(apply(style, text, random.Random(seed)), str)
