"""A follow-up question about the Lithuanian project finds the measure that its words name, in any form of them."""

from __future__ import annotations

import pytest

from actions.measures import named
from bot.directory.directory import load_directory
from bot.nlu.fold import fold


@pytest.fixture(scope="module")
def entries():
    card = load_directory().services["good_practice"]
    return [*card.measures, *card.projects]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("un cik maksāja mediācija", "mediation"),
        ("cik cilvēku piedalījās mediācijā", "mediation"),
        ("cik maksaja mediatoru pakalpojumi", "mediation"),
        ("cik bija karjeras konsultācijām", "career_guidance"),
        ("individuālajām konsultācijām cik", "individual_consultations"),
        ("cik naudas aizgāja administrācijai", "administration"),
        ("а сколько стоила медиация", "mediation"),
        ("сколько человек участвовало в обучении профессии", "vocational_training"),
        ("сколько на культурные мероприятия", "sociocultural_services"),
        ("how many people took part in career counselling", "career_guidance"),
        ("how much was bahtalo drom", "bahtalo_drom_2012_2015"),
        ("and the first project", "mechanism_2004_2008"),
        ("a projekts 2009-2012", "look_back_2009_2012"),
        ("cik maksāja viss projekts", "total"),
        ("2.4", "mediation"),
    ],
)
def test_the_words_name_a_measure_or_a_project(entries, words: str, expected: str):
    found = named(fold(words).split(), entries)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize("words", ["cik tas maksā", "kādus papīrus vajag", "где это", "how long does it take", "112"])
def test_other_words_name_none(entries, words: str):
    assert named(fold(words).split(), entries) is None
