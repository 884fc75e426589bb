"""One system in a process of its own: it learns in one, and reads messages in the next.

Two processes, so that no cache that training filled makes reading look fast, and one thread in each
(``run`` sets that before the libraries are imported). Started by ``benchmarks.nlu.compare``::

    python -m benchmarks.nlu.measure train pipeline FOLDER
    python -m benchmarks.nlu.measure judge pipeline FOLDER
    python -m benchmarks.nlu.measure corpora rasa-logistic FOLDER --corpora DIR
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.nlu.corpora import measure_corpus, read_corpora
from benchmarks.nlu.examples import Example, keep_for_thresholds, read_examples
from benchmarks.nlu.systems import SYSTEMS, System
from bot.evaluation.intents import Judged, Parser, judge
from bot.evaluation.tables import read_rows
from bot.settings import ROOT

# Those with all intents; the sets of danger alone would weigh it ten times as often as people tell of it.
TEST_SETS = tuple(ROOT / "tests" / "data" / "nlu" / name for name in ("hard.tsv", "own.tsv"))
TRAINED, JUDGED = "trained.json", "judged.json"
WARM_UP = 5
THRESHOLD_EVERY = 3  # every third of the kept examples is enough for a threshold
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_INTRA_OP_PARALLELISM_THREADS",
        "TF_INTER_OP_PARALLELISM_THREADS",
    )
}
# DIET's progress then stands in the log of the training.
RASA = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "INFO", "RASA_MAX_CACHE_SIZE": "0"}
COMPUTES_WITH_TENSORFLOW = "diet"


class MeasureFailed(RuntimeError):
    """A system could not be measured; the message has the end of what it said."""


def split() -> tuple[list[Example], list[Example]]:
    """Return the project's examples to train on, and those that thresholds are fitted on."""
    from bot.nlu.embedding import unseen_by_adapter

    examples = read_examples(ROOT / "data" / "nlu")
    return keep_for_thresholds(examples, unseen_by_adapter([example.text for example in examples]))


def train(system: System, examples: Sequence[Example], folder: Path) -> dict[str, Any]:
    """Train a system; return how many examples it had and the CPU time for it, in seconds, that of processes it started too."""
    started = sum(os.times()[:4])
    with system.altered():
        system.train(examples, folder)
    return {"examples": len(examples), "cpu_s": round(sum(os.times()[:4]) - started, 1)}


def judge_messages(
    system: System,
    folder: Path,
    tests: dict[str, list[dict[str, str]]],
    held_out: Sequence[Example],
) -> dict[str, Any]:
    """Have a trained system read messages.

    Args:
        system: what was trained.
        folder: where to.
        tests: rows of labelled messages by the name of the test set.
        held_out: examples that the threshold is fitted on.

    Returns:
        ``tests``: for each set the judged messages, without their texts, and the CPU time of each in ms;
        ``held_out``: the confidence of each.
    """
    with system.altered():
        parse = system.load(folder)
        for example in held_out[:WARM_UP]:
            parse(example.text)
        results: dict[str, Any] = {"tests": {}}
        for name, rows in tests.items():
            timed = Timed(parse)
            judged = [asdict(one) | {"text": "", "ranking": one.ranking[:3]} for one in judge(rows, timed)]
            results["tests"][name] = {"judged": judged, "cpu_ms": timed.cpu_ms}
        rows = [{"text": example.text, "intent": example.intent} for example in held_out]
        results["held_out"] = [one.confidence for one in judge(rows, parse)]
    return results


class Timed:
    """A parser that notes the CPU time of each message, of all threads of this process."""

    def __init__(self, parse: Parser) -> None:
        self._parse = parse
        self.cpu_ms: list[float] = []

    def __call__(self, text: str) -> dict[str, Any]:
        """Parse a message."""
        started = time.process_time()
        parsed = self._parse(text)
        self.cpu_ms.append(round((time.process_time() - started) * 1000, 3))
        return parsed


def read_judged(stored: Sequence[dict[str, Any]]) -> list[Judged]:
    """Return stored messages as they were judged, but for their texts."""
    return [Judged(**{**one, "ranking": tuple(one["ranking"])}) for one in stored]


def run(
    task: str,
    name: str,
    folder: Path,
    model: Path | None = None,
    corpora: Path | None = None,
    from_nothing: bool = False,
) -> None:
    """Do a task of this module in a process of its own, on one thread.

    Args:
        task: ``train``, ``judge`` or ``corpora``.
        name: the system.
        folder: where its files stand.
        model: where the model to judge stands, if elsewhere.
        corpora: the folder of the corpora.
        from_nothing: with no vectors and word lists of earlier trainings.

    Raises:
        MeasureFailed: the process ended with an error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **ONE_THREAD, **RASA, "PYTHONPATH": str(ROOT)}
    if name == COMPUTES_WITH_TENSORFLOW:
        environment["DROM_TENSORFLOW"] = "1"  # read when Rasa is imported
    if from_nothing:
        environment["DROM_DATA_DIR"] = str(folder / "data")
    command = [sys.executable, "-m", "benchmarks.nlu.measure", task, name, str(folder)]
    if model:
        command += ["--model", str(model)]
    if corpora:
        command += ["--corpora", str(corpora)]
    log = folder / f"{task}.log"
    with log.open("wb") as output:
        code = subprocess.run(command, cwd=folder, env=environment, stdout=output, stderr=output).returncode
    if code != 0:
        raise MeasureFailed(f"{task} of {name} failed ({code}):\n{log.read_text(errors='replace')[-2000:]}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do one task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("train", "judge", "corpora"))
    parser.add_argument("system", choices=sorted(SYSTEMS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args(arguments)
    system, folder = SYSTEMS[options.system], options.folder
    if options.task == "corpora":
        for corpus in read_corpora(options.corpora):
            file = folder / f"{corpus.name}.json"
            if not file.exists() and not (options.system == "diet" and corpus.is_large):
                _write(file, measure_corpus(system, corpus, folder / corpus.name))
        return
    examples, held_out = split()
    if options.task == "train":
        _write(folder / TRAINED, train(system, examples, folder))
    else:
        tests = {file.name: read_rows([file], ("text", "intent")) for file in TEST_SETS}
        _write(folder / JUDGED, judge_messages(system, options.model or folder, tests, held_out[::THRESHOLD_EVERY]))


def _write(file: Path, content: dict[str, Any]) -> None:
    """Write a whole file or none: one that is there counts as done."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(file)


if __name__ == "__main__":
    main()
