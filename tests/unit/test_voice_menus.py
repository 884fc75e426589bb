"""Menus by ear: the option before its number, and a number, typed or spoken, that chooses."""

import pytest

from bot.assistant.messages import Button
from bot.languages import LANGUAGES
from bot.voice.menus import MAX_OPTIONS, choose, menu_text, numbered

OFFICE = Button("📍 Kur iet?", "/find_office")
CALL = Button("📞 80200206", "tel:80200206")
PAPERS = Button("📄 Kādi papīri?", "/ask_detail_documents")
MENU = Button("☰ Izvēlne", "/start_over")
BUTTONS = [OFFICE, CALL, PAPERS, MENU]


def test_each_option_is_read_before_its_number():
    assert menu_text(BUTTONS, "lv") == (
        "Izvēlieties, ko tālāk. Kur iet? Spiediet viens. Kādi papīri? Spiediet divi. Izvēlne: spiediet trīs."
    )


def test_a_menu_speaks_the_language_of_the_talk():
    assert (
        menu_text([Button("📍 Куда идти?", "/find_office")], "ru") == "Выберите, что дальше. Куда идти? Нажмите один."
    )
    assert menu_text([Button("☰ Menu", "/start_over")], "en") == "Choose what comes next. Menu: press one."


def test_what_leads_out_of_the_talk_has_no_number():
    assert menu_text([CALL], "lv") == ""
    assert menu_text([], "lv") == ""


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("1", OFFICE), ("2", PAPERS), ("3", MENU), (" 2. ", PAPERS), ("2️⃣", PAPERS),
        ("divi", PAPERS), ("Divi!", PAPERS), ("otrais", PAPERS), ("otro", PAPERS), ("tris", MENU), ("trīs lūdzu", MENU),
        ("два", PAPERS), ("второй", PAPERS), ("нажимаю один", OFFICE), ("кнопка 3", MENU), ("dva", PAPERS),
        ("two", PAPERS), ("number two please", PAPERS), ("first", OFFICE), ("press one", OFFICE),
        ("numurs viens", OFFICE), ("nr. 3", MENU), ("spiežu divi", PAPERS),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_chooses_in_any_of_our_languages(said, chosen, language):
    assert choose(said, BUTTONS, language) is chosen


@pytest.mark.parametrize(
    "said",
    [
        "",
        "4",
        "0",
        "99",
        "man ir 2 bērni",
        "1 vai 2",
        "один два",
        "es gribu strādāt",
        "80200206",
        "2020",
        "ku",
        "jā",
        "да",
    ],
)
def test_what_is_more_than_a_number_of_the_menu_chooses_nothing(said):
    assert choose(said, BUTTONS, "lv") is None


def test_nothing_can_be_chosen_where_there_are_no_buttons():
    assert choose("1", [], "lv") is None
    assert choose("1", [CALL], "lv") is None


def test_titles_can_show_the_numbers_that_were_heard():
    assert numbered(BUTTONS) == [
        "1. 📍 Kur iet?",
        "📞 80200206",
        "2. 📄 Kādi papīri?",
        "3. ☰ Izvēlne",
    ]


def test_a_number_shown_before_a_title_is_not_read_as_part_of_it():
    shown = [Button(title, button.payload) for title, button in zip(numbered(BUTTONS), BUTTONS, strict=True)]
    assert menu_text(shown, "lv") == menu_text(BUTTONS, "lv")
    assert choose("2", shown, "lv").payload == PAPERS.payload


def test_where_numbers_are_answers_options_have_none():
    """Asked for the years at school, "seven" is an answer and not the seventh button."""
    grades = [
        Button("Līdz 6 klasēm", '/answer{"slot":"check_schooling","value":"low"}'),
        Button("Izlaist", '/answer{"slot":"check_schooling","value":"skip"}'),
    ]
    assert menu_text(grades, "lv") == "Izvēlieties, ko tālāk. Līdz sešām klasēm. Izlaist."
    assert choose("1", grades, "lv") is None
    assert numbered(grades) == ["Līdz 6 klasēm", "Izlaist"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_menu_has_words_that_choose_it(language):
    buttons = [Button(f"Poga {letter}", f"/b{letter}") for letter in "abcdefghijklmn"]
    menu = menu_text(buttons, language)
    assert not any(character.isdigit() for character in menu)
    for number in range(1, MAX_OPTIONS + 1):
        assert choose(str(number), buttons, language) is buttons[number - 1]
    assert choose(str(MAX_OPTIONS + 1), buttons, language) is None
