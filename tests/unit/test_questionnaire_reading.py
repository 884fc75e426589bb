"""How answers are read: by words, numbers, yes or no, in three languages and many spellings; questions back are not."""

import datetime

import pytest

from bot.clock import frozen
from bot.questionnaire.loading import find_question
from bot.questionnaire.reading import Guess, read_answer
from bot.questionnaire.telephone import read_telephone

NOW = datetime.datetime(2026, 11, 22, 12)
UNSURE = Guess("chitchat", 0.2)


def read(slot, text, guess=UNSURE):
    found = find_question(slot)
    assert found
    answer = read_answer(found[1], text, guess)
    return answer.value if answer else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("jā", "yes"),
        ("Jaa", "yes"),
        ("ja esmu", "yes"),
        ("esmu registrets jau gadu", "yes"),
        ("stāvu uzskaitē biržā", "yes"),
        ("да", "yes"),
        ("da, stoju na ucete", "yes"),
        ("я зарегистрирована", "yes"),
        ("yes i am", "yes"),
        ("nē", "no"),
        ("Ne!", "no"),
        ("neesmu", "no"),
        ("neesmu reģistrējies", "no"),
        ("nekad dzīvē tur neesmu bijis", "no"),
        ("mani noņēma no uzskaites", "no"),
        ("нет, не состою", "no"),
        ("ne sostoju", "no"),
        ("сняли с учёта в марте", "no"),
        ("No", "no"),
        ("not yet", "no"),
        ("nezinu", "skip"),
        ("es nezinu, lūdzu", "skip"),
        ("не знаю", "skip"),
        ("ne znaju", "skip"),
        ("I don't know", "skip"),
        ("izlaist", "skip"),
        ("пропусти", "skip"),
        ("beidzam", "stop"),
        ("хватит", "stop"),
        ("stop please", "stop"),
        ("cik maksā autovadītāju kursi", None),
        ("vakar bija slikts laiks", None),
    ],
)
def test_registered_or_not(text, value):
    assert read("check_registered", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("strādāju", "yes"),
        ("man ir darbs rimi", "yes"),
        ("работаю уборщицей", "yes"),
        ("rabotayu", "yes"),
        ("nestradaju", "no"),
        ("nav darba jau trešo gadu", "no"),
        ("atlaida mani", "no"),
        ("нигде не работаю", "no"),
        ("ne rabotaju", "no"),
        ("I lost my job in spring", "no"),
        ("reizēm vācu metāllūžņus", "odd_jobs"),
        ("nestrādāju, bet šad tad haltūrēju", "odd_jobs"),
        ("подрабатываю иногда на рынке", "odd_jobs"),
        ("halturju", "odd_jobs"),
        ("cash in hand, no contract", "odd_jobs"),
    ],
)
def test_working_or_not(text, value):
    assert read("check_working", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14", "child"),
        ("15", "teen"),
        ("17", "teen"),
        ("18", "young"),
        ("man 19", "young"),
        ("24", "young"),
        ("25", "young"),
        ("29", "young"),
        ("30", "adult"),
        ("54", "adult"),
        ("55", "older"),
        ("man ir 33 gadi un nav darba", "adult"),
        ("11", "child"),
        ("44 gadi", "adult"),
        ("trīsdesmit pieci", "adult"),
        ("man deviņpadsmit", "young"),
        ("мне двадцать девять лет", "young"),
        ("mne 34 goda", "adult"),
        ("пятьдесят пять", "older"),
        ("i am twenty five years old", "young"),
        ("dzimusi 1960. gadā", "older"),
        ("родился в 1998", "young"),
        ("man 34 gadi un dēlam 5 gadi", "adult"),
        ("мне 41 год, дочке 12 лет", "adult"),
        ("esmu pensionāre", "pension"),
        ("я на пенсии, 67 лет", "pension"),
        ("bērnam 3 gadi", None),
        ("strādāju 5 gadus par pavāri", None),
        ("300 eiro mēnesī", None),
        ("nesaku", "skip"),
    ],
)
def test_an_age_is_read_into_its_band(text, value):
    with frozen(NOW):
        assert read("check_age", text) == value


