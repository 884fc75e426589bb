"""Taking in recordings by volunteers: checked, made even, and refused with a reason that a person understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.clock import now
from bot.languages import LANGUAGES, Language, as_language
from bot.voice.catalogue import Catalogue, Item, catalogue_of_today
from bot.voice.codec import decode, encode_opus
from bot.voice.errors import VoiceError
from bot.voice.ogg import opus_seconds
from bot.voice.recordings import Recording, Recordings, text_hash
from bot.voice.sound import Sound, evened, loudness_lufs, trimmed

SOUND_FILES = {".ogg", ".oga", ".opus", ".wav", ".mp3", ".m4a", ".flac", ".webm", ".aac"}
MAX_SECONDS = 180.0
MAX_BYTES = 60_000_000
QUIETEST_LUFS = -42.0  # below this, making it louder lifts the noise too
MAX_CLIPPED = 0.002  # share of samples at full scale
LEAST_CONTRAST_DB = 18.0  # between speech and the noise behind it
LONGEST_PAUSE_S = 3.0
# Letters a second: slower is not this text, or has long gaps; faster is cut off.
SLOWEST, FASTEST = 4.0, 24.0


@dataclass(frozen=True)
class Taken:
    """What became of a file.

    Attributes:
        file: its name below the folder.
        item: the text that it is a recording of; None where that is not known.
        seconds: how long it is now.
        problem: why it was refused; None where it was taken.
    """

    file: str
    item: Item | None
    seconds: float
    problem: str | None


def take_recordings(folder: Path, recordings: Recordings, speaker: str = "") -> Iterator[Taken]:
    """Take every sound file of a folder: ``<language>/<id>.<ending>``, as `drom audio list` names them.

    Yields:
        What became of each file, in the order of names. One that is refused changes nothing.
    """
    known = {language: catalogue_of_today(language) for language in LANGUAGES}
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUND_FILES):
        name = str(path.relative_to(folder))
        item = _item(path, known)
        if item is None:
            yield Taken(name, None, 0.0, "no text has this name: call it LANGUAGE/ID.ogg, as `drom audio list` shows")
            continue
        try:
            sound = decode(path.read_bytes(), MAX_SECONDS, MAX_BYTES)
        except (OSError, VoiceError) as error:
            yield Taken(name, item, 0.0, str(error))
            continue
        speech = trimmed(sound)
        problem = find_problem(speech, item)
        if problem:
            yield Taken(name, item, speech.seconds, problem)
            continue
        data = encode_opus(evened(speech))
        seconds = round(opus_seconds(data), 2)
        row = Recording(item.language, item.id, text_hash(item), seconds, speaker, now().date().isoformat())
        recordings.add(row, data)
        yield Taken(name, item, seconds, None)


def _item(path: Path, known: dict[Language, Catalogue]) -> Item | None:
    language = as_language(path.parent.name)
    return known[language].items.get(path.stem) if language else None


def find_problem(speech: Sound, item: Item) -> str | None:
    """Return what is wrong with a recording, in words with the remedy; None where it is good."""
    if not len(speech.samples):
        return "it is silent: check that the microphone was on"
    clipped = float((np.abs(speech.samples) > 0.999).mean())
    if clipped > MAX_CLIPPED:
        return "it is distorted: record again, farther from the microphone"
    loudness = loudness_lufs(speech)
    if loudness < QUIETEST_LUFS:
        return f"it is too quiet ({loudness:.0f} LUFS): record again, closer to the microphone"
    levels = _levels(speech)
    contrast = float(np.percentile(levels, 90) - np.percentile(levels, 5))
    if contrast < LEAST_CONTRAST_DB:
        return "there is too much noise behind the voice: record again in a quiet room"
    pause = _longest_pause(levels)
    if pause > LONGEST_PAUSE_S:
        return f"it has a pause of {pause:.1f} s: record again without stopping"
    letters = sum(character.isalnum() for character in item.spoken)
    pace = letters / max(speech.seconds, 0.1)
    if pace > FASTEST:
        return f"it is too short for this text ({speech.seconds:.1f} s): is a part missing?"
    if pace < SLOWEST and speech.seconds > 3.0:
        return f"it is too long for this text ({speech.seconds:.1f} s): is something else on it?"
    return None


_FRAME_S = 0.05


def _levels(sound: Sound) -> np.ndarray:
    """Return the level of each twentieth of a second, in decibels."""
    frame = round(_FRAME_S * sound.rate)
    count = max(1, len(sound.samples) // frame)
    frames = np.resize(sound.samples, count * frame).reshape(count, frame).astype(np.float64)
    return 20 * np.log10(np.maximum(np.sqrt((frames**2).mean(axis=1)), 1e-5))


def _longest_pause(levels: np.ndarray) -> float:
    quiet = levels < np.percentile(levels, 90) - 30
    longest = current = 0
    for is_quiet in quiet:
        current = current + 1 if is_quiet else 0
        longest = max(longest, current)
    return longest * _FRAME_S
