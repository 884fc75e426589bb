"""Which question is next, and what follows from the answers."""

from __future__ import annotations

from bot.questionnaire.models import Answers, Note, Question, Questionnaire, holds

MAX_SERVICES = 5


def next_question(questionnaire: Questionnaire, answers: Answers) -> Question | None:
    """Return the first question that is to be asked and has no answer yet; None: all is answered."""
    for question in questionnaire.questions:
        if question.slot not in answers and holds(question.when, answers):
            return question
    return None


def accept(questionnaire: Questionnaire, answers: Answers, slot: str, value: str) -> Answers:
    """Return the answers with one more, or with one changed.

    Answers to questions that are no longer to be asked fall away: who takes back "not registered" has
    not been asked whether they work. What is no question's (a card found in the words) stays.
    """
    given = {**answers, slot: value}
    kept: Answers = {name: told for name, told in given.items() if questionnaire.question(name) is None}
    for question in questionnaire.questions:
        if question.slot in given and holds(question.when, kept):
            kept[question.slot] = given[question.slot]
    return kept


def position(questionnaire: Questionnaire, question: Question) -> tuple[int, int]:
    """Return which question this is, from 1, and of how many."""
    return questionnaire.questions.index(question) + 1, len(questionnaire.questions)


def services(questionnaire: Questionnaire, answers: Answers) -> list[str]:
    """Return the cards that follow from the answers, at most five, in the order of use."""
    found = dict.fromkeys(rule.service for rule in questionnaire.suggestions if holds(rule.when, answers))
    return list(found)[:MAX_SERVICES]


def notes(questionnaire: Questionnaire, answers: Answers) -> list[Note]:
    """Return what is to be said beside the list."""
    return [note for note in questionnaire.notes if holds(note.when, answers)]
