"""A PostgreSQL cluster of the tests' own: made in a temporary folder, on a free port, by a user who is not root."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

USER = "postgres"


def programs() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl`` of the newest PostgreSQL; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def cluster(port: int) -> Iterator[str]:
    """Run a cluster until the end of the block; yield SQLAlchemy's address of a database in it."""
    at = programs()
    assert at is not None
    folder = Path(tempfile.mkdtemp(prefix="drom-postgres-"))
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    become = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(folder, USER)
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data, options = folder / "data", f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    try:
        subprocess.run([*become, at / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N"], **run)
        start = ["-o", f"{options} -c fsync=off", "-l", folder / "log", "-w", "start"]
        subprocess.run([*become, at / "pg_ctl", "-D", data, *start], **run)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*become, at / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
