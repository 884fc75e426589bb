"""What the lab page works on: talks in progress, and runs of scripts."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.assistant.agent import Assistant
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Turn
from bot.clock import LATVIA, frozen
from bot.dialogues.hearing import listener_for
from bot.dialogues.history import Differences, History
from bot.dialogues.phone import Phone
from bot.dialogues.results import CaseResult, Run
from bot.dialogues.running import run_cases
from bot.dialogues.script import Case, UserInput
from bot.dialogues.writing import JudgedTurn, Judgement, write_case

MOST_TALKS = 50
MOST_RUNS = 10


class Unknown(KeyError):
    """There is no talk or run of this id; it may have been dropped."""


@dataclass
class Talk:
    """One talk on the lab page."""

    phone: Phone
    language: str | None
    now: datetime.datetime | None
    turns: list[JudgedTurn] = field(default_factory=list)

    async def do(self, user: UserInput) -> Turn:
        """Do what the person does, and note it."""
        before = dict(self.turns[-1].turn.slots) if self.turns else {}
        with frozen(self.now):
            turn = await self.phone.do(user)
        self.turns.append(JudgedTurn(user, turn, before))
        return turn

    def judge(self, index: int, judgement: Judgement | None) -> None:
        """Note what a person thinks of a turn.

        Raises:
            IndexError: there is no such turn.
        """
        turn = self.turns[index]
        self.turns[index] = JudgedTurn(turn.user, turn.turn, turn.slots_before, judgement)

    def as_case(self, name: str) -> str:
        """Return the talk as a test case, up to its last judged turn (or all of it)."""
        judged = [index for index, turn in enumerate(self.turns) if turn.judgement]
        end = judged[-1] + 1 if judged else len(self.turns)
        now = self.now.strftime("%Y-%m-%dT%H:%M") if self.now else None
        return write_case(name, self.turns[:end], self.language, now)


@dataclass
class RunInProgress:
    """A run of scripts, while and after it runs."""

    total: int
    results: list[CaseResult] = field(default_factory=list)
    run: Run | None = None
    differences: Differences = field(default_factory=Differences)
    error: str | None = None


class Laboratory:
    """Talks and runs by id; the oldest are dropped."""

    def __init__(self, assistant: Assistant, history: History):
        self.assistant = assistant
        self.history = history
        self._talks: dict[str, Talk] = {}
        self._runs: dict[str, RunInProgress] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    def begin_talk(self, language: str | None, now: datetime.datetime | None) -> str:
        """Begin a talk and return its id."""
        conversation = Conversation(self.assistant, language_code=language)
        moment = now.replace(tzinfo=LATVIA) if now and now.tzinfo is None else now
        return _keep(self._talks, Talk(Phone(conversation), language, moment), MOST_TALKS)

    def talk(self, key: str) -> Talk:
        """Return a talk.

        Raises:
            Unknown: there is none of this id.
        """
        with _unknown():
            return self._talks[key]

    def begin_run(self, cases: list[Case]) -> str:
        """Begin to run cases and return the id of the run."""
        progress = RunInProgress(len(cases))
        key = _keep(self._runs, progress, MOST_RUNS)
        task = asyncio.get_running_loop().create_task(self._run(progress, cases))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return key

    async def _run(self, progress: RunInProgress, cases: list[Case]) -> None:
        try:
            async with self._one_at_a_time:
                texts = self.history.texts
                listener = await asyncio.to_thread(listener_for, cases)
                run = await run_cases(self.assistant, cases, progress.results.append, texts, listener)
                progress.differences = self.history.differences(run)
                self.history.keep(run)
                progress.run = run
        except Exception as error:
            progress.error = f"{type(error).__name__}: {error}"
            raise

    def run(self, key: str) -> RunInProgress:
        """Return a run.

        Raises:
            Unknown: there is none of this id.
        """
        with _unknown():
            return self._runs[key]


def _keep(kept: dict[str, Any], thing: Any, most: int) -> str:
    key = secrets.token_hex(8)
    kept[key] = thing
    while len(kept) > most:
        del kept[next(iter(kept))]
    return key


@contextlib.contextmanager
def _unknown() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise Unknown(str(error)) from error
