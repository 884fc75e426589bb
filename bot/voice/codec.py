"""Sound files in and out: OGG/Opus as Telegram's voice notes are, and whatever FFmpeg's libraries can read."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import numpy as np

from bot.voice.errors import RecordingBroken, RecordingEmpty, RecordingTooLarge, RecordingTooLong
from bot.voice.sound import RATE, Sound

BIT_RATE = 24_000
MIME = "audio/ogg"
MP3_RATE, MP3_BIT_RATE = 24_000, 48_000
MAX_CLIP_S, MAX_CLIP_BYTES = 600.0, 50_000_000


@dataclass(frozen=True)
class FileFacts:
    """What a sound file says of itself.

    Attributes:
        container: format name, as FFmpeg has it (``ogg``).
        codec: ``opus``, ``mp3`` …
        rate: Hz.
        channels: how many.
        seconds: its length, from the decoded samples.
    """

    container: str
    codec: str
    rate: int
    channels: int
    seconds: float


def encode_opus(sound: Sound) -> bytes:
    """Return sound as an OGG file with Opus: mono, 48 kHz, about 24 kbit/s."""
    samples = sound.at_rate(RATE).samples
    pcm = np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2")
    target = io.BytesIO()
    with av.open(target, mode="w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        # Not "voip": its high-pass filter lifts the peaks over the limit. Lower complexity saves half of
        # 0.2 s of CPU for 40 words and misses the bit rate by half. Frames of 20 ms: with 40 or 60 the encoder
        # now and then makes a pop, 10 dB over the voice, where it changes its way of coding (1 clip in 15).
        stream.options = {"application": "audio", "compression_level": "10", "frame_duration": "20"}
        size = RATE  # a second at a time
        for start in range(0, len(pcm), size):
            part = pcm[start : start + size]
            frame = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def as_mp3(clip: bytes) -> bytes:
    """Return a clip of ours as MP3, for browsers that can't play OGG with Opus (Safari)."""
    sound = decode(clip, MAX_CLIP_S, MAX_CLIP_BYTES, MP3_RATE)
    pcm = np.clip(np.rint(sound.samples * 32767), -32768, 32767).astype("<i2")
    target = io.BytesIO()
    with av.open(target, mode="w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=MP3_RATE, layout="mono")
        stream.bit_rate = MP3_BIT_RATE
        stream.codec_context.format = "s16p"
        for start in range(0, len(pcm), MP3_RATE):
            frame = av.AudioFrame.from_ndarray(
                pcm[start : start + MP3_RATE].reshape(1, -1), format="s16p", layout="mono"
            )
            frame.sample_rate = MP3_RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def decode(data: bytes, max_seconds: float, max_bytes: int, rate: int = RATE) -> Sound:
    """Return the sound of a file.

    Args:
        data: the file.
        max_seconds: longer ones are refused, without being decoded to the end.
        max_bytes: larger ones are refused unread.
        rate: the rate that is wanted.

    Raises:
        RecordingEmpty: no bytes, or a file without a sample.
        RecordingTooLarge: more than ``max_bytes``.
        RecordingTooLong: more than ``max_seconds``.
        RecordingBroken: no sound file, or damaged.
    """
    samples, _ = _decoded(data, max_seconds, max_bytes, rate)
    return Sound(samples, rate)


def facts(data: bytes, max_seconds: float = 600.0, max_bytes: int = 50_000_000) -> FileFacts:
    """Return what a sound file is; raises as :func:`decode` does."""
    return _decoded(data, max_seconds, max_bytes, RATE)[1]


def _decoded(data: bytes, max_seconds: float, max_bytes: int, rate: int) -> tuple[np.ndarray, FileFacts]:
    if not data:
        raise RecordingEmpty("The recording has no bytes.")
    if len(data) > max_bytes:
        raise RecordingTooLarge(f"The recording has more than {max_bytes} bytes.")
    parts: list[np.ndarray] = []
    count = 0
    try:
        # Only what is in memory may be opened: a playlist must not make us fetch addresses.
        with av.open(io.BytesIO(data), mode="r", options={"protocol_whitelist": "pipe"}) as container:
            if not container.streams.audio:
                raise RecordingBroken("The file has no sound in it.")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in container.decode(stream):
                for piece in resampler.resample(frame):
                    parts.append(piece.to_ndarray().reshape(-1))
                    count += len(parts[-1])
                if count > max_seconds * rate:
                    raise RecordingTooLong(f"The recording is longer than {max_seconds:g} seconds.")
            for piece in resampler.resample(None):
                parts.append(piece.to_ndarray().reshape(-1))
                count += len(parts[-1])
            codec = stream.codec_context
            found = FileFacts(container.format.name, codec.name, codec.sample_rate, codec.channels, count / rate)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise RecordingBroken(f"The file can't be read as sound ({type(error).__name__}).") from error
    if not count:
        raise RecordingEmpty("The recording has no sound in it.")
    return np.concatenate(parts).astype(np.float32) / 32768, found
