"""What tests share: settings of their own, the trained assistant, a running server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Tests never touch the data of a running assistant, and never Telegram.
os.environ.pop("TELEGRAM_TOKEN", None)
# Nor do they speak everything ahead in the background; the test of that asks for it.
os.environ["DROM_WARM_AUDIO"] = "no"
# And they know that no other program polls with the token of the stand-in.
os.environ["DROM_TELEGRAM_WATCH"] = "0"


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker a data folder of its own, before any setting is read."""
    if "DROM_TEST_DATA_DIR" not in os.environ:
        import tempfile

        os.environ["DROM_TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="drom-test-")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(os.environ["DROM_TEST_DATA_DIR"]) / worker
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DROM_DATA_DIR"] = str(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that load the model on one worker: loading takes longer than most of them."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        elif item.get_closest_marker("model"):
            item.add_marker(pytest.mark.xdist_group("model"))


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model; trained now where something changed."""
    from bot.assistant.training import train

    return train()


@pytest.fixture(scope="session")
def assistant(model: Path):
    """The assistant with conversations in memory."""
    from bot.asking import load_assistant_for_trying

    return load_assistant_for_trying()


@pytest.fixture
def conversation(assistant):
    """A new chat with the assistant."""
    from bot.assistant.conversation import Conversation

    return Conversation(assistant)


@pytest.fixture
async def api():
    """The stand-in for Telegram's Bot API."""
    from tests.support.telegram_api import BotApi

    async with BotApi() as running:
        yield running


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database."""
    from tests.support import postgres

    if postgres.programs() is None:
        pytest.skip("SKIPPED LOUDLY: PostgreSQL is not installed; `make test` as root on Debian installs it")
    with postgres.cluster(free_port()) as url:
        yield url


class Server:
    """`drom run` in a process of its own."""

    program, arguments = "bot.cli", ("run",)
    ready = "/"  # the page that is served when it has started

    def __init__(self, data_dir: Path, **environment: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "server.log"
        self._environment = {
            **os.environ,
            "DROM_DATA_DIR": str(data_dir),
            "DROM_PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_s: float = 120) -> Server:
        """Start and wait until the page is served."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.program, *self.arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + self.ready, timeout=2).close()
                return self
            except OSError:
                time.sleep(0.2)
        self.stop()  # it may only be slow; nobody would stop it later
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running assistant."""
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    running.stop()


CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """A real headless browser. For one file only: its event loop would stop asynchronous tests after it."""
    if not CHROMIUM.exists():
        pytest.skip("SKIPPED LOUDLY: Chromium is not installed; `make test` as root on Debian installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        yield running
        running.close()
