"""What is read aloud: as a person would say it, never as it is written."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from bot.languages import LANGUAGES
from bot.voice.checking import unreadable
from bot.voice.speech import sentences, spoken
from bot.voice.speech.latvian import LatvianNumbersReader
from bot.voice.speech.lexicon import LatvianLexicon, lexicon_as
from bot.voice.speech.telephone import groups

LATVIAN = [
    # telephone numbers are digits in groups, never one number
    ("Zvaniet 112.", "Zvaniet viens viens divi."),
    ("80200206", "Astoņi nulle, divi nulle, nulle divi, nulle seši"),
    ("tel. 67 186 522", "Tālrunis seši septiņi, viens astoņi, seši pieci, divi divi"),
    ("+371 67186522", "Plus trīs septiņi viens, seši septiņi, viens astoņi, seši pieci, divi divi"),
    ("Krīzes tālrunis 116123.", "Krīzes tālrunis viens viens seši, viens divi trīs."),
    ("Tālrunis Lietuvā 1883.", "Tālrunis Lietuvā viens astoņi astoņi trīs."),
    # but what is counted is a number
    ("112 cilvēki", "Simt divpadsmit cilvēki"),
    # numbers agree in gender and case
    ("139 cilvēki", "Simt trīsdesmit deviņi cilvēki"),
    ("4 stundas dienā", "Četras stundas dienā"),
    ("1 diena un 1 mēnesis", "Viena diena un viens mēnesis"),
    ("21 gads, 11 gadi", "Divdesmit viens gads, vienpadsmit gadi"),
    ("3 gadus", "Trīs gadus"),
    ("pirmos 4 darba mēnešus", "Pirmos četrus darba mēnešus"),
    ("līdz 4 mēnešiem", "Līdz četriem mēnešiem"),
    ("pēc 2 dienām", "Pēc divām dienām"),
    ("pēc 6 vēl mazāk", "Pēc sešiem vēl mazāk"),
    ("no 15 līdz 29 gadiem", "No piecpadsmit līdz divdesmit deviņiem gadiem"),
    ("līdz 7 eiro", "Līdz septiņiem eiro"),
    ("2 sāka mācīties skolā", "Divi sāka mācīties skolā"),
    # ordinals take the case of their noun; a number at the end of a sentence is none
    ("2019. gadā", "Divi tūkstoši deviņpadsmitajā gadā"),
    ("kopš 2026. gada 1. aprīļa", "Kopš divi tūkstoši divdesmit sestā gada pirmā aprīļa"),
    ("līdz 2028. gada 30. jūnijam", "Līdz divi tūkstoši divdesmit astotā gada trīsdesmitajam jūnijam"),
    ("9. klase, 7. klases", "Devītā klase, septītās klases"),
    ("Darbu atrada 27. Citi nē.", "Darbu atrada divdesmit septiņi. Citi nē."),
    ("2009.–2012. gada projekts", "Divi tūkstoši devītā līdz divi tūkstoši divpadsmitā gada projekts"),
    ("2016–2020", "No divi tūkstoši sešpadsmitā līdz divi tūkstoši divdesmitajam gadam"),
    ("Pārbaudīts 22.11.2026.", "Pārbaudīts divi tūkstoši divdesmit sestā gada divdesmit otrajā novembrī."),
    # money, percent, units, time
    ("868 860 eiro", "Astoņsimt sešdesmit astoņi tūkstoši astoņsimt sešdesmit eiro"),
    ("87,50 eiro", "Astoņdesmit septiņi eiro un piecdesmit centi"),
    ("€ 5", "Pieci eiro"),
    ("1000 eiro", "Tūkstoš eiro"),
    ("34,6%", "Trīsdesmit četri komats seši procenti"),
    ("50–65 procenti", "Piecdesmit līdz sešdesmit pieci procenti"),
    ("apmēram 25 km", "Apmēram divdesmit pieci kilometri"),
    ("katru dienu 9–16", "Katru dienu no deviņiem līdz sešpadsmitiem"),
    ("no 8.30 līdz 17.00", "No astoņiem trīsdesmit līdz septiņpadsmitiem"),
    # abbreviations and letters
    ("Ejiet uz NVA.", "Ejiet uz en vē ā."),
    ("VSAA, PMLP, GMI", "Vē es ā ā, pē em el pē, gē em ī"),
    ("kategorija (B, C)", "Kategorija, bē, cē"),
    ("Ševčenkos g. 16B.", "Ševčenkos gatve sešpadsmit bē."),
    ("LV-1010", "El vē desmit desmit"),
    # addresses have no slash
    ("nva.gov.lv/lv/filiales", "En vē ā punkts gov punkts el vē, sadaļa filiāles"),
    ("https://www.vsaa.gov.lv/", "Vē es ā ā punkts gov punkts el vē"),
    ("pasts@vsaa.gov.lv", "Pasts et vē es ā ā punkts gov punkts el vē"),
    ("karte/pase", "Karte vai pase"),
    # pictures, quotes and the source are not spoken
    ("☰ Izvēlne", "Izvēlne"),
    ("👨‍👩‍👧 Ģimene 🆘", "Ģimene"),
    ("„Drošā māja” – patvērums", "Drošā māja, patvērums"),
    ("Labi.\nAvots: NVA. Pārbaudīts 22.11.2026.", "Labi."),
    ("Pirmā rinda\nOtrā rinda", "Pirmā rinda. Otrā rinda"),
    ("Gaidiet …", "Gaidiet."),
]
RUSSIAN = [
    ("Звоните 112.", "Звоните один один два."),
    ("80200206", "Восемь ноль, два ноль, ноль два, ноль шесть"),
    ("до 7 евро", "До семи евро"),
    ("до 1000 евро", "До одной тысячи евро"),
    ("3 года", "Три года"),
    ("2 недели, через 1 неделю", "Две недели, через одну неделю"),
    ("от 15 до 29 лет", "От пятнадцати до двадцати девяти лет"),
    ("не меньше 15 лет", "Не меньше пятнадцати лет"),
    ("не ближе 15 км", "Не ближе пятнадцати километров"),
    ("примерно 21 км, 3 км", "Примерно двадцать один километр, три километра"),
    ("в течение 10 рабочих дней", "В течение десяти рабочих дней"),
    ("у 3, у 16", "У трёх, у шестнадцати"),
    ("1 пошёл в школу", "Один пошёл в школу"),
    ("в 2019 году", "В две тысячи девятнадцатом году"),
    ("к 2026 году", "К две тысячи двадцать шестому году"),
    ("до 2020 года", "До две тысячи двадцатого года"),
    ("с 1 апреля 2026 года", "С первого апреля две тысячи двадцать шестого года"),
    ("на 1 ноября", "На первое ноября"),
    ("1 июля закрыто", "Первого июля закрыто"),
    ("2016–2020", "С две тысячи шестнадцатого по две тысячи двадцатый год"),
    ("Проверено 22.11.2026", "Проверено двадцать второго ноября две тысячи двадцать шестого года"),
    ("40%", "Сорок процентов"),
    ("34,6%", "Тридцать четыре целых и шесть десятых процента"),
    ("87,50 евро", "Восемьдесят семь евро пятьдесят центов"),
    ("50–65 процентов", "От пятидесяти до шестидесяти пяти процентов"),
    ("каждый день 12–22", "Каждый день с двенадцати до двадцати двух"),
    ("ID-карта", "Ай ди-карта"),
    ("в NVA", "В эн вэ а"),
    ("Baznīcas iela 25", "Улица Базницас двадцать пять"),
    ("Rēzekne, Ļaudona, Ķekava", "Резекне, Льаудона, Кекава"),
    ("nva.gov.lv/lv/filiales", "Эн вэ а точка гов точка эл вэ, раздел филиалес"),
    ("info@uzt.lt", "Инфо собака у зэт тэ точка эл тэ"),
    ("И я, и Вы, о чём?", "И я, и Вы, о чём?"),
    ("Да.\nИсточник: NVA. Проверено 22.11.2026.", "Да."),
]
ENGLISH = [
    ("Call 112.", "Call one one two."),
    ("80200206", "Eight zero, two zero, zero two, zero six"),
    ("42,019 euros", "Forty two thousand and nineteen euros"),
    ("1 euro, 87.50 euros", "One euro, eighty seven euros and fifty cents"),
    ("34.6%", "Thirty four point six percent"),
    ("In 2019 and 2016–2020", "In twenty nineteen and twenty sixteen to twenty twenty"),
    ("On 1 November 2019, open", "On the first of November twenty nineteen, open"),
    ("about 1000 people", "About one thousand people"),
    ("open 9–16", "Open nine to sixteen"),
    ("at 9:30", "At nine thirty"),
    ("NVA's office", "En vee ay's office"),
    ("Liepāja, Cēsis", "Liepaja, Cesis"),
    ("vsaa.gov.lv", "Vee ess ay ay dot gov dot el vee"),
    ("I am here. A card.", "I am here. A card."),
    ("Fine.\nSource: NVA. Checked 22.11.2026.", "Fine."),
]


@pytest.mark.parametrize(("written", "said"), LATVIAN)
def test_latvian_is_read_as_a_person_would_say_it(written, said):
    assert spoken(written, "lv") == said


@pytest.mark.parametrize(("written", "said"), RUSSIAN)
def test_russian_is_read_as_a_person_would_say_it(written, said):
    assert spoken(written, "ru") == said


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english_is_read_as_a_person_would_say_it(written, said):
    assert spoken(written, "en") == said


@pytest.fixture(scope="module")
def latvian() -> LatvianNumbersReader:
    return LatvianNumbersReader(lexicon_as(LatvianLexicon, "lv"))


def test_latvian_numbers_are_those_of_another_library(latvian):
    """num2words knows only the masculine nominative, and writes round hundreds and thousands apart."""

    def together(words: str) -> str:
        for apart, close in (("div", "divi"), ("trīs", "trīs"), ("četr", "četri"), ("piec", "pieci"), ("seš", "seši"),
                             ("septiņ", "septiņi"), ("astoņ", "astoņi"), ("deviņ", "deviņi")):  # fmt: skip
            words = words.replace(f"{apart}simt", f"{close} simti")
        return words.replace("simtsimti", "simti")

    def plain(words: str) -> str:
        words = together(words).replace("viens tūkstotis", "tūkstoš").replace("tūkstotis", "tūkstoš")
        return words.replace("simtu", "simt").replace("viens simts", "simt").replace("simts", "simt")

    chosen = [*range(2000), *random.Random(1).sample(range(2000, 1_000_000), 500)]
    differing = [
        (number, latvian.cardinal(number), num2words(number, lang="lv"))
        for number in chosen
        if plain(latvian.cardinal(number)) != plain(num2words(number, lang="lv"))
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("number", "form", "said"),
    [
        (1, ("f", "nom"), "pirmā"),
        (3, ("m", "gen"), "trešā"),
        (10, ("m", "loc"), "desmitajā"),
        (21, ("f", "acc"), "divdesmit pirmo"),
        (100, ("m", "nom"), "simtais"),
        (1000, ("m", "nom"), "tūkstošais"),
        (2000, ("m", "loc"), "divi tūkstošajā"),
        (2026, ("m", "dat"), "divi tūkstoši divdesmit sestajam"),
    ],
)
def test_latvian_ordinals_take_gender_and_case(latvian, number, form, said):
    assert latvian.ordinal(number, *form) == said


@pytest.mark.parametrize(
    ("digits", "parts"),
    [("112", ["112"]), ("1883", ["1883"]), ("116123", ["116", "123"]), ("80200206", ["80", "20", "02", "06"])],
)
def test_telephone_numbers_are_dictated_in_groups(digits, parts):
    assert groups(digits) == parts


def test_sentences_are_those_of_what_is_said():
    assert sentences(spoken("Labdien! Ejiet uz NVA. Zvaniet 112.", "lv")) == (
        "Labdien!",
        "Ejiet uz en vē ā.",
        "Zvaniet viens viens divi.",
    )


@pytest.mark.parametrize("text", ["", " ", "🙂", "…", "„”", "Avots: NVA."])
def test_nothing_is_said_where_there_are_no_words(text):
    assert spoken(text, "lv") == ""


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_whatever_is_written_what_is_said_can_be_read(text, language):
    assert unreadable(spoken(text, language), language) == []


@given(st.from_regex(r"[a-z]{0,3} ?[0-9]{1,12}([.,:–-][0-9]{1,6}){0,2}\.? ?[%€a-zāčēģīķļņšūž]{0,8}", fullmatch=True))
def test_no_number_breaks_a_reader(text):
    for language in LANGUAGES:
        assert not any(character.isdigit() for character in spoken(text, language))
