"""Keeps vectors of training texts on disk, so that training again costs seconds.

Only for training data: what people write to the bot is never put here. Texts are not stored, only
their digests.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from bot.nlu.embedding.protocol import SentenceEmbedding

logger = logging.getLogger(__name__)

_KEYS_A_QUERY = 500  # SQLite's oldest limit on parameters is 999
_BUSY_SECONDS = 30.0


class CachedEmbedding:
    """A sentence embedding that looks a text up before it computes its vector.

    Several processes may share the file. A file that can't be used (corrupted, of another
    program) is replaced by a new one; where none can be written, everything is computed.

    Args:
        embedding: computes the vectors that are not there; its ``name`` is part of the key.
        file: the SQLite file, made when missing, with its folder.
    """

    def __init__(self, embedding: SentenceEmbedding, file: Path) -> None:
        self._embedding = embedding
        self._file = file
        self.name = embedding.name
        self.dim = embedding.dim

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the normalised sentence vectors of texts, float32, shape (texts, dim)."""
        keys = [self._key(text) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            computed = dict(zip(missing, self._embedding.encode(list(missing.values())), strict=True))
            self._write(computed)
            found.update(computed)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = found[key]
        return vectors

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self.name}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, np.ndarray]:
        if not self._file.exists():
            return {}
        found: dict[bytes, np.ndarray] = {}
        try:
            with closing(self._connect()) as connection:
                for start in range(0, len(keys), _KEYS_A_QUERY):
                    part = keys[start : start + _KEYS_A_QUERY]
                    marks = ",".join("?" * len(part))
                    rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)
                    for key, stored in rows:
                        if len(stored) == 4 * self.dim:
                            found[key] = np.frombuffer(stored, dtype="<f4")
        except sqlite3.OperationalError as error:
            logger.warning(
                "The vector cache %s can't be read now (%s); vectors are computed.",
                self._file,
                error,
            )
        except sqlite3.DatabaseError as error:
            self._discard(error)
        return found

    def _write(self, vectors: Mapping[bytes, np.ndarray]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except (OSError, sqlite3.OperationalError) as error:
            logger.warning("The vector cache %s can't be written (%s); nothing is kept.", self._file, error)
        except sqlite3.DatabaseError as error:
            self._discard(error)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=_BUSY_SECONDS)
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # readers do not wait for a writer
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _discard(self, error: sqlite3.DatabaseError) -> None:
        logger.warning("The vector cache %s is damaged (%s); it is built anew.", self._file, error)
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
