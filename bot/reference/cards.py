"""A card as the reference shows it: every statement with its mark, and its sources numbered."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from bot.directory.directory import Directory
from bot.directory.models import SECTIONS, Confidence, HelpLine, Organization, ServiceCard, Source, Statement
from bot.languages import Language
from bot.texts import text

Mark = Literal["high", "medium", "unknown", "advice", "unconfirmed", "expired"]
NOT_CONFIRMED = (Confidence.LOW, Confidence.UNVERIFIED)
# What a mediator reads first comes first.
SHOWN_SECTIONS = ("summary", "eligibility", "apply", "documents", "cost", "place", "duration")
assert set(SHOWN_SECTIONS) == set(SECTIONS)


def in_words(day: datetime.date) -> str:
    """Return a day as people write it in Latvia: 22.11.2026."""
    return day.strftime("%d.%m.%Y")


def word(key: str, language: Language, **values: object) -> str:
    """Return a word of the reference pages."""
    return text("reference", key, language, **values)


@dataclass(frozen=True)
class Said:
    """A statement as it is shown.

    Attributes:
        text: the statement.
        mark: how surely it is known, or that it may not be told any more.
        note: the mark in words.
        source: the number of its source on the card; None for advice and what is not known.
        valid_until: the day until which it holds, in words, where that is still to come.
    """

    text: str
    mark: Mark
    note: str
    source: int | None
    valid_until: str | None

    @property
    def may_be_told(self) -> bool:
        """Whether it may be handed to a client."""
        return self.mark not in ("unconfirmed", "expired")


@dataclass(frozen=True)
class NumberedSource:
    """A source of a card with its number and the oldest day on which it was checked for the card."""

    number: int
    source: Source
    checked_on: datetime.date


@dataclass(frozen=True)
class Fact:
    """One of the short facts at the head of a card: what it is about, and the answer."""

    name: str
    value: str
    phone: str | None = None
    url: str | None = None


class CardView:
    """A card in one language on one day.

    Args:
        directory: where the card, its sources, lines and organization stand.
        card: the card.
        language: of the page.
        today: the day that dates are held against.
    """

    def __init__(self, directory: Directory, card: ServiceCard, language: Language, today: datetime.date):
        self.card = card
        self.language = language
        self.today = today
        self._directory = directory
        self.sources = self._number_sources()
        self._numbers = {id_: numbered.number for id_, numbered in self.sources.items()}

    @property
    def id(self) -> str:
        """The id of the service."""
        return self.card.id

    @property
    def icon(self) -> str:
        """The picture of the card."""
        return self.card.icon

    @property
    def name(self) -> str:
        """The name of the card."""
        return self.card.name.in_language(self.language)

    @property
    def need(self) -> str:
        """The need in a person's own words."""
        return self.card.need.in_language(self.language)

    @property
    def say(self) -> str:
        """What to say when calling."""
        return self.card.say_when_calling.in_language(self.language)

    @property
    def line(self) -> HelpLine | None:
        """The telephone line of the card."""
        return self._directory.help_lines.get(self.card.help_line or "")

    @property
    def organization(self) -> Organization:
        """Who provides the service."""
        return self._directory.content.organizations[self.card.organization]

    @property
    def next(self) -> list[ServiceCard]:
        """The cards that may help too."""
        return [self._directory.services[service] for service in self.card.next_services]

    def section(self, name: str) -> list[Said]:
        """Return a section, or ``good_practice``, as it is shown."""
        statements: list[Statement] = getattr(self.card, name)
        return [self._said(statement) for statement in statements]

    def told(self, name: str) -> list[str]:
        """Return what of a section may be handed to a client; unknowns count: they name whom to ask."""
        return [said.text for said in self.section(name) if said.may_be_told]

    def facts(self) -> list[Fact]:
        """Return what stands in short at the head: who, telephone, where to, schooling, status, age."""
        organization, rules = self.organization, self.card.eligibility_rules

        def w(key: str, **values: object) -> str:
            return word(key, self.language, **values)

        name = organization.name.in_language(self.language)
        facts = [Fact(w("provider"), name[:1].upper() + name[1:], url=organization.url or None)]
        if self.line:
            cost = f" · {w('free')}" if self.line.free else ""
            facts.append(Fact(w("phone"), f"{hours(self.line, self.language)}{cost}", phone=self.line.number))
        else:
            facts.append(Fact(w("phone"), w("no_phone")))
        facts.append(Fact(w("route"), w(f"route_{self.card.route.value}")))
        grades = rules.min_education_grades
        facts.append(
            Fact(w("schooling"), w("schooling_grades", n=grades) if grades else w("schooling_no_rule")),
        )
        status = {True: "status_needed", False: "status_not_needed", None: "status_no_rule"}
        facts.append(Fact(w("status"), w(status[rules.registered_unemployed])))
        ages = [w("age_from", n=rules.min_age)] if rules.min_age is not None else []
        ages += [w("age_to", n=rules.max_age)] if rules.max_age is not None else []
        return [*facts, *([Fact(w("age"), " ".join(ages))] if ages else [])]

    def _said(self, statement: Statement) -> Said:
        mark = self._mark(statement)
        until = in_words(statement.valid_until) if statement.valid_until else ""
        return Said(
            text=statement.text.in_language(self.language),
            mark=mark,
            note=word(f"mark_{mark}", self.language, date=until),
            source=self._numbers.get(statement.source or ""),
            valid_until=word("mark_valid_until", self.language, date=until) if until and mark != "expired" else None,
        )

    def _mark(self, statement: Statement) -> Mark:
        if statement.confidence in NOT_CONFIRMED:
            return "unconfirmed"
        if statement.has_expired(self.today):
            return "expired"
        marks: dict[Confidence, Mark] = {
            Confidence.HIGH: "high",
            Confidence.MEDIUM: "medium",
            Confidence.UNKNOWN: "unknown",
            Confidence.ADVICE: "advice",
        }
        return marks[statement.confidence]

    def _number_sources(self) -> dict[str, NumberedSource]:
        oldest: dict[str, datetime.date] = {}
        for name in (*SHOWN_SECTIONS, "good_practice"):
            for statement in getattr(self.card, name):
                if statement.source and statement.checked_on:
                    seen = oldest.get(statement.source, statement.checked_on)
                    oldest[statement.source] = min(seen, statement.checked_on)
        sources = self._directory.sources
        return {
            id_: NumberedSource(number, sources[id_], checked_on)
            for number, (id_, checked_on) in enumerate(oldest.items(), start=1)
        }


def hours(line: HelpLine, language: Language) -> str:
    """Return when a line answers, in words: ``9.00–16.30``."""
    if not line.hours_known:
        return word("hours_unknown", language)
    if line.opens == line.closes:
        return word("around_the_clock", language)
    return f"{line.opens.hour}.{line.opens.minute:02}–{line.closes.hour}.{line.closes.minute:02}"
