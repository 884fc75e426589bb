"""Which town or municipality a person means, as people write it; and what is no place at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.places import evaluate_places
from bot.nlu.places import Places, find_places, place_finder

LABELLED = Path(__file__).parent.parent / "data" / "places"


def place(text: str, awaiting: bool = False) -> str | None:
    """Return the town that is chosen, else the municipality, else None."""
    chosen = find_places(text, awaiting).chosen()
    return chosen and chosen.name


def candidates(text: str, awaiting: bool = False) -> list[str]:
    return [candidate.name for candidate in find_places(text, awaiting).candidates]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Latvian, every case, with and without diacritics, long vowels doubled
        ("dzīvoju Cēsīs", "Cēsis"),
        ("no cēsīm esmu", "Cēsis"),
        ("Cēsu centrā", "Cēsis"),
        ("uz ventspili", "Ventspils"),
        ("ventspilii", "Ventspils"),
        ("pie Tukuma mums māja", "Tukums"),
        ("jurmalaa dzivojam", "Jūrmala"),
        ("Pļaviņās", "Pļaviņas"),
        ("esmu no saldus", "Saldus"),
        # Russian, declined and not, adjectives, in Latin letters
        ("живу в Риге", "Rīga"),
        ("из Елгавы", "Jelgava"),
        ("под Тукумсом хутор", "Tukums"),
        ("в Лимбажах", "Limbaži"),
        ("мы из Вилян", "Viļāni"),
        ("лимбажский край", "Limbažu novads"),
        ("мой край талсинский", "Talsu novads"),
        ("мы талсинские", "Talsi"),
        ("рижанка я", "Rīga"),
        ("в Ругайском крае", "Balvu novads"),
        ("Бабитский край", "Mārupes novads"),
        ("ventspils raj", "Ventspils novads"),
        ("I live in Riga now", "Rīga"),
        ("zivu v elgave", "Jelgava"),
        ("iz liepaji ja", "Liepāja"),
        ("v talsah", "Talsi"),
        ("zhivu v kul'dige", "Kuldīga"),
        ("Riga's unemployment office", "Rīga"),
        # English
        ("I am from Liepaja", "Liepāja"),
        ("Ventspils municipality", "Ventspils novads"),
        # mistyped
        ("daugavpls", "Daugavpils"),
        ("dzīvoju jelgva", "Jelgava"),
        ("Dungada", "Dundaga"),
        ("Даугавпис", "Daugavpils"),
        # as people call them
        ("no rēznes", "Rēzekne"),
        ("Pļavniekos, Rīgā", "Rīga"),
        ("на Кенгарагсе живу", "Rīga"),
        ("es esmu liepājnieks", "Liepāja"),
    ],
)
def test_a_place_is_understood_as_people_write_it(text: str, expected: str) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ventspilī", "Ventspils"),
        ("Ventspils novadā", "Ventspils novads"),
        ("Jelgavas novads", "Jelgavas novads"),
        ("Daugavpils novads", "Augšdaugavas novads"),
        ("Liepājas rajonā", "Dienvidkurzemes novads"),
        ("Varakļānu novads", "Madonas novads"),
        ("Kandavas nov.", "Tukuma novads"),
        ("Ropažos", "Ropažu novads"),
    ],
)
def test_a_city_is_not_the_municipality_around_it_and_old_units_lead_to_todays(text: str, expected: str) -> None:
    found = find_places(text).chosen()
    assert found is not None
    assert (found.place or found.municipality) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Līga man teica, ka palīdzat",
        "cik maksā taksi",
        "Marta un Laila grib kursus",
        "ko valkāt uz interviju",
        "ko viņa valkā",
        "lūdzu palīdziet",
        "ludzu ludzu",
        "my boss is an ogre",
        "the Pope said it",
        "vajag divānus",
        "mana sieva ir ragana",
        "saldus pīrāgus cepu",
        "baložus baroju",
        "kursi uz salas",
        "dzīvoju Rīgas ielā 5",
        "adrese Rīgas 12",
        "Rīgas satiksme uzlika sodu",
        "Cēsu alus",
        'firma "Ventspils Reiss"',
        "FK Liepāja zaudēja",
        "klausos Madonas dziesmas",
        "Imanta mašīna sabojājās",
        "валка леса",
        "кусок сала",
        "лига чемпионов",
        "мы из Ливана",
        "на стенде написано",
        "рижский бальзам",
        "dzīvoju Londonā",
        "strādāju Valgā",
        "Daugavas krastā",
        "dzīvoju pie vecākiem",
        "skaista vieta",
        "Kādā salā dzīvo pingvīni?",
        "Rīgas melnais balzams",
        "Cēsu šķiņķis beidzies",
    ],
)
def test_what_only_looks_like_a_place_does_not_fire(text: str) -> None:
    assert find_places(text) == Places()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dzīvoju Talsos, strādāju Rīgā", "Talsi"),
        ("strādāju Rīgā, bet dzīvoju Olainē", "Olaine"),
        ("vīrs strādā Rīgā, mēs dzīvojam Ogrē", "Ogre"),
        ("pārcēlos no Rīgas uz Cēsīm", "Cēsis"),
        ("dzimis Valkā, dzīvoju Valmierā", "Valmiera"),
        ("раньше жил в Риге, теперь в Лудзе", "Ludza"),
        ("прописан в Резекне, живу в Риге", "Rīga"),
        ("Ozolnieki pie Jelgavas", "Ozolnieki"),
        ("Kandava, Tukuma novads", "Kandava"),
        ("ne Tukums, Talsi", "Talsi"),
        ("Tukums, nē, Talsi", "Talsi"),
        ("не Рига, а Елгава", "Jelgava"),
        ("kļūdījos, ne Bauska, Dobele", "Dobele"),
        ("Piedodiet, nospiedu Saldu, bet vajadzēja Kuldīgu.", "Kuldīga"),
        ("В Резекне сейчас, раньше жил в Лудзе.", "Rēzekne"),
        ("Mana mamma dzīvo Rīgā, es Jelgavā.", "Jelgava"),
        ("pati no ludzas, bērni Rēzeknē skolā", "Ludza"),
        ("живу под Ригой, в Саласпилсе", "Salaspils"),
        ("dzīvoju Ugālē, 40 km no Ventspils", "Ugāle"),
        ("Tukumā bija darbs, tagad Talsos nav", "Talsi"),
    ],
)
def test_of_two_places_the_one_where_the_person_lives_counts(text: str, expected: str) -> None:
    assert place(text) == expected


def test_two_places_that_are_equally_likely_are_asked_back() -> None:
    assert place("Jelgavā vai Rīgā") is None
    assert candidates("Jelgavā vai Rīgā") == ["Jelgava", "Rīga"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dzīvoju Zosnā", ["Rēzeknes novads"]),
        ("Kauguros", ["Valmieras novads", "Jūrmala"]),
        ("Inčukalna novads", ["Siguldas novads", "Ropažu novads"]),
        ("Rīgas rajons", ["Rīga"]),
    ],
)
def test_what_is_not_certain_is_never_mapped_but_asked_back(text: str, expected: list[str]) -> None:
    assert place(text) is None
    assert candidates(text) == expected


def test_a_parish_with_its_municipality_is_certain() -> None:
    assert place("Zosnā, Rēzeknes novadā") == "Rēzeknes novads"


def test_an_answer_to_where_do_you_live_is_read_more_readily() -> None:
    assert place("nu ludza laikam", awaiting=True) == "Ludza"
    assert place("nu ludza laikam") is None
    assert candidates("Eleja", awaiting=True) == ["Jelgavas novads"]


def test_an_unknown_name_is_asked_back_with_those_most_like_it_only_when_a_place_was_asked_for() -> None:
    assert "Rīga" in candidates("Rīgavā", awaiting=True)
    assert candidates("Rīgavā") == []
    assert len(candidates("Kalngalene", awaiting=True)) <= 4


def test_where_it_stands_in_the_text_is_told_with_its_unit() -> None:
    text = "Labdien, esmu no Talsu novada!"
    found = find_places(text).chosen()
    assert found is not None
    assert text[found.start : found.end] == "Talsu novada"
    assert 0.6 < found.confidence <= 1


def test_words_of_people_do_not_stay_in_the_vocabulary() -> None:
    find_places("mans noslēpumainaisvārds dzīvo Rīgā")
    assert "noslepumainaisvards" not in place_finder().pipeline.vocab.strings


@pytest.mark.parametrize("name", ["forms.tsv", "messages.tsv"])
def test_labelled_places_are_found(name: str) -> None:
    result = evaluate_places([LABELLED / name])
    assert result["recall"] >= 0.98, result["wrong"]
    assert result["precision"] >= 0.99, result["wrong"]


@pytest.mark.parametrize(("name", "most_wrong"), [("traps.tsv", 0), ("traps_fresh.tsv", 1)])
def test_traps_are_read_as_they_were_meant(name: str, most_wrong: int) -> None:
    wrong = evaluate_places([LABELLED / name])["wrong"]
    assert len(wrong) <= most_wrong, wrong


@pytest.mark.parametrize(("name", "recall"), [("unseen.tsv", 0.98), ("harder.tsv", 0.98)])
def test_stories_are_read_as_they_were_meant(name: str, recall: float) -> None:
    result = evaluate_places([LABELLED / name])
    assert result["recall"] >= recall, result["wrong"]
    assert result["precision"] >= 0.98, result["wrong"]


def test_labelled_messages_without_a_place_have_none() -> None:
    result = evaluate_places([LABELLED / "no_place.tsv"])
    assert len(result["wrong"]) <= 0.01 * result["n"], result["wrong"]


@pytest.mark.parametrize("text", ["", " ", "…", "🙂", "?", "." * 4000, "ā" * 4000, "Rīga " * 500, "1234", "-", "Rīga-"])
def test_no_text_breaks_it(text: str) -> None:
    find_places(text)
    find_places(text, awaiting=True)
