"""How an answer to a question is read from what a person typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from bot.clock import now
from bot.languages import LANGUAGES
from bot.questionnaire.loading import common_words
from bot.questionnaire.matching import begins_with, is_only, longest_match, matches, words_of
from bot.questionnaire.models import SKIP, STOP, Kind, Meaning, Option, Question
from bot.questionnaire.numbers import read_numbers
from bot.questionnaire.telephone import read_telephone

# How sure the classifier must be that a message is something else than an answer, or this answer.
SURE = 0.5
VERY_SURE = 0.8
LIKELY = 0.4
SHORT = 6  # words: a yes or no with a little around it
YES_AND_A_LITTLE = 4  # words: "yes" in a longer message may belong to anything

AFFIRM, DENY = "affirm", "deny"
# What a person says to the assistant, not to the question; never an answer where it is sure.
COMMANDS = frozenset({"start_over", "forget_me", "change_language", "request_callback", "urgent_danger", "not_helpful"})
NEEDS = ("ask_*", "find_*")


@dataclass(frozen=True)
class Guess:
    """What the classifier takes a message for, and how surely (0 … 1)."""

    intent: str
    confidence: float

    def is_one_of(self, patterns: Sequence[str], at_least: float) -> bool:
        """Whether it is one of these intents (``ask_*`` for all that begin so), surely enough."""
        return self.confidence >= at_least and any(fnmatch(self.intent, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        value: of an option, ``skip``, ``stop``, a telephone number, or the person's words.
        is_own_words: it is none of the known values, and may say who the person is.
    """

    value: str
    is_own_words: bool = False


def read_answer(question: Question, text: str, guess: Guess) -> Answer | None:
    """Return the answer that a message gives to the open question; None where it is something else.

    What stands literally in the data decides first: the words for stop and skip, a button's words, a
    number. Then a message that the classifier surely takes for a command or a question back is left
    alone. Then phrases, then intents, then free words.
    """
    words = words_of(text)
    if not words:
        return None
    literal = _read_literally(question, text, words)
    if literal:
        return literal
    if guess.is_one_of(tuple(COMMANDS), SURE):
        return None
    option = _read_option(question, text, words, guess)
    if option:
        return Answer(option.value)
    return _read_own_words(question, text, words, guess)


def _read_literally(question: Question, text: str, words: list[str]) -> Answer | None:
    common = common_words()
    if is_only(common.stop, words, common.polite):
        return Answer(STOP)
    if question.skippable and is_only(common.skip, words, common.polite):
        return Answer(SKIP)
    for option in question.options:
        if option.button and any(words == words_of(option.button.in_language(code)) for code in LANGUAGES):
            return Answer(option.value)
    if question.kind is Kind.CONTACT:
        telephone = read_telephone(text)
        return Answer(telephone, is_own_words=True) if telephone else None
    return None


def _read_option(question: Question, text: str, words: list[str], guess: Guess) -> Option | None:
    asks = is_question(text, words) and guess.is_one_of(NEEDS, SURE)
    if not asks:
        option = _read_by_number(question, text) or _read_by_words(question, words)
        if option:
            return option
    for option in question.options:
        if guess.is_one_of(option.intents, LIKELY):
            return option
    meaning = {AFFIRM: Meaning.YES, DENY: Meaning.NO}.get(guess.intent)
    if meaning and len(words) <= SHORT and guess.confidence >= LIKELY:
        return _meaning(question, meaning)
    return None


def _read_by_number(question: Question, text: str) -> Option | None:
    if question.number is None:
        return None
    numbers = read_numbers(text, question.number, common_words().numbers, now().year)
    options = [o for o in question.options if o.numbers and any(o.numbers.holds(number) for number in numbers)]
    return options[0] if len(options) == 1 else None


def _read_by_words(question: Question, words: list[str]) -> Option | None:
    lengths = [(option.priority, longest_match(option.words, words), option) for option in question.options]
    found = [entry for entry in lengths if entry[1]]
    if found:
        return max(found, key=lambda entry: entry[:2])[2]
    common = common_words()
    for meaning, phrases in ((Meaning.YES, common.yes), (Meaning.NO, common.no)):
        is_whole = is_only(phrases, words, common.polite)
        if is_whole or (len(words) <= YES_AND_A_LITTLE and begins_with(phrases, words)):
            return _meaning(question, meaning)
    return None


def _meaning(question: Question, meaning: Meaning) -> Option | None:
    return next((option for option in question.options if option.meaning is meaning), None)


def _read_own_words(question: Question, text: str, words: list[str], guess: Guess) -> Answer | None:
    if question.kind is not Kind.TEXT:
        return None
    if guess.is_one_of(question.not_answers, SURE if is_question(text, words) else VERY_SURE):
        return None
    if guess.intent == DENY and len(words) <= SHORT and guess.confidence >= LIKELY:
        return None
    return Answer(text.strip(), is_own_words=True)


def is_question(text: str, words: list[str]) -> bool:
    """Whether a message asks something: by its mark, or by its first word."""
    return "?" in text or matches(common_words().question_words, words)
