"""Messages as people type them come back in standard spelling."""

from __future__ import annotations

import csv
import logging
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import LANGUAGES, Language
from bot.nlu import corpus, vocabulary
from bot.nlu.augment import apply
from bot.nlu.fold import strip_accents
from bot.nlu.letters import LATVIAN_OPTIONS, RUSSIAN_OPTIONS, LetterModel
from bot.nlu.lexicon import Lexicon, words_of
from bot.nlu.lexicons import build_letters, build_lexicons
from bot.nlu.restore import Restorer, restore
from bot.nlu.spelling import is_cyrillic, latvian_key, latvian_readings, russian_key, russian_readings

TYPED_LINES = Path(__file__).with_name("typed_lines.tsv")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gribu macities latviesu valodu", "gribu mācīties latviešu valodu"),
        ("kaa dabuut paliidziibu", "kā dabūt palīdzību"),
        ("shodien biju pie inspektores", "šodien biju pie inspektores"),
        ("bernudarza nav vietas, ko darit?", "bērnudārzā nav vietas, ko darīt?"),
        ("bzdarbnieka pabalsts", "bezdarbnieka pabalsts"),
        ("Janis grib stradat Cesis", "Jānis grib strādāt Cēsīs"),
        ("turejis, iemaldijies", "turējis, iemaldījies"),
    ],
)
def test_latvian_gets_its_diacritics_back(typed: str, meant: str) -> None:
    assert restore(typed, "lv") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ya hochu rabotat, no net dokumentov", "я хочу работать, но нет документов"),
        ("ja hochu uchitsja na povara", "я хочу учиться на повара"),
        ("xo4u najti rabotu", "хочу найти работу"),
        ("kak poluchit' posobie", "как получить пособие"),
        ("gde 6kola dlja detej", "где школа для детей"),
        ("muž menja bjot", "муж меня бьёт"),
        ("zhivu v talsah", "живу в талсах"),
        ("flazhkov i treugolnikah", "флажков и треугольниках"),
    ],
)
def test_russian_in_latin_letters_becomes_cyrillic(typed: str, meant: str) -> None:
    assert restore(typed, "ru") == meant


@pytest.mark.parametrize(
    ("typed", "meant", "language"),
    [
        ("здраствуйте, хачу устроица на роботу", "здравствуйте, хочу устроиться на работу", "ru"),
        ("ребёнка невзяли в садик", "ребёнка не взяли в садик", "ru"),
        ("paldeis par palidzbu", "paldies par palīdzību", "lv"),
        ("i wnat to aply for a jobb", "i want to apply for a job", "en"),
    ],
)
def test_slips_are_mended(typed: str, meant: str, language: Language) -> None:
    assert restore(typed, language) == meant


@pytest.mark.parametrize(
    ("typed", "meant", "language"),
    [
        ("ja bezdarbnieks, kogda pridet pabalsts", "я bezdarbnieks, когда придёт pabalsts", "ru"),
        ("я бездарбниекс, где мой пабалстс", "я bezdarbnieks, где мой pabalsts", "ru"),
        ("мне нужен pabalsts в NVA", "мне нужен pabalsts в NVA", "ru"),
        ("gribu darbu, pozhalujsta", "gribu darbu, пожалуйста", "lv"),
    ],
)
def test_words_of_another_language_stay_words_of_it(typed: str, meant: str, language: Language) -> None:
    assert restore(typed, language).replace("ё", "е") == meant.replace("ё", "е")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "25634567", "?!", "😀", "janis.berzins@inbox.lv", "https://www.nva.gov.lv/lv?x=gimene", "/start",
     "NVA VSAA", "0xdeadbeef" * 30],
)  # fmt: skip
@pytest.mark.parametrize("language", [*LANGUAGES, None])
def test_what_is_no_word_stays(text: str, language: Language | None) -> None:
    assert restore(text, language) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vīrs mani sit, baidos iet mājās.", "lv"),
        ("Kā reģistrēties NVA, ja bērns ir slims?", "lv"),
        ("Хочу учиться на повара, но у меня шесть классов.", "ru"),
        ("How do I apply for unemployment benefit?", "en"),
    ],
)
def test_good_spelling_stays(text: str, language: Language) -> None:
    assert restore(text, language) == text


def test_capitals_stay() -> None:
    assert restore("Gribu DARBU Cesis", "lv") == "Gribu DARBU Cēsīs"
    assert restore("GRIBU MACITIES", "lv") == "GRIBU MĀCĪTIES"


def test_without_a_language_words_are_restored_as_what_they_are() -> None:
    assert restore("kak poluchit posobie", None) == "как получить пособие"
    assert restore("gribu macities", None) == "gribu mācīties"


def test_lines_as_people_type_them() -> None:
    """Lines typed by hand, by no rule of ``augment``: nearly every word comes back right."""
    with TYPED_LINES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for language, least in (("lv", 0.96), ("ru", 0.93), ("en", 0.93)):
        pairs = [(restore(row["typed"], language), row["meant"]) for row in rows if row["language"] == language]
        assert right_share(pairs) >= least


@pytest.fixture(scope="module")
def split() -> tuple[dict[Language, list[str]], dict[Language, list[str]]]:
    """Four in five examples to learn from, and the others."""
    learnt: dict[Language, list[str]] = {}
    held_out: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        lines = list(corpus.examples(language))
        random.Random(3).shuffle(lines)
        cut = len(lines) * 4 // 5
        learnt[language] = [*lines[:cut], *corpus.content(language)]
        held_out[language] = [line for line in lines[cut:] if is_well_written(line, language)][:150]
    return learnt, held_out


