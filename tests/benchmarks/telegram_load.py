"""Load: many people write to the bot at once. None may be lost, none answered twice, each chat in order.

    python -m tests.benchmarks.telegram_load [--chats 200] [--rounds 5] [--pace] [--usual REST_WEBHOOK_URL]

In each round everyone types a message and, without waiting, taps *Menu*: half of the messages are
typed, half are buttons. The time is that from the update to the `sendMessage` that answers it.

--pace   keep Telegram's pace (30 messages a second, one a second in a chat), which then is the limit;
         without it the bot's own speed is measured.
--usual  measure the usual layout instead: a plain python-telegram-bot in a process of this script's,
         which asks a Rasa server with the REST channel (DIET, TED, a separate action server; start
         them yourself, trained on the same data).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.benchmarks.telegram_server import resident_mib, running
from tests.support.telegram_api import BotApi, Phone, Shown

# As people write; a town and a number make each one new, so that no cached vector answers it.
WORDS = (
    "nav ar ko atstat berns", "kur varetu dabut darbu", "gribu iemacities metinasanu", "cik maksa autoskola",
    "мне отказали в пособии", "где найти работу без языка", "parādi krājas, ko darīt", "vajag papirus skolai",
    "нет денег на дорогу", "можно ли учиться без школы", "esmu atpakal no anglijas", "kas ir mediators",
    "how do I register", "kur pierakstities bezdarbniekos", "darba devejs nemaksa algu", "хочу открыть свое дело",
)  # fmt: skip
TOWNS = ("rīga", "ventspils", "talsi", "jelgava", "daugavpils", "valmiera", "rezekne", "tukums", "liepaja", "ogre")


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
        expected = before + 2
        while len(answers(phone)) < expected:
            if time.monotonic() - began > 300:
                return [*wrong, f"lost: {expected - len(answers(phone))} answers"]
            await asyncio.sleep(0.01)
        got = answers(phone)[before:]
        times += [one.at - began for one in got]
        if len(got) != 2 or not is_menu(got[1]) or is_menu(got[0]):
            wrong.append("out of order")
    return wrong


def is_menu(shown: Shown) -> bool:
    """Whether a message is the menu, in whatever language."""
    return any(button.get("callback_data") == "/change_language" for button in shown.buttons)


def answers(phone: Phone) -> list[Shown]:
    """Return the answers on the screen: not the keyboard at first, and the maps and telephones beside them."""
    messages = [one for one in phone.screen if one.method == "sendMessage"]
    return [one for one in messages if one is not phone.screen[0]]


async def measure(api: BotApi, chats: int, rounds: int) -> dict[str, Any]:
    """Let everyone talk at once."""
    phones = [Phone(api, 50_000 + number, random.choice(["lv", "ru", "en"])) for number in range(chats)]
    numbers = itertools.count()
    for phone in phones:  # the first answer comes with the keyboard; it is no part of what is measured
        phone.write("/start")
    while not all(answers(phone) for phone in phones):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    before = {phone.id: len(answers(phone)) for phone in phones}
    times: list[float] = []
    began = time.monotonic()
    wrong = await asyncio.gather(*(talk(phone, rounds, numbers, times) for phone in phones))
    took = time.monotonic() - began
    await asyncio.sleep(3)
    twice = sum(len(answers(phone)) - before[phone.id] - 2 * rounds for phone in phones)
    cuts = statistics.quantiles(times, n=20)
    return {
        "chats": chats,
        "messages": len(times),
        "seconds": round(took, 1),
        "messages_a_second": round(len(times) / took, 1),
        "p50_ms": round(statistics.median(times) * 1000),
        "p95_ms": round(cuts[18] * 1000),
        "twice": twice,
        "wrong": sorted(itertools.chain.from_iterable(wrong)),
        "violations": len(api.violations),
    }


@contextlib.asynccontextmanager
async def usual_layout(api: BotApi, rest_url: str) -> AsyncIterator[None]:
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
            buttons = [
                InlineKeyboardButton(button["title"], callback_data=button["payload"][:60])
                for button in reply.get("buttons", [])
                if not button["payload"].startswith(("tel:", "http"))
            ]
            buttons.append(InlineKeyboardButton("Menu", callback_data="/start_over"))
            markup = InlineKeyboardMarkup([[button] for button in buttons])
            await context.bot.send_message(update.effective_chat.id, reply.get("text") or "…", reply_markup=markup)

    application = (
        Application.builder()
        .token(api.token)
        .base_url(f"{api.url}/bot")
        .concurrent_updates(True)
        .connection_pool_size(256)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.add_handler(CallbackQueryHandler(answer))
    async with application, client:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


async def main() -> None:
    """Measure what the command line asks for, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pace", action="store_true")
    parser.add_argument("--usual", metavar="REST_WEBHOOK_URL")
    options = parser.parse_args()
    random.seed(7)
    async with BotApi() as api:
        if options.usual:
            async with usual_layout(api, options.usual):
                result = {"layout": "usual", **await measure(api, options.chats, options.rounds)}
        else:
            pace = (30, 1.0) if options.pace else (100_000, 0.0)
            with tempfile.TemporaryDirectory() as folder:
                async with running(api, Path(folder), *pace) as process:
                    result = {"layout": "drom", "pace": options.pace}
                    result |= await measure(api, options.chats, options.rounds)
                    result["resident_mib"] = round(resident_mib(process))
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    asyncio.run(main())
