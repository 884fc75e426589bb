"""The guided check and asking to be called: one question after another, each answered, skipped or left."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import callback
from actions.base import DromAction, Events, Talk
from actions.check_list import LIST_SLOT, show_list, show_version
from actions.questions import (
    ANSWER,
    KNOWN,
    REQUESTED,
    and_listen,
    ask,
    asked_for_place_now,
    close,
    given_answers,
    is_first_of_session,
    is_offered,
    open_questionnaire,
    with_known_place,
)
from actions.routing import ReceivePlace
from actions.talking import Clarify, misunderstandings_before
from bot.assistant.context import MISUNDERSTOOD
from bot.assistant.messages import Reply
from bot.questionnaire.desk import RequestRefused
from bot.questionnaire.flow import accept, next_question
from bot.questionnaire.loading import CALLBACK, PLACE_SLOT, SUPPORT_CHECK, find_question, questionnaire
from bot.questionnaire.models import SKIP, STOP, Answers, Kind, Question, Questionnaire
from bot.questionnaire.telephone import read_telephone
from bot.questionnaire.vault import is_token, vault

# After these nothing is asked again.
LEAVING = frozenset({"start_over", "forget_me", "goodbye"})
# Turns that are only about the open question: it must be asked again, or something else said.
WORDLESS = frozenset({"affirm", "deny", *MISUNDERSTOOD})


def advance(talk: Talk, opened: Questionnaire, answers: Answers, lead: str = "") -> Events:
    """Ask the next question, or do what follows when all are answered."""
    question = next_question(opened, answers)
    if question is None:
        return show_list_and_close(talk, opened, answers) if opened.id == SUPPORT_CHECK else send(talk, opened, answers)
    if opened.id != CALLBACK:
        return ask(talk, opened, question, answers, lead)
    if PLACE_SLOT in answers and not callback.is_desk_open(talk):
        talk.utter(callback.closed(talk))
        return close(talk, opened)
    if question.slot in (callback.TIME, callback.CONSENT, callback.CONFIRM) and not callback.is_reachable(
        talk, answers
    ):
        talk.utter(callback.closed(talk, "utter_callback_no_way"))
        return close(talk, opened)
    values = callback.consent_values(talk) if question.slot == callback.CONSENT else {}
    values = callback.shown_values(talk, answers) if question.slot == callback.CONFIRM else values
    return ask(talk, opened, question, answers, lead, **values)


def show_list_and_close(talk: Talk, opened: Questionnaire, answers: Answers) -> Events:
    """Show what follows from the check; the answers themselves are not needed any more."""
    return [*close(talk, opened), *show_list(talk, answers)]


def send(talk: Talk, opened: Questionnaire, answers: Answers) -> Events:
    """Hand the request to the desk, say what became of it, and forget what was given."""
    line = talk.directory.help_lines["nva"].number
    try:
        receipt = callback.submit(talk, answers)
    except RequestRefused:
        talk.utter(callback.closed(talk, "utter_callback_failed"))
    else:
        talk.utter(callback.sent(talk, receipt, line))
    return close(talk, opened)


def leave(talk: Talk, opened: Questionnaire) -> Events:
    """Say that the questions are over and that nothing was passed on."""
    words = "utter_callback_stopped" if opened.id == CALLBACK else "utter_check_stopped"
    line = talk.directory.help_lines["nva"].number
    buttons = [talk.button("support", "find_support"), talk.button("office", "find_office")]
    talk.utter(Reply(talk.say(words, line=line), buttons))
    return close(talk, opened)


class FindSupport(DromAction):
    """Begin the guided check."""

    action_name = "action_find_support"

    def answer(self, talk: Talk) -> Events:
        """Ask the first question; a button of questions that are over is told so."""
        if talk.intent == ANSWER:
            return receive(talk)
        opened = open_questionnaire(talk)
        events = close(talk, opened) if opened else []
        check = questionnaire(SUPPORT_CHECK)
        return [*events, *advance(talk, check, {}, check.intro.in_language(talk.language))]


class RequestCallback(DromAction):
    """Begin asking what a call is wanted for; where nobody receives that, say so before anything is asked."""

    action_name = "action_request_callback"

    def answer(self, talk: Talk) -> Events:
        """Ask the first question, go on with the open one, or give the line."""
        opened = open_questionnaire(talk)
        if opened and opened.id == CALLBACK:
            return advance(talk, opened, given_answers(talk, opened))
        events = close(talk, opened) if opened else []
        if not callback.is_desk_open(talk):
            talk.utter(callback.closed(talk))
            return events
        questions = questionnaire(CALLBACK)
        answers = with_known_place(talk, questions, {})
        return [*events, *advance(talk, questions, answers, questions.intro.in_language(talk.language))]


class ReceiveAnswer(DromAction):
    """Take the answer to a question, and ask the next."""

    action_name = "action_receive_answer"

    def answer(self, talk: Talk) -> Events:
        """Take it, whether it was tapped or typed, or is a place."""
        return and_listen(receive_place(talk) if talk.intent == "inform_place" else receive(talk))


class ContinueQuestions(DromAction):
    """After something else was answered, ask the open question again, or end the questions."""

    action_name = "action_continue_questions"

    def answer(self, talk: Talk) -> Events:
        """Do what the message means for the open question."""
        opened = open_questionnaire(talk)
        return and_listen(self._continue(talk, opened) if opened else [])

    def _continue(self, talk: Talk, opened: Questionnaire) -> Events:
        answers = given_answers(talk, opened)
        is_old = is_first_of_session(talk) and talk.intent not in WORDLESS
        if talk.intent in LEAVING or is_old:
            return close(talk, opened)
        if talk.intent == "deny":
            return leave(talk, opened)
        if talk.intent in MISUNDERSTOOD:
            if misunderstandings_before(talk) >= 1:
                return [*Clarify().answer(talk), *close(talk, opened)]
            return advance(talk, opened, answers, talk.say("utter_question_again"))
        if asked_for_place_now(talk) or asked_for_language_now(talk):
            return []
        return advance(talk, opened, answers)


def asked_for_language_now(talk: Talk) -> bool:
    """Whether the person was asked which language they want: that comes first."""
    if talk.intent != "change_language":
        return False
    for event in reversed(talk.tracker.events):
        if event.get("event") == "user":
            return True
        if event.get("event") == "slot" and event.get("name") == "language_chosen":
            return False
    return True


def receive_place(talk: Talk) -> Events:
    """Take a place while questions are open: an answer, or a question of its own in between."""
    opened = open_questionnaire(talk)
    assert opened is not None
    answers = given_answers(talk, opened)
    if opened.id == CALLBACK and talk.entity("municipality"):
        return advance(talk, opened, {**answers, PLACE_SLOT: KNOWN})
    events = ReceivePlace().answer(talk)
    is_asked_back = any(e.get("name") == REQUESTED and e.get("value") == PLACE_SLOT for e in events)
    return events if is_asked_back else [*events, *advance(talk, opened, answers)]


def receive(talk: Talk) -> Events:
    """Take an answer to the question that its button names, else to the open one."""
    slot = talk.entity("slot") or talk.slot(REQUESTED)
    value = talk.entity("value")
    if slot == LIST_SLOT:
        opened = open_questionnaire(talk)
        return [*(close(talk, opened) if opened else []), *show_version(talk, str(value))]
    opened = open_questionnaire(talk)
    found = find_question(slot)
    if opened is None:
        vault().drop(str(value))
        return without_questionnaire(talk, slot)
    answers = given_answers(talk, opened)
    if found is None or found[0].id != opened.id:
        return advance(talk, opened, answers)
    question = found[1]
    if value == STOP:
        return leave(talk, opened)
    if opened.id == CALLBACK and question.slot in (callback.CONSENT, callback.CONFIRM) and value == "no":
        return leave(talk, opened)
    taken = taken_value(talk, question, value)
    if taken is None:
        return advance(talk, opened, answers, talk.say("utter_question_again"))
    if answers.get(question.slot) not in (None, taken):
        vault().drop(answers[question.slot])
    answers = with_service(talk, question, taken, accept(opened, answers, question.slot, taken))
    return advance(talk, opened, answers)


def with_service(talk: Talk, question: Question, taken: str, answers: Answers) -> Answers:
    """Return the answers with the card that a person's own words are about, for the desk."""
    if question.slot != callback.NEED or not is_token(taken):
        return answers
    service = callback.likely_service(talk)
    return {**answers, callback.SERVICE: service} if service else answers


