"""Load of the page's replicas on PostgreSQL and Redis: messages a second, and how long an answer takes at half of that.

    python -m tests.benchmarks.servers_load                          # SQLite, then PostgreSQL and Redis, 1 and 2 replicas
    python -m tests.benchmarks.servers_load --replicas 2 --seconds 60 --json

Each visitor is sent to a replica by a hash of the cookie, as deploy/proxy/nginx.conf does. First everybody writes again
as soon as they have an answer: so many messages a second are sustained. Then they write at half of that pace, whatever
the answers do: that is how long people wait on an ordinary busy day. Half of the messages are typed and new, half are
the menu. PostgreSQL waits for the disk at each commit. The page's visitors, the servers and all replicas share the
machine's processor. Exit code 1: a message got no answer, or an apology.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import redis
import sqlalchemy as sa
from rich.console import Console

from bot.directory.directory import help_line_number
from bot.languages import LANGUAGES
from bot.texts import text
from tests.benchmarks.telegram_load import wording
from tests.conftest import Server, free_port
from tests.support import postgres
from tests.support.redis_server import RedisServer

screen = Console(stderr=True, highlight=False)
UNLIMITED = {"DROM_WEB_PER_MINUTE": "1000000", "DROM_WEB_ADDRESS_PER_MINUTE": "10000000"}
APOLOGIES = {text("channels", "apology", code, line=help_line_number("nva")) for code in LANGUAGES}
WARM_S = 5.0


@dataclass
class Visitor:
    """Somebody on the page.

    Attributes:
        url: the replica that the cookie leads to.
        cookie: as the page set it.
        number: how many messages were sent.
    """

    url: str
    cookie: str
    number: int = 0


@dataclass
class Count:
    """What became of the messages of one measurement."""

    times: list[float] = field(default_factory=list)
    apologies: int = 0
    failed: int = 0


@contextlib.asynccontextmanager
async def servers(replicas: int, has_servers: bool) -> AsyncIterator[tuple[list[Server], dict[str, str]]]:
    """Run replicas on PostgreSQL and Redis, or one on SQLite, until the end of the block; yield also their settings."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drom-load-")))
        environment = dict(UNLIMITED)
        if has_servers:
            locks = RedisServer(free_port()).start()
            stack.callback(locks.stop)
            url = stack.enter_context(postgres.cluster(free_port(), is_durable=True))
            environment |= {"DROM_DATABASE_URL": url, "DROM_REDIS_URL": locks.url}
        running: list[Server] = []
        for number in range(replicas):
            server = Server(folder, **environment)
            server.log = folder / f"{number}.log"
            stack.callback(server.stop)
            running.append(await asyncio.to_thread(server.start))
        yield running, environment


async def arrive(session: aiohttp.ClientSession, urls: list[str], count: int) -> list[Visitor]:
    """Open the page for each visitor, and find the replica of each."""
    visitors = []
    for _ in range(count):
        async with session.get(urls[0] + "/") as page:
            cookie = page.headers["Set-Cookie"].split(";")[0]
        visitors.append(Visitor(urls[zlib.crc32(cookie.encode()) % len(urls)], cookie))
    return visitors


async def send(session: aiohttp.ClientSession, visitor: Visitor, numbers: itertools.count[int], count: Count) -> None:
    """Send the next message of a visitor, and count its answer."""
    visitor.number += 1
    document = {"payload": "/start_over"} if visitor.number % 2 else {"text": wording(next(numbers))}
    began = time.monotonic()
    try:
        async with session.post(
            visitor.url + "/chat/messages", json=document, headers={"Cookie": visitor.cookie}
        ) as answer:
            replies = (await answer.json())["replies"] if answer.status == 200 else []
    except (aiohttp.ClientError, asyncio.TimeoutError):
        replies = []
    count.times.append(time.monotonic() - began)
    count.failed += not replies
    count.apologies += any(apology in reply["text"] for reply in replies for apology in APOLOGIES)


