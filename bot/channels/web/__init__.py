"""The web chat: a page that looks like a phone messenger, and the connector behind it."""

from bot.channels.web.connector import WebChat

__all__ = ["WebChat"]
