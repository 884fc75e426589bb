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
from bot.dialogues.running import load_assistant, run_cases
from bot.directory.directory import directory


def play(model: Path | None) -> dict[str, str]:
    """Return the names of the dialogues that failed, with their first failures.

    Args:
        model: the model to use; None: train one.
    """
    directory()
    assistant = load_assistant(model)
    domain = Domain.load("domain.yml")
    assert assistant.processor is not None
    assistant.domain = assistant.processor.domain = domain
    assistant.nlg.responses = domain.responses
    run = asyncio.run(run_cases(assistant, read_scripts([SCRIPTS])))
    return {r.case.name: f"{r.failures[0].failure.kind}: {r.failures[0].failure.expected}" for r in run.failed}
