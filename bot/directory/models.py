"""The models of the service directory: what a card, a statement, a line or an office may hold.

These classes are the documentation of the files under ``data/directory/``: each field says what it
means. Names follow HSDS 3 (https://docs.openreferral.org) where it has one.
"""

from __future__ import annotations

import datetime
import re
from enum import Enum
from typing import Optional

from pydantic import BaseModel, Extra, Field, root_validator, validator

from bot.languages import LANGUAGES, Language

MAX_WORDS_IN_SENTENCE = 20
MAX_TITLE = 40
MAX_BUTTON = 24


class Confidence(str, Enum):
    """How surely a statement is known; decides who may be told it, and with which words beside it."""

    HIGH = "high"  # the responsible institution's own page, or two independent dated pages
    MEDIUM = "medium"  # told together with "call before you go"
    LOW = "low"  # stands for staff to confirm, never told to a jobseeker
    UNVERIFIED = "unverified"  # likewise
    UNKNOWN = "unknown"  # an honest "we do not know", with the line that does
    ADVICE = "advice"  # our own practical tip: no rule, no amount, no promise


TOLD = frozenset({Confidence.HIGH, Confidence.MEDIUM, Confidence.UNKNOWN, Confidence.ADVICE})
SOURCED = frozenset({Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.UNVERIFIED})


class RouteKind(str, Enum):
    """Where a person is sent for a service."""

    OFFICE = "office"
    SOCIAL_SERVICE = "social_service"
    VSAA = "vsaa"
    MEDIATOR = "mediator"
    HELPLINE = "helpline"


