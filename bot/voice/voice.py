"""The voice: any text as a voice note, from the best source that there is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.errors import describe
from bot.languages import LANGUAGES, Language
from bot.settings import Settings
from bot.voice.cache import ClipCache, clip_key
from bot.voice.catalogue import Item, catalogue_of_today, fixed_labels, whole_replies
from bot.voice.clip import AudioClip, Origin
from bot.voice.codec import decode, encode_opus
from bot.voice.counts import ListeningCounts
from bot.voice.engines.base import EngineFailed, SpeechEngine
from bot.voice.engines.choosing import engines_from_settings
from bot.voice.errors import SpeakingFailed
from bot.voice.menus import Choosable, bare_title, menu_text, read_aloud
from bot.voice.ogg import opus_seconds
from bot.voice.recordings import Recordings
from bot.voice.settings import VoiceSettings, voice_settings
from bot.voice.sound import Sound, evened, joined, trimmed
from bot.voice.speech import sentences, spoken

logger = logging.getLogger(__name__)

# The sound of a clip depends on these too: another number, and old clips are not used.
CLIP_FORMAT = "2"
THREADS = 2
WARMING_NICENESS = 10
REST_S = 60.0  # before an engine that failed is tried again
MAX_RECORDING_S = 300.0
MAX_RECORDING_BYTES = 10_000_000
PAUSE_BEFORE_MENU_S = 0.7


@dataclass(frozen=True)
class _Words:
    """What is to be spoken.

    Attributes:
        body: the sentences of the answer.
        menu: the sentences of the menu after it.
        parts: the fixed texts that the answer is made of; None where it is not.
        may_be_kept: nothing in it is of a person, so it may be kept on disk.
    """

    language: Language
    body: tuple[str, ...]
    menu: tuple[str, ...]
    parts: list[Item] | None
    may_be_kept: bool


class Voice:
    """Makes voice notes: a person's recording, else a kept synthesis, else a fresh one.

    Its methods never block the event loop. One of it serves a process.
    """

    def __init__(
        self,
        engines: Sequence[SpeechEngine],
        cache: ClipCache,
        recordings: Recordings | None = None,
        counts: ListeningCounts | None = None,
    ):
        """Make a voice.

        Args:
            engines: the best first.
            cache: where clips are kept.
            recordings: those of volunteers; of the project by default.
            counts: how often each text was listened to; not counted by default.
        """
        self._engines = list(engines)
        self._cache = cache
        self._recordings = recordings or Recordings()
        self._counts = counts
        self._resting: dict[str, float] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="voice")
        self._low = ThreadPoolExecutor(1, thread_name_prefix="voice-warming", initializer=_lower_priority)
        self._asked = 0
        self._quiet = asyncio.Event()  # nobody waits for a clip
        self._quiet.set()
        self._running: dict[tuple[str, str, Language], asyncio.Task[AudioClip]] = {}

    @classmethod
    def from_settings(cls, settings: Settings, voice: VoiceSettings | None = None) -> Voice:
        """Make the voice that the settings ask for.

        Raises:
            PiperNotReady: a Piper voice is set and can't be used.
        """
        chosen = voice or voice_settings()
        folder = audio_folder(settings)
        return cls(
            engines_from_settings(settings, chosen),
            ClipCache(folder / "clips", chosen.audio_cache_mb * 1_000_000),
            counts=ListeningCounts(folder / "listened.json"),
        )

    async def clip(self, text: str, language: Language, buttons: Sequence[Choosable] = ()) -> AudioClip:
        """Return a text as a voice note.

        Args:
            text: what is shown; what is not for the ear is left out (see :mod:`bot.voice.speech`).
            language: of the text.
            buttons: read after the text as a menu by ear; none: only the text.

        Raises:
            SpeakingFailed: there is nothing to say, or no engine could say it.
        """
        key = (text, "\x1f".join(button.title for button in read_aloud(buttons)), language)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._in_thread(text, language, tuple(buttons)))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        # Someone who stops waiting must not take the clip away from the others who wait for it.
        return await asyncio.shield(task)

    async def prepare(self) -> None:
        """Read what the first clip would have to wait for: words, fixed texts, engines."""

        def read() -> None:
            for language in LANGUAGES:
                spoken("", language)
                catalogue_of_today(language)
                fixed_labels(language)

        await asyncio.get_running_loop().run_in_executor(self._low, read)

    async def warm(
        self,
        languages: Sequence[Language] = LANGUAGES,
        progress: Callable[[int, int], None] | None = None,
        with_servers: bool = False,
    ) -> int:
        """Speak every fixed reply ahead, at low priority, and let a person who asks go first.

        Args:
            languages: in this order.
            progress: told how many are done and how many there are.
            with_servers: also through a server, which may cost money.

        Returns:
            How many clips were made.
        """
        loop = asyncio.get_running_loop()
        await self.prepare()
        wanted = [(language, text) for language in languages for text in whole_replies(language)]
        made = 0
        for done, (language, text) in enumerate(wanted, start=1):
            if with_servers or self._speaker(language).is_local:
                await self._quiet.wait()
                try:
                    clip = await loop.run_in_executor(self._low, self._ahead, text, language)
                    made += clip.source == "synthesis"
                except SpeakingFailed as error:
                    logger.warning("A fixed text could not be spoken ahead: %s", describe(error))
            if progress:
                progress(done, len(wanted))
        return made

    async def close(self) -> None:
        """Save the counts, let the threads go."""
        if self._counts:
            self._counts.save()
        self._low.shutdown(wait=False, cancel_futures=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        for engine in self._engines:
            engine.close()

    # In a thread

    async def _in_thread(self, text: str, language: Language, buttons: Sequence[Choosable]) -> AudioClip:
        self._asked += 1
        self._quiet.clear()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._asked_for, text, language, buttons
            )
        finally:
            self._asked -= 1
            if not self._asked:
                self._quiet.set()

    def _asked_for(self, text: str, language: Language, buttons: Sequence[Choosable]) -> AudioClip:
        words = self._words(text, language, buttons)
        if self._counts:
            self._counts.add(catalogue_of_today(language).found_in(words.body))
        return self._make(words)

    def _ahead(self, text: str, language: Language) -> AudioClip:
        return self._make(self._words(text, language, ()))

    def _words(self, text: str, language: Language, buttons: Sequence[Choosable]) -> _Words:
        body = sentences(spoken(text, language))
        menu = menu_text(buttons, language)
        if not body and not menu:
            raise SpeakingFailed("There is nothing to say.")
        parts = catalogue_of_today(language).parts(body)
        labels = fixed_labels(language)
        titles_are_fixed = all(spoken(bare_title(button.title), language) in labels for button in read_aloud(buttons))
        return _Words(language, body, sentences(menu), parts, parts is not None and titles_are_fixed)

    def _make(self, words: _Words) -> AudioClip:
        recorded = self._recorded(words)
        if recorded is not None:
            return self._of_recordings(words, recorded)
        engine = self._speaker(words.language)
        said = " ".join((*words.body, *words.menu))
        kept = self._kept(self._key(engine, words.language, said), engine.name)
        if kept:
            return kept
        engine, sound = self._synthesized(said, words.language)
        data = encode_opus(evened(trimmed(sound).padded(0.05, 0.2)))
        self._cache.put(self._key(engine, words.language, said), data, words.may_be_kept)
        return AudioClip(data, opus_seconds(data), "synthesis", engine.name)

    def _recorded(self, words: _Words) -> list[Path] | None:
        """Return the recordings of the whole answer; a voice that changes in between would only confuse."""
        if not words.parts:
            return None
        paths = [self._recordings.of(item) for item in words.parts]
        found = [path for path in paths if path]
        return found if len(found) == len(paths) else None

    def _of_recordings(self, words: _Words, paths: list[Path]) -> AudioClip:
        files = [path.read_bytes() for path in paths]
        if len(files) == 1 and not words.menu:
            return AudioClip(files[0], opus_seconds(files[0]), "recording", "person")
        marks = [
            clip_key(str(len(file)), str(path), str(path.stat().st_mtime_ns))
            for path, file in zip(paths, files, strict=True)
        ]
        menu = " ".join(words.menu)
        key = clip_key(CLIP_FORMAT, "person", words.language, menu, *marks)
        kept = self._kept(key, "person")
        if kept:
            return AudioClip(kept.data, kept.seconds, "recording", "person")
        sound = joined([decode(file, MAX_RECORDING_S, MAX_RECORDING_BYTES) for file in files])
        if menu:
            read = evened(trimmed(self._synthesized(menu, words.language)[1].at_rate(sound.rate)))
            sound = joined([sound, read], PAUSE_BEFORE_MENU_S)
        data = encode_opus(sound)
        self._cache.put(key, data, words.may_be_kept)
        return AudioClip(data, opus_seconds(data), "recording", "person")

    def _kept(self, key: str, engine: str) -> AudioClip | None:
        data = self._cache.get(key)
        if data is None:
            return None
        origin: Origin = "cache"
        try:
            return AudioClip(data, opus_seconds(data), origin, engine)
        except ValueError:  # damaged on disk: made anew
            return None

    def _key(self, engine: SpeechEngine, language: Language, said: str) -> str:
        return clip_key(CLIP_FORMAT, engine.name, language, said)

    def _able(self, language: Language) -> list[SpeechEngine]:
        """Return the engines of a language, those that failed just now last."""
        now = time.monotonic()
        able = [engine for engine in self._engines if language in engine.languages]
        return sorted(able, key=lambda engine: self._resting.get(engine.name, 0.0) > now)

    def _speaker(self, language: Language) -> SpeechEngine:
        able = self._able(language)
        if not able:
            raise SpeakingFailed(f"No engine speaks {language}.")
        return able[0]

    def _synthesized(self, said: str, language: Language) -> tuple[SpeechEngine, Sound]:
        for engine in self._able(language):
            try:
                return engine, engine.synthesize(said, language)
            except EngineFailed as error:
                # The message is ours and holds no word of the text.
                logger.warning("%s; another engine speaks for %d s", error, REST_S)
                self._resting[engine.name] = time.monotonic() + REST_S
        raise SpeakingFailed("No engine could speak.")


def audio_folder(settings: Settings) -> Path:
    """Return where clips and counts are kept."""
    return settings.data_dir / "audio"


def _lower_priority() -> None:
    """Let the thread run when nothing else wants to (Linux counts priority by thread)."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), WARMING_NICENESS)
