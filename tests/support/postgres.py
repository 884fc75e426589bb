"""A PostgreSQL cluster of the tests' own: made in a temporary folder, on a free port, by a user who is not root."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USER = "postgres"


def programs() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl`` of the newest PostgreSQL; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """A cluster that can be stopped, started again, and made to stand still.

    Args:
        port: where it listens.
        is_durable: it waits for the disk at each commit, as it does in earnest.
    """

    def __init__(self, port: int, is_durable: bool = False):
        at = programs()
        assert at is not None
        self._at = at
        self.url = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="drom-postgres-"))
        self._data = self._folder / "data"
        # PostgreSQL refuses to run as root; Debian's package brings a user for it.
        self._become = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        if self._become:
            shutil.chown(self._folder, USER)
        self._options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
            f" -c fsync={'on' if is_durable else 'off'}"
        )
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N")

    def start(self) -> Cluster:
        """Start it; return when it takes connections."""
        self._run("pg_ctl", "-D", self._data, "-o", self._options, "-l", self._folder / "log", "-w", "start")
        return self

    def stop(self) -> None:
        """Stop it at once, as when its machine fails."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def stand_still(self) -> None:
        """Let it hang: it takes connections, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End :meth:`stand_still`."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """Delete it, stopped."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in [first, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):  # a connection that was just closed
                os.kill(process, number)

    def _run(self, program: str, *arguments: Any) -> None:
        command = [*self._become, self._at / program, *arguments]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def cluster(port: int, is_durable: bool = False) -> Iterator[str]:
    """Run a cluster until the end of the block; yield SQLAlchemy's address of a database in it."""
    one = Cluster(port, is_durable)
    try:
        one.start()
        try:
            yield one.url
        finally:
            one.stop()
    finally:
        one.remove()