class Strict(BaseModel):
    """A model that takes no key it does not know: a mistyped key must not be lost in silence."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class Text(Strict):
    """A text in every language of the product; none may be missing or empty."""

    lv: str
    ru: str
    en: str

    @validator("lv", "ru", "en")
    def is_not_empty(cls, value: str) -> str:
        """Refuse an empty translation and trim the spaces that YAML blocks leave."""
        value = re.sub(r"\s+", " ", value).strip()
        if not value:
            raise ValueError("this language is empty")
        return value

    def in_language(self, language: Language) -> str:
        """Return the text in ``language``."""
        return str(getattr(self, language))


class Keywords(Strict):
    """Search words in each language."""

    lv: list[str]
    ru: list[str]
    en: list[str]

    def in_language(self, language: Language) -> list[str]:
        """Return the words in ``language``."""
        return list(getattr(self, language))


class Source(Strict):
    """Where a statement comes from."""

    publisher: str  # short; shown to people
    title: str
    url: str = ""
    published: str = "undated"  # as printed there; many public pages print no date


class Statement(Strict):
    """One thing that is said, with where it is from and until when it holds."""

    text: Text
    confidence: Confidence
    source: Optional[str] = None  # id in sources.yml
    checked_on: Optional[datetime.date] = None
    valid_until: Optional[datetime.date] = None  # past that day the line is given, not the statement
    ask: Optional[str] = None  # who knows, where we do not: id in help_lines.csv or "social_service"

    @root_validator(skip_on_failure=True)
    def says_where_it_is_from(cls, values: dict[str, object]) -> dict[str, object]:
        """A fact has a source and the day it was checked; an unknown says whom to ask."""
        confidence = values["confidence"]
        if confidence in SOURCED:
            if not values.get("source"):
                raise ValueError("a fact needs a source (an id of sources.yml)")
            if not values.get("checked_on"):
                raise ValueError("a fact needs checked_on (a date)")
        if confidence is Confidence.UNKNOWN and not values.get("ask"):
            raise ValueError("an unknown needs `ask`: the help line that knows, or social_service")
        return values

    def is_told(self, today: datetime.date) -> bool:
        """Whether a jobseeker may be told this on the day ``today``."""
        return self.confidence in TOLD and not self.has_expired(today)

    def has_expired(self, today: datetime.date) -> bool:
        """Whether the day until which it holds is past."""
        return self.valid_until is not None and today > self.valid_until


class EligibilityRules(Strict):
    """Rules that a program can check. Only what a source says stands here."""

    registered_unemployed: Optional[bool] = None
    min_education_grades: Optional[int] = Field(None, ge=1, le=12)  # school years finished
    min_age: Optional[int] = Field(None, ge=0, le=120)
    max_age: Optional[int] = Field(None, ge=0, le=120)


class Measure(Strict):
    """A measure of the Lithuanian project, as its table has it. Money in euros; None: not in the table."""

    id: str
    name: Text
    eur: Optional[int]
    planned: Optional[int]
    real: Optional[int]
    keywords: Keywords
    text: Text
    source: str
    checked_on: datetime.date
    confidence: Confidence


class Project(Strict):
    """One of the four Lithuanian projects."""

    id: str
    name: Text
    period: str
    eur: int
    participants: int
    results: Text
    keywords: Keywords
    source: str
    checked_on: datetime.date
    confidence: Confidence


SECTIONS = ("summary", "eligibility", "apply", "documents", "cost", "place", "duration")
DETAILS = SECTIONS[1:]


class ServiceCard(Strict):
    """A kind of support: HSDS ``service``. The id is that of its intent without ``ask_``."""

    id: str
    icon: str
    name: Text
    button: Text
    need: Text  # the need in a person's own words, for "Did you mean …?"
    organization: str  # who provides it: id in organizations.yml
    route: RouteKind
    help_line: Optional[str] = None  # id in help_lines.csv; None where no line is known
    eligibility_rules: EligibilityRules = EligibilityRules(**{})
    next_services: list[str]
    summary: list[Statement]
    eligibility: list[Statement]
    apply: list[Statement]
    documents: list[Statement]
    cost: list[Statement]
    place: list[Statement]
    duration: list[Statement]
    say_when_calling: Text
    good_practice: list[Statement] = []
    keywords: Keywords
    measures: list[Measure] = []
    projects: list[Project] = []

    @validator("help_line", pre=True)
    def none_means_no_line(cls, value: Optional[str]) -> Optional[str]:
        """People write ``none`` where no line is known."""
        return None if value in (None, "", "none") else value

    @validator("id")
    def id_is_ascii(cls, value: str) -> str:
        """The id goes into button payloads and deep links."""
        if not re.fullmatch(r"[a-z][a-z_]*", value):
            raise ValueError("an id is lower-case letters and underscores")
        return value

    @validator(*SECTIONS)
    def section_is_not_empty(cls, value: list[Statement]) -> list[Statement]:
        """Every question about a service has an answer, if only an honest "we do not know"."""
        if not any(statement.confidence in TOLD for statement in value):
            raise ValueError("the section has nothing that may be told; add an `unknown` statement")
        return value

    @validator("name", "need")
    def title_is_short(cls, value: Text) -> Text:
        """Titles must fit a phone."""
        return _at_most(value, MAX_TITLE)

    @validator("button")
    def button_is_short(cls, value: Text) -> Text:
        """Buttons must fit half of a phone."""
        return _at_most(value, MAX_BUTTON)

    @property
    def intent(self) -> str:
        """The intent that asks for this card."""
        return f"ask_{self.id}"

    def section(self, name: str) -> list[Statement]:
        """Return the statements of a section.

        Raises:
            KeyError: no such section.
        """
        if name not in SECTIONS:
            raise KeyError(name)
        return list(getattr(self, name))

    def statements(self) -> list[tuple[str, Statement]]:
        """Return every statement with the name of its section."""
        names = (*SECTIONS, "good_practice")
        return [(name, statement) for name in names for statement in getattr(self, name)]


def _at_most(text: Text, length: int) -> Text:
    for language in LANGUAGES:
        value = text.in_language(language)
        if len(value) > length:
            raise ValueError(f"{language} has {len(value)} characters, at most {length} fit")
    return text


class Organization(Strict):
    """Who provides services: HSDS ``organization``."""

    name: Text  # in full
    short: Text  # as people know it
    url: str = ""


class HelpLine(Strict):
    """A telephone line: HSDS ``phone`` with its schedule."""

    id: str
    number: str
    name: Text
    opens: datetime.time  # local time in Latvia
    closes: datetime.time  # equal to ``opens``: day and night
    free: bool
    hours_known: bool
    source: str
    checked_on: datetime.date
    confidence: Confidence

    @validator("number")
    def number_has_digits(cls, value: str) -> str:
        """A number that can't be dialled helps nobody."""
        if not re.fullmatch(r"\+?\d{3,12}", value):
            raise ValueError("a phone number is 3 to 12 digits without spaces, with + only for abroad")
        return value

    def answers_at(self, moment: datetime.datetime) -> bool:
        """Whether somebody answers at ``moment`` (local time), where the hours are known."""
        if not self.hours_known:
            return False
        if self.opens == self.closes:
            return True
        return self.opens <= moment.time() < self.closes


