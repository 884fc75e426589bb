"""Our own dialogues pass: each is a test of its own, all are run once."""

from __future__ import annotations

import asyncio

import pytest

from bot.dialogues.reading import SCRIPTS, read_scripts
from bot.dialogues.script import Case

pytestmark = pytest.mark.model

CASES = read_scripts([SCRIPTS])
LEAST = 120


@pytest.fixture(scope="session")
def results(model):
    """The result of every dialogue, by the key of its case."""
    from bot.dialogues.running import load_assistant, run_cases

    run = asyncio.run(run_cases(load_assistant(model, remember=False), CASES))
    return {result.case.key: result for result in run.results}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_dialogue(case: Case, results):
    from bot.dialogues.telling import tell_failures, transcript

    result = results[case.key]
    assert result.passed, f"\n{transcript(result)}\n{tell_failures(result)}"


def test_there_are_enough_dialogues_in_each_language():
    assert len(CASES) >= LEAST
    for language in ("lv", "ru", "en"):
        assert sum(case.language == language for case in CASES) >= LEAST // 4


def test_no_two_dialogues_have_the_same_name():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