def is_well_written(line: str, language: Language) -> bool:
    words = words_of(line)
    if language == "lv":
        marked = sum(strip_accents(word) != word for word in words)
        return marked >= max(1, len(words) // 4) and not any(is_cyrillic(word) for word in words)
    return all(is_cyrillic(word) for word in words)


def right_share(pairs: list[tuple[str, str]]) -> float:
    """Return the share of words that are right, whatever their order; ё counts as е."""
    right = total = 0
    for got, meant in pairs:
        words = Counter(words_of(meant.replace("ё", "е")))
        right += (words & Counter(words_of(got.replace("ё", "е")))).total()
        total += words.total()
    return right / total


def test_unseen_sentences_are_restored(split: tuple[dict[Language, list[str]], dict[Language, list[str]]]) -> None:
    learnt, held_out = split
    restorer = Restorer(build_lexicons(learnt), build_letters())
    goals: list[tuple[Language, str, float]] = [
        ("lv", "stripped", 0.93),
        ("lv", "digraphs", 0.95),
        ("lv", "in_cyrillic", 0.90),
        ("ru", "latin_english", 0.95),
        ("ru", "latin_latvian", 0.95),
        ("ru", "latin_chat", 0.95),
        ("ru", "typos", 0.92),
    ]
    for language, style, least in goals:
        rng = random.Random(5)
        lines = held_out[language]
        pairs = [(restorer.restore(apply(style, line, rng), language), line) for line in lines]
        assert right_share(pairs) >= least, style
    for language, least in (("lv", 0.98), ("ru", 0.975)):
        assert right_share([(restorer.restore(line, language), line) for line in held_out[language]]) >= least


@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, None]))
@settings(deadline=None, max_examples=60)
def test_any_text_can_be_restored(text: str, language: Language | None) -> None:
    assert isinstance(restore(text, language), str)


def test_a_vocabulary_that_was_kept_is_the_one_that_was_built(tmp_path: Path) -> None:
    words = Lexicon.build({"mācīties": 0.1, "mācās": 0.05, "darbs": 0.2}, latvian_key, [["darbs", "mācās"]])
    letters = LetterModel.fit(["mācīties", "darbs"])
    built = vocabulary.Vocabulary(dict.fromkeys(LANGUAGES, words), dict.fromkeys(LANGUAGES, letters))
    vocabulary.save(built, tmp_path / "kept.npz")
    kept = vocabulary.load(tmp_path / "kept.npz")
    assert kept.lexicons["lv"].of_key(latvian_key("macities")) == words.of_key(latvian_key("macities"))
    assert kept.lexicons["ru"].pairs.log_after("darbs", "mācās", -5.0) > -5.0
    assert kept.letters["lv"].spell("macas", LATVIAN_OPTIONS) == letters.spell("macas", LATVIAN_OPTIONS)


@pytest.fixture
def quickly_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vocabulary of one word."""
    words = Lexicon.build({"darbs": 0.2}, latvian_key)
    letters = LetterModel.fit(["darbs"])
    monkeypatch.setattr(vocabulary, "build_lexicons", lambda: dict.fromkeys(LANGUAGES, words))
    monkeypatch.setattr(vocabulary, "build_letters", lambda: dict.fromkeys(LANGUAGES, letters))


@pytest.mark.usefixtures("quickly_built")
def test_a_damaged_file_is_built_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "words.npz"
    file.write_bytes(b"not what it was")
    with caplog.at_level(logging.WARNING):
        assert len(vocabulary.vocabulary_in(file).lexicons["lv"]) == 1
    assert "built anew" in caplog.text
    assert len(vocabulary.load(file).lexicons["lv"]) == 1


@pytest.mark.usefixtures("quickly_built")
def test_where_nothing_can_be_kept_it_is_built_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "models").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        assert len(vocabulary.vocabulary_in(tmp_path / "models" / "words.npz").lexicons["lv"]) == 1
    assert "can't be kept" in caplog.text


@pytest.mark.usefixtures("quickly_built")
def test_what_is_kept_can_be_read_by_another_user_and_a_few_older_ones_stay(tmp_path: Path) -> None:
    for number in range(vocabulary.KEPT + 2):
        vocabulary.vocabulary_in(tmp_path / f"{number}.npz")
        os.utime(tmp_path / f"{number}.npz", (number, number))
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == vocabulary.KEPT
    assert all(file.stat().st_mode & 0o044 == 0o044 for file in kept)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("zdravstvujte", "здравствуйте"), ("zdravstvuyte", "здравствуйте"), ("4to", "что"), ("6kola", "школа"),
        ("spasatj", "спасать"), ("rebjonok", "ребёнок"), ("jizn", "жизнь"), ("uje", "уже"), ("moq", "моя"),
        ("wkola", "школа"), ("uchitsja", "учиться"), ("schas", "щас"), ("ob'yavlenie", "объявление"),
    ],
)  # fmt: skip
def test_the_habits_of_typing_russian_meet_under_one_key(typed: str, word: str) -> None:
    assert russian_key(word) in {reading.key for reading in russian_readings(typed)}


@pytest.mark.parametrize("typed", ["berns", "beerns", "bērns", "бернс"])
def test_the_ways_of_typing_latvian_meet_under_one_key(typed: str) -> None:
    assert latvian_key("bērns") in {reading.key for reading in latvian_readings(typed)}


def test_letters_alone_spell_a_word_that_is_in_no_list() -> None:
    model = LetterModel.fit(["turējis", "gājējs", "runājis", "флажок", "дружков", "снежок"])
    assert model.spell("turejis", LATVIAN_OPTIONS)[0] == "turējis"  # type: ignore[index]
    assert model.spell("druzhkov", RUSSIAN_OPTIONS)[0] == "дружков"  # type: ignore[index]
    assert model.spell("東京", LATVIAN_OPTIONS) is None
