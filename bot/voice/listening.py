"""Listening: a voice note in, words out, within limits that nobody can stretch.

The recording stays in memory and is forgotten when it is understood; it is never written anywhere.
"""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from bot.languages import Language
from bot.settings import Settings, settings
from bot.voice.codec import decode
from bot.voice.errors import ListeningFailed, NoListener, NothingHeard, RecordingEmpty
from bot.voice.listener import Heard
from bot.voice.settings import VoiceSettings, voice_settings
from bot.voice.sound import SILENCE_DBFS, Sound, loud_span
from bot.voice.transcribers.base import RATE, Transcriber

MAX_SECONDS = 30.0
MAX_BYTES = 2_000_000  # half a minute of Opus is 100 kB; of WAV 1.5 MB
SHORTEST_S = 0.25  # a slip of the finger
MAX_WAITING = 4  # who comes fifth is told to try again, rather than waiting for minutes
# Whisper's own judgement: −0.25 … −0.45 for what it understood, below −0.8 for nonsense.
CLEAR_CONFIDENCE = 0.55


class Ear:
    """Listens with a transcriber, one recording at a time. It is a :class:`bot.voice.Listener`."""

    def __init__(self, transcriber: Transcriber | None, timeout_s: float = 25.0, max_waiting: int = MAX_WAITING):
        """Make an ear.

        Args:
            transcriber: the engine; None: every recording is answered with :class:`NoListener`.
            timeout_s: how long a person waits at most, decoding and queue included.
            max_waiting: how many recordings may wait.
        """
        self._transcriber = transcriber
        self._timeout_s = timeout_s
        self._max_waiting = max_waiting
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="listening")

    @classmethod
    def from_settings(cls, chosen: Settings, voice: VoiceSettings | None = None) -> Ear:
        """Make the ear that the settings ask for: a server, else a local model, else none.

        Raises:
            WhisperNotReady: a local model is set and can't be used.
        """
        engines = voice or voice_settings()
        if chosen.stt_url:
            from bot.voice.transcribers.server import ServerTranscriber

            timeout = engines.stt_timeout_s
            return cls(ServerTranscriber(chosen.stt_url, engines.stt_model, engines.stt_key, timeout), timeout + 5.0)
        if engines.whisper:
            from bot.voice.transcribers.whisper import WhisperTranscriber, model_folder

            folder = model_folder(engines.whisper, chosen.data_dir)
            return cls(WhisperTranscriber(folder, engines.heard_languages))
        return cls(None)

    @property
    def can_hear(self) -> bool:
        """Whether there is an engine."""
        return self._transcriber is not None

    async def listen(self, audio: bytes, language: Language) -> Heard:
        """Return what a person said; see :class:`bot.voice.Listener`.

        Raises:
            NoListener: there is no engine.
            RecordingEmpty, RecordingBroken, RecordingTooLong, RecordingTooLarge: the file is of no use.
            NothingHeard, LanguageNotHeard: no words could be made out.
            ListeningFailed: the engine failed, took too long, or too many people wait.
        """
        if self._transcriber is None:
            raise NoListener("Neither DROM_STT_URL nor DROM_WHISPER is set.")
        if self._waiting >= self._max_waiting:
            raise ListeningFailed("Too many recordings wait.")
        self._waiting += 1
        # Counted down when the thread is done, not when the person stops waiting: it is busy until then.
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._hear, self._transcriber, audio, language)
        work.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._timeout_s)
        except asyncio.TimeoutError:
            raise ListeningFailed(f"Listening took more than {self._timeout_s:g} s.") from None

    def close(self) -> None:
        """Let the thread and the engine go."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._transcriber:
            self._transcriber.close()

    def _done(self, work: asyncio.Future[Heard]) -> None:
        self._waiting -= 1
        if not work.cancelled():
            work.exception()  # taken, so that nobody warns of it after a time-out

    @staticmethod
    def _hear(transcriber: Transcriber, audio: bytes, language: Language) -> Heard:
        sound = decode(audio, MAX_SECONDS, MAX_BYTES, RATE)
        _check_audible(sound)
        found = transcriber.transcribe(sound, language)
        if not any(character.isalnum() for character in found.text):
            raise NothingHeard("No words could be made out.")
        is_clear = found.confidence is None or found.confidence >= CLEAR_CONFIDENCE
        return Heard(found.text, is_clear, found.language, found.confidence)


def _check_audible(sound: Sound) -> None:
    span = loud_span(sound, SILENCE_DBFS - 10)
    if span is None or span[1] - span[0] < SHORTEST_S:
        raise RecordingEmpty("The recording is silent.")


@functools.cache
def ear() -> Ear:
    """Return the ear of this process, as the settings ask for it."""
    return Ear.from_settings(settings())


async def listen(data: bytes, language: Language) -> Heard:
    """Return what a person said, with the ear of this process; raises as :meth:`Ear.listen` does."""
    # The first time a model may have to be loaded.
    return await (await asyncio.to_thread(ear)).listen(data, language)
