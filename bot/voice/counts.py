"""How often each fixed text was listened to: what volunteers should record first. No word about who listened."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.voice.catalogue import Item

SAVE_EVERY_S = 60.0


class ListeningCounts:
    """Counts in memory, written now and then; what a crash loses is a minute of counting."""

    def __init__(self, path: Path):
        self._path = path
        self._counts: Counter[str] | None = None
        self._saved = time.monotonic()
        self._lock = threading.Lock()

    def add(self, items: Iterable[Item]) -> None:
        """Count one listening to each of the texts."""
        with self._lock:
            counts = self._load()
            counts.update(f"{item.language}/{item.id}" for item in items)
            if time.monotonic() - self._saved > SAVE_EVERY_S:
                self._save(counts)

    def of(self, item: Item) -> int:
        """Return how often a text was listened to."""
        with self._lock:
            return self._load()[f"{item.language}/{item.id}"]

    def save(self) -> None:
        """Write the counts."""
        with self._lock:
            if self._counts is not None:
                self._save(self._counts)

    def _load(self) -> Counter[str]:
        if self._counts is None:
            self._counts = Counter()
            with contextlib.suppress(OSError, ValueError):
                read = json.loads(self._path.read_text(encoding="utf-8"))
                self._counts.update({str(key): int(count) for key, count in read.items()})
        return self._counts

    def _save(self, counts: Counter[str]) -> None:
        self._saved = time.monotonic()
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_name(f"{self._path.name}.part")
            part.write_text(json.dumps(dict(sorted(counts.items())), ensure_ascii=False, indent=1), encoding="utf-8")
            os.replace(part, self._path)