class MunicipalityKind(str, Enum):
    """What a municipality is."""

    STATE_CITY = "state_city"  # a city that is a municipality of its own
    MUNICIPALITY = "municipality"  # novads


class Municipality(Strict):
    """A municipality of Latvia: HSDS ``service_area``. ``merged_into`` names what a former one is part of."""

    id: str  # ISO 3166-2
    name: Text
    kind: MunicipalityKind
    seat: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    merged_into: Optional[str] = None
    merged_on: Optional[datetime.date] = None
    source: str
    checked_on: datetime.date
    confidence: Confidence


class Place(Strict):
    """A town or village."""

    name: Text
    municipality: str  # id of a municipality that exists today
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    population: Optional[int] = Field(None, ge=0)  # empty where GeoNames has none
    source: str
    checked_on: datetime.date
    confidence: Confidence


def phone_has_digits(value: Optional[str]) -> Optional[str]:
    """Return a phone number without spaces; one that can't be dialled helps nobody."""
    if value is None:
        return None
    number = re.sub(r"[\s()./-]", "", value)
    if not re.fullmatch(r"\+?\d{8,13}", number):
        raise ValueError(f"{value} is no phone number: write 8 digits, with +371 before them if you like")
    return number


def email_is_whole(value: Optional[str]) -> Optional[str]:
    """Refuse an e-mail address that can't be written to."""
    if value is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}", value):
        raise ValueError(f"{value} is no e-mail address: write it as name@example.lv")
    return value


class OfficeKind(str, Enum):
    """What an office of NVA is: a branch with consultants, or a customer service centre."""

    BRANCH = "branch"
    SERVICE_CENTRE = "service_centre"


class Office(Strict):
    """An office of NVA: HSDS ``location`` with its phone. What is unknown is empty, never guessed."""

    town: str  # name_lv of places.csv
    name: Text
    kind: OfficeKind
    address: Optional[str] = None
    schedule: Optional[str] = None  # as it is told: "P–C 9.00–16.30, Pk 9.00–15.00"
    phone: Optional[str] = None
    email: Optional[str] = None
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    source: str
    checked_on: datetime.date
    confidence: Confidence

    _phone = validator("phone", allow_reuse=True)(phone_has_digits)
    _email = validator("email", allow_reuse=True)(email_is_whole)

    @property
    def is_attested(self) -> bool:
        """Whether a source says that there is an office in this town."""
        return self.confidence in (Confidence.HIGH, Confidence.MEDIUM)

    @property
    def has_confirmed_address(self) -> bool:
        """Whether a person can be sent to its door."""
        return bool(self.address) and self.confidence is Confidence.HIGH


class Topic(Strict):
    """A button of the menu and the cards under it."""

    icon: str
    name: Text
    services: list[str]