def test_a_year_of_birth_that_may_mean_two_bands_is_asked_again():
    """Who was born in 1996 is 29 or 30 in November 2026."""
    with frozen(NOW):
        assert read("check_age", "1996") is None
        assert read("check_age", "1995") == "adult"
        assert read("check_age", "1997") == "young"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("man divi bērni", "children"),
        ("jā, mazulis", "children"),
        ("jā", "children"),
        ("трое детей", "children"),
        ("two kids", "children"),
        ("bērnu nav", "no"),
        ("bērni jau lieli", "no"),
        ("nevienu", "no"),
        ("детей нет", "no"),
        ("дети взрослые", "no"),
        ("just me", "no"),
        ("mamma slima", "other"),
        ("vecmāmiņa guļ uz gultas", "other"),
        ("за бабушкой", "other"),
        ("my mother is sick", "other"),
    ],
)
def test_whom_the_person_looks_after(text, value):
    assert read("check_care", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6 klases", "below_7"),
        ("7", "below_9"),
        ("pabeidzu 7", "below_9"),
        ("astoņas klases", "below_9"),
        ("8.klase", "below_9"),
        ("9", "basic"),
        ("devīto pabeidzu", "basic"),
        ("12 klases", "basic"),
        ("11", "basic"),
        ("sem klassov", "below_9"),
        ("семь классов", "below_9"),
        ("девять", "basic"),
        ("nine grades", "basic"),
        ("pametu skolu 7. klasē", "below_7"),
        ("aizgāju pēc 7. klases", "below_9"),
        ("бросил в девятом классе", "below_9"),
        ("ушёл после девятого", "basic"),
        ("I dropped out in grade 9", "below_9"),
        ("I left after grade 9", "basic"),
        ("mācos 8. klasē", "below_9"),
        ("mācos 7. klasē", "below_7"),
        ("neesmu gājis skolā", "below_7"),
        ("nemāku lasīt", "below_7"),
        ("не умею читать", "below_7"),
        ("pamatskola", "basic"),
        ("pamatskolu nepabeidzu", "below_9"),
        ("vidusskola", "basic"),
        ("техникум", "basic"),
        ("dēls mācās 5. klasē", None),
    ],
)
def test_finished_grades_are_read_at_their_boundaries(text, value):
    assert read("check_schooling", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nav darba", "work"),
        ("naudas nav", "money"),
        ("tiesu izpildītājs paņem visu", "debts"),
        ("долги замучили", "debts"),
        ("dolgi", "debts"),
        ("мне негде жить", "home"),
        ("mugura sāp", "health"),
        ("we are refused because i am roma", "unfair"),
        ("нет сил", "low"),
        ("pase pazudusi", "papers"),
        ("viss slikti", "low"),
        ("vakar lija", None),
    ],
)
def test_what_hurts_most_by_words(text, value):
    assert read("check_pain", text) == value


def test_what_hurts_most_by_what_the_classifier_sees():
    assert read("check_pain", "kā lai es to visu atdodu", Guess("ask_debts", 0.7)) == "debts"
    assert read("check_pain", "kā lai es to visu atdodu", Guess("ask_debts", 0.2)) is None
    assert read("check_pain", "gribu uz Angliju ogas lasīt", Guess("ask_work_abroad", 0.9)) == "abroad"


def test_a_question_back_is_no_answer_though_it_has_the_words():
    asked = "un vai man maksās pabalstu, ja es strādāju?"
    assert read("check_working", asked, Guess("ask_unemployment_benefit", 0.8)) is None
    assert read("check_working", asked.rstrip("?"), Guess("ask_unemployment_benefit", 0.8)) is None
    assert read("check_working", "strādāju", Guess("ask_job_search", 0.8)) == "yes"


