"""How an answer to a question is read from what a person typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from bot.clock import now
from bot.languages import LANGUAGES
from bot.questionnaire.loading import common_words, number_words
from bot.questionnaire.matching import begins_with, is_only, longest_match, matches, words_of
from bot.questionnaire.models import SKIP, STOP, Kind, Meaning, Option, Phrases, Question
from bot.questionnaire.numbers import read_numbers
from bot.questionnaire.telephone import read_telephone

# How sure the classifier must be that a message is something else than an answer, or this answer.
SURE = 0.5
VERY_SURE = 0.8
LIKELY = 0.4
# Up to here the classifier only suspects danger; words that are an answer outweigh it.
SUSPECTED = 0.6
LONG = 8  # words: in a longer message a need is the message, and words of an answer are beside it
SHORT = 6  # words: a yes or no with a little around it
VERY_SHORT = 4  # words: a number or a "yes" in a longer message may belong to anything

AFFIRM, DENY, URGENT = "affirm", "deny", "urgent_danger"
# What a person says to the assistant, not to the question; never an answer where it is sure.
COMMANDS = ("start_over", "forget_me", "change_language", "not_helpful")
NEEDS = ("ask_*", "find_*")
SMALL_TALK = ("greet", "goodbye", "thank", "help", "bot_challenge", "out_of_scope")


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
        is_literal: the whole message is the answer and nothing else.
    """

    value: str
    is_own_words: bool = False
    is_literal: bool = False


def read_answer(question: Question, text: str, guess: Guess) -> Answer | None:
    """Return the answer that a message gives to the open question; None where it is something else.

    What stands literally in the data decides first: the words for stop and skip, a button's words, a
    number. Then a message in which the classifier sees danger, a command or a question back is left
    alone. Then phrases, then intents, then free words.
    """
    words = words_of(text)
    if not words:
        return None
    literal = _read_literally(question, text, words)
    if literal:
        return literal
    commands = COMMANDS if question.kind is not Kind.CHOICE else (*COMMANDS, "request_callback")
    if guess.is_one_of(commands, SURE):
        return None
    if guess.intent == URGENT and (guess.confidence > SUSPECTED or len(words) > SHORT):
        return None
    option = _read_option(question, text, words, guess)
    if option:
        return Answer(option.value)
    return _read_own_words(question, text, words, guess)


def _read_literally(question: Question, text: str, words: list[str]) -> Answer | None:
    common = common_words()
    if is_only(common.stop, words, common.polite):
        return Answer(STOP, is_literal=True)
    if question.skippable and is_only(common.skip, words, common.polite):
        return Answer(SKIP, is_literal=True)
    if question.kind is Kind.CONTACT:
        telephone = read_telephone(text)
        if telephone:
            return Answer(telephone, is_own_words=True, is_literal=True)
    option = _titled(question, words) or _read_by_number(question, text, words, VERY_SHORT)
    option = option or _meant(question, words, is_only_yes_or_no)
    return Answer(option.value, is_literal=True) if option else None


def _titled(question: Question, words: list[str]) -> Option | None:
    """Return the option whose button, or one of whose phrases, is the whole message."""
    for option in question.options:
        if option.button and any(words == words_of(option.button.in_language(code)) for code in LANGUAGES):
            return option
    polite = common_words().polite
    return next((option for option in question.options if is_only(option.words, words, polite)), None)


def _read_option(question: Question, text: str, words: list[str], guess: Guess) -> Option | None:
    if not is_aside(text, words, guess):
        option = _read_by_number(question, text, words) or _read_by_words(question, words)
        option = option or _meant(question, words, begins_with_yes_or_no)
        if option:
            return option
    for option in question.options:
        if guess.is_one_of(option.intents, LIKELY):
            return option
    meaning = {AFFIRM: Meaning.YES, DENY: Meaning.NO}.get(guess.intent)
    if meaning and len(words) <= SHORT and guess.confidence >= LIKELY:
        return _meaning(question, meaning)
    return None


def _read_by_number(question: Question, text: str, words: list[str], at_most: int | None = None) -> Option | None:
    """Return the option of the number in the message; ``at_most`` so many words, where that is given."""
    if question.number is None or (at_most and len(words) > at_most):
        return None
    spoken = _read_by_words(question, words)
    if spoken and spoken.priority:  # "I get a pension, 67"
        return None
    numbers = read_numbers(text, question.number, number_words(), now().year)
    options = {o.value: o for o in question.options for number in numbers if o.numbers and o.numbers.holds(number)}
    return next(iter(options.values())) if len(options) == 1 else None


def _read_by_words(question: Question, words: list[str]) -> Option | None:
    """Return the option of whose phrases the longest is there."""
    lengths = [(option.priority, longest_match(option.words, words), option) for option in question.options]
    found = [entry for entry in lengths if entry[1]]
    return max(found, key=lambda entry: entry[:2])[2] if found else None


def _meant(question: Question, words: list[str], says: Callable[[Phrases, list[str]], bool]) -> Option | None:
    """Return the option that a yes or a no means, where the message ``says`` one."""
    common = common_words()
    for meaning, phrases in ((Meaning.YES, common.yes), (Meaning.NO, common.no)):
        if says(phrases, words):
            return _meaning(question, meaning)
    return None


def is_only_yes_or_no(phrases: Phrases, words: list[str]) -> bool:
    """Whether the message is one of the phrases and nothing else."""
    return is_only(phrases, words, common_words().polite)


def begins_with_yes_or_no(phrases: Phrases, words: list[str]) -> bool:
    """Whether the message is very short and begins with one of the phrases."""
    return len(words) <= VERY_SHORT and begins_with(phrases, words)


def _meaning(question: Question, meaning: Meaning) -> Option | None:
    return next((option for option in question.options if option.meaning is meaning), None)


def _read_own_words(question: Question, text: str, words: list[str], guess: Guess) -> Answer | None:
    if question.kind is not Kind.TEXT or guess.intent == URGENT:
        return None
    if guess.is_one_of(question.not_answers, SURE if is_question(text, words) else VERY_SURE):
        return None
    if guess.intent == DENY and len(words) <= SHORT and guess.confidence >= LIKELY:
        return None
    return Answer(text.strip(), is_own_words=True)


def is_aside(text: str, words: list[str], guess: Guess) -> bool:
    """Whether a message is about something else, though words of an answer may stand in it."""
    if guess.is_one_of(NEEDS, SURE):
        return len(words) > LONG or is_question(text, words)
    return guess.is_one_of(SMALL_TALK, VERY_SURE)


def is_question(text: str, words: list[str]) -> bool:
    """Whether a message asks something: by its mark, or by its first word."""
    return "?" in text or matches(common_words().question_words, words)
