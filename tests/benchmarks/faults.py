"""Faults under load: 200 people write, something breaks and is mended again. What became of their messages?

    python -m tests.benchmarks.faults                      # all, 200 people; about fifteen minutes
    python -m tests.benchmarks.faults --only kill --json
    python -m tests.benchmarks.faults --only telegram_down --fault-s 600 --every 285
    python -m tests.benchmarks.faults --chats 20 --every 3 # a smaller crowd

The assistant runs in a process of its own, as `drom run` starts it, at Telegram's real pace; only Telegram is a stand-in.
PostgreSQL and Redis are real. A fault that this machine can't bring about (no right to mount, a package that is not
installed) is left out, and that is said. Exit code 1: a message was lost, answered out of order, or answered twice
(twice is forgiven after a kill: what was on the wire then can't be known).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.assistant.model_seal import ENDING
from bot.assistant.training import model_file
from tests.benchmarks.crowd import Crowd
from tests.conftest import Server, free_port
from tests.support import postgres
from tests.support.redis_server import RedisServer
from tests.support.telegram_api import BotApi

screen = Console(stderr=True, highlight=False)
BEFORE_S, AFTER_S = 8.0, 15.0  # the crowd writes for so long before and after the fault
PATIENCE_S = 180.0
SLOWEST_A_SECOND = 20.0  # what waited at Telegram is answered at its pace, 30 a second
TMPFS_MIB = 48


class NotPossible(Exception):
    """This machine can't bring the fault about."""


class FaultyServer(Server):
    """The assistant with an action that can be made to fail."""

    program = "tests.benchmarks.faulty_server"


@dataclasses.dataclass
class World:
    """What a fault can touch.

    Attributes:
        folder: a temporary folder; the data are in ``data`` below it.
        api: Telegram.
        fault_s: how long the fault lasts.
        environment: what the assistant is started with.
        remarks: what was seen beside the messages.
        server: the assistant.
        standby: a second one that shares its store, where the trial has one.
        cluster: its PostgreSQL, where the trial has one.
        redis: its Redis, where the trial has one.
    """

    folder: Path
    api: BotApi
    fault_s: float
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    remarks: dict[str, Any] = dataclasses.field(default_factory=dict)
    server: FaultyServer = dataclasses.field(init=False)
    standby: FaultyServer = dataclasses.field(init=False)
    cluster: postgres.Cluster = dataclasses.field(init=False)
    redis: RedisServer = dataclasses.field(init=False)

    @property
    def data(self) -> Path:
        """The data folder of the assistant."""
        return self.folder / "data"

    @property
    def control(self) -> Path:
        """What makes the action fail."""
        return self.folder / "control"

    @property
    def model(self) -> Path:
        """The model of the trials that break it; else it is not there, and the assistant takes that of the project."""
        return self.folder / "model.tar.gz"

    def make_server(self, data: Path, **environment: str) -> FaultyServer:
        """Return an assistant with the bot's token, not started."""
        data.mkdir(parents=True, exist_ok=True)
        server = FaultyServer(
            data,
            **{
                "TELEGRAM_TOKEN": self.api.token,
                "TELEGRAM_API_URL": self.api.url,
                "DROM_TELEGRAM_WATCH": "8",
                **self.environment,
                **environment,
            },
        )
        server.arguments = (str(self.control), *([str(self.model)] if self.model.exists() else []))
        server.log = self.folder / f"{data.name}.log"  # not on a disk that is made full
        return server

    async def health(self, server: FaultyServer | None = None) -> dict[str, Any]:
        """Return what the health page says."""
        return await asyncio.to_thread(_health, (server or self.server).url)


def _health(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=20) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


Fault = Callable[[World], "contextlib.AbstractAsyncContextManager[None]"]
Preparation = Callable[[World], "contextlib.AbstractAsyncContextManager[None]"]


@contextlib.asynccontextmanager
async def nothing(world: World) -> AsyncIterator[None]:
    """Prepare nothing."""
    yield


# Stores


