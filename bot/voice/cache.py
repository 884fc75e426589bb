"""Clips that were made before: fixed texts on disk, bounded; everything else for a while in memory only.

What a reply quotes of a person (a place, a telephone number for a call-back) must not reach the
disk, so only texts of the catalogue may be put there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

MEMORY_CLIPS = 200
LOW_WATER = 0.9  # after cleaning, so that not every new clip cleans again


def clip_key(*parts: str) -> str:
    """Return the key of a clip: the same words by the same voice at the same settings."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


class ClipCache:
    """The least recently used go first. Safe for threads; several processes may share the folder."""

    def __init__(self, folder: Path, max_bytes: int, memory_clips: int = MEMORY_CLIPS):
        self._folder = folder
        self._max_bytes = max_bytes
        self._memory_clips = memory_clips
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._bytes: int | None = None
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the clip of a key, None where it is not kept."""
        with self._lock:
            if key in self._memory:
                self._memory.move_to_end(key)
                return self._memory[key]
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        self._remember(key, data)
        return data

    def put(self, key: str, data: bytes, on_disk: bool) -> None:
        """Keep a clip. A disk that is full or read-only only means that it is kept in memory."""
        self._remember(key, data)
        if not on_disk or len(data) > self._max_bytes:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(name, path)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise
        except OSError:
            return
        with self._lock:
            if self._bytes is not None:
                self._bytes += len(data)
            if self._bytes is None or self._bytes > self._max_bytes:
                self._clean()

    def has(self, key: str) -> bool:
        """Whether a clip is on disk."""
        return self._path(key).is_file()

    @property
    def bytes_on_disk(self) -> int:
        """What the clips on disk take."""
        return sum(size for _, size, _ in self._files())

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.ogg"

    def _remember(self, key: str, data: bytes) -> None:
        with self._lock:
            self._memory[key] = data
            self._memory.move_to_end(key)
            while len(self._memory) > self._memory_clips:
                self._memory.popitem(last=False)

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.glob("??/*.ogg"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        return found

    def _clean(self) -> None:
        """Count what is there, and remove the oldest where it is too much."""
        files = sorted(self._files(), key=lambda file: file[0])
        total = sum(size for _, size, _ in files)
        if total > self._max_bytes:
            for _, size, path in files:
                if total <= self._max_bytes * LOW_WATER:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size
        self._bytes = total
