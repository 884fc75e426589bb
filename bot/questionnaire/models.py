"""What a questionnaire file under ``data/questionnaires/`` may hold. Each field says what it means."""

from __future__ import annotations

import re
from enum import Enum
from typing import Optional

from pydantic import Field, root_validator, validator

from bot.directory.models import Statement, Strict, Text
from bot.languages import LANGUAGES

MAX_OPTION = 24  # characters: two buttons side by side on a phone

# Answers that every question understands beside its own.
SKIP = "skip"
STOP = "stop"
RESERVED = frozenset({SKIP, STOP})

Answers = dict[str, str]  # the slot of a question → the value of the answer, or SKIP
Condition = dict[str, list[str]]  # slot → the values of which one must have been given


class Kind(str, Enum):
    """What answers a question."""

    CHOICE = "choice"  # one of the options
    TEXT = "text"  # an option, or any words
    CONTACT = "contact"  # an option, or a telephone number
    PLACE = "place"  # a place of the directory; the place extraction reads it


class Meaning(str, Enum):
    """What an option says, where yes and no answer it too."""

    YES = "yes"
    NO = "no"


class Phrases(Strict):
    """Words by which something is understood, in each language; any language is understood at any time.

    A phrase is matched word by word, whatever its case and accents. ``*`` at the end of a word stands
    for any ending. ``^`` before a phrase: only at the beginning of the message; ``=``: only the whole.
    """

    lv: list[str] = Field(default_factory=list)
    ru: list[str] = Field(default_factory=list)
    en: list[str] = Field(default_factory=list)

    def all(self) -> list[str]:
        """Return the phrases of all languages."""
        return [*self.lv, *self.ru, *self.en]


class Range(Strict):
    """Numbers that mean an option, both ends included; without an end there is no limit."""

    least: int = 0
    most: Optional[int] = None

    def holds(self, number: int) -> bool:
        """Whether the number means the option."""
        return self.least <= number and (self.most is None or number <= self.most)


class Option(Strict):
    """One answer to a question. Without ``button`` it is understood but not shown."""

    value: str
    button: Optional[Text] = None
    meaning: Optional[Meaning] = None
    words: Phrases = Phrases(**{})
    intents: list[str] = Field(default_factory=list)  # understood as this answer where the classifier is sure enough
    numbers: Optional[Range] = None
    priority: int = Field(0, ge=0)  # the higher wins where the words of several options are there
    channels: list[str] = Field(default_factory=list)  # offered on these ways in only; empty: on all

    @validator("value", pre=True)
    def value_fits_a_payload(cls, value: object) -> object:
        """The value goes into a button's payload of at most 64 bytes. YAML reads a bare yes as true."""
        if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z_0-9]{0,20}", value):
            raise ValueError('a value is a short word in small Latin letters, in quotes: "yes"')
        if value in RESERVED:
            raise ValueError(f"{value} is understood by every question by itself")
        return value

    @validator("button")
    def button_is_short(cls, value: Optional[Text]) -> Optional[Text]:
        """Two options stand side by side on a phone."""
        for language in LANGUAGES if value else ():
            length = len(value.in_language(language)) if value else 0
            if length > MAX_OPTION:
                raise ValueError(f"{language} has {length} characters, at most {MAX_OPTION} fit")
        return value


class NumberReading(Strict):
    """How a number is found in an answer."""

    units: Phrases  # words after (or before) the number that say it is the one asked for
    about_me: Phrases = Phrases(**{})  # words before it that say whose it is, where there are several
    not_about_me: Phrases = Phrases(**{})  # words near it that say it is somebody else's
    unfinished: Phrases = Phrases(**{})  # words that say the year named was not finished: one less
    finished: Phrases = Phrases(**{})  # words that say it was, whatever stands beside them
    least: int = 0
    most: int = 120
    is_birth_year_too: bool = False


class Question(Strict):
    """A question. Its ``slot`` names it in buttons, answers and the slot ``requested_slot``."""

    slot: str
    text: Text
    kind: Kind = Kind.CHOICE
    options: list[Option] = Field(default_factory=list)
    number: Optional[NumberReading] = None
    when: Condition = Field(default_factory=dict)  # asked only where these answers were given
    skippable: bool = True
    not_answers: list[str] = Field(
        default_factory=list
    )  # intents (``ask_*``) that are questions back, not answers in free words

    @root_validator(skip_on_failure=True)
    def values_differ(cls, values: dict[str, object]) -> dict[str, object]:
        """A value must name one option."""
        options: list[Option] = values["options"]  # type: ignore[assignment]
        names = [option.value for option in options]
        if len(names) != len(set(names)):
            raise ValueError("two options have the same value")
        if values["kind"] is Kind.CHOICE and not any(option.button for option in options):
            raise ValueError("a choice needs options with buttons")
        return values

    def option(self, value: str) -> Option | None:
        """Return the option of a value."""
        return next((option for option in self.options if option.value == value), None)


class Suggestion(Strict):
    """A card that is put on the list where the condition holds. ``why`` names the fact behind it."""

    service: str
    when: Condition = Field(default_factory=dict)
    why: str


class Note(Strict):
    """Something to be said beside the list where the condition holds."""

    when: Condition
    statement: Statement


class Questionnaire(Strict):
    """Questions in their order, and what follows from the answers."""

    id: str
    intro: Text
    questions: list[Question]
    suggestions: list[Suggestion] = Field(default_factory=list)  # in the order in which the services are used
    notes: list[Note] = Field(default_factory=list)
    keep_days: Optional[int] = Field(None, ge=1, le=30)  # how long what was given is kept, said before consent
    audience: Optional[Text] = None  # who sees it, where the desk does not name them

    def question(self, slot: str | None) -> Question | None:
        """Return the question of a slot."""
        return next((question for question in self.questions if question.slot == slot), None)


class CommonWords(Strict):
    """Words that every question shares (``common.yml``)."""

    skip: Phrases
    stop: Phrases
    yes: Phrases
    no: Phrases
    polite: Phrases  # may stand around the others without changing them
    question_words: Phrases  # a message that begins so asks something
    numbers: dict[str, int]  # number words in all languages; ``*`` for any ending
    labels: dict[str, Text]  # words on the buttons that belong to no question


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether the answers satisfy a condition; a question that was not asked counts as skipped."""
    return all(answers.get(slot, SKIP) in values for slot, values in condition.items())
