"""What the talk adds to the words, and two needs in one message."""

from collections import defaultdict

import pytest

from bot.assistant.context import Context
from bot.nlu.clauses import split_clauses, two_needs
from bot.nlu.context_prior import weigh

RANKING = [("ask_documents", 0.45), ("ask_detail_documents", 0.4), ("inform_place", 0.15)]


def told(message, rankings):
    """Return the two needs of a message whose clauses are ranked so."""
    clauses = [str(number) for number in range(len(rankings))]
    return two_needs(message, clauses, spelt_like_all, lambda number: rankings[int(number)])


def spelt_like_all(clause):
    return defaultdict(lambda: 0.5)


def test_with_a_card_under_discussion_a_question_is_about_it():
    assert weigh(RANKING, Context(service="debts"))[0][0] == "ask_detail_documents"


def test_without_a_card_it_names_a_need_of_its_own():
    assert weigh(RANKING, Context())[0][0] == "ask_documents"


def test_a_message_without_a_talk_keeps_its_probabilities():
    assert weigh(RANKING, None) == RANKING


def test_after_the_question_where_do_you_live_a_bare_word_is_a_place():
    assert weigh(RANKING, Context(requested_slot="municipality"))[0][0] == "inform_place"


def test_probabilities_still_sum_to_one():
    assert sum(p for _, p in weigh(RANKING, Context(service="debts"))) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("kur ir nva", 0),
        ("man ir parādi un vēl vajag kādu darbu", 2),
        ("начальник не платит, и ещё не с кем оставить ребёнка", 2),
        ("I need a job. And also who pays for the bus?", 2),
        ("viena gara runa bez nevienas pauzes vai savienojuma tajā", 0),
    ],
)
def test_a_message_falls_into_clauses_where_people_pause(text, count):
    assert len(split_clauses(text)) == count


def test_two_needs_come_in_the_order_in_which_they_were_told():
    message = [("ask_job_search", 0.5), ("ask_debts", 0.4), ("greet", 0.1)]
    clauses = [[("ask_debts", 0.9)], [("ask_job_search", 0.8)]]
    assert told(message, clauses) == ("ask_debts", "ask_job_search")


@pytest.mark.parametrize(
    "clauses",
    [
        [[("ask_debts", 0.9)], [("ask_debts", 0.9)]],
        [[("ask_debts", 0.9)], [("ask_job_search", 0.3)]],
        [[("ask_debts", 0.9)], [("ask_housing", 0.9)]],
        [],
    ],
)
def test_a_clause_that_is_not_sure_or_not_of_the_message_is_no_second_need(clauses):
    assert told([("ask_job_search", 0.5), ("ask_debts", 0.4)], clauses) is None


@pytest.mark.parametrize(
    ("message", "clauses", "read"),
    [
        ([("ask_debts", 0.99), ("ask_job_search", 0.0005)], ["ask_debts", "ask_job_search"], 0),  # the message is sure
        (
            [("ask_debts", 0.5), ("ask_job_search", 0.4)],
            ["ask_debts", "ask_job_search", "ask_debts"],
            2,
        ),  # both are told
        ([("ask_debts", 0.5), ("ask_job_search", 0.4)], ["greet", "ask_job_search"], 1),  # one clause can't tell two
        ([("ask_debts", 0.5), ("ask_job_search", 0.4)], ["greet", "ask_debts", "thank"], 3),
        ([("ask_debts", 0.5), ("ask_job_search", 0.4)], ["greet", "thank", "ask_debts"], 2),
    ],
)
def test_no_clause_is_read_that_can_change_nothing(message, clauses, read):
    ranked = []

    def rank(clause):
        ranked.append(clause)
        return [(clause, 0.9)]

    two_needs(message, clauses, spelt_like_all, rank)
    assert ranked == clauses[:read]


def test_a_clause_is_not_read_that_by_its_spelling_tells_of_neither():
    def spelt(clause):
        return defaultdict(float, {clause: 0.9})

    ranked = []

    def rank(clause):
        ranked.append(clause)
        return [(clause, 0.9)]

    message = [("ask_debts", 0.5), ("ask_job_search", 0.4)]
    assert two_needs(message, ["thank", "ask_debts", "greet"], spelt, rank) is None
    assert ranked == []
    assert two_needs(message, ["thank", "ask_debts", "ask_job_search"], spelt, rank) == ("ask_debts", "ask_job_search")
    assert ranked == ["ask_debts", "ask_job_search"]


def test_small_talk_beside_a_need_is_no_second_need():
    message = [("ask_debts", 0.6), ("greet", 0.4)]
    assert told(message, [[("greet", 0.9)], [("ask_debts", 0.9)]]) is None
