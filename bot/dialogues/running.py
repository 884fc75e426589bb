"""Running scripted dialogues against the trained model and the real actions."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.assistant.agent import Assistant
from bot.assistant.aloud import make_audible
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Turn
from bot.assistant.training import train
from bot.clock import frozen
from bot.dialogues.assertions import Failure, HasAudio, Seen
from bot.dialogues.demo_desk import DemoDesk
from bot.dialogues.explaining import explain
from bot.dialogues.phone import CannotPlay, Phone
from bot.dialogues.remembering import remember_vectors
from bot.dialogues.results import CaseResult, Cause, Explained, PlayedTurn, Run
from bot.dialogues.script import Case, Step
from bot.directory.directory import demo_directory, use_directory
from bot.questionnaire.desk import desk_here
from bot.settings import settings
from bot.voice.listener import Listener
from bot.voice.voice import Voice

AT_ONCE = 8  # dialogues side by side; more only help where actions wait for a server
PATIENCE_S = 60.0  # a busy machine must not make a dialogue fail

_errors: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("errors", default=None)
TextsBefore = Mapping[str, list[str]]


class _ErrorListener(logging.Handler):
    """Gathers what the assistant logs of a failed turn, for the dialogue that is being run."""

    def emit(self, record: logging.LogRecord) -> None:
        errors = _errors.get()
        if errors is not None:
            errors.append(record.getMessage())


def load_assistant(model: Path | None = None, remember: bool = True) -> Assistant:
    """Load the assistant with conversations in memory only, training it first where needed.

    Args:
        model: a model file; by default that of today's content.
        remember: keep the vectors of repeated texts on disk. Only for scripts, never for what
            people write.

    Raises:
        DromError: the content or the model can't be used.
    """
    patient = settings().copy(update={"reply_timeout_s": PATIENCE_S})
    assistant = Assistant.from_settings(patient, model or train(), InMemoryTrackerStore(Domain.empty()))
    remember_vectors(assistant, settings().data_dir / "vectors.db" if remember else None)
    return assistant


async def warm_up(assistant: Assistant) -> None:
    """Have everything read that is read with the first message, so that the first dialogue is as fast as the rest."""
    await Conversation(assistant).say("labdien")


async def run_cases(
    assistant: Assistant,
    cases: Iterable[Case],
    on_result: Callable[[CaseResult], None] = lambda result: None,
    texts_before: TextsBefore | None = None,
    listener: Listener | None = None,
    voice: Voice | None = None,
) -> Run:
    """Run dialogues side by side, each in a fresh conversation.

    Args:
        assistant: who answers.
        cases: the dialogues.
        on_result: called with each result as it comes.
        texts_before: the texts of each turn in an earlier run, by the key of the case.
        listener: turns voice messages into words; without it the person is told that we can't hear.
        voice: speaks the answers of steps that are about sound; by default what the settings ask for.
    """
    cases = list(cases)
    if voice is None and any(_is_about_sound(step) for case in cases for step in case.steps):
        voice = Voice.from_settings(settings())
        try:
            return await run_cases(assistant, cases, on_result, texts_before, listener, voice)
        finally:
            await voice.close()
    begun = time.perf_counter()
    free = asyncio.Semaphore(AT_ONCE)
    errors = _ErrorListener(logging.ERROR)
    logger = logging.getLogger("bot.assistant.agent")

    async def run_one(case: Case) -> CaseResult:
        async with free:
            result = await run_case(assistant, case, (texts_before or {}).get(case.key, []), listener, voice)
        on_result(result)
        return result

    logger.addHandler(errors)
    propagate, logger.propagate = logger.propagate, False  # told in the result, not between progress lines
    try:
        results = await asyncio.gather(*(run_one(case) for case in cases))
    finally:
        logger.removeHandler(errors)
        logger.propagate = propagate
    return Run(tuple(results), time.perf_counter() - begun)


async def run_case(
    assistant: Assistant,
    case: Case,
    texts_before: list[str] | None = None,
    listener: Listener | None = None,
    voice: Voice | None = None,
) -> CaseResult:
    """Run one dialogue up to its first turn that fails."""
    begun = time.perf_counter()
    phone = Phone(Conversation(assistant, channel=case.channel, language_code=case.language), listener)
    played: list[PlayedTurn] = []
    failures: list[Explained] = []
    slots: dict[str, object] = {}
    with frozen(case.now), _made_up(case):
        for index, step in enumerate(case.steps):
            errors: list[str] = []
            token = _errors.set(errors)
            try:
                turn = await phone.do(step.user)
            except CannotPlay as problem:
                failures = [_cannot(step.line, problem)]
                played.append(PlayedTurn(step, Turn()))
                break
            finally:
                _errors.reset(token)
            if voice and _is_about_sound(step):
                await make_audible(voice, turn)
            seen = Seen(turn, slots)
            slots = turn.slots
            played.append(PlayedTurn(step, turn))
            failed = [f for f in (assertion.check(seen) for assertion in step.assertions) if f]
            if errors and not failed:
                failed = [Failure("answer", step.line, "an answer", seen.text)]
            if failed:
                before = texts_before[index] if texts_before and index < len(texts_before) else None
                failures = explain(failed, step, seen, errors[0] if errors else None, before)
                break
    return CaseResult(case, tuple(played), tuple(failures), time.perf_counter() - begun)


@contextlib.contextmanager
def _made_up(case: Case) -> Iterator[None]:
    """Play with what the dialogue asks for that is not real: mediators, and a desk that is open."""
    demo = demo_directory() if case.demo_mediators or case.demo_desk else None
    desk = DemoDesk(demo) if demo and case.demo_desk else None
    with use_directory(demo if case.demo_mediators else None), desk_here(desk):
        yield


def _is_about_sound(step: Step) -> bool:
    return any(isinstance(assertion, HasAudio) for assertion in step.assertions)


def _cannot(line: int, problem: CannotPlay) -> Explained:
    failure = Failure("user", line, problem.expected, problem.came)
    return Explained(failure, Cause("button_gone"))
