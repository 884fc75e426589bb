"""Searching the cards: spelling is forgiven, languages are mixed, and the right card comes first."""

import re
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation.search import evaluate_search
from bot.evaluation.tables import EvaluationError
from bot.nlu.fold import fold
from bot.reference.index import labelled_examples, search_index
from bot.reference.likeness import Vocabulary
from bot.reference.search import search

QUERIES = Path(__file__).resolve().parent.parent / "data" / "search"


def first(query: str, language=None) -> str | None:
    hits = search(query, language)
    return hits[0].service.id if hits else None


@pytest.mark.parametrize(
    "query",
    ["bērnu pieskatīšana", "bernu pieskatisana", "beernu pieskatiishana", "BĒRNU PIESKATĪŠANA", "bērnu pieskatšana"],
)
def test_latvian_is_found_with_and_without_diacritics_and_with_slips(query):
    assert first(query) == "childcare_costs"


@pytest.mark.parametrize("query", ["пособие по безработице", "posobie po bezrabotice", "пособия по безработеце"])
def test_russian_is_found_in_both_alphabets_and_with_slips(query):
    assert first(query) == "unemployment_benefit"


@pytest.mark.parametrize(
    ("query", "service"),
    [
        ("gmi", "social_assistance"),
        ("free lawyer", "legal_help"),
        ("kods 95", "driving_licence"),
        ("без договора", "labour_rights"),
        ("nestrādā ar veselību", "disability_health"),
        ("pmlp", "documents"),
        ("vdi", "labour_rights"),
    ],
)
def test_what_mediators_type_is_found(query, service):
    assert first(query) == service


@pytest.mark.parametrize("query", ["", "   ", "?!", "🙂", "zzqqxxzz"])
def test_what_no_card_knows_finds_nothing(query):
    assert search(query) == []


def test_the_language_decides_where_a_word_means_different_things():
    assert first("dole", "en") == "unemployment_benefit"


def test_a_query_without_end_is_cut():
    assert len(search("darbs " * 5000)) == 3


def test_a_word_that_is_still_being_typed_is_found():
    assert first("bezdarbn pabal") == "unemployment_benefit"


def test_hits_come_best_first_and_no_more_than_asked_for():
    hits = search("kursi", limit=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(("name", "top1", "top3"), [("own.tsv", 0.97, 1.0), ("unseen.tsv", 0.96, 0.99)])
def test_the_right_card_is_first_in_the_own_test_sets(name, top1, top3):
    result = evaluate_search([QUERIES / name])
    assert result["top1"] >= top1, result["wrong"]
    assert result["top3"] >= top3, result["wrong"]


def test_every_card_has_queries_in_each_language():
    lines = [line.split("\t") for line in (QUERIES / "own.tsv").read_text().splitlines()[1:]]
    assert len(lines) >= 150
    for service in search_index().services:
        assert {language for _, expected, language, _ in lines if expected == service} >= {"lv", "ru"}


def test_a_card_that_does_not_exist_is_told(tmp_path):
    file = tmp_path / "queries.tsv"
    file.write_text("query\texpected_service\nx\tno_such_card\n")
    with pytest.raises(EvaluationError, match="no_such_card"):
        evaluate_search([file])


def test_examples_carry_the_language_of_their_file_and_no_marks():
    examples = list(labelled_examples(["childcare_costs"]))
    assert {example.language for example in examples} == {"lv", "ru", "en"}
    assert all("](" not in example.text and "]{" not in example.text for example in examples)


VOCABULARY = Vocabulary(sorted(["bernudarzs", "darzs", "gmi", "kursi", "parads", "paradi", "skola"]))


def likeness(typed: str) -> dict[str, float]:
    return {VOCABULARY.words[row]: value for row, value in VOCABULARY.likeness(fold(typed)).items()}


def test_the_same_word_is_likest_then_its_forms_then_slips():
    alike = likeness("parādi")
    assert alike["paradi"] == 1.0
    assert 0.85 < alike["parads"] < 1.0
    assert 0.5 < likeness("pardai")["paradi"] < alike["parads"]


def test_a_compound_and_its_part_are_alike_a_little():
    assert 0 < likeness("darzs")["bernudarzs"] < likeness("darzs")["darzs"]
    assert 0 < likeness("datorkursi")["kursi"] < 1.0


@pytest.mark.parametrize("typed", ["gm", "gmo", "bmi"])
def test_abbreviations_have_no_typos(typed):
    assert "gmi" not in likeness(typed)


def test_every_weight_of_the_index_survives_the_way_to_the_browser():
    index = search_index()
    document = index.as_document()
    cards, steps = document["cards"].split(" "), iter(document["steps"])
    assert len(cards) == len(index.vocabulary.words)
    for row, letters in enumerate(cards):
        columns = [document["cardLetters"].index(letter) for letter in letters]
        assert columns == list(np.flatnonzero(index.weights[row]))
        for column in columns:
            weight = document["largest"] * document["step"] ** document["stepLetters"].index(next(steps))
            assert index.weights[row, column] == pytest.approx(weight, rel=1e-5)
    assert next(steps, None) is None


def test_the_words_of_the_index_survive_the_way_to_the_browser():
    index = search_index()
    words, before = [], ""
    for prefix, rest in re.findall(r"([A-Z])([^A-Z]*)", index.as_document()["words"]):
        before = before[: ord(prefix) - ord("A")] + rest
        words.append(before)
    assert words == list(index.vocabulary.words)
