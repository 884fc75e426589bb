"""A strict stand-in for Telegram's Bot API over HTTP, for tests. It shares no code with the bot.

Written from https://core.telegram.org/bots/api alone. It refuses what Telegram refuses, and notes
what Telegram frowns upon (:attr:`BotApi.violations`).
"""

from tests.support.telegram_api.faults import Fault
from tests.support.telegram_api.phone import Phone, Shown
from tests.support.telegram_api.server import BotApi, Call

__all__ = ["BotApi", "Call", "Fault", "Phone", "Shown"]
