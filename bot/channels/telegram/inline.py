"""Inline mode: a mediator types ``@bot bērnu`` in any chat and sends a card with its source and date."""

from __future__ import annotations

import html

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot.channels.telegram.deep_links import link
from bot.clock import now
from bot.directory.directory import Directory
from bot.directory.models import ServiceCard
from bot.directory.telling import tell
from bot.languages import Language
from bot.reference.search import search
from bot.texts import text

MAX_RESULTS = 10
LEAST_SHARE = 0.3  # of the best score; a card that fits less is not offered
# In which order another section is looked for that has a source, where the summary has none.
SOURCED_FIRST = ("apply", "eligibility", "place", "documents", "cost", "duration")


def find_cards(directory: Directory, query: str, limit: int = MAX_RESULTS) -> list[ServiceCard]:
    """Return the cards that fit what was typed, the best first; with nothing typed, the menu's first ones."""
    if not query.strip():
        shown = dict.fromkeys(service for topic in directory.topics.values() for service in topic.services[:2])
        return [directory.services[service] for service in shown][:limit]
    hits = search(query, limit=limit, known=directory)
    return [hit.service for hit in hits if hit.score >= LEAST_SHARE * hits[0].score]


def short_version(directory: Directory, card: ServiceCard, language: Language) -> str:
    """Return a card in a few lines, with where it is from and when that was checked."""
    today = now().date()
    summary, *others = (
        tell(card.section(name), language, today, directory.sources) for name in ("summary", *SOURCED_FIRST)
    )
    line = directory.help_lines.get(card.help_line or "")
    parts = [f"{card.icon} {card.name.in_language(language)}", summary.text]
    # What is sent on must say where it is from: where the summary has no source, a section that has one goes along.
    sourced = next((told for told in (summary, *others) if told.publishers and told.checked_on), None)
    if sourced and sourced is not summary:
        parts.append(sourced.text)
    if summary.expired:
        parts.append(text("telegram", "inline_expired", language))
    if line and not any(line.number in part for part in parts):
        parts.append(text("telegram", "inline_line", language, number=line.number))
    if sourced and sourced.checked_on:
        date = sourced.checked_on.strftime("%d.%m.%Y")
        parts.append(text("telegram", "inline_source", language, publishers=", ".join(sourced.publishers), date=date))
    return "\n".join(part for part in parts if part)


def results(directory: Directory, query: str, language: Language, bot_name: str) -> list[InlineQueryResultArticle]:
    """Return what Telegram offers for a query, in a language."""
    offered = []
    for card in find_cards(directory, query):
        words = short_version(directory, card, language)
        open_card = InlineKeyboardButton(text("telegram", "inline_open", language), url=link(bot_name, card.id))
        offered.append(
            InlineQueryResultArticle(
                id=f"{card.id}.{language}",
                title=f"{card.icon} {card.name.in_language(language)}",
                description=card.need.in_language(language),
                input_message_content=InputTextMessageContent(
                    html.escape(words, quote=False),
                    parse_mode=ParseMode.HTML,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                ),
                reply_markup=InlineKeyboardMarkup([[open_card]]),
            )
        )
    return offered
