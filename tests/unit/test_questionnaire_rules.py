"""What follows from the guided check: at every boundary, and for every way through the questions."""

import itertools

import pytest

from bot.directory.directory import directory
from bot.questionnaire.flow import MAX_SERVICES, accept, next_question, position, services
from bot.questionnaire.loading import SUPPORT_CHECK, find_question, questionnaire
from bot.questionnaire.models import SKIP, Answers, holds
from bot.questionnaire.reading import Guess, read_answer

CHECK = questionnaire(SUPPORT_CHECK)
NEEDS_STATUS = {card.id for card in directory().services.values() if card.eligibility_rules.registered_unemployed}


def ways() -> list[Answers]:
    """Every way through the questions: each answer and skipping, and only what is asked."""
    found: list[Answers] = []

    def go(answers: Answers) -> None:
        question = next_question(CHECK, answers)
        if question is None:
            found.append(answers)
            return
        for value in [*(option.value for option in question.options), SKIP]:
            go({**answers, question.slot: value})

    go({})
    return found


@pytest.fixture(scope="module")
def lists() -> list[tuple[Answers, list[str]]]:
    return [(answers, services(CHECK, answers)) for answers in ways()]


def person(**given: str) -> list[str]:
    """Return the list of a person who skips every question but these (by the name without ``check_``)."""
    answers: Answers = {}
    while question := next_question(CHECK, answers):
        answers[question.slot] = given.get(question.slot.removeprefix("check_"), SKIP)
    return services(CHECK, answers)


def band(age: int) -> str:
    answer = read_answer(find_question("check_age")[1], str(age), Guess("chitchat", 0.1))
    assert answer
    return answer.value


def schooling(grades: int) -> str:
    answer = read_answer(find_question("check_schooling")[1], str(grades), Guess("chitchat", 0.1))
    assert answer
    return answer.value


def test_there_are_six_questions_at_most():
    assert len(CHECK.questions) == 6


def test_every_way_ends_in_one_to_five_cards_that_exist(lists):
    for answers, found in lists:
        assert 1 <= len(found) <= MAX_SERVICES, answers
        assert len(set(found)) == len(found), answers
        assert all(service in directory().services for service in found), answers


def test_nobody_below_nine_grades_is_sent_to_a_course_without_the_way_to_get_there(lists):
    for answers, found in lists:
        if "vocational_training" in found and answers.get("check_schooling") != "basic":
            assert "basic_education" in found[: found.index("vocational_training")], answers


@pytest.mark.parametrize("working", ["yes", "no", "odd_jobs", SKIP])
@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        (0, ["basic_education"]),
        (6, ["basic_education"]),
        (7, ["basic_education", "vocational_training"]),
        (8, ["basic_education", "vocational_training"]),
        (9, ["vocational_training"]),
        (12, ["vocational_training"]),
    ],
)
def test_who_wants_to_learn_begins_where_their_grades_allow(grades, expected, working):
    found = person(registered="no", working=working, age="adult", schooling=schooling(grades), pain="learn")
    assert [s for s in found if s in ("basic_education", "vocational_training")] == expected


def test_who_does_not_tell_their_grades_gets_school_before_the_course():
    found = person(age="adult", pain="learn")
    assert found.index("basic_education") < found.index("vocational_training")


@pytest.mark.parametrize(("age", "is_sent"), [(13, False), (14, False), (15, True), (17, True), (18, True), (64, True)])
def test_the_status_is_for_those_from_fifteen_on(age, is_sent):
    assert ("registration" in person(registered="no", working="no", age=band(age), pain="work")) is is_sent


def test_nobody_is_sent_to_register_who_has_work_any_income_a_pension_or_the_status(lists):
    for answers, found in lists:
        if "registration" in found:
            assert answers["check_registered"] != "yes", answers
            assert answers["check_working"] not in ("yes", "odd_jobs"), answers
            assert answers["check_age"] not in ("child", "pension"), answers


def test_what_needs_the_status_stands_after_the_way_to_it(lists):
    for answers, found in lists:
        for service in NEEDS_STATUS & set(found):
            is_registered = answers["check_registered"] == "yes"
            assert is_registered or "registration" in found[: found.index(service)], (answers, service)


