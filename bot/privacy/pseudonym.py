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
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.errors import DromError

KEY_FILE = "pseudonym.key"
KEY_BYTES = 32
PSEUDONYM_DIGITS = 32  # 128 bits: no two chats meet by chance
# A former key is kept until nothing under its pseudonyms can be left: requests are kept for 30 days.
FORMER_KEY_S = 31 * 24 * 3600.0
REMEMBERED = 10_000  # chats whose data were looked for under former pseudonyms

# What gives a chat's data under a former pseudonym to the present one; set where the assistant starts.
CarryOver = Callable[[str, str], None]
_carry_over: CarryOver | None = None


def use_carry_over(chosen: CarryOver | None) -> None:
    """Set what is called with the former and the present pseudonym of a chat, after a change of the key."""
    global _carry_over
    _carry_over = chosen


class KeyUnusable(DromError):
    """The key file can't be made or read, or others can read it; the message has the remedy."""


class Pseudonyms:
    """Turns identifiers into pseudonyms with HMAC-SHA256 (RFC 2104).

    Args:
        key: the secret, at least 16 bytes.
        former: keys that were used before and under whose pseudonyms something may still be kept.

    Raises:
        ValueError: a key is too short to be one.
    """

    def __init__(self, key: bytes, former: Sequence[bytes] = ()):
        if any(len(one) < 16 for one in (key, *former)):
            raise ValueError("the key must have 16 bytes or more")
        self._key = key
        self._former = tuple(former)
        self._seen: OrderedDict[str, None] = OrderedDict()

    @classmethod
    def from_folder(cls, folder: Path) -> Pseudonyms:
        """Read the key of a data folder, making it at the first start.

        Raises:
            KeyUnusable: it can't be made or read, or it is open to others.
        """
        return cls(_read_or_make_key(folder / KEY_FILE), [_read_key(file) for file in _former_keys(folder)])

    def digest(self, purpose: str, value: str | int) -> str:
        """Return 64 hexadecimal digits that depend on the key, the purpose and the value."""
        return _digest(self._key, purpose, value)

    def is_digest(self, purpose: str, value: str, beginning: str) -> bool:
        """Whether a digest of this or a former key begins so; compared in constant time."""
        digests = [_digest(key, purpose, value)[: len(beginning)] for key in (self._key, *self._former)]
        return any([hmac.compare_digest(digest, beginning) for digest in digests])

    def chat(self, channel: str, chat_id: str | int) -> str:
        """Return the name that a chat goes by in every store and log.

        After a change of the key, what is kept under a former name is given to this one at the first call.
        """
        name = _name(self._key, channel, chat_id)
        if self._former and _carry_over is not None and name not in self._seen:
            for former in self.former_chats(channel, chat_id):
                _carry_over(former, name)
            self._seen[name] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return name

    def former_chats(self, channel: str, chat_id: str | int) -> list[str]:
        """Return the names that a chat went by under former keys."""
        return [_name(key, channel, chat_id) for key in self._former]


def rotate_key(folder: Path, now_s: float | None = None) -> None:
    """Make a new key; the present one becomes a former key. A crash in between leaves one that is whole.

    Raises:
        KeyUnusable: the present key can't be read, or the folder can't be written.
    """
    file = folder / KEY_FILE
    _read_or_make_key(file)
    draft = _write_draft(file)
    former = folder / f"{KEY_FILE}.{int(time.time() if now_s is None else now_s)}-{secrets.token_hex(2)}"
    try:
        os.link(file, former)
        os.replace(draft, file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise KeyUnusable(f"The key {file} can't be changed ({error.strerror}). May this user write there?") from error


def former_key_count(folder: Path) -> int:
    """Return how many former keys are still kept."""
    return len(_former_keys(folder))


def drop_former_keys(folder: Path, now_s: float) -> int:
    """Delete former keys under whose pseudonyms nothing can be left; return how many."""
    old = [file for file in _former_keys(folder) if now_s - _retired_at(file) > FORMER_KEY_S]
    for file in old:
        file.unlink()
    return len(old)


def _former_keys(folder: Path) -> list[Path]:
    """Return the files of former keys, the latest first."""
    return sorted(folder.glob(f"{KEY_FILE}.*-*"), key=_retired_at, reverse=True)


def _retired_at(file: Path) -> float:
    stamp = file.name.removeprefix(f"{KEY_FILE}.").split("-")[0]
    return float(stamp) if stamp.isdecimal() else 0.0


def _digest(key: bytes, purpose: str, value: str | int) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _name(key: bytes, channel: str, chat_id: str | int) -> str:
    return f"{channel}-{_digest(key, f'chat/{channel}', chat_id)[:PSEUDONYM_DIGITS]}"


def _read_or_make_key(file: Path) -> bytes:
    try:
        _make_key(file)
    except OSError as error:
        raise _unusable(file, error) from error
    return _read_key(file)


def _read_key(file: Path) -> bytes:
    try:
        key = file.read_bytes()
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        raise _unusable(file, error) from error
    if mode & 0o077:
        raise KeyUnusable(f"Others can read the key of the pseudonyms. Close it: chmod 600 {file}")
    if len(key) < KEY_BYTES:
        raise KeyUnusable(f"The key of the pseudonyms {file} is cut short. Restore it, or delete it to begin anew.")
    return key


def _unusable(file: Path, error: OSError) -> KeyUnusable:
    return KeyUnusable(
        f"The key of the pseudonyms {file} can't be made or read ({error.strerror}). "
        "Set DROM_DATA_DIR to a folder that this user may write."
    )


def _make_key(file: Path) -> None:
    """Write a new key where there is none. A half-written key is never seen: it is linked when whole."""
    if file.exists():
        return
    draft = _write_draft(file)
    try:
        os.link(draft, file)
    except FileExistsError:
        return  # another process was first; its key is the one
    finally:
        draft.unlink()


def _write_draft(file: Path) -> Path:
    """Write a new key beside the file and return where it is."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(secrets.token_bytes(KEY_BYTES))
        opened.flush()
        os.fsync(opened.fileno())
    return draft
