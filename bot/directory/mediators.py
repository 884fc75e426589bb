"""Roma mediators: who they are, whom they serve, and whose turn it is.

Only a mediator who agreed to be shown, and whose entry somebody confirmed, stands in the directory at
all: loading leaves the others out. Past mediators (``past_mediators.csv``) are never read here.
"""

from __future__ import annotations

import datetime
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Optional

from pydantic import root_validator, validator

from bot.directory.models import Strict, email_is_whole, phone_has_digits

SPOKEN = {"lv": "Latvian", "ru": "Russian", "en": "English", "rom": "Romani", "lt": "Lithuanian"}
YES = frozenset({"yes", "jā", "ja", "да", "true", "1", "y", "j"})
NO = frozenset({"no", "nē", "ne", "нет", "false", "0", "n"})


class Mediator(Strict):
    """A Roma mediator: HSDS ``contact`` with its service areas, languages and phones.

    A cell that lists several things has ``;`` between them. Empty languages or topics: not told.
    """

    id: str  # short, of small Latin letters: stays the same when the rest changes
    name: str  # of the person or of the post, as it may be shown
    organization: str
    municipalities: list[str]  # ids, once loaded; in a sheet their Latvian names
    languages: list[str] = []
    topics: list[str] = []  # ids of topics.yml
    phone: Optional[str] = None
    telegram: Optional[str] = None
    email: Optional[str] = None
    hours: Optional[str] = None
    consent: bool  # to be shown to whoever asks
    confirmed_on: datetime.date  # when the mediator last said that all this holds
    source: str  # who confirmed it

    _phone = validator("phone", allow_reuse=True)(phone_has_digits)
    _email = validator("email", allow_reuse=True)(email_is_whole)

    @validator("municipalities", "languages", "topics", pre=True)
    def split(cls, value: Any) -> Any:
        """Read a cell with several things in it."""
        return [part.strip() for part in re.split(r"[;\n]", value) if part.strip()] if isinstance(value, str) else value

    @validator("id")
    def id_is_short(cls, value: str) -> str:
        """The id goes into buttons."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", value):
            raise ValueError(f"{value} can't be an id: use small Latin letters, digits and _, such as anna_talsi")
        return value

    @validator("languages")
    def languages_are_known(cls, value: list[str]) -> list[str]:
        """Only languages that a person can be matched with."""
        unknown = [language for language in value if language not in SPOKEN]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no language here: use {', '.join(SPOKEN)}, with ; between them")
        return value

    @validator("telegram")
    def telegram_is_a_name(cls, value: Optional[str]) -> Optional[str]:
        """Return the user name without what people copy along with it."""
        if value is None:
            return None
        name = re.sub(r"^(https?://)?(t\.me/|@)", "", value.strip())
        if not re.fullmatch(r"[A-Za-z]\w{4,31}", name):
            raise ValueError(f"{value} is no Telegram name: write it as @name")
        return name

    @validator("consent", pre=True)
    def consent_is_said(cls, value: Any) -> bool:
        """Without a clear yes nobody is shown."""
        word = str(value).strip().lower()
        if word not in YES | NO:
            raise ValueError(f"{value} is neither yes nor no")
        if word in NO:
            raise ValueError("the mediator has not agreed to be shown: leave the row out until they do")
        return True

    @root_validator(skip_on_failure=True)
    def can_be_reached(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A contact that can't be reached is none."""
        if not any(values.get(way) for way in ("phone", "telegram", "email")):
            raise ValueError("there is no phone, Telegram name or e-mail address")
        return values

    def fits(self, language: str | None, topic: str | None) -> tuple[bool, bool]:
        """Return whether they speak ``language`` and know ``topic``; what is not told counts as no."""
        return language in self.languages, topic in self.topics


class Turns:
    """Whose turn it is: the mediator who was given longest ago comes first. One per process.

    Who asked before gets the same mediator again, so that nobody has to tell their story anew.
    """

    def __init__(self, remembered: int = 2000):
        self._last_given: dict[str, int] = {}
        self._given_to: OrderedDict[tuple[str, tuple[str, ...]], str] = OrderedDict()
        self._remembered = remembered

    def next(self, mediators: Sequence[Mediator], asker: str | None = None) -> Mediator:
        """Return the mediator whose turn it is, and count it as given.

        Args:
            mediators: those who fit equally well; at least one.
            asker: the pseudonym of the chat.
        """
        by_id = {mediator.id: mediator for mediator in mediators}
        key = (asker or "", tuple(sorted(by_id)))
        chosen = self._given_to.get(key) if asker else None
        if chosen is None:
            chosen = min(by_id, key=lambda one: (self._last_given.get(one, 0), one))
            self._last_given[chosen] = max(self._last_given.values(), default=0) + 1
        if asker:
            self._given_to[key] = chosen
            self._given_to.move_to_end(key)
            if len(self._given_to) > self._remembered:
                self._given_to.popitem(last=False)
        return by_id[chosen]

    def forget(self, asker: str) -> None:
        """Forget whom a chat was sent to."""
        for key in [key for key in self._given_to if key[0] == asker]:
            del self._given_to[key]


def best_fitting(
    mediators: Iterable[Mediator], municipality: str, language: str | None, topic: str | None
) -> list[Mediator]:
    """Return those who serve a municipality (its id) and fit best: by language first, then by topic."""
    serving = [mediator for mediator in mediators if municipality in mediator.municipalities]
    best = max((mediator.fits(language, topic) for mediator in serving), default=None)
    return [mediator for mediator in serving if mediator.fits(language, topic) == best]
