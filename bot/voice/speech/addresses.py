"""Web and e-mail addresses, as a person dictates them."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.voice.speech.lexicon import Lexicon

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+(?:lv|lt|ee|eu|com|org|net|info|gov|ru|de|uk|ie|me)\b"
_EMAIL = re.compile(rf"\b[A-Za-z0-9._+-]+@{_DOMAIN}")
_WEB = re.compile(rf"(?:https?://)?\b{_DOMAIN}(?P<path>(?:/[\w.~%-]+)*)/?", re.IGNORECASE)


class AddressReader:
    """Replaces addresses in a text by words."""

    def __init__(self, lexicon: Lexicon, word: Callable[[str], str]):
        """Make a reader.

        Args:
            lexicon: the words of the language.
            word: how a word in Latin letters is written in this language.
        """
        self._names = lexicon.addresses
        self._word = word

    def read(self, text: str) -> str:
        """Return the text with its addresses in words."""
        text = _EMAIL.sub(self._email, text)
        return _WEB.sub(self._web, text)

    def _email(self, match: re.Match[str]) -> str:
        person, _, host = match[0].partition("@")
        return f"{self._dotted(person)} {self._names.at} {self._dotted(host)}"

    def _web(self, match: re.Match[str]) -> str:
        path = match["path"] or ""
        address = re.sub(r"^https?://", "", match[0], flags=re.IGNORECASE)
        host = address.split("/", maxsplit=1)[0]
        # The part for the language of a page says nothing to a listener.
        steps = [step for step in path.split("/") if step and step not in ("lv", "ru", "en")]
        return ", ".join([self._dotted(host), *(f"{self._names.path} {self._dotted(step)}" for step in steps)])

    def _dotted(self, name: str) -> str:
        labels = [self._dashed(label) for label in name.split(".")]
        return f" {self._names.dot} ".join(label for label in labels if label)

    def _dashed(self, label: str) -> str:
        return f" {self._names.dash} ".join(self._part(part) for part in re.split(r"[-_]", label))

    def _part(self, part: str) -> str:
        known = self._names.parts.get(part.lower())
        return self._word(part) if known is None else known
