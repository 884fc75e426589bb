"""Offers to listen: a key for each reply that was shown, so that a page can ask for its sound.

A page sends back the key, never a text: nobody can have us speak what we did not write. Kept in
memory only, and only the newest.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.languages import Language
from bot.voice.clip import AudioClip
from bot.voice.menus import Choosable
from bot.voice.voice import Voice

MAX_OFFERS = 5_000  # some hundred bytes each


class OfferGone(KeyError):
    """The reply was shown too long ago, or before a restart, or never."""


@dataclass(frozen=True)
class _Offer:
    owner: str
    text: str
    language: Language
    buttons: tuple[Choosable, ...]


class Offers:
    """The replies that can be listened to."""

    def __init__(self, voice: Voice, max_offers: int = MAX_OFFERS):
        self._voice = voice
        self._max_offers = max_offers
        self._offers: OrderedDict[str, _Offer] = OrderedDict()

    def offer(self, owner: str, text: str, language: Language, buttons: Sequence[Choosable] = ()) -> str:
        """Return the key that the sound of a reply can be asked with.

        Args:
            owner: the pseudonym of the talk in which it was said; nobody else gets its sound.
            text: what is read.
            language: of the text.
            buttons: what is read after it.
        """
        key = secrets.token_urlsafe(12)
        self._offers[key] = _Offer(owner, text, language, tuple(buttons))
        while len(self._offers) > self._max_offers:
            self._offers.popitem(last=False)
        return key

    def forget(self, owner: str) -> None:
        """Drop everything that was said in a talk."""
        for key, offer in list(self._offers.items()):
            if offer.owner == owner:
                self._offers.pop(key, None)

    async def listen(self, key: str, owner: str) -> AudioClip:
        """Return the sound of a reply.

        Raises:
            OfferGone: there is no such key, or it is of another talk.
            SpeakingFailed: it could not be spoken.
        """
        offer = self._offers.get(key)
        if offer is None or offer.owner != owner:
            raise OfferGone(key)
        return await self._voice.clip(offer.text, offer.language, offer.buttons)
