"""Who a visitor of the web chat is: a random cookie that only this server can have set.

The cookie holds 256 random bits and a keyed digest of them, so that nobody can choose a conversation's id, and
the assistant sees only a pseudonym: who reads the store can't continue a talk.
"""

from __future__ import annotations

import re
import secrets

from bot.privacy.pseudonym import Pseudonyms

COOKIE = "drom_chat"
PURPOSE = "web/cookie"
SEAL_DIGITS = 32
_COOKIE = re.compile(r"(?P<token>[\w-]{43})\.(?P<seal>[0-9a-f]{32})", re.ASCII)


class Visitors:
    """Makes and checks cookies.

    Args:
        pseudonyms: with the key of this assistant.
    """

    def __init__(self, pseudonyms: Pseudonyms):
        self._pseudonyms = pseudonyms

    def new_cookie(self) -> str:
        """Return the cookie of a new visitor."""
        token = secrets.token_urlsafe(32)
        return f"{token}.{self._pseudonyms.digest(PURPOSE, token)[:SEAL_DIGITS]}"

    def chat(self, cookie: str | None) -> str | None:
        """Return the pseudonym of a visitor's chat; None for a cookie that this server did not make."""
        match = _COOKIE.fullmatch(cookie or "")
        if not match or not self._pseudonyms.is_digest(PURPOSE, match["token"], match["seal"]):
            return None
        return self._pseudonyms.chat("web", match["token"])