def test_a_need_told_at_length_is_no_answer_though_it_has_the_words():
    told = "kas pieskatīs manus trīs bērnus, kamēr es no rīta līdz vakaram esmu kursos"
    assert read("check_care", told, Guess("ask_childcare_costs", 0.8)) is None
    assert read("check_care", "ata, jāiet bērnus gulēt likt", Guess("goodbye", 0.9)) is None
    assert read("check_care", "jā, trīs mazi bērni", Guess("ask_childcare_costs", 0.8)) == "children"


@pytest.mark.parametrize("intent", ["start_over", "forget_me", "change_language", "not_helpful", "request_callback"])
def test_a_command_is_no_answer(intent):
    assert read("check_working", "dzēs visu, nestrādāju es", Guess(intent, 0.9)) is None


def test_a_suspicion_of_danger_gives_way_to_an_answer_and_certainty_does_not():
    assert read("check_age", "мне 34", Guess("urgent_danger", 0.97)) == "adult"
    assert read("check_care", "par slimo vīru jau gadu", Guess("urgent_danger", 0.6)) == "other"
    assert read("check_care", "bērni raud, vīrs dzer", Guess("urgent_danger", 0.9)) is None
    assert read("check_working", "не хочу больше жить", Guess("urgent_danger", 0.97)) is None
    assert (
        read("check_care", "сегодня нечем кормить детей, ничего нет, даже крупы", Guess("urgent_danger", 0.6)) is None
    )
    assert read("callback_need", "vīrs atkal dusmīgs", Guess("urgent_danger", 0.6)) is None


def test_own_words_are_taken_where_they_are_asked_for():
    answer = read_answer(find_question("callback_need")[1], "tiesu izpildītājs paņēma algu", Guess("ask_debts", 0.9))
    assert answer is not None
    assert answer.is_own_words
    assert read("callback_need", "vai kāds redzēs, ko rakstu?", Guess("ask_privacy", 0.7)) is None
    assert read("callback_need", "nē, neko", Guess("deny", 0.9)) is None
    assert read("callback_time", "rīt pēc pieciem", Guess("goodbye", 0.5)) == "rīt pēc pieciem"
    assert read("callback_time", "zvaniet vakarā", Guess("request_callback", 0.96)) == "zvaniet vakarā"
    assert read("callback_time", "vakarā", UNSURE) == "evening"
    assert read("callback_time", "cik tas maksā?", Guess("ask_detail_cost", 0.8)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("29123456", "+37129123456"),
        ("zvaniet uz 29 123 456 vakarā", "+37129123456"),
        ("+371 29-123-456", "+37129123456"),
        ("00371 67 123 456", "+37167123456"),
        ("371 29123456", "+37129123456"),
        ("mob. +44 7700 900123", "+447700900123"),
        ("63 123 456 vai 29123456", None),
        ("2912345", None),
        ("291234567", None),
        ("39123456", None),
        ("010190-12345", None),
        ("320101-12345", None),
        ("man 29 gadi", None),
        ("nav numura", None),
    ],
)
def test_a_telephone_number_is_found_and_nothing_else_is(text, value):
    assert read_telephone(text) == value


def test_the_way_to_be_reached():
    assert read("callback_contact", "mans numurs 29 123 456") == "+37129123456"
    assert read("callback_contact", "rakstiet šeit") == "chat"
    assert read("callback_contact", "пишите сюда") == "chat"
    assert read("callback_contact", "negribu dot numuru") == "skip"
    assert read("callback_contact", "2912") is None


def test_consent_is_a_clear_yes_or_no_and_is_never_skipped():
    assert read("callback_consent", "jā, piekrītu") == "yes"
    assert read("callback_consent", "согласна") == "yes"
    assert read("callback_consent", "I do not agree") == "no"
    assert read("callback_consent", "nepiekrītu") == "no"
    assert read("callback_consent", "izlaist") is None
    assert read("callback_consent", "nezinu") is None
    assert read("callback_confirm", "viss pareizi") == "yes"
    assert read("callback_confirm", "nesūtiet") == "no"


def test_a_place_may_be_skipped():
    assert read("municipality", "nesaku") == "skip"
    assert read("municipality", "Talsi") is None
