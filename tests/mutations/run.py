"""Do the dialogues find deliberate faults? Run on demand, from the project's root:

    .venv/bin/python -m tests.mutations.run [--only WORDS] [--all] [--table FILE]

Each fault is put into a copy of the project, alone; the dialogues are run there; it is found where a
dialogue fails that passes in the sound project, or the content is refused at the start. Takes about
ten minutes. Exit code 1 where fewer than 28 of 30 (or the same share) are found.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pydantic.class_validators

import bot.assistant.rasa_start  # noqa: F401  (imported once, for every child)

# isort: split
from bot.assistant.training import model_file, train
from bot.settings import ROOT, settings
from tests.mutations.faults import FAULTS, DoesNotFit, Fault

PARTS = ("actions", "bot", "data", "tests/dialogues", "tests/__init__.py", "tests/mutations", "config.yml",
         "credentials.yml", "domain.yml", "endpoints.yml")  # fmt: skip
SHARE = 28 / 30
PATIENCE_S = 900


@dataclass(frozen=True)
class Outcome:
    """What the dialogues said to a fault."""

    fault: Fault
    is_found: bool
    how: str
    seconds: float


def copy_project(target: Path) -> None:
    """Copy what the assistant is made of, and the vectors of its examples."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    (target / "var").mkdir()
    vectors = settings().data_dir / "vectors.db"
    if vectors.is_file():
        shutil.copy2(vectors, target / "var" / "vectors.db")


def play(folder: Path, model: Path | None, failing: set[str] | None = None) -> tuple[dict[str, str] | None, str]:
    """Run the dialogues in a copy of the project, in a child that has Rasa imported already.

    Args:
        folder: the copy.
        model: the model to use; None: train one.
        failing: what fails anyway: the run ends with the first other dialogue that fails. None: run all.

    Returns:
        The failed dialogues with their first failures (None: they could not be run), and why not.
    """
    answer = folder / "answer.json"
    child = os.fork()
    if child == 0:
        _play_in_child(folder, model, failing, answer)
    end = time.monotonic() + PATIENCE_S
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None, "the run did not end"
        time.sleep(0.2)
    try:
        document = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None, "the run died"
    return document["failed"], document["problem"]


def _play_in_child(folder: Path, model: Path | None, failing: set[str] | None, answer: Path) -> None:
    """Run the dialogues with the code of ``folder``, write what came of it, and leave."""
    problem, failed = "", None
    try:
        os.chdir(folder)
        os.environ["DROM_DATA_DIR"] = str(folder / "var")
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        for name in [name for name in sys.modules if name.split(".")[0] in ("bot", "actions", "tests")]:
            del sys.modules[name]
        pydantic.class_validators._FUNCS.clear()  # it refuses to see a validator of one name twice
        sys.path[:] = [str(folder), *(part for part in sys.path if part not in ("", str(ROOT)))]
        sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in repr(finder)]
        importlib.invalidate_caches()
        failed = importlib.import_module("tests.mutations.play").play(model, failing)
    except BaseException as error:  # whatever breaks is what the fault does
        lines = str(error).strip().splitlines()
        problem = f"{type(error).__name__}: {lines[0] if lines else ''}"
    answer.write_text(json.dumps({"failed": failed, "problem": problem}, ensure_ascii=False), encoding="utf-8")
    os._exit(0)


def try_fault(fault: Fault, model: Path, failing: set[str], scratch: Path, run_all: bool) -> Outcome:
    """Put a fault into a copy and run the dialogues there.

    Args:
        fault: the fault.
        model: that of the sound project.
        failing: the dialogues that fail without any fault.
        scratch: where copies of the project are made.
        run_all: run every dialogue, so as to count how many fail.

    Raises:
        DoesNotFit: the project has changed so that the fault can't be made.
    """
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=scratch))
    copy_project(folder)
    for edit in fault.edits:
        edit.make(folder)
    failed, problem = play(folder, None if fault.retrain else model, None if run_all else failing)
    shutil.rmtree(folder)
    seconds = time.monotonic() - begun
    if failed is None:
        return Outcome(fault, True, f"refused at the start: {problem[:160]}", seconds)
    new = {name: how for name, how in failed.items() if name not in failing}
    if not new:
        return Outcome(fault, False, "no dialogue fails", seconds)
    name, how = next(iter(new.items()))
    count = f"{len(new)} fail, such as " if run_all else ""
    return Outcome(fault, True, f"{count}“{name}” ({how[:80]})", seconds)


def as_table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    lines = ["| fault | found | by |", "|---|---|---|"]
    for outcome in outcomes:
        how = outcome.how.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {outcome.fault.name} | {'yes' if outcome.is_found else '**no**'} | {how} |")
    found = sum(outcome.is_found for outcome in outcomes)
    return "\n".join([*lines, "", f"{found} of {len(outcomes)} found."]) + "\n"


def main() -> int:
    """Try every fault and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="only faults with these words in their name")
    parser.add_argument(
        "--all", action="store_true", help="run every dialogue for each fault, and count those that fail"
    )
    parser.add_argument("--table", type=Path, help="write the Markdown table here too")
    arguments = parser.parse_args()
    faults = [fault for fault in FAULTS if not arguments.only or arguments.only in fault.name]
    with tempfile.TemporaryDirectory(prefix="drom-mutations-") as name:
        scratch = Path(name)
        train()
        model = scratch / "sound.tar.gz"
        shutil.copy2(model_file(), model)
        sound = scratch / "sound"
        copy_project(sound)
        failing, problem = play(sound, model)
        if failing is None:
            sys.exit(f"The dialogues can't be run in the sound project: {problem}")
        if failing:
            print(f"{len(failing)} dialogues fail without any fault and don't count: {', '.join(failing)}", flush=True)
        outcomes: list[Outcome] = []
        unfit = 0
        for fault in faults:
            try:
                outcome = try_fault(fault, model, set(failing), scratch, arguments.all)
            except DoesNotFit as error:
                unfit += 1
                print(f"?  {fault.name}: does not fit the project any more ({error}); mend faults.py", flush=True)
                continue
            outcomes.append(outcome)
            print(
                f"{'✓' if outcome.is_found else '✗'}  {fault.name}: {outcome.how} ({outcome.seconds:.0f} s)", flush=True
            )
    table = as_table(outcomes)
    print("\n" + table)
    if arguments.table:
        arguments.table.write_text(table, encoding="utf-8")
    found = sum(outcome.is_found for outcome in outcomes)
    return int(bool(unfit) or not outcomes or found / len(outcomes) < SHARE)


if __name__ == "__main__":
    sys.exit(main())
