"""A card as text: the full version for a mediator, and a short one to pass on to a client."""

from __future__ import annotations

import datetime
import re

from bot.clock import now
from bot.directory.directory import Directory, directory
from bot.directory.models import ServiceCard
from bot.languages import Language
from bot.reference.cards import SHOWN_SECTIONS, CardView, Said, word
from bot.reference.sharing import card_address

FORWARD_LENGTH = 160
MESSAGE_LENGTH = 4096  # of a message in Telegram
# A sentence ends where the next begins with a capital: "2019. gada" goes on.
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZĀ-ŽА-ЯЁ])")
MARKED = ("medium", "unconfirmed", "expired")  # what a mediator must see at once; the rest is plain from the words


def reference_text(service: str, language: Language, known: Directory | None = None) -> str:
    """Return the full version of a card: every section, with sources and the days they were checked.

    Raises:
        KeyError: there is no such card.
    """
    view = _view(service, language, known)
    parts = [f"{view.icon} {view.name}\n{view.need}"]
    parts.append("\n".join(f"{fact.name}: {' '.join(filter(None, (fact.phone, fact.value)))}" for fact in view.facts()))
    for name in SHOWN_SECTIONS:
        parts.append(_section(view, name, language))
    parts.append(f"{word('section_say', language)}\n{view.say}")
    parts.append(_section(view, "good_practice", language) if view.card.good_practice else "")
    parts.append(_sources(view, language))
    return "\n\n".join(part for part in parts if part)


def papers_text(service: str, language: Language, known: Directory | None = None) -> str:
    """Return the list of papers of a card, ready to be passed on.

    Raises:
        KeyError: there is no such card.
    """
    view = _view(service, language, known)
    lines = [f"• {paper}" for paper in view.told("documents")]
    return "\n".join([f"{view.icon} {view.name}: {word('section_documents', language).lower()}", *lines])


def forward_text(service: str, language: Language, known: Directory | None = None) -> str:
    """Return a card in at most 160 characters: its name, the first step, the line, and where to ask on.

    Only whole sentences, and only what may be told a client.

    Raises:
        KeyError: there is no such card.
    """
    view = _view(service, language, known)
    address = (card_address(service) or "").removeprefix("https://")
    number = f"☎ {view.line.number}" if view.line else ""
    for ending in ([number, address], [number], [address], []):
        for title in (view.name, view.card.button.in_language(language)):
            words = _fill(title, view, [part for part in ending if part])
            if words:
                return words
    return view.card.button.in_language(language)


def _fill(title: str, view: CardView, ending: list[str]) -> str | None:
    """Return the title, as many first sentences as fit, and the ending; None where no sentence fits."""
    chosen: list[str] = []
    for sentence in _SENTENCES.split(" ".join([*view.told("apply"), *view.told("summary")])):
        extended = _join(title, [*chosen, sentence], ending)
        if len(extended) > FORWARD_LENGTH:
            break
        chosen.append(sentence)
    return _join(title, chosen, ending) if chosen else None


def _join(title: str, sentences: list[str], ending: list[str]) -> str:
    said = f"{title}. {' '.join(sentences)}".strip()
    return " ".join([said, *(part for part in ending if part.removeprefix("☎ ") not in said)])


def _view(service: str, language: Language, known: Directory | None) -> CardView:
    cards = known or directory()
    card: ServiceCard = cards.services[service]
    today: datetime.date = now().date()
    return CardView(cards, card, language, today)


def _section(view: CardView, name: str, language: Language) -> str:
    lines = [_line(said) for said in view.section(name)]
    if name == "apply":
        lines = [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
    else:
        lines = [f"• {line}" for line in lines]
    return "\n".join([word(f"section_{name}", language), *lines])


def _line(said: Said) -> str:
    number = f" [{said.source}]" if said.source else ""
    notes = [said.note] if said.mark in MARKED else []
    notes += [said.valid_until] if said.valid_until else []
    return said.text + number + (f" ({'; '.join(notes)})" if notes else "")


def _sources(view: CardView, language: Language) -> str:
    if not view.sources:
        return word("no_sources", language)
    lines = [word("section_sources", language)]
    for numbered in view.sources.values():
        source = numbered.source
        checked = word("checked", language, date=numbered.checked_on.strftime("%d.%m.%Y"))
        where = f" {source.url}" if source.url else ""
        lines.append(f"[{numbered.number}] {source.publisher}: {source.title}.{where} ({checked})")
    return "\n".join(lines)
