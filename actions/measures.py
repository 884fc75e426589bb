"""Answering a follow-up question about the Lithuanian project: the money and people of one measure or project.

Staff ask in passing: "and how much was mediation?". The totals stand on the card; here the entry that
the words name most plainly is found among the card's measures and projects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

from actions.base import Talk
from bot.assistant.messages import Reply
from bot.directory.models import Keywords, Measure, Project, ServiceCard
from bot.languages import LANGUAGES
from bot.nlu.fold import fold
from bot.texts import read_texts

DETAIL = "ask_detail_"
SHORT = 4  # words: "and mediation?" said while the project is discussed is about the project
ENDING = 2  # letters of a word that change with its case
MIN_STEM = 4
MAX_LONGER = 3  # letters by which a form may be longer than the word

Entry = Union[Measure, Project]


def project_reply(talk: Talk) -> Reply | None:
    """Return the answer about a measure or an earlier project; None where the message is about something else."""
    card, words = talk.card, str(talk.tracker.latest_message.get("text") or "")
    if card is None or not (card.measures or card.projects) or words.startswith("/"):
        return None
    said = fold(words).split()
    if not _is_about_project(talk, card, said):
        return None
    entry = named(said, [*card.measures, *card.projects])
    if entry is None:
        return None
    source = talk.directory.sources[entry.source]
    told = talk.say("utter_source", publishers=source.publisher, date=entry.checked_on.strftime("%d.%m.%Y"))
    return Reply(
        f"{card.icon} {_words(talk, entry)}\n{told}",
        [
            talk.button("cost", f"{DETAIL}cost", service=card.id),
            talk.button("eligibility", f"{DETAIL}eligibility", service=card.id),
            talk.button("mediator", "find_mediator"),
        ],
        service=card.id,
        source=told,
    )


def _is_about_project(talk: Talk, card: ServiceCard, said: Sequence[str]) -> bool:
    if talk.intent == card.intent or talk.intent.startswith(DETAIL) or len(said) <= SHORT:
        return True
    cues = read_texts("measures")["how_much"]
    asked = [cue for code in LANGUAGES for cue in fold(cues.in_language(code)).split()]
    return any(_is_form(word, cue) for cue in asked for word in said)


def _words(talk: Talk, entry: Entry) -> str:
    if isinstance(entry, Measure):
        return entry.text.in_language(talk.language)
    money = f"{entry.eur:,}".replace(",", " ")
    results = entry.results.in_language(talk.language)
    # The last project's result says that its number of people was a plan.
    frame = "project" if str(entry.participants) not in results else "project_planned"
    name = entry.name.in_language(talk.language)
    people = entry.participants
    return talk.words("measures", frame, project=name, period=entry.period, eur=money, people=people, results=results)


def named(said: Sequence[str], entries: Sequence[Entry]) -> Entry | None:
    """Return the entry whose keywords the folded words of a message name most plainly; None where they name none.

    >>> named("cik maksaja mediacija".split(), [])
    """
    best, best_score = None, 0
    for entry in entries:
        score = _score(said, entry.keywords)
        if score > best_score:
            best, best_score = entry, score
    return best


def _score(said: Sequence[str], keywords: Keywords) -> int:
    """Return how many letters of an entry's keywords are in a message, in any language: people mix them."""
    known = {fold(keyword) for code in LANGUAGES for keyword in keywords.in_language(code)}
    return sum(len(keyword) for keyword in known if _says(said, keyword.split()))


def _says(said: Sequence[str], keyword: Sequence[str]) -> bool:
    if not keyword:
        return False
    starts = range(len(said) - len(keyword) + 1)
    return any(all(_is_form(said[i + j], part) for j, part in enumerate(keyword)) for i in starts)


def _is_form(word: str, base: str) -> bool:
    """Whether a word may be a form of another: the same beginning, another ending."""
    if word == base:
        return True
    if base.isdigit() or len(base) <= MIN_STEM or len(word) > len(base) + MAX_LONGER:
        return False
    return word.startswith(base[: max(MIN_STEM, len(base) - ENDING)])
