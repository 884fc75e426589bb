"""Cards, tables and their statements: complete, sourced, short, fresh."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from bot.checking.wording import problems
from bot.clock import now
from bot.directory.directory import load_directory
from bot.directory.errors import ContentError, Finding, relative
from bot.directory.loading import read_yaml
from bot.directory.models import DETAILS, SECTIONS, ServiceCard, Source
from bot.directory.telling import tell
from bot.languages import LANGUAGES

STALE_DAYS = 180
MAX_SECTION_WORDS = 50  # with the source line and "call first" a reply stays below 60


def check(root: Path) -> Iterator[Finding]:
    """Yield findings in the directory."""
    folder = root / "data" / "directory"
    try:
        directory = load_directory(folder)
    except ContentError as error:
        yield from error.findings
        return
    yield from directory.findings  # the rows of tables that are left out
    today = now().date()
    listed = {service for topic in directory.topics.values() for service in topic.services}
    for topic_id, topic in directory.topics.items():
        for service in topic.services:
            if service not in directory.services:
                yield Finding("data/directory/topics.yml", 1, topic_id, f"{service} is no card", "Use the id of a card")
    for card in directory.services.values():
        path = folder / "services" / f"{card.id}.yml"
        name = relative(path, root)
        lines = read_yaml(path, root)
        if card.id not in listed:
            remedy = f"Add {card.id} to a topic of topics.yml"
            yield Finding(name, 1, "id", "stands under no topic of the menu", remedy)
        for section in SECTIONS:
            yield from _section(card, section, name, lines.line((section,)), directory.sources, today)
        for section, statement in card.statements():
            if statement.checked_on and (today - statement.checked_on).days > STALE_DAYS:
                problem = f"was checked on {statement.checked_on}, more than {STALE_DAYS} days ago"
                remedy = "Check it at its source and write today's date"
                yield Finding(name, lines.line((section,)), section, problem, remedy, "warning")


def _section(
    card: ServiceCard, section: str, name: str, line: int, sources: dict[str, Source], today: datetime.date
) -> Iterator[Finding]:
    for language in LANGUAGES:
        told = tell(card.section(section), language, today, sources)
        key = f"{section}.{language}"
        for problem, remedy in problems(told.text, MAX_SECTION_WORDS):
            yield Finding(name, line, key, problem, remedy)
        if not told.text and not told.expired:
            yield Finding(
                name, line, key, "nothing may be told here", "Add an `unknown` statement that says whom to ask"
            )
    if section in DETAILS:
        for index, statement in enumerate(card.section(section)):
            for language in LANGUAGES:
                for problem, remedy in problems(statement.text.in_language(language), MAX_SECTION_WORDS):
                    yield Finding(name, line, f"{section}.{index}.text.{language}", problem, remedy)