def taken_value(talk: Talk, question: Question, value: object) -> str | None:
    """Return a value as it is kept: an option, a card, a token of the vault; None where it is no answer."""
    given = str(value or "")
    if given == SKIP:
        return SKIP if question.skippable else None
    option = question.option(given)
    if option:
        return given if is_offered(talk, option) else None
    if question.kind is Kind.CONTACT:
        return taken_telephone(given)
    if question.kind is Kind.TEXT:
        return given if given in talk.directory.services else taken_words(given)
    return None


def taken_telephone(given: str) -> str | None:
    """Return the token of a number: one that was typed has it already, a shared contact gets it here."""
    if is_token(given):
        return given if read_telephone(vault().reveal(given) or "") else None
    number = read_telephone(given) or read_telephone(f"+{given}")
    return vault().keep(number) if number else None


def taken_words(given: str) -> str | None:
    """Return the token of a person's words, cut to what is shown before sending."""
    words = vault().reveal(given)
    if words is None:
        return None
    short = callback.short_words(words)
    if short == words:
        return given
    vault().drop(given)
    return vault().keep(short)


def without_questionnaire(talk: Talk, slot: object) -> Events:
    """Answer a button or a word for skipping when no questions are open."""
    if slot == PLACE_SLOT:
        line = talk.directory.help_lines["nva"].number
        talk.utter(Reply(talk.say("utter_without_place", line=line), [talk.call_button(line)]))
        return [SlotSet(REQUESTED, None)]
    talk.utter(Reply(talk.say("utter_question_closed"), [talk.button("support", "find_support")]))
    return []
