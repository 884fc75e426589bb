"""What the talk adds to the words, and two needs in one message."""

import pytest

from bot.assistant.context import Context
from bot.nlu.clauses import split_clauses, two_needs
from bot.nlu.context_prior import weigh

RANKING = [("ask_documents", 0.45), ("ask_detail_documents", 0.4), ("inform_place", 0.15)]


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
    assert two_needs(message, clauses) == ("ask_debts", "ask_job_search")


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
    assert two_needs([("ask_job_search", 0.5), ("ask_debts", 0.4)], clauses) is None


def test_no_clause_is_read_where_the_message_is_sure_and_none_after_the_second_need():
    read = []

    def rankings(*intents):
        for intent in intents:
            read.append(intent)
            yield [(intent, 0.9)]

    assert two_needs([("ask_debts", 0.99), ("ask_job_search", 0.0005)], rankings("ask_debts", "ask_job_search")) is None
    assert read == []
    unsure = [("ask_debts", 0.5), ("ask_job_search", 0.4)]
    assert two_needs(unsure, rankings("ask_debts", "ask_job_search", "ask_debts")) == ("ask_debts", "ask_job_search")
    assert read == ["ask_debts", "ask_job_search"]


def test_small_talk_beside_a_need_is_no_second_need():
    message = [("ask_debts", 0.6), ("greet", 0.4)]
    assert two_needs(message, [[("greet", 0.9)], [("ask_debts", 0.9)]]) is None
