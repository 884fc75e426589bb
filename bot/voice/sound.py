"""Sound in memory: measuring and evening it. Knows no files and no engines."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter, resample_poly

RATE = 48_000  # Hz; what Opus works with
TARGET_LUFS = -18.0  # clear on a phone's loudspeaker, without its limiter working
PEAK_DBFS = -3.0  # room for the overshoot of a lossy codec
EVENING_ROUNDS = 3
NEAR_ENOUGH_LU = 0.2
SILENCE_DBFS = -45.0
EDGE_SECONDS = 0.12  # quiet that stays before the first word and after the last

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sound:
    """Mono sound: ``samples`` from −1 to 1 at ``rate`` Hz."""

    samples: Samples
    rate: int = RATE

    @classmethod
    def from_pcm16(cls, pcm: bytes, rate: int) -> Sound:
        """Make sound of 16-bit samples."""
        return cls(np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768, rate)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    @property
    def peak_dbfs(self) -> float:
        """The loudest sample, in decibels of full scale; −120 for silence."""
        return _decibels(float(np.abs(self.samples).max(initial=0.0)))

    def at_rate(self, rate: int) -> Sound:
        """Return the same sound at another rate."""
        if rate == self.rate:
            return self
        divisor = gcd(rate, self.rate)
        samples = resample_poly(self.samples, rate // divisor, self.rate // divisor)
        return Sound(samples.astype(np.float32), rate)

    def padded(self, before: float, after: float) -> Sound:
        """Return it with quiet around it, in seconds."""
        start, end = (np.zeros(round(s * self.rate), np.float32) for s in (before, after))
        return Sound(np.concatenate([start, self.samples, end]), self.rate)


def _decibels(amplitude: float) -> float:
    return 20 * float(np.log10(max(amplitude, 1e-6)))


def loudness_lufs(sound: Sound) -> float:
    """Return the integrated loudness after ITU-R BS.1770-4 (mono); −70 where there is only silence."""
    samples = sound.at_rate(RATE).samples.astype(np.float64)
    # K-weighting: the two filters of the recommendation, for 48 kHz.
    shelf = lfilter(
        [1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585], samples
    )
    weighted = lfilter([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621], shelf)
    block, step = int(0.4 * RATE), int(0.1 * RATE)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    sums = np.concatenate([[0.0], np.cumsum(weighted**2)])
    starts = np.arange(0, len(weighted) - block + 1, step)
    powers = (sums[starts + block] - sums[starts]) / block
    loud = powers[_lufs(powers) > -70.0]
    if not len(loud):
        return -70.0
    gate = _lufs(np.array([loud.mean()]))[0] - 10.0
    return float(_lufs(np.array([loud[_lufs(loud) > gate].mean()]))[0])


def _lufs(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def loud_span(sound: Sound, threshold_dbfs: float = SILENCE_DBFS) -> tuple[float, float] | None:
    """Return from when to when there is sound, in seconds; None where all is quiet."""
    frame = max(1, round(0.02 * sound.rate))
    count = len(sound.samples) // frame
    if not count:
        return None
    frames = sound.samples[: count * frame].reshape(count, frame).astype(np.float64)
    levels = 20 * np.log10(np.maximum(np.sqrt((frames**2).mean(axis=1)), 1e-6))
    loud = np.flatnonzero(levels > threshold_dbfs)
    if not len(loud):
        return None
    return float(loud[0] * frame / sound.rate), float((loud[-1] + 1) * frame / sound.rate)


def trimmed(sound: Sound) -> Sound:
    """Return the sound without the quiet around it, but for a breath."""
    span = loud_span(sound)
    if span is None:
        return Sound(sound.samples[:0], sound.rate)
    start = max(0, round((span[0] - EDGE_SECONDS) * sound.rate))
    end = min(len(sound.samples), round((span[1] + EDGE_SECONDS) * sound.rate))
    return Sound(sound.samples[start:end], sound.rate)


def evened(sound: Sound, target_lufs: float = TARGET_LUFS) -> Sound:
    """Return the sound at the loudness that all clips have, with its peaks held below the limit."""
    # Holding peaks down takes some loudness away: two more rounds give it back.
    for _ in range(EVENING_ROUNDS):
        loudness = loudness_lufs(sound)
        if loudness <= -70.0 or abs(target_lufs - loudness) < NEAR_ENOUGH_LU:
            break
        gained = sound.samples * np.float32(10 ** ((target_lufs - loudness) / 20))
        sound = Sound(_limited(gained, sound.rate), sound.rate)
    return sound


def _limited(samples: Samples, rate: int) -> Samples:
    """Turn down, smoothly, only where a peak goes over the limit."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    frame = max(1, round(0.005 * rate))
    count = -(-len(samples) // frame)
    peaks = np.abs(np.pad(samples, (0, count * frame - len(samples)))).reshape(count, frame).max(axis=1)
    if not len(peaks) or peaks.max() <= ceiling:
        return samples
    gains = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    # Each frame obeys its neighbours too, so that the gain is low enough before the peak comes.
    reach = 4
    lowest = np.min([np.roll(np.pad(gains, reach, mode="edge"), shift) for shift in range(-reach, reach + 1)], axis=0)
    held = lowest[reach : reach + count]
    smooth = np.convolve(np.pad(held, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    curve = np.interp(np.arange(len(samples)), (np.arange(count) + 0.5) * frame, smooth)
    limited = samples * curve.astype(np.float32)
    return np.clip(limited, -ceiling, ceiling).astype(np.float32)


def joined(sounds: list[Sound], pause: float = 0.35) -> Sound:
    """Return sounds one after another with a pause between, at the rate of clips."""
    quiet = np.zeros(round(pause * RATE), np.float32)
    parts: list[Samples] = []
    for sound in sounds:
        parts += [quiet, sound.at_rate(RATE).samples] if parts else [sound.at_rate(RATE).samples]
    return Sound(np.concatenate(parts) if parts else np.zeros(0, np.float32), RATE)