async def as_fast_as_answered(session: aiohttp.ClientSession, visitors: list[Visitor], seconds: float) -> Count:
    """Let everybody write again as soon as they have an answer."""
    numbers, count = itertools.count(), Count()
    ends = time.monotonic() + seconds

    async def talk(visitor: Visitor) -> None:
        while time.monotonic() < ends:
            await send(session, visitor, numbers, count)

    await asyncio.gather(*map(talk, visitors))
    return count


async def at_pace(session: aiohttp.ClientSession, visitors: list[Visitor], seconds: float, per_second: float) -> Count:
    """Let visitors write in turn, so many messages a second, whatever the answers do."""
    numbers, count = itertools.count(1_000_000), Count()
    began = time.monotonic()
    tasks = []
    for number in range(round(seconds * per_second)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
        tasks.append(asyncio.create_task(send(session, visitors[number % len(visitors)], numbers, count)))
    await asyncio.gather(*tasks)
    return count


async def measure(replicas: int, has_servers: bool, visitors: int, seconds: float) -> dict[str, Any]:
    """Measure one way to run it."""
    async with (
        servers(replicas, has_servers) as (running, environment),
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=60),
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session,
    ):
        people = await arrive(session, [server.url for server in running], visitors)
        await as_fast_as_answered(session, people, WARM_S)
        began = time.monotonic()
        full = await as_fast_as_answered(session, people, seconds)
        rate = len(full.times) / (time.monotonic() - began)
        half = await at_pace(session, people, seconds, rate / 2)
        sent = sum(visitor.number for visitor in people)
        sizes = await asyncio.to_thread(kept, environment, sent) if has_servers else {}
        memory = statistics.mean(_resident(server) for server in running)
    return {
        "store": "PostgreSQL and Redis" if has_servers else "SQLite",
        "replicas": replicas,
        "visitors": visitors,
        "messages": len(full.times) + len(half.times),
        "messages_a_second": round(rate, 1),
        "p50_ms_at_half": round(1000 * statistics.median(half.times)),
        "p95_ms_at_half": round(1000 * statistics.quantiles(half.times, n=20)[18]),
        "unanswered": full.failed + half.failed,
        "apologies": full.apologies + half.apologies,
        "mib_a_replica": round(memory / 2**20),
        **sizes,
        "load": round(os.getloadavg()[0], 1),
    }


def kept(environment: dict[str, str], messages: int) -> dict[str, float]:
    """Return what PostgreSQL and Redis hold, for each message that was answered; and what Redis holds in all."""
    engine = sa.create_engine(environment["DROM_DATABASE_URL"], future=True)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT count(*) FROM events")).scalar_one()
        size = connection.execute(sa.text("SELECT pg_total_relation_size('events')")).scalar_one()
    engine.dispose()
    with contextlib.closing(redis.from_url(environment["DROM_REDIS_URL"])) as connected:
        used = connected.info("memory")["used_memory"]
    return {
        "rows_a_message": round(rows / messages, 1),
        "bytes_a_message": round(size / messages),
        "redis_mib": round(used / 2**20, 1),
    }


def _resident(server: Server) -> int:
    """Return how many bytes of memory a server has for itself and shares."""
    assert server.process is not None
    told = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(re.findall(r"VmRSS:\s+(\d+) kB", told)[0])


async def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicas", type=int, help="only so many replicas, on PostgreSQL and Redis")
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ways = [(options.replicas, True)] if options.replicas else [(1, False), (1, True), (2, True)]
    if postgres.programs() is None or not RedisServer.is_installed():
        sys.exit("PostgreSQL and Redis are needed: apt-get install postgresql redis-server")
    results = []
    for replicas, has_servers in ways:
        screen.print(f"{replicas} × {'PostgreSQL and Redis' if has_servers else 'SQLite'} …")
        results.append(await measure(replicas, has_servers, options.visitors, options.seconds))
        screen.print(results[-1])
    if options.json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
    else:
        columns = list(dict.fromkeys(name for result in results for name in result))
        print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
        for result in results:
            print("| " + " | ".join(str(result.get(name, "")) for name in columns) + " |")
    if any(result["unanswered"] or result["apologies"] for result in results):
        sys.exit("Messages got no answer, or an apology.")


if __name__ == "__main__":
    asyncio.run(main())
