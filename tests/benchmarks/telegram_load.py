"""Load: many people write to the bot at once. None may be lost, none answered twice, each chat in order.

    python -m tests.benchmarks.telegram_load                   # 200 chats, 2,000 messages
    python -m tests.benchmarks.telegram_load --layout both     # the usual layout too, in one run, with the ratio
    python -m tests.benchmarks.telegram_load --pace            # at Telegram's pace, which then is the limit
    python -m tests.benchmarks.telegram_load --chats 20 --messages 200 --layout both      # to try it

In each round everyone types a message that nobody wrote before and, without waiting, taps *Menu*:
half of the messages are typed, half are buttons. The time is that from the update to the
`sendMessage` that answers it. Without ``--pace`` the bot's own speed is measured.

The usual layout is a plain python-telegram-bot (in the process of this script) in front of Rasa's
server with DIET, TED and the REST channel, and a separate action server, trained on the same data
(``tests/benchmarks/usual_layout.py``; train it before: ``python -m tests.benchmarks.usual_layout --train``).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import usual_layout
from tests.benchmarks.telegram_server import cpu_s, resident_mib, running
from tests.support.telegram_api import BotApi, Phone, Shown

# As people write; a town and a number make each one new, so that no cached vector answers it.
WORDS = (
    "nav ar ko atstat berns", "kur varetu dabut darbu", "gribu iemacities metinasanu", "cik maksa autoskola",
    "мне отказали в пособии", "где найти работу без языка", "parādi krājas, ko darīt", "vajag papirus skolai",
    "нет денег на дорогу", "можно ли учиться без школы", "esmu atpakal no anglijas", "kas ir mediators",
    "how do I register", "kur pierakstities bezdarbniekos", "darba devejs nemaksa algu", "хочу открыть свое дело",
)  # fmt: skip
TOWNS = ("rīga", "ventspils", "talsi", "jelgava", "daugavpils", "valmiera", "rezekne", "tukums", "liepaja", "ogre")

PATIENCE_S = 150.0  # an answer that takes longer is lost


def wording(number: int) -> str:
    """Return a message that nobody wrote before."""
    return f"{random.choice(WORDS)} {random.choice(TOWNS)} {number}"


async def talk(phone: Phone, rounds: int, numbers: itertools.count[int], times: list[float]) -> list[str]:
    """Write and tap; note how long each answer took; return what was wrong."""
    wrong: list[str] = []
    for _ in range(rounds):
        before = len(answers(phone))
        began = time.monotonic()
        phone.write(wording(next(numbers)))
        phone.tap("/start_over")
        while len(answers(phone)) < before + 2:
            if time.monotonic() - began > PATIENCE_S:
                return [*wrong, f"lost: {before + 2 - len(answers(phone))} answers"]
            await phone.changes(began + PATIENCE_S + 1)  # asking again and again would take what is measured
        got = answers(phone)[before:]
        times += [one.at - began for one in got]
        if len(got) != 2 or not is_menu(got[1]):  # what was typed may lead to the menu too
            wrong.append("out of order")
    return wrong


def is_menu(shown: Shown) -> bool:
    """Whether a message is the menu, in whatever language."""
    return any(button.get("callback_data") == "/change_language" for button in shown.buttons)


def answers(phone: Phone) -> list[Shown]:
    """Return the answers on the screen: not the keyboard at first, and the maps and telephones beside them."""
    return [one for one in phone.screen if one.method == "sendMessage" and "keyboard" not in one.markup]


async def measure(
    api: BotApi, chats: int, messages: int, processes: Sequence[subprocess.Popen[bytes]]
) -> dict[str, Any]:
    """Let everyone talk at once; the processor time is that of the given processes together."""
    phones = [Phone(api, 50_000 + number, random.choice(["lv", "ru", "en"])) for number in range(chats)]
    numbers = itertools.count()
    for phone in phones:  # the first answer comes with the keyboard; it is no part of what is measured
        phone.write("/start")
    began = time.monotonic()
    while not all(answers(phone) for phone in phones):  # noqa: ASYNC110
        if time.monotonic() - began > PATIENCE_S:
            raise RuntimeError("the bot does not answer /start")
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    rounds = max(1, messages // (2 * chats))
    before = {phone.id: len(answers(phone)) for phone in phones}
    times: list[float] = []
    cpu_before = sum(map(cpu_s, processes))
    began = time.monotonic()
    wrong = await asyncio.gather(*(talk(phone, rounds, numbers, times) for phone in phones))
    took = max(one.at for phone in phones for one in answers(phone)) - began
    cpu_used = sum(map(cpu_s, processes)) - cpu_before
    await asyncio.sleep(3)
    surplus = sum(max(0, len(answers(phone)) - before[phone.id] - 2 * rounds) for phone in phones)
    cuts = statistics.quantiles(times, n=20)
    return {
        "chats": chats,
        "messages": 2 * rounds * chats,
        "answered": len(times),
        "seconds": round(took, 1),
        "messages_a_second": round(len(times) / took, 1),
        "cpu_ms_a_message": round(cpu_used * 1000 / max(1, len(times)), 1),
        "p50_ms": round(statistics.median(times) * 1000),
        "p95_ms": round(cuts[18] * 1000),
        "lost": 2 * rounds * chats - len(times),
        "twice": surplus,
        "out_of_order": sum(each.count("out of order") for each in wrong),
        "violations": len(api.violations),
    }


@contextlib.asynccontextmanager
async def plain_bot(api: BotApi, rest_url: str) -> AsyncIterator[None]:
    """Run python-telegram-bot as its guide shows, in front of Rasa's REST channel."""
    import httpx
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

    client = httpx.AsyncClient(timeout=300, limits=httpx.Limits(max_connections=100))

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query:
            await query.answer()
        assert update.effective_chat is not None
        words = query.data if query else (update.message.text if update.message else "")
        if words == "/start":
            words = "/greet"
        message = {"sender": str(update.effective_chat.id), "message": words}
        for reply in (await client.post(rest_url, json=message)).json():
            if not reply.get("text"):
                continue  # what an action says beside its words comes as a message of its own
            buttons = [
                InlineKeyboardButton(button["title"], callback_data=button["payload"][:60])
                for button in reply.get("buttons", [])
                if not button["payload"].startswith(("tel:", "http"))
            ]
            buttons.append(InlineKeyboardButton("Menu", callback_data="/start_over"))
            markup = InlineKeyboardMarkup([[button] for button in buttons])
            await context.bot.send_message(update.effective_chat.id, reply["text"], reply_markup=markup)

    application = (
        Application.builder()
        .token(api.token)
        .base_url(f"{api.url}/bot")
        .concurrent_updates(True)
        .connection_pool_size(256)
        .pool_timeout(60)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.add_handler(CallbackQueryHandler(answer))
    async with application, client:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        # Asked once before it counts: Rasa reads some of its parts at the first message.
        await client.post(rest_url, json={"sender": "warm", "message": "labdien"})
        yield
        await application.updater.stop()
        await application.stop()


async def measure_drom(chats: int, messages: int, has_pace: bool) -> dict[str, Any]:
    """Measure this project's bot."""
    pace = (30, 1.0) if has_pace else (100_000, 0.0)
    async with BotApi() as api:
        with tempfile.TemporaryDirectory() as folder:
            async with running(api, Path(folder), *pace) as process:
                result = await measure(api, chats, messages, [process])
                return {**result, "pace": has_pace, "resident_mib": round(resident_mib(process))}


async def measure_usual(chats: int, messages: int) -> dict[str, Any]:
    """Measure the usual layout."""
    async with BotApi() as api:
        with tempfile.TemporaryDirectory() as folder:
            async with usual_layout.running(Path(folder)) as (url, processes), plain_bot(api, url):
                result = await measure(api, chats, messages, processes)
                result.pop("violations")  # a plain bot keeps no pace, and is not measured by one
                return {**result, "resident_mib": round(sum(map(resident_mib, processes)))}


async def main() -> None:
    """Measure what the command line asks for, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--pace", action="store_true")
    parser.add_argument("--layout", choices=["drom", "usual", "both"], default="drom")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    if options.layout in ("drom", "both"):
        random.seed(7)
        result["drom"] = await measure_drom(options.chats, options.messages, options.pace)
    if options.layout in ("usual", "both"):
        random.seed(7)
        result["usual"] = await measure_usual(options.chats, options.messages)
    if options.layout == "both":
        drom, usual = result["drom"], result["usual"]
        result["ratio"] = {
            "messages_a_second": round(drom["messages_a_second"] / usual["messages_a_second"], 2),
            "cpu_a_message": round(drom["cpu_ms_a_message"] / usual["cpu_ms_a_message"], 3),
            "p50": round(drom["p50_ms"] / usual["p50_ms"], 3),
            "p95": round(drom["p95_ms"] / usual["p95_ms"], 3),
        }
    print(json.dumps(result, ensure_ascii=False, indent=2))
    bad = {name: result["drom"][name] for name in ("lost", "twice", "out_of_order") if "drom" in result}
    if any(bad.values()):
        raise SystemExit(f"Messages were lost, repeated or out of order: {bad}")


if __name__ == "__main__":
    asyncio.run(main())
