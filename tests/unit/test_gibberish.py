"""Random keys, signs and bare numbers say nothing; short, odd and misspelt words do."""

import random

import pytest

from bot.languages import LANGUAGES
from bot.nlu import corpus
from bot.nlu.augment import augment
from bot.nlu.gibberish import says_something
from bot.nlu.language import identify_language


def says(text: str) -> bool:
    guess = identify_language(text)
    return says_something(text, guess.language if guess else None)


@pytest.mark.parametrize(
    "text", ["qwe rty zxc", "ъъъ ыыы ццц", "asdf", "фыва олдж", "zzzzz", "12345", "25 634 567", "😀👍", "?!", "...", "", "-"]
)  # fmt: skip
def test_keys_hit_at_random_say_nothing(text):
    assert not says(text)


@pytest.mark.parametrize(
    "text",
    ["jā", "nē", "да", "no", "ok", "ja", "nais", "čau", "privet", "labdin", "Puze", "NVA", "darbs", "хелп", "help",
     "4 klases", "paldise", "vajag raboti"],
)  # fmt: skip
def test_words_say_something_however_they_are_spelt(text):
    assert says(text)


def test_hardly_any_real_message_is_taken_for_random_keys():
    rng = random.Random(5)
    short = [
        augment(text, language, rng)
        for language in LANGUAGES
        for text in corpus.examples(language)
        if len(text.split()) <= 4
    ]
    unheard = [text for text in short if not says(text)]
    assert len(unheard) <= 0.02 * len(short), unheard[:20]
