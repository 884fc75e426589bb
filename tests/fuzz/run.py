"""Runs generated input through everything that reads what people send.

    .venv/bin/python -m tests.fuzz.run --inputs 100000 --talks 300 --seed 1

Prints one JSON document: how many inputs, how many broke something (with the first of them), and how much longer the
longest possible message takes than an ordinary one. Exit code 1 where something broke.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections import Counter
from typing import Any

from rich.progress import Progress

from tests.fuzz import properties
from tests.fuzz.generating import Generator

LONGEST = 4096
ALLOWED = 5.0


def fuzz(inputs: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Check ``inputs`` inputs: of ten, six messages, two updates, one button; and a sheet now and then."""
    from bot.directory.sheets import sheets

    properties.warm_up()
    logging.disable(logging.CRITICAL)
    generator = Generator(seed)
    headings = [column.id for column in sheets().mediators.columns]
    counted: Counter[str] = Counter()
    broken: list[str] = []
    with Progress(transient=True) as progress:
        for number in progress.track(range(inputs), description="Generated input"):
            place = number % 20
            kind, check, given = (
                ("update", properties.check_update, generator.update(number))
                if place < 5
                else ("button", properties.check_payload, generator.payload())
                if place < 7
                else ("sheet", properties.check_sheet, generator.sheet(headings))
                if place == 7
                else ("message", properties.check_text, generator.text())
            )
            counted[kind] += 1
            try:
                check(given)  # type: ignore[arg-type]
            except Exception as error:  # whatever breaks is what is looked for
                broken.append(f"{kind}: {type(error).__name__}: {error} in {given!r}"[:600])
    logging.disable(logging.NOTSET)
    return counted, broken


async def talk(turns: int, seed: int) -> tuple[int, list[str], dict[str, float]]:
    """Send generated messages and buttons to the trained assistant; then compare the longest message with an ordinary one."""
    from bot.asking import load_assistant_for_trying
    from bot.assistant.conversation import Conversation
    from bot.assistant.messages import UnknownButton

    assistant = load_assistant_for_trying()
    generator = Generator(seed + 1)
    broken: list[str] = []
    conversation = Conversation(assistant)
    for number in range(turns):
        if number % 8 == 0:
            conversation = Conversation(assistant)
        text = generator.payload() if number % 5 == 0 else generator.text()
        try:
            if number % 5 == 0:
                try:
                    turn = await conversation.tap(text)
                except UnknownButton:
                    continue
            else:
                turn = await conversation.say(text)
            properties.check_replies([reply.as_dict() for reply in turn.replies], text)
        except Exception as error:
            broken.append(f"talk: {type(error).__name__}: {error} in {text!r}"[:600])
    ordinary = "labdien man ir trīs bērni un nav darba, dzīvoju Talsos, kur es varu iet un vai par to kaut ko maksā"
    seconds: dict[str, float] = {}
    for name, text in (("ordinary", ordinary), ("longest", (ordinary + " ") * 60)):
        seconds[name] = min([await _seconds(Conversation(assistant), f"{text[: LONGEST - 4]} {i}") for i in range(7)])
    return turns, broken, seconds


async def _seconds(conversation: Any, text: str) -> float:
    started = time.process_time()
    await conversation.say(text)
    return time.process_time() - started


def main() -> None:
    """Run it as the module's words say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--talks", type=int, default=0, help="turns with the trained assistant")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    started = time.monotonic()
    counted, broken = fuzz(chosen.inputs, chosen.seed)
    result: dict[str, Any] = {"inputs": sum(counted.values()), "by_kind": dict(counted)}
    ratio = 0.0
    if chosen.talks:
        turns, more, seconds = asyncio.run(talk(chosen.talks, chosen.seed))
        broken += more
        ratio = seconds["longest"] / seconds["ordinary"]
        result |= {"turns": turns, "seconds": seconds, "longest_to_ordinary": round(ratio, 2)}
    result |= {"broken": len(broken), "first": broken[:10], "wall_s": round(time.monotonic() - started)}
    print(json.dumps(result, ensure_ascii=False, indent=2))
    sys.exit(1 if broken or ratio > ALLOWED else 0)


if __name__ == "__main__":
    main()