@contextlib.asynccontextmanager
async def with_postgresql(world: World) -> AsyncIterator[None]:
    """Run on PostgreSQL."""
    if postgres.programs() is None:
        raise NotPossible("PostgreSQL is not installed")
    world.cluster = await asyncio.to_thread(postgres.Cluster, free_port())
    try:
        await asyncio.to_thread(world.cluster.start)
        world.environment["DROM_DATABASE_URL"] = world.cluster.url
        try:
            yield
        finally:
            await asyncio.to_thread(world.cluster.stop)
    finally:
        world.cluster.remove()


@contextlib.asynccontextmanager
async def with_postgresql_and_redis(world: World) -> AsyncIterator[None]:
    """Run on PostgreSQL and Redis."""
    if not RedisServer.is_installed():
        raise NotPossible("Redis is not installed")
    async with with_postgresql(world):
        world.redis = RedisServer(free_port())
        await asyncio.to_thread(world.redis.start)
        world.environment["DROM_REDIS_URL"] = world.redis.url
        try:
            yield
        finally:
            world.redis.stop()


@contextlib.asynccontextmanager
async def postgresql_gone(world: World) -> AsyncIterator[None]:
    """PostgreSQL is stopped at once, and started again."""
    await asyncio.to_thread(world.cluster.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(world.cluster.start)


@contextlib.asynccontextmanager
async def postgresql_hangs(world: World) -> AsyncIterator[None]:
    """PostgreSQL takes connections and answers nothing."""
    world.cluster.stand_still()
    try:
        yield
    finally:
        world.cluster.go_on()


@contextlib.asynccontextmanager
async def sqlite_held(world: World) -> AsyncIterator[None]:
    """Another program holds the SQLite file, so that nobody else can write."""
    with contextlib.closing(sqlite3.connect(world.data / "drom.db", isolation_level=None)) as held:
        held.execute("PRAGMA busy_timeout = 5000")
        held.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            held.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def on_a_small_disk(world: World) -> AsyncIterator[None]:
    """Keep the data on a file system of a few MiB, in memory."""
    world.data.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_MIB}m", "tmpfs", str(world.data)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        raise NotPossible(f"a file system in memory can't be mounted ({mounted.stderr.strip()})")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(world.data)], check=False)


@contextlib.asynccontextmanager
async def disk_full(world: World) -> AsyncIterator[None]:
    """Nothing can be written any more."""
    filler = world.data / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as opened:
        while opened.write(b"\0" * 4096):
            pass
    world.remarks["bytes free"] = shutil.disk_usage(world.data).free
    try:
        yield
    finally:
        filler.unlink()


@contextlib.asynccontextmanager
async def redis_gone(world: World) -> AsyncIterator[None]:
    """Redis is stopped, and started again."""
    world.redis.stop()
    try:
        yield
    finally:
        await asyncio.to_thread(world.redis.start)


@contextlib.asynccontextmanager
async def redis_hangs(world: World) -> AsyncIterator[None]:
    """Redis takes connections and answers nothing."""
    world.redis.stand_still()
    try:
        yield
    finally:
        world.redis.go_on()


# The assistant itself


@contextlib.asynccontextmanager
async def controlled(world: World, what: str) -> AsyncIterator[None]:
    """Tell the assistant what is to go wrong."""
    world.control.write_text(what)
    try:
        yield
    finally:
        world.control.unlink()


def told_to(what: str) -> Fault:
    """Return the fault that the assistant brings about itself (see faulty_server.py)."""
    return lambda world: controlled(world, what)


@contextlib.asynccontextmanager
async def telegram_down(world: World) -> AsyncIterator[None]:
    """Telegram can't be reached. What people send waits there."""
    await world.api.stop()
    try:
        yield
    finally:
        await world.api.start(world.api.port)
        world.remarks["back"] = time.monotonic()


def stopped_by(number: signal.Signals) -> Fault:
    """Return the fault that the process is stopped in the middle and started again."""

    @contextlib.asynccontextmanager
    async def fault(world: World) -> AsyncIterator[None]:
        process = world.server.process
        assert process is not None
        began = time.monotonic()
        process.send_signal(number)
        await asyncio.to_thread(process.wait, 60)
        world.remarks["exit code"] = process.returncode
        await asyncio.to_thread(world.server.start)
        world.remarks["started again after s"] = round(time.monotonic() - began, 1)
        yield

    return fault


