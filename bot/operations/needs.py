"""Needs without people: how many chats had which need, from where, in which language, and what came of it.

One row a day for each combination, with a count and nothing else: no chat, no time of day, no words. A chat's
need counts once in thirty days, as far as this process remembers, so that a count is of people as nearly as
can be had without keeping who they are.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import logging
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.assistant.messages import Turn
from bot.assistant.observing import Observed
from bot.clock import now
from bot.errors import describe
from bot.privacy.keepers import engine_of
from bot.privacy.registry import Held, register
from bot.settings import Settings

logger = logging.getLogger(__name__)

KEPT_HOURS = 3 * 366 * 24.0  # the reports to the European Commission compare years
FLUSH_EVERY_S = 2.0
REMEMBERED = 100_000
UNKNOWN = ""  # no municipality was told
OUTCOMES = ("answered", "routed", "requested", "unanswered", "failed")
# What is no need: the talk about the talk.
NOT_NEEDS = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "chitchat", "bot_challenge", "help", "start_over", "answer",
     "change_language", "inform_place", "forget_me", "ask_privacy", "none", "ask_details"}
)  # fmt: skip

metadata = sa.MetaData()
counts = sa.Table(
    "need_counts",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("intent", sa.String(64), primary_key=True),
    sa.Column("municipality", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(2), primary_key=True),
    sa.Column("outcome", sa.String(16), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

Cell = tuple[str, str, str, str, str]


def outcome_of(turn: Turn, error: str | None) -> str:
    """Return what came of a turn."""
    if error:
        return "failed"
    if turn.intent in ("nlu_fallback", "not_helpful", "out_of_scope"):
        return "unanswered"
    if turn.intent == "request_callback":
        return "requested"
    return "routed" if any(reply.route for reply in turn.replies) else "answered"


class NeedCounter:
    """Counts needs, and writes the counts every two seconds and at the end.

    Args:
        url: address of the database.
        intents: the intents that there are.
        today: the day in Latvia, as ``2026-11-22``.
    """

    def __init__(self, url: str, intents: frozenset[str], today: Callable[[], str] = lambda: now().date().isoformat()):
        self._url = url
        self._intents = intents | {"nlu_fallback"}
        self._today = today
        self._waiting: Counter[Cell] = Counter()
        self._seen: OrderedDict[bytes, str] = OrderedDict()
        self._secret = secrets.token_bytes(16)  # gone with the process: what is remembered can't be traced
        self._is_ready = False

    def observe(self, observed: Observed) -> None:
        """Count a turn, where it has a need that this chat has not had lately."""
        intent = observed.turn.intent or "none"
        if intent in NOT_NEEDS or intent not in self._intents:
            return
        outcome = outcome_of(observed.turn, observed.error)
        today = self._today()
        mark = hashlib.blake2b(
            f"{observed.chat}\0{intent}\0{outcome}".encode(), key=self._secret, digest_size=16
        ).digest()
        if self._seen.get(mark, "") >= _days_before(today, 30):
            return
        self._seen[mark] = today
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        municipality = str(observed.turn.slots.get("municipality") or UNKNOWN)
        self._waiting[(today, intent, municipality, observed.language, outcome)] += 1

    def write(self) -> None:
        """Write what is counted. What can't be written is kept for the next time."""
        waiting, self._waiting = self._waiting, Counter()
        if not waiting:
            return
        try:
            add_counts(self._url, waiting)
        except Exception:
            self._waiting.update(waiting)
            raise

    async def run(self) -> None:
        """Write now and then until cancelled; a failure is logged and tried again."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                await asyncio.to_thread(self.write)
            except Exception as error:  # a store that is gone comes back
                logger.error("The needs could not be counted: %s", describe(error))


def add_counts(url: str, cells: Counter[Cell]) -> None:
    """Add to the counts of the database, in one transaction."""
    engine = engine_of(url)
    metadata.create_all(engine)
    insert: Any = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    keys = [column.name for column in counts.primary_key]
    with engine.begin() as connection:
        for cell, count in cells.items():
            statement = insert(counts).values(**dict(zip(keys, cell, strict=True)), count=count)
            added = counts.c.count + statement.excluded["count"]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"count": added}))


def read_counts(url: str, since: str, until: str) -> list[tuple[Cell, int]]:
    """Return the counts of the days from ``since`` up to and without ``until``."""
    engine = engine_of(url)
    if not sa.inspect(engine).has_table(counts.name):
        return []
    query = sa.select(counts).where((counts.c.day >= since) & (counts.c.day < until))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [((row.day, row.intent, row.municipality, row.language, row.outcome), int(row.count)) for row in rows]


def _days_before(day: str, days: int) -> str:
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=days)).isoformat()


class NeedKeeper:
    """Keeps the counts. They say nothing of a chat, so none can be erased or renamed."""

    name = "counts of needs"

    def __init__(self, url: str):
        self._url = url

    def held(self, now_s: float) -> Held:
        """Count the rows."""
        engine = engine_of(self._url)
        if not sa.inspect(engine).has_table(counts.name):
            return Held(self.name, 0, None, None, KEPT_HOURS)
        with engine.connect() as connection:
            records, oldest = connection.execute(sa.select(sa.func.count(), sa.func.min(counts.c.day))).one()
        return Held(self.name, records, None, _hours_since(oldest, now_s) if oldest else None, KEPT_HOURS)

    def sweep(self, now_s: float) -> int:
        """Delete what is older than the reports compare."""
        engine = engine_of(self._url)
        if not sa.inspect(engine).has_table(counts.name):
            return 0
        with engine.begin() as connection:
            return int(connection.execute(sa.delete(counts).where(counts.c.day < _oldest_day(now_s))).rowcount)

    def erase(self, chat: str) -> int:
        """Nothing is of a chat."""
        return 0

    def rename(self, former: str, chat: str) -> int:
        """Nothing is of a chat."""
        return 0


def _hours_since(day: str, now_s: float) -> float:
    began = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    return round(max(0.0, now_s - began.timestamp()) / 3600, 1)


def _oldest_day(now_s: float) -> str:
    oldest = datetime.datetime.fromtimestamp(now_s, datetime.timezone.utc) - datetime.timedelta(hours=KEPT_HOURS)
    return oldest.date().isoformat()


def make_keeper(settings: Settings) -> NeedKeeper:
    """Return the keeper of the counts."""
    return NeedKeeper(settings.tracker_database_url)


register(NeedKeeper.name, make_keeper)
