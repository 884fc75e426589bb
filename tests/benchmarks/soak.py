"""Soak: the bot answers 20,000 messages; its memory must not grow by more than 5 % after the first 1,000.

    python -m tests.benchmarks.soak [--messages 20000] [--chats 40]

Half of the messages are typed, half are buttons; each chat sends its next one when it has its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import tempfile
import time
from pathlib import Path

from tests.benchmarks.telegram_load import answers, wording
from tests.benchmarks.telegram_server import resident_mib, running
from tests.support.telegram_api import BotApi, Phone

FIRST = 1_000
MAX_GROWTH = 0.05


async def talk(phone: Phone, numbers: itertools.count[int], last: int) -> None:
    """Write and tap by turns until enough is written by all."""
    while (number := next(numbers)) < last:
        before = len(answers(phone))
        if number % 2:
            phone.tap("/start_over")
        else:
            phone.write(wording(number))
        while len(answers(phone)) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        del phone.screen[1:-2]  # this process must not grow either


async def main() -> None:
    """Run it, and print the memory at each thousand messages as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--chats", type=int, default=40)
    options = parser.parse_args()
    random.seed(7)
    resident: dict[int, float] = {}
    began = time.monotonic()
    async with BotApi() as api:
        with tempfile.TemporaryDirectory() as folder:
            async with running(api, Path(folder), 100_000, 0.0) as process:
                phones = [Phone(api, 60_000 + number) for number in range(options.chats)]
                for phone in phones:
                    phone.write("/start")
                while not all(answers(phone) for phone in phones):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                numbers = itertools.count()
                for thousand in range(FIRST, options.messages + 1, FIRST):
                    numbers = itertools.count(thousand - FIRST)
                    await asyncio.gather(*(talk(phone, numbers, thousand) for phone in phones))
                    api.calls.clear()
                    resident[thousand] = round(resident_mib(process), 1)
                    print(thousand, resident[thousand], flush=True)
    growth = max(resident.values()) / resident[FIRST] - 1
    minutes = round((time.monotonic() - began) / 60, 1)
    print(json.dumps({"resident_mib": resident, "growth": round(growth, 4), "minutes": minutes}))
    if growth > MAX_GROWTH:
        raise SystemExit(f"Memory grew by {growth:.1%}.")


if __name__ == "__main__":
    asyncio.run(main())