@contextlib.asynccontextmanager
async def with_its_own_model(world: World) -> AsyncIterator[None]:
    """Run on a copy of the trained model, where nothing can be trained: as in a container."""
    for ending in ("", ENDING):
        shutil.copyfile(f"{model_file()}{ending}", f"{world.model}{ending}")
    yield


@contextlib.asynccontextmanager
async def model_broken(world: World) -> AsyncIterator[None]:
    """The model is replaced by rubbish; the process goes on, is stopped, can't be started, and then it is mended."""
    process = world.server.process
    assert process is not None
    good = world.model.read_bytes()
    world.model.write_bytes(b"rubbish" * 1000)
    await asyncio.sleep(world.fault_s)
    world.remarks["went on"] = process.poll() is None
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait, 60)
    with contextlib.suppress(AssertionError):
        await asyncio.to_thread(world.server.start)
    world.remarks["exit code with it broken"] = world.server.process and world.server.process.returncode
    world.remarks["tells the remedy"] = "drom train --force" in world.server.log.read_text()
    world.model.write_bytes(good)
    began = time.monotonic()
    await asyncio.to_thread(world.server.start)
    world.remarks["started again after s"] = round(time.monotonic() - began, 1)
    yield


@contextlib.asynccontextmanager
async def killed_beside_a_standby(world: World) -> AsyncIterator[None]:
    """The process is killed; another with the same store stands by."""
    first, process = world.server, world.server.process
    assert process is not None
    world.server = world.standby
    world.remarks["standby said"] = (await world.health())["telegram"]["status"]
    process.kill()
    await asyncio.to_thread(process.wait)
    yield
    first.stop()


def second_started(has_same_store: bool) -> Fault:
    """Return the fault that a second assistant is started with the same token; at last the first is stopped."""

    @contextlib.asynccontextmanager
    async def fault(world: World) -> AsyncIterator[None]:
        data = world.data if has_same_store else world.folder / "second"
        second = world.make_server(data)
        second.log = world.folder / "second.log"
        try:
            await asyncio.to_thread(second.start)
            await asyncio.sleep(world.fault_s)
            told = (await world.health(second))["telegram"]
            world.remarks["second says"] = told["status"]
            world.remarks["second answered"] = told["answered"]
            world.remarks["second logs the remedy"] = "stop it." in second.log.read_text()
            world.remarks["first says"] = (await world.health())["telegram"]["status"]
            world.remarks["first stopped"] = time.monotonic()
            await asyncio.to_thread(world.server.stop)
            world.server = second  # it takes over
            yield
        except BaseException:
            second.stop()
            raise

    return fault


@dataclasses.dataclass(frozen=True)
class Trial:
    """A fault and what it needs.

    Attributes:
        fault: brings it about, and mends it at the end of the block.
        prepare: makes what the assistant is to run on.
        may_repeat: an answer may come twice.
        has_standby: a second process with the same store is started before.
        lasts_s: how long the fault lasts.
    """

    fault: Fault
    prepare: Preparation = nothing
    may_repeat: bool = False
    has_standby: bool = False
    lasts_s: float = 10.0


TRIALS = {
    "postgresql_gone": Trial(postgresql_gone, with_postgresql),
    "postgresql_hangs": Trial(postgresql_hangs, with_postgresql),
    "sqlite_held": Trial(sqlite_held),
    "disk_full": Trial(disk_full, on_a_small_disk),
    "redis_gone": Trial(redis_gone, with_postgresql_and_redis),
    "redis_hangs": Trial(redis_hangs, with_postgresql_and_redis),
    "action_hangs": Trial(told_to("hang")),
    "action_raises": Trial(told_to("raise")),
    "clock_forward": Trial(told_to("clock 259200")),
    "clock_back": Trial(told_to("clock -10800")),
    "telegram_down": Trial(telegram_down, lasts_s=60.0),
    "sigterm": Trial(stopped_by(signal.SIGTERM)),
    "kill": Trial(stopped_by(signal.SIGKILL), may_repeat=True),
    "model_broken": Trial(model_broken, with_its_own_model),
    "kill_beside_a_standby": Trial(killed_beside_a_standby, may_repeat=True, has_standby=True),
    "two_on_one_token": Trial(second_started(has_same_store=False), lasts_s=20.0),
    "two_on_one_store": Trial(second_started(has_same_store=True), lasts_s=20.0),
}


