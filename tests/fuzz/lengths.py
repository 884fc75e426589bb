"""How much longer the longest message takes than an ordinary one, whatever it is made of.

    .venv/bin/python -m tests.fuzz.lengths [--assistant] [--json]

For each function that reads what people write: milliseconds for 4,096 characters, and how many times longer they take
than half of them (2: linear; 4: quadratic). With --assistant: whole turns of the trained assistant, as a ratio to an
ordinary message in the same run. A measurement, not a test: nothing fails, the figures stand in docs/faults.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.fuzz import properties

LONGEST = 4096
REPEATS = 3
ORDINARY = "labdien man ir trīs bērni un nav darba, dzīvoju Talsos, kur es varu iet un vai par to kaut ko maksā"
# Rows of these fill a message: what the parts look for, and what is hard to take apart.
ROWS = {
    "ordinary words": ORDINARY + " ",
    "numbers": "26123456 ",
    "one number": "7",
    "numbers with spaces": "1 2 ",
    "number words": "divdesmit trīs ",
    "signs of an address": "@",
    "addresses of mail": "a.b@c.d ",
    "nearly addresses of mail": "janis at inbox dot ",
    "addresses of homes": "Brīvības iela 12-34 ",
    "names": "Jānis Bērziņš ",
    "introductions": "mani sauc ",
    "towns": "Talsi Tukums Rīga Ventspils ",
    "towns with prepositions": "no Talsiem uz Rīgu ",
    "mistyped towns": "Talssi Vemtspils ",
    "towns taken back": "ne Talsi, bet Rīga, ",
    "one letter": "a",
    "one long word": "bērnudārzs",
    "one long Russian word": "переосвидетельствование",
    "hyphens": "a-",
    "apostrophes": "a'",
    "combining marks": "a\u0301\u0302\u0323",
    "only combining marks": "\u0301",
    "nested markup": "<b>[[{(",
    "payloads": '/inform_place{"place":"',
    "right to left": "שלום ‮",
    "emoji families": "👩‍👧‍👦",
    "dots": ".",
    "lines": "a\n",
    "questions": "kur? ",
    "danger": "viņš mani sit, ",
    "language": "по-русски in english latviski ",
    "digits that are none": "²",
}


def messages(length: int = LONGEST) -> dict[str, str]:
    """Return a message of each kind, so many characters long."""
    return {name: (row * (length // len(row) + 1))[:length] for name, row in ROWS.items()}


def functions() -> dict[str, Callable[[str], object]]:
    """Return what reads a message, by name."""
    return {
        "folding": properties.check_folding,
        "redaction": properties.redact,
        "places": properties.find_places,
        "danger": properties.find_danger,
        "language": properties.identify_language,
        "clauses": properties.split_clauses,
        "spelling": lambda text: properties.restore(text, None),
        "questionnaire": properties.check_answers,
        "rendering": properties.check_rendering,
        "inline": lambda text: properties.check_inline(text[:256], "lv"),
    }


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Return, by function and kind of message, its milliseconds and its growth from half the length."""
    properties.warm_up()
    whole, half = messages(), messages(LONGEST // 2)
    result: dict[str, dict[str, dict[str, float]]] = {}
    for name, function in track(functions().items(), "Functions", console=Console(stderr=True), transient=True):
        function(ORDINARY)
        ordinary = _seconds(function, ORDINARY)
        result[name] = {"ordinary": {"ms": round(1000 * ordinary, 2)}}
        for kind in ROWS:
            short, long = _seconds(function, half[kind]), _seconds(function, whole[kind])
            growth = long / short if short > 0.0005 else 0.0  # below, the clock says nothing
            result[name][kind] = {"ms": round(1000 * long, 2), "growth": round(growth, 1)}
    return result


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Return the least of several times of the processor."""
    least = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        function(text)
        least = min(least, time.process_time() - started)
        if least > 1:
            break
    return least


async def measure_assistant() -> dict[str, float]:
    """Return, by kind of message, how many times longer a whole turn takes than that of an ordinary message."""
    from bot.asking import load_assistant_for_trying
    from bot.assistant.conversation import Conversation

    assistant = load_assistant_for_trying()

    async def seconds(text: str) -> float:
        least = float("inf")
        for number in range(REPEATS):  # another text each time: what was understood is remembered
            conversation = Conversation(assistant)
            started = time.process_time()
            await conversation.say(f"{text[: LONGEST - 4]} {number}")
            least = min(least, time.process_time() - started)
        return least

    await seconds(ORDINARY)
    ordinary = min([await seconds(f"{ORDINARY} {word}") for word in ("jā", "lūdzu", "šodien")])
    return {kind: round(await seconds(text) / ordinary, 2) for kind, text in messages().items()}


def main() -> None:
    """Run it as the module's words say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assistant", action="store_true", help="whole turns too; needs the trained model")
    parser.add_argument("--json", action="store_true", help="one JSON document, and nothing else")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    result: dict[str, Any] = {"functions": measure()}
    if chosen.assistant:
        result["turns"] = asyncio.run(measure_assistant())
    if chosen.json:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        return
    table = Table("function", "ordinary ms", "slowest kind", "ms", "steepest kind", "growth")
    for name, kinds in result["functions"].items():
        slowest = max(ROWS, key=lambda kind: kinds[kind]["ms"])
        steepest = max(ROWS, key=lambda kind: kinds[kind]["growth"])
        row = (kinds["ordinary"]["ms"], slowest, kinds[slowest]["ms"], steepest, kinds[steepest]["growth"])
        table.add_row(name, *map(str, row))
    Console().print(table)
    if chosen.assistant:
        turns = Table("4,096 characters of", "times an ordinary message")
        for kind, ratio in sorted(result["turns"].items(), key=lambda entry: -entry[1]):
            turns.add_row(kind, str(ratio))
        Console().print(turns)


if __name__ == "__main__":
    main()
