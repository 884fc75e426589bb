"""The fixed texts: every section of every card, every reply, every short text, as they are told today.

They are what volunteers record, what is synthesised ahead, and what may be kept on disk.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from bot.clock import now
from bot.directory.directory import Directory, directory
from bot.directory.models import SECTIONS
from bot.directory.telling import Told, tell
from bot.languages import LANGUAGES, Language
from bot.questionnaire.loading import NAMES, common_words, questionnaire
from bot.settings import ROOT
from bot.texts import read_texts
from bot.voice.speech import sentences, spoken

DOMAIN = ROOT / "domain.yml"
SHORT_TEXTS = ("channels", "voice", "telegram")
# What Telegram shows beside the talk: its menus, the bot's profile, cards passed on elsewhere.
_BESIDE_THE_TALK = re.compile(r"command_|inline_|name$|description$|short_description$|placeholder$")
# Names of lines that are filled into replies, and the ones that are never spoken.
_LINE = "{line}"
_NOT_SPOKEN = ("utter_source",)
_BRACES = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Item:
    """A fixed text.

    Attributes:
        id: what people call it: ``childcare_costs.apply``, ``utter_greet``, ``utter_call_first.nva``.
        language: its language.
        text: what is shown.
        sentences: what is spoken.
    """

    id: str
    language: Language
    text: str
    sentences: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """What is spoken, as one text."""
        return " ".join(self.sentences)


class Catalogue:
    """The fixed texts of one language, and which of them a reply is made of."""

    def __init__(self, items: Iterable[Item]):
        self.items: dict[str, Item] = {item.id: item for item in items}
        self._by_beginning: dict[str, list[Item]] = {}
        for item in self.items.values():
            if item.sentences:
                self._by_beginning.setdefault(item.sentences[0], []).append(item)
        for found in self._by_beginning.values():
            found.sort(key=lambda item: -len(item.sentences))

    def parts(self, said: tuple[str, ...]) -> list[Item] | None:
        """Return the fixed texts that make up a reply, in order; None where a sentence is in none."""
        parts: list[Item] = []
        position = 0
        while position < len(said):
            item = self._at(said, position)
            if item is None:
                return None
            parts.append(item)
            position += len(item.sentences)
        return parts

    def found_in(self, said: tuple[str, ...]) -> list[Item]:
        """Return the fixed texts that stand somewhere in a reply."""
        found: list[Item] = []
        position = 0
        while position < len(said):
            item = self._at(said, position)
            if item:
                found.append(item)
            position += len(item.sentences) if item else 1
        return found

    def _at(self, said: tuple[str, ...], position: int) -> Item | None:
        for item in self._by_beginning.get(said[position], []):
            if said[position : position + len(item.sentences)] == item.sentences:
                return item
        return None


@functools.lru_cache(maxsize=8)
def catalogue(language: Language, today: datetime.date | None = None) -> Catalogue:
    """Return the fixed texts of a language as they are told on a day (amounts expire)."""
    day = today or now().date()
    known = directory()
    pairs = [
        *_cards(known, language, day),
        *_replies(known, language),
        *_questions(language),
        *_short_texts(known, language),
    ]
    items = []
    for name, text in pairs:
        said = sentences(spoken(text, language))
        if said:
            items.append(Item(name, language, text, said))
    return Catalogue(items)


def catalogue_of_today(language: Language) -> Catalogue:
    """Return the fixed texts of a language as they are told today."""
    return catalogue(language, now().date())


def whole_replies(language: Language, today: datetime.date | None = None) -> list[str]:
    """Return the texts that a person gets as one reply, to be synthesised ahead: cards with the advice after them."""
    day = today or now().date()
    known = directory()
    cards = [section_text(known, service, section, language, day) for service in known.services for section in SECTIONS]
    others = []
    for item in catalogue(language, day).items.values():
        name, _, rest = item.id.partition(".")
        if name not in known.services and (rest == "nva" or rest not in known.help_lines):
            others.append(item.text)
    return cards + others


def section_text(known: Directory, service: str, section: str, language: Language, today: datetime.date) -> str:
    """Return a section of a card with the advice that goes with it, as ``actions.services`` tells it."""
    card = known.services[service]
    told = tell(card.section(section), language, today, known.sources)
    line = known.help_lines.get(card.help_line or "")
    return " ".join(part for part in (told.text, _advice(told, line.number if line else None, language)) if part)


def _advice(told: Told, line: str | None, language: Language) -> str:
    if told.expired:
        key = "utter_amount_expired" if line else "utter_amount_expired_social_service"
    elif told.call_first and line and line not in told.text:
        key = "utter_call_first"
    elif told.call_first and not line:
        key = "utter_ask_social_service_first"
    else:
        return ""
    return response(key, language).replace(_LINE, line or "")


def _cards(known: Directory, language: Language, today: datetime.date) -> Iterator[tuple[str, str]]:
    for service, card in known.services.items():
        for section in SECTIONS:
            told = tell(card.section(section), language, today, known.sources)
            if told.text:
                yield f"{service}.{section}", told.text


def _replies(known: Directory, language: Language) -> Iterator[tuple[str, str]]:
    for name in responses():
        if name in _NOT_SPOKEN:
            continue
        text = response(name, language)
        if _LINE in text:
            for line, facts in known.help_lines.items():
                filled = text.replace(_LINE, facts.number)
                if not _BRACES.search(filled):
                    yield f"{name}.{line}", filled
        elif text and not _BRACES.search(text):
            yield name, text


def _questions(language: Language) -> Iterator[tuple[str, str]]:
    for name in NAMES:
        asked = questionnaire(name)
        yield f"{name}.intro", asked.intro.in_language(language)
        for question in asked.questions:
            text = question.text.in_language(language)
            if not _BRACES.search(text):
                yield f"{name}.{question.slot}", text


def _short_texts(known: Directory, language: Language) -> Iterator[tuple[str, str]]:
    for file in SHORT_TEXTS:
        for key, text in read_texts(file).items():
            said = text.in_language(language)
            if file == "telegram" and _BESIDE_THE_TALK.match(key):
                continue
            if _LINE in said:
                said = said.replace(_LINE, known.help_lines["nva"].number)
                key += ".nva"
            if not _BRACES.search(said):
                yield f"text_{file}_{key}", said


@functools.lru_cache(maxsize=len(LANGUAGES))
def fixed_labels(language: Language) -> frozenset[str]:
    """Return what is spoken of every button whose words are fixed."""
    known = directory()
    titles = [text.in_language(language) for text in read_texts("buttons").values()]
    titles += [text.in_language(language) for text in read_texts("channels").values()]
    for card in known.services.values():
        titles += [card.button.in_language(language), card.need.in_language(language)]
    titles += [topic.name.in_language(language) for topic in known.topics.values()]
    titles += [label.in_language(language) for label in common_words().labels.values()]
    for name in NAMES:
        for question in questionnaire(name).questions:
            titles += [option.button.in_language(language) for option in question.options if option.button]
    return frozenset(spoken(title, language) for title in titles)


@functools.cache
def responses() -> dict[str, Any]:
    """Return the responses of ``domain.yml``."""
    return dict(yaml.safe_load(DOMAIN.read_text(encoding="utf-8")).get("responses") or {})


def response(name: str, language: Language) -> str:
    """Return a response in a language; empty where it has none."""
    for variation in responses().get(name) or []:
        conditions = variation.get("condition") or []
        if all(c.get("value") == language for c in conditions if c.get("name") == "language"):
            return str(variation.get("text") or "")
    return ""


def all_items() -> list[Item]:
    """Return the fixed texts of every language as they are told today."""
    return [item for language in LANGUAGES for item in catalogue_of_today(language).items.values()]
