"""What Telegram shows of the bot before and beside a talk: commands, name, descriptions, in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Bot, BotCommand, MenuButtonCommands
from telegram.error import BadRequest, TelegramError

from bot.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.texts import text

logger = logging.getLogger(__name__)

COMMANDS = ("start", "menu", "language", "mediator", "office", "listen", "privacy", "forget", "help")


def commands(language: Language) -> list[BotCommand]:
    """Return the commands with what they do, in a language."""
    return [BotCommand(name, text("telegram", f"command_{name}", language)) for name in COMMANDS]


async def set_profile(bot: Bot) -> bool:
    """Set commands, name and descriptions where they differ from ours; return whether there is no more to try.

    Telegram limits how often they may be set (the name a few times a day), so they are read first.
    A part that fails does not keep the others back.
    """
    is_set = True
    # The default last: where a language is not set, Telegram answers with the default.
    for code in (*LANGUAGES, None):
        language = code or DEFAULT_LANGUAGE  # phones in other languages see this one
        for part in _parts(bot, language, code):
            is_set &= await part.make_so()
    menu = _Part("menu button", None, lambda: bot.set_chat_menu_button(menu_button=MenuButtonCommands()))
    return await menu.make_so() and is_set


@dataclass(frozen=True)
class _Part:
    """One thing that Telegram shows: how to see whether it is as we want it, and how to set it."""

    name: str
    is_so: Callable[[], Awaitable[bool]] | None
    set: Callable[[], Awaitable[object]]

    async def make_so(self) -> bool:
        """Set it where needed; return False where it is worth trying again later."""
        try:
            if self.is_so and await self.is_so():
                return True
        except TelegramError as error:
            logger.debug("The %s can't be read (%s); it is set anew.", self.name, type(error).__name__)
        try:
            await self.set()
        except BadRequest as error:
            logger.warning("Telegram does not take the bot's %s (%s).", self.name, error.message)
        except TelegramError as error:
            logger.info("The bot's %s can't be set now (%s).", self.name, type(error).__name__)
            return False
        return True


def _parts(bot: Bot, language: Language, code: str | None) -> list[_Part]:
    name = text("telegram", "name", language)
    short = text("telegram", "short_description", language)
    long = text("telegram", "description", language)

    async def has_commands() -> bool:
        return list(await bot.get_my_commands(language_code=code)) == commands(language)

    async def has_name() -> bool:
        return (await bot.get_my_name(language_code=code)).name == name

    async def has_short() -> bool:
        return (await bot.get_my_short_description(language_code=code)).short_description == short

    async def has_long() -> bool:
        return (await bot.get_my_description(language_code=code)).description == long

    return [
        _Part("commands", has_commands, lambda: bot.set_my_commands(commands(language), language_code=code)),
        _Part("name", has_name, lambda: bot.set_my_name(name, language_code=code)),
        _Part("short description", has_short, lambda: bot.set_my_short_description(short, language_code=code)),
        _Part("description", has_long, lambda: bot.set_my_description(long, language_code=code)),
    ]