async def measure(name: str, chats: int, every_s: float, fault_s: float | None) -> dict[str, Any]:
    """Let a crowd write while something breaks; return what became of their messages."""
    trial = TRIALS[name]
    with tempfile.TemporaryDirectory(prefix="drom-fault-") as folder:
        async with BotApi() as api:
            world = World(Path(folder), api, fault_s or trial.lasts_s)
            async with trial.prepare(world):
                world.server = world.make_server(world.data)
                started = [world.server]
                try:
                    await asyncio.to_thread(world.server.start)
                    if trial.has_standby:
                        started.append(world.make_server(world.data))
                        started[-1].log = world.folder / "second.log"
                        await asyncio.to_thread(started[-1].start)
                        world.standby = started[-1]
                    crowd = Crowd(api, chats, every_s)
                    await crowd.greet()
                    writing_s = BEFORE_S + world.fault_s + AFTER_S
                    writing = asyncio.create_task(crowd.write_for(writing_s))
                    await asyncio.sleep(BEFORE_S)
                    began = time.monotonic()
                    async with trial.fault(world):
                        await asyncio.sleep(max(0.0, began + world.fault_s - time.monotonic()))
                    mended = time.monotonic()
                    await writing
                    await crowd.hear_back(PATIENCE_S + crowd.unanswered / SLOWEST_A_SECOND)
                    health = await world.health()
                except BaseException:
                    screen.print(world.server.log.read_text()[-3000:])
                    raise
                finally:
                    for server in {*started, world.server}:
                        await asyncio.to_thread(server.stop)
                result = crowd.told() | {"load": [round(each, 1) for each in os.getloadavg()][:2]}
                back = world.remarks.pop("back", None)
                if back:  # what waited at Telegram is counted from when it could be had
                    result["longest_after_s"] = round(crowd.longest_after(back), 2)
                stopped = world.remarks.pop("first stopped", None)
                if stopped:
                    result["longest_while_both_ran_s"] = round(crowd.longest_before(stopped), 2)
                result["repair_s"] = round(crowd.first_answer_after(mended), 2)
                result["healthy_after"] = bool(health["ready"] and health["telegram"]["healthy"])
                result["traces_in_log"] = world.server.log.read_text().count("Traceback")
                return {**result, **world.remarks}


def is_good(name: str, result: dict[str, Any]) -> bool:
    """Whether nothing was lost, repeated or in the wrong order, and all is well again."""
    is_repeated = result["twice"] and not TRIALS[name].may_repeat
    return not (result["lost"] or result["out_of_order"] or is_repeated) and result["healthy_after"]


COLUMNS = ("sent", "answered", "lost", "twice", "out_of_order", "apologies", "median_s", "p95_s", "longest_s")


def as_table(results: dict[str, dict[str, Any]]) -> str:
    """Return the results as a Markdown table."""
    lines = ["| fault | " + " | ".join(COLUMNS) + " | also |", "|---|" + "---:|" * len(COLUMNS) + "---|"]
    for name, result in results.items():
        others = {key: value for key, value in result.items() if key not in (*COLUMNS, "chats")}
        also = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in others.items())
        lines.append(f"| {name} | " + " | ".join(str(result.get(column, "")) for column in COLUMNS) + f" | {also} |")
    return "\n".join(lines)


def main() -> None:
    """Bring the faults about that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--every", type=float, default=20.0, help="mean seconds between two messages of one person")
    parser.add_argument("--only", choices=list(TRIALS), action="append", help="this fault alone; can be given again")
    parser.add_argument("--fault-s", type=float, help="how long the fault lasts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    for name in options.only or TRIALS:
        screen.print(f"{name} …")
        try:
            results[name] = asyncio.run(measure(name, options.chats, options.every, options.fault_s))
        except NotPossible as error:
            screen.print(f"[bold]LEFT OUT: {name}: {error}[/bold]")
            continue
        screen.print(results[name])
    print(json.dumps(results, ensure_ascii=False, indent=2) if options.json else as_table(results))
    bad = [name for name, result in results.items() if not is_good(name, result)]
    if bad:
        screen.print(f"Messages were lost, repeated or out of order, or it is not well again: {', '.join(bad)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
