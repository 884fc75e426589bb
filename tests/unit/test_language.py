"""Which language a message is in, and which one a person asks for."""

from __future__ import annotations

import random

import pytest

from bot.assistant.context import Context
from bot.languages import LANGUAGES, Language
from bot.nlu import corpus
from bot.nlu.augment import apply
from bot.nlu.language import LanguageGuess, asked_language, identify_language, resolve_language
from bot.nlu.language_model import train


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kā pieteikties par bezdarbnieku", "lv"),
        ("gribu atrast darbu bet man nav skolas", "lv"),
        ("shodien biju pie inspektores", "lv"),
        ("как встать на учёт", "ru"),
        ("kak mne vstat na uchet", "ru"),
        ("ja hochu rabotatj no net dokumentov", "ru"),
        ("xo4u najti rabotu", "ru"),
        ("how do I register as unemployed", "en"),
        ("were can i get free corses", "en"),
        ("paldies", "lv"),
        ("спасибо", "ru"),
        ("spasibo", "ru"),
        ("thanks", "en"),
        ("near Talsi", "en"),
    ],
)
def test_a_message_tells_its_language(text: str, language: Language) -> None:
    guess = identify_language(text)
    assert guess is not None
    assert guess.language == language
    assert guess.confidence >= 0.6


@pytest.mark.parametrize(
    "text",
    ["", "ok", "OK!", "ок", "123", "25 634 567", "?!", "😀", "Talsi", "talsos", "Ventspilī", "Rīga", "Рига", "в Риге",
     "NVA", "Salaspils", "+371 26 000 000"],
)  # fmt: skip
def test_a_name_or_a_sign_tells_no_language(text: str) -> None:
    assert identify_language(text) is None


def test_a_bare_word_of_two_languages_does_not_change_the_language_of_the_talk() -> None:
    for text in ("ok", "Talsi", "da", "NVA"):
        assert resolve_language(identify_language(text), Context(current_language="ru")) == "ru"


def test_the_chosen_language_beats_that_of_the_message() -> None:
    assert resolve_language(LanguageGuess("ru", 1.0), Context(chosen_language="lv")) == "lv"


def test_an_unsure_guess_does_not_beat_the_language_of_the_talk() -> None:
    assert resolve_language(LanguageGuess("ru", 0.4), Context(current_language="lv")) == "lv"


@pytest.mark.parametrize(
    ("language", "style"),
    [("lv", "stripped"), ("lv", "digraphs"), ("lv", "careless"), ("ru", "careless"), ("ru", "latin_english"),
     ("ru", "latin_latvian"), ("ru", "latin_chat"), ("en", "careless"), ("en", "typos")],
)  # fmt: skip
def test_sentences_are_told_however_they_are_typed(language: Language, style: str) -> None:
    rng = random.Random(3)
    sentences = [text for text in corpus.examples(language) if len(text.split()) >= 6]
    sample = rng.sample(sentences, 200)
    guesses = [identify_language(apply(style, text, rng)) for text in sample]
    assert sum(1 for guess in guesses if guess and guess.language == language) >= 0.98 * len(sample)


def test_the_model_learns_from_a_few_hundred_lines() -> None:
    lines = {language: list(corpus.examples(language))[:200] for language in LANGUAGES}
    model = train(lines, words=300)
    shares = model.probabilities("kur var dabut darbu")
    assert max(shares, key=shares.__getitem__) == "lv"
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("var krieviski?", "ru"),
        ("pa krievam var?", "ru"),
        ("по-русски пожалуйста", "ru"),
        ("na russkom mozhno", "ru"),
        ("in Russian please", "ru"),
        ("runā latviski", "lv"),
        ("latvieshu valoda", "lv"),
        ("по-латышски", "lv"),
        ("po latishski", "lv"),
        ("angliski davaj", "en"),
        ("можно на английском?", "en"),
        ("english plz", "en"),
        ("EN", "en"),
        ("ne krieviski, latviski!", "lv"),
        ("not Russian, English!", "en"),
        ("english, nevis latviešu", "en"),
        ("es latviski nesaprotu, raksti krieviski", "ru"),
        ("mne na russkom, latviski ploho ponimaju", "ru"),
        ("смени латышский на русский", "ru"),
        ("no latviešu uz krievu", "ru"),
        ("use plain English with me, no Latvian", "en"),
        ("вы не могли бы по-русски?", "ru"),
        ("vai nevar krieviski?", "ru"),
    ],
)
def test_a_person_asks_for_a_language_in_any_of_them(text: str, language: Language) -> None:
    assert asked_language(text) == language


@pytest.mark.parametrize(
    "text", ["valoda", "nomaini valodu", "не понимаю по-латышски", "I don't understand Latvian", "на романи можно", ""]
)
def test_no_language_is_asked_for(text: str) -> None:
    assert asked_language(text) is None
