"""Pseudonyms of chats: keyed hashes, so that a stored talk can't be traced to a person without the key.

The key is a file in the data folder, made at the first start and readable by its owner alone. With
the key gone, nobody can tell any more whose talk is whose: deleting it makes what is left anonymous.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from bot.errors import DromError

KEY_FILE = "pseudonym.key"
KEY_BYTES = 32
PSEUDONYM_DIGITS = 32  # 128 bits: no two chats meet by chance


class KeyUnusable(DromError):
    """The key file can't be made or read, or others can read it; the message has the remedy."""


class Pseudonyms:
    """Turns identifiers into pseudonyms with HMAC-SHA256 (RFC 2104).

    Args:
        key: the secret, at least 16 bytes.

    Raises:
        ValueError: the key is too short to be one.
    """

    def __init__(self, key: bytes):
        if len(key) < 16:
            raise ValueError("the key must have 16 bytes or more")
        self._key = key

    @classmethod
    def from_folder(cls, folder: Path) -> Pseudonyms:
        """Read the key of a data folder, making it at the first start.

        Raises:
            KeyUnusable: it can't be made or read, or it is open to others.
        """
        return cls(_read_or_make_key(folder / KEY_FILE))

    def digest(self, purpose: str, value: str | int) -> str:
        """Return 64 hexadecimal digits that depend on the key, the purpose and the value."""
        return hmac.new(self._key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def chat(self, channel: str, chat_id: str | int) -> str:
        """Return the name that a chat goes by in every store and log."""
        return f"{channel}-{self.digest(f'chat/{channel}', chat_id)[:PSEUDONYM_DIGITS]}"


def _read_or_make_key(file: Path) -> bytes:
    try:
        _make_key(file)
        key = file.read_bytes()
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        raise KeyUnusable(
            f"The key of the pseudonyms {file} can't be made or read ({error.strerror}). "
            "Set DROM_DATA_DIR to a folder that this user may write."
        ) from error
    if mode & 0o077:
        raise KeyUnusable(f"Others can read the key of the pseudonyms. Close it: chmod 600 {file}")
    if len(key) < KEY_BYTES:
        raise KeyUnusable(f"The key of the pseudonyms {file} is cut short. Restore it, or delete it to begin anew.")
    return key


def _make_key(file: Path) -> None:
    """Write a new key where there is none. A half-written key is never seen: it is linked when whole."""
    if file.exists():
        return
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_bytes(KEY_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return  # another process was first; its key is the one
    finally:
        draft.unlink()