def test_ages_of_the_cards_are_kept(lists):
    youngest = {"child": 0, "teen": 15, "young": 18, "adult": 30, "older": 55, "pension": 55, SKIP: 18}
    for answers, found in lists:
        for service in found:
            least = directory().services[service].eligibility_rules.min_age or 0
            assert youngest[answers["check_age"]] >= least, (answers, service)


@pytest.mark.parametrize(
    ("age", "is_listed"), [(14, False), (15, True), (17, True), (18, True), (24, True), (29, True), (30, False)]
)
def test_youth_support_is_for_fifteen_to_twenty_nine(age, is_listed):
    found = person(registered="yes", age=band(age), care="no", schooling="basic", pain="work")
    assert ("youth_support" in found) is is_listed


@pytest.mark.parametrize(("age", "is_first"), [(54, False), (55, True), (61, True)])
def test_from_fifty_five_on_a_subsidised_job_stands_before_the_search(age, is_first):
    found = person(registered="yes", age=band(age), schooling="basic", pain="work")
    assert (found.index("subsidised_work") < found.index("job_search")) is is_first


@pytest.mark.parametrize(("one", "other"), [(18, 24), (24, 25), (25, 29), (30, 54)])
def test_where_no_fact_draws_a_border_the_list_is_the_same(one, other):
    for pain, care in itertools.product(("work", "learn", "money", SKIP), ("children", "no")):
        given = {"registered": "no", "working": "no", "care": care, "schooling": "below_9", "pain": pain}
        assert person(age=band(one), **given) == person(age=band(other), **given)


def test_under_fifteen_school_and_help_come_first():
    assert person(registered="no", working="no", age="child", pain="work")[0] == "child_schooling"
    assert "job_search" not in person(age="child", pain="work")


def test_a_parent_who_wants_to_learn_hears_who_looks_after_the_child():
    assert "childcare_costs" in person(registered="no", working="no", age="young", care="children", pain="learn")
    assert "childcare_costs" not in person(registered="no", working="no", age="young", care="no", pain="learn")


def test_without_money_the_social_service_comes_first_and_the_benefit_on_the_day_of_the_status():
    found = person(registered="no", working="no", age="adult", care="children", pain="money")
    assert found[:3] == ["social_assistance", "registration", "unemployment_benefit"]


def test_papers_come_before_registering():
    found = person(registered="no", working="no", age="adult", pain="papers")
    assert found[:2] == ["documents", "registration"]


@pytest.mark.parametrize(
    ("pain", "first"),
    [
        ("debts", "debts"),
        ("home", "housing"),
        ("unfair", "discrimination"),
        ("boss", "labour_rights"),
        ("low", "social_counselling"),
        ("health", "disability_health"),
        ("children", "child_schooling"),
        ("lawyer", "legal_help"),
    ],
)
def test_what_hurts_most_comes_first(pain, first):
    assert person(registered="no", working="no", age="adult", care="children", pain=pain)[0] == first


@pytest.mark.parametrize(
    ("pain", "service"),
    [
        ("driving", "driving_licence"),
        ("language", "language_courses"),
        ("computer", "digital_skills"),
        ("abroad", "work_abroad"),
        ("own_business", "business_start"),
        ("travel", "travel_costs"),
    ],
)
def test_what_was_named_in_own_words_is_on_the_list(pain, service):
    assert service in person(registered="no", working="no", age="adult", schooling="basic", pain=pain)


def test_who_skips_everything_still_gets_a_list():
    assert person()[0] == "registration"


def test_every_rule_applies_on_some_way(lists):
    for rule in CHECK.suggestions:
        assert any(holds(rule.when, answers) and rule.service in found for answers, found in lists), rule


def test_who_is_registered_is_not_asked_for_work():
    question = next_question(CHECK, {"check_registered": "yes"})
    assert question is not None
    assert question.slot == "check_age"
    assert position(CHECK, question) == (3, 6)


def test_a_changed_answer_takes_away_what_is_no_longer_asked():
    answers = {"check_registered": "no", "check_working": "yes", "check_age": "adult"}
    assert accept(CHECK, answers, "check_registered", "yes") == {"check_registered": "yes", "check_age": "adult"}
