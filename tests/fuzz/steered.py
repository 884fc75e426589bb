"""One run of the coverage-guided fuzzer on one target, in a process of its own: libFuzzer ends it when it is done.

``python -m tests.fuzz.guided`` starts it, and reads what it wrote.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

SLOW_S = 10.0  # of processor time for one input: instrumented code is several times slower than the product's
MEMORY_MB = 6000  # Rasa and TensorFlow are in it
SHRINKING_TRIES = 150
PALETTE: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**30, 1e308, "", "x", "/restart", '/inform_place{"place":"<b>"}', "\ud83d",
    "\u0000", [], {}, [[]], [{}], {"a": {}}, "²", "112", "9" * 400, " ", "\u202e", "<b>",
)  # fmt: skip


class Failures:
    """Keeps the shortest input for each way in which something broke.

    Args:
        check: the target.
        folder: where the inputs are kept, one file each.
        report: a file of one JSON document a line, which outlives the process.
    """

    def __init__(self, check: Callable[[bytes], None], folder: Path, report: Path):
        self._check = check
        self._folder = folder
        self._report = report
        self._shortest: dict[str, bytes] = {}

    def run(self, data: bytes) -> None:
        """Check an input, and keep it where it is the first, or the shortest, that breaks something so."""
        why = self._why(data)
        if why is None:
            return
        known = self._shortest.get(why)
        if known is not None and len(known) <= len(data):
            return
        shrunk = data if known is not None else self._shrunk(data, why)
        self._shortest[why] = shrunk
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / hashlib.sha256(why.encode()).hexdigest()[:12]
        path.write_bytes(shrunk)
        with self._report.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"why": why, "file": path.name, "input": repr(shrunk[:200])}) + "\n")

    def _why(self, data: bytes) -> str | None:
        """Return what is broken, told alike for inputs that break it alike; None where all is well."""
        started = time.process_time()
        try:
            self._check(data)
        except Exception as error:
            places = [frame for frame in traceback.extract_tb(error.__traceback__) if "/bot/" in frame.filename]
            place = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else "the check"
            what = str(error).split(":", maxsplit=1)[0] if type(error).__name__ == "Violated" else ""
            return f"{type(error).__name__} {what} at {place}".replace("  ", " ")
        return "too slow" if time.process_time() - started > SLOW_S else None

    def _shrunk(self, data: bytes, why: str) -> bytes:
        """Return a shorter input that breaks the same, by leaving out pieces of it."""
        size, tries = len(data) // 2, 0
        while size and tries < SHRINKING_TRIES:
            start = 0
            while start < len(data) and tries < SHRINKING_TRIES:
                tries += 1
                shorter = data[:start] + data[start + size :]
                if self._why(shorter) == why:
                    data = shorter
                else:
                    start += size
            size //= 2
        return data


def change_json(data: bytes, longest: int, seed: int) -> bytes:
    """Change one value of a JSON document, its key, or its place; now and then its bytes."""
    chance = random.Random(seed)
    try:
        document = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return bytes(atheris.Mutate(data, longest))
    if chance.random() < 0.25:
        return bytes(atheris.Mutate(data, longest))
    places = list(_places(document))
    if not places:
        return bytes(json.dumps(chance.choice(PALETTE)).encode()[:longest])
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        holder, key = chance.choice(places)
        change = chance.random()
        if change < 0.35 and isinstance(holder[key], str):
            holder[key] = bytes(atheris.Mutate(holder[key].encode("utf-8", "replace"), 300)).decode("utf-8", "replace")
        elif change < 0.7:
            holder[key] = chance.choice(PALETTE)
        elif change < 0.85:
            other, other_key = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[other_key]))
        elif isinstance(holder, dict):
            holder[chance.choice([*holder, "new"])] = holder[key]
    return json.dumps(document).encode()[:longest]


def _places(node: Any, depth: int = 0) -> Any:
    """Yield every value of a document as the list or object that holds it, and where."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        if depth < 20:
            yield from _places(node[key], depth + 1)


def main() -> None:
    """Fuzz one target until the time is over; libFuzzer ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--found", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["bot", "actions"]):
        from tests.fuzz.properties import warm_up
        from tests.fuzz.targets import TARGETS

        target = TARGETS[chosen.target]
        failures = Failures(target.check, chosen.found, chosen.report)
        warm_up()
        for number, seed in enumerate(target.seeds()):
            (chosen.corpus / f"{number:05}").write_bytes(seed[: target.longest])
        for path in sorted(chosen.corpus.iterdir())[:20]:  # what is imported at first use is instrumented too
            failures.run(path.read_bytes())
    arguments = [
        sys.argv[0],
        str(chosen.corpus),
        f"-max_total_time={chosen.seconds}",
        f"-max_len={target.longest}",
        f"-seed={chosen.seed}",
        f"-dict={chosen.words}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={chosen.corpus.parent}/",
        "-timeout=120",
        "-len_control=40",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    custom = {"custom_mutator": change_json} if target.is_json else {}
    atheris.Setup(arguments, failures.run, **custom)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
