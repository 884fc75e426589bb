"""Runs the dialogues of the project in the current folder with a given model, and tells what failed.

Started by :mod:`tests.mutations.run` in a copy of the project; the model may be that of the sound
project, so its domain is read anew: replies stand in the domain.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rasa.shared.core.domain import Domain

from bot.dialogues.reading import SCRIPTS, read_scripts
from bot.dialogues.results import CaseResult
from bot.dialogues.running import load_assistant, run_cases
from bot.directory.directory import directory


class Found(Exception):
    """A dialogue failed that passes in the sound project: the rest need not be run."""


def play(model: Path | None, failing: set[str] | None) -> dict[str, str]:
    """Return the names of the dialogues that failed, with their first failures.

    Args:
        model: the model to use; None: train one.
        failing: what fails anyway: the run ends with the first other dialogue that fails. None: run all.
    """
    directory()
    assistant = load_assistant(model)
    domain = Domain.load("domain.yml")
    assert assistant.processor is not None
    assistant.domain = assistant.processor.domain = domain
    assistant.nlg.responses = domain.responses
    failed: dict[str, str] = {}

    def on_result(result: CaseResult) -> None:
        if not result.passed:
            failure = result.failures[0].failure
            failed[result.case.name] = f"{failure.kind}: {failure.expected}"
            if failing is not None and result.case.name not in failing:
                raise Found(result.case.name)

    try:
        asyncio.run(run_cases(assistant, read_scripts([SCRIPTS]), on_result))
    except Found:
        pass  # what is needed stands in ``failed``
    return failed
