"""Looks for input that breaks something, led by which code it reaches (atheris, which is libFuzzer).

    .venv/bin/python -m tests.fuzz.guided --seconds 60                      every target, a minute each
    .venv/bin/python -m tests.fuzz.guided --target redaction --seconds 300 --json

What breaks something is kept below tests/fuzz/found/, shortened, and from then on replayed by tests/unit/test_fuzz.py.
Exit code 1 where something broke, 2 where it can't run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.fuzz.generating import PIECES, ROOT

FOUND = Path(__file__).parent / "found"
LOCK = "tests/fuzz/requirements.lock"
REMEDY = (
    "The coverage-guided fuzzer needs atheris, which is no dependency of Drom (wheels for Linux on x86-64). Install it:\n"
    f"  uv pip install --python .venv/bin/python --require-hashes -r {LOCK}\n"
    f"  (without uv: .venv/bin/python -m pip install --require-hashes -r {LOCK})"
)
TARGETS = (
    "folding", "redaction", "places", "understanding", "questionnaire", "rendering", "inline", "update", "button", "link",
    "page", "headers", "sheet", "workbook", "script", "desk",
)  # fmt: skip
STARTING_S = 300  # for importing, warming up and reading the corpus
_DONE = re.compile(r"^#\d+\s+(?:DONE|pulse|NEW|REDUCE|INITED|RELOAD)\s+cov: (?P<edges>\d+)", re.MULTILINE)
_COUNTERS = re.compile(r"\((?P<all>\d+) inline 8-bit counters\)")
_UNITS = re.compile(r"stat::number_of_executed_units:\s+(?P<units>\d+)")


class CanNotRun(Exception):
    """Fuzzing a target failed; the message says how."""


@dataclass
class Result:
    """What came of one target.

    Attributes:
        inputs: how many were tried.
        edges: of the instrumented code, how many were reached.
        broken: what broke: why, the file that is kept, the input.
    """

    target: str
    inputs: int
    edges: int
    wall_s: int
    broken: list[dict[str, str]] = field(default_factory=list)


def fuzz(target: str, seconds: int, seed: int, found: Path = FOUND) -> Result:
    """Fuzz one target.

    Raises:
        CanNotRun: the process ended before its time, by something else than an input.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drom-fuzz-") as name:
        folder = Path(name)
        corpus, words, report = folder / "corpus", folder / "words.dict", folder / "report.jsonl"
        corpus.mkdir()
        words.write_text("".join(f'"{_escaped(piece)}"\n' for piece in PIECES), encoding="ascii")
        command = [
            *(sys.executable, "-m", "tests.fuzz.steered", target, "--seconds", str(seconds), "--seed", str(seed)),
            *("--corpus", str(corpus), "--words", str(words), "--found", str(found / target), "--report", str(report)),
        ]
        with (folder / "log").open("wb") as log:
            done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, timeout=seconds + STARTING_S)
        said = (folder / "log").read_text(encoding="utf-8", errors="replace")
        broken = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    units, edges = _UNITS.search(said), _DONE.findall(said)
    if units is None or not edges or done.returncode != 0:
        raise CanNotRun(f"{target}: the process ended with {done.returncode}:\n{said[-3000:]}")
    latest = {one["file"]: one for one in broken}  # the shortest input of each comes last
    wall_s = round(time.monotonic() - started)
    return Result(target, int(units["units"]), int(edges[-1]), wall_s, list(latest.values()))


def _escaped(piece: str) -> str:
    """Return a piece as libFuzzer's dictionaries are written."""
    return "".join(f"\\x{byte:02x}" for byte in piece.encode("utf-8", "surrogatepass"))


def _show(results: list[Result]) -> None:
    table = Table("target", "inputs", "edges", "seconds", "broken")
    for result in results:
        row = (result.target, f"{result.inputs:,}", f"{result.edges:,}", str(result.wall_s), str(len(result.broken)))
        table.add_row(*row)
    screen = Console()
    screen.print(table)
    for result in results:
        for broken in result.broken:
            screen.print(
                f"{result.target}: {broken['why']} in {FOUND.name}/{result.target}/{broken['file']}", markup=False
            )
            screen.print(f"  {broken['input']}", markup=False)


def main() -> None:
    """Run it as the module's words say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=TARGETS, action="append", help="one of them; every one by default")
    parser.add_argument("--seconds", type=int, default=60, help="for each target, after it has started")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON document, and nothing else")
    chosen = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print(REMEDY, file=sys.stderr)
        sys.exit(2)
    targets = chosen.target or TARGETS
    shown = Console(stderr=True)
    try:
        results = [
            fuzz(target, chosen.seconds, chosen.seed)
            for target in track(targets, "Targets", console=shown, transient=True)
        ]
    except CanNotRun as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    if chosen.json:
        document: dict[str, Any] = {
            "inputs": sum(result.inputs for result in results),
            "broken": sum(len(result.broken) for result in results),
            "targets": [asdict(result) for result in results],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _show(results)
    sys.exit(1 if any(result.broken for result in results) else 0)


if __name__ == "__main__":
    main()
