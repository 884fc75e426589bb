"""How long an OGG/Opus file plays, from its pages alone (RFC 7845): decoding it would take a hundred times as long."""

from __future__ import annotations

_PAGE = b"OggS"
_HEAD = b"OpusHead"
_RATE = 48_000  # granule positions count at this rate, whatever was encoded


def opus_seconds(data: bytes) -> float:
    """Return the length of an OGG file with Opus.

    Raises:
        ValueError: it is none.
    """
    head = data.find(_HEAD)
    last = data.rfind(_PAGE)
    if head < 0 or last < 0 or len(data) < max(head + 12, last + 14):
        raise ValueError("this is no OGG file with Opus")
    skipped = int.from_bytes(data[head + 10 : head + 12], "little")
    granule = int.from_bytes(data[last + 6 : last + 14], "little")
    return max(0, granule - skipped) / _RATE
