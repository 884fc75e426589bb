"""The assistant with its channels in a process of its own, for benchmarks.

As `drom run` starts it, but the pace of sending can be set: Telegram's 30 messages a second would
otherwise be all that is measured.

    DROM_PORT=5005 python -m tests.benchmarks.telegram_server PER_SECOND CHAT_PAUSE_S
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from bot.settings import ROOT
from tests.support.telegram_api import BotApi

PYTHON = sys.executable


@contextlib.asynccontextmanager
async def running(
    api: BotApi, folder: Path, per_second: int, chat_pause_s: float
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run the assistant until the end of the block; entered when it polls."""
    from tests.conftest import free_port  # it takes the token away, which the server needs

    environment = {
        **os.environ,
        "TELEGRAM_TOKEN": api.token,
        "TELEGRAM_API_URL": api.url,
        "DROM_DATA_DIR": str(folder),
        "DROM_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    command = [PYTHON, "-m", "tests.benchmarks.telegram_server", str(per_second), str(chat_pause_s)]
    with (folder / "server.log").open("wb") as log:
        process = await asyncio.to_thread(subprocess.Popen, command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            while not any(call.method == "getUpdates" for call in api.calls):
                if process.poll() is not None:
                    raise RuntimeError((folder / "server.log").read_text()[-3000:])
                await asyncio.sleep(0.1)
            yield process
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait)


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Return how much memory a process holds, in MiB (Linux)."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the process is gone")


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    """Return how much processor time a process has used, in seconds (Linux)."""
    after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def serve(per_second: int, chat_pause_s: float) -> None:
    """Serve as `drom run` does, but at another pace, until terminated."""
    from bot import server
    from bot.channels.telegram import TelegramChannel
    from bot.settings import settings

    of_credentials = server.create_http_input_channels

    def channels(*arguments: object) -> list[object]:
        found = of_credentials(*arguments)
        return [TelegramChannel(per_second, chat_pause_s) if isinstance(c, TelegramChannel) else c for c in found]

    server.create_http_input_channels = channels
    server.serve(settings())


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
