"""A long talk: the 60th message of a talk must take no longer than the 1st (at most 1.2 times).

    python -m tests.benchmarks.long_talk [--messages 60] [--talks 8] [--json]

Rasa reads the whole session each turn. Sessions are short here (DROM_SESSION_TURNS), and this shows
whether that holds. Talks are held side by side through the assistant with its database, half of the
messages typed and half buttons; the time is the processor's, so that a busy machine matters less. The
first ten messages are compared with the last ten, typed with typed and buttons with buttons.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from typing import Any

FIRST = LAST = 10
MAX_RATIO = 1.2


async def measure(messages: int, talks: int) -> dict[str, Any]:
    """Hold the talks; return the milliseconds of processor time at their beginning and end."""
    from bot.assistant.agent import Assistant
    from bot.assistant.conversation import Conversation
    from bot.settings import settings
    from tests.benchmarks.telegram_load import wording

    assistant = Assistant.from_settings(settings())
    warm = Conversation(assistant, "warm", "telegram", "lv")
    for number in range(10):
        await warm.say(wording(number))
        await warm.tap("/start_over")
    times: list[list[float]] = [[] for _ in range(messages)]
    for talk in range(talks):
        conversation = Conversation(assistant, f"talk{talk}", "telegram", "lv")
        for number in range(messages):
            words = wording(1000 * (talk + 1) + number)
            began = time.process_time()
            await (conversation.tap("/start_over") if number % 2 else conversation.say(words))
            times[number].append((time.process_time() - began) * 1000)
    first = statistics.median(value for each in times[:FIRST] for value in each)
    last = statistics.median(value for each in times[-LAST:] for value in each)
    by_ten = [
        round(statistics.median(value for each in times[start : start + 10] for value in each), 1)
        for start in range(0, messages, 10)
    ]
    return {"messages": messages, "talks": talks, "cpu_ms_by_ten": by_ten, "ratio": round(last / first, 3)}


def main() -> None:
    """Measure what the command line asks for; exit 1 where the end takes too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--talks", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    random.seed(7)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DROM_DATA_DIR"] = folder
        result = asyncio.run(measure(options.messages, options.talks))
    if options.json:
        print(json.dumps(result))
    else:
        print(f"Processor time of a message, in ms, by ten messages: {result['cpu_ms_by_ten']}")
        print(f"The last ten against the first ten: {result['ratio']}")
    if result["ratio"] > MAX_RATIO:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
