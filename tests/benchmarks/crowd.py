"""Many people who write to the bot at once, and what became of their messages."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from bot.directory.directory import help_line_number
from bot.languages import LANGUAGES
from bot.texts import text
from tests.benchmarks.telegram_load import answers, is_menu, wording
from tests.support.telegram_api import BotApi, Phone, Shown

MENU = "/start_over"
FIRST_CHAT = 60_000
GREETED_WITHIN_S = 240.0
SURPLUS_S = 4.0  # an answer that is sent twice comes within it


@dataclass
class Person:
    """Somebody who writes and taps, without waiting for the answers.

    Attributes:
        phone: what they write with.
        sent: what was sent and when, in order; True: the menu was tapped.
        before: how many answers there were at the beginning.
    """

    phone: Phone
    sent: list[tuple[bool, float]] = field(default_factory=list)
    before: int = 0

    @property
    def got(self) -> list[Shown]:
        """The answers to what was sent, as they came."""
        return answers(self.phone)[self.before :]

    def once_each(self) -> tuple[list[Shown], int]:
        """Return the answers without those that came twice, and how many did."""
        got = self.got
        twice = max(0, len(got) - len(self.sent))
        left, kept = twice, []
        for one in got:
            if left and kept and kept[-1].text == one.text:
                left -= 1
            else:
                kept.append(one)
        return kept, twice


class Crowd:
    """People who each write every few seconds.

    Args:
        api: Telegram.
        chats: how many.
        every_s: the mean pause between two messages of one person.
    """

    def __init__(self, api: BotApi, chats: int, every_s: float):
        self._random = random.Random(7)
        languages = [self._random.choice(LANGUAGES) for _ in range(chats)]
        self.people = [Person(Phone(api, FIRST_CHAT + i, language)) for i, language in enumerate(languages)]
        self._every_s = every_s
        self._numbers = itertools.count()
        self._apologies = {text("channels", "apology", code, line=help_line_number("nva")) for code in LANGUAGES}

    async def greet(self) -> None:
        """Let everybody open the chat; return when all are greeted."""
        for person in self.people:
            person.phone.write("/start")
        ends = time.monotonic() + GREETED_WITHIN_S
        while not all(answers(person.phone) for person in self.people):  # noqa: ASYNC110
            if time.monotonic() > ends:
                raise RuntimeError("the bot does not answer /start")
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        for person in self.people:
            person.before = len(answers(person.phone))

    async def write_for(self, seconds: float) -> None:
        """Let everybody write and tap for so long."""
        ends = time.monotonic() + seconds
        await asyncio.gather(*(self._write_until(person, ends) for person in self.people))

    async def hear_back(self, within: float) -> None:
        """Return when everything is answered, or after so many seconds; and nothing more came for a while."""
        ends = time.monotonic() + within
        while time.monotonic() < ends and any(len(p.got) < len(p.sent) for p in self.people):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await asyncio.sleep(SURPLUS_S)

    @property
    def unanswered(self) -> int:
        """How many messages wait for an answer."""
        return sum(max(0, len(person.sent) - len(person.got)) for person in self.people)

    def is_apology(self, shown: Shown) -> bool:
        """Whether it is the apology, in whatever language."""
        return any(apology in shown.text for apology in self._apologies)

    def first_answer_after(self, moment: float) -> float:
        """Return how many seconds after a moment the first answer came that is no apology; infinity where none did."""
        shown = (one for person in self.people for one in person.got if one.at > moment and not self.is_apology(one))
        return min((one.at - moment for one in shown), default=float("inf"))

    def longest_before(self, moment: float) -> float:
        """Return the longest time to an answer until a moment; for what was not answered then, how long it had waited."""
        waits = [0.0]
        for person in self.people:
            kept, _ = person.once_each()
            answered = [shown.at for shown in kept] + [float("inf")] * len(person.sent)
            waits += [
                min(told, moment) - at for (_, at), told in zip(person.sent, answered, strict=False) if at < moment
            ]
        return max(waits)

    def longest_after(self, moment: float) -> float:
        """Return the longest time to an answer, counted from a moment where the message was sent before it."""
        waits = [0.0]
        for person in self.people:
            kept, _ = person.once_each()
            waits += [shown.at - max(at, moment) for (_, at), shown in zip(person.sent, kept, strict=False)]
        return max(waits)

    def told(self) -> dict[str, Any]:
        """Return what became of the messages."""
        waits: list[float] = []
        lost = twice = disordered = apologies = 0
        for person in self.people:
            kept, surplus = person.once_each()
            twice += surplus
            lost += max(0, len(person.sent) - len(kept))
            for (is_tap, at), shown in zip(person.sent, kept, strict=False):
                waits.append(shown.at - at)
                is_kind = self.is_apology(shown)
                apologies += is_kind
                disordered += is_tap and not is_kind and not is_menu(shown)
        sent = sum(len(person.sent) for person in self.people)
        return {
            "chats": len(self.people),
            "sent": sent,
            "answered": sent - lost,
            "lost": lost,
            "twice": twice,
            "out_of_order": disordered,
            "apologies": apologies,
            "median_s": round(statistics.median(waits), 2),
            "p95_s": round(statistics.quantiles(waits, n=20)[18], 2),
            "longest_s": round(max(waits), 2),
        }

    async def _write_until(self, person: Person, ends: float) -> None:
        pause = self._random.uniform(0, self._every_s)
        tapped: Shown | None = None
        while time.monotonic() + pause < ends:
            await asyncio.sleep(pause)
            pause = self._random.uniform(0.5, 1.5) * self._every_s
            shown = next((one for one in reversed(person.phone.screen) if is_menu_button(one)), None)
            # A second tap on one button is one wish; people see nothing new to tap while the bot is silent.
            is_tap = len(person.sent) % 2 == 1 and shown is not None and shown is not tapped
            person.sent.append((is_tap, time.monotonic()))
            if is_tap:
                tapped = shown
                person.phone.tap(MENU, shown)
            else:
                person.phone.write(wording(next(self._numbers)))


def is_menu_button(shown: Shown) -> bool:
    """Whether a message has the button that leads to the menu."""
    return any(button.get("callback_data") == MENU for button in shown.buttons)
