"""A reply as calls to the Bot API: text with buttons, a map, a telephone."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from telegram.constants import MessageLimit, ParseMode

from bot.assistant.messages import Button, Reply
from bot.assistant.phrases import MENU, PERSON
from bot.channels.telegram.callback_data import Keeper
from bot.channels.telegram.keyboards import inline_keyboard, number_keyboard, reply_keyboard
from bot.channels.telegram.store import Outgoing
from bot.languages import Language
from bot.texts import text

TELEPHONE = "tel:"
MAX_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)


def send_text(
    chat_id: int, words: str, markup: dict[str, Any] | None = None, aside: str | None = None
) -> list[Outgoing]:
    """Return the calls that send plain words; more than one where they do not fit one message.

    Args:
        chat_id: where to.
        words: what is read; no markup in it has a meaning.
        markup: buttons, under the last message.
        aside: a line of the words that is set apart, in italics.
    """
    parts = list(split(words))
    calls = []
    for number, part in enumerate(parts, start=1):
        parameters: dict[str, Any] = {
            "chat_id": chat_id,
            "text": _as_html(part, aside),
            "parse_mode": ParseMode.HTML.value,
            "link_preview_options": {"is_disabled": True},
        }
        if markup and number == len(parts):
            parameters["reply_markup"] = markup
        calls.append(Outgoing("send_message", parameters))
    return calls


def _as_html(words: str, aside: str | None) -> str:
    if not aside or aside not in words:
        return html.escape(words, quote=False)
    before, _, after = words.rpartition(aside)
    return (
        f"{html.escape(before, quote=False)}<i>{html.escape(aside, quote=False)}</i>{html.escape(after, quote=False)}"
    )


async def render(chat_id: int, replies: list[Reply], language: Language, keeper: Keeper) -> list[Outgoing]:
    """Return the calls that show the replies of one turn, in order."""
    calls: list[Outgoing] = []
    for reply in replies:
        calls += await _render_one(chat_id, reply, language, keeper)
    return calls


async def _render_one(chat_id: int, reply: Reply, language: Language, keeper: Keeper) -> list[Outgoing]:
    # A voice note is made when it is sent: its words are stored, as those of every reply are, its sound is not.
    voice = [Outgoing("send_voice", {"chat_id": chat_id, "speech": reply.audio})] if reply.audio else []
    if voice and not (reply.text or reply.buttons):
        return voice
    telephones = [button for button in reply.buttons if button.payload.startswith(TELEPHONE)]
    words = reply.text or text("telegram", "choose", language)
    for button in telephones:
        number = button.payload.removeprefix(TELEPHONE)
        if number not in words:  # Telegram has no buttons that call; it makes numbers in a text callable
            words += "\n" + text("telegram", "call", language, number=number)
    others = [button for button in reply.buttons if button not in telephones]
    if reply.share_location and _are_permanent(others):
        markup: dict[str, Any] | None = reply_keyboard(language)  # its first button shares the position
    else:
        markup = await inline_keyboard(others, keeper)
    calls = send_text(chat_id, words, markup, reply.source)
    if reply.share_contact:  # a message can't have both kinds of buttons
        calls += send_text(chat_id, text("telegram", "share_number_hint", language), number_keyboard(language))
    if reply.location:
        calls.append(Outgoing("send_venue", {"chat_id": chat_id, **_venue(reply.location)}))
    contact = _contact(reply, telephones)
    if contact:
        calls.append(Outgoing("send_contact", {"chat_id": chat_id, **contact}))
    return [*calls, *voice]


def _are_permanent(buttons: list[Button]) -> bool:
    return all(button.payload in (MENU, PERSON) for button in buttons)


def _venue(location: dict[str, Any]) -> dict[str, Any]:
    return {
        "latitude": float(location["latitude"]),
        "longitude": float(location["longitude"]),
        "title": str(location["title"]),
        "address": str(location["address"]),
    }


def _contact(reply: Reply, telephones: list[Button]) -> dict[str, str] | None:
    """Return the telephone to be shown as a contact, which one tap calls: the first of the reply's."""
    if reply.contact:
        return {"phone_number": str(reply.contact["phone_number"]), "first_name": str(reply.contact["first_name"])}
    if not telephones:
        return None
    number = telephones[0].payload.removeprefix(TELEPHONE)
    return {"phone_number": number, "first_name": telephones[0].title}


def split(words: str, limit: int = MAX_TEXT) -> Iterator[str]:
    """Cut a text into parts that Telegram takes, at a line break or space where there is one.

    Telegram counts in UTF-16 code units: an emoji is two.
    """
    rest = words.strip() or "…"
    while _units(rest) > limit:
        end = limit
        while _units(rest[:end]) > limit:
            end -= max(1, (_units(rest[:end]) - limit) // 2)
        cut = max(rest.rfind("\n", 1, end), rest.rfind(" ", 1, end))
        cut = cut if cut > 0 else end
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    yield rest


def _units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2
