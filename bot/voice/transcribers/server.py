"""A server with the OpenAI transcription interface (`POST /v1/audio/transcriptions`), whatever model it runs.

Interface: https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

import math
from typing import Any

import httpx

from bot.languages import Language, as_language
from bot.voice.codec import encode_opus
from bot.voice.engines.server import api_address
from bot.voice.errors import ListeningFailed
from bot.voice.sound import Sound
from bot.voice.transcribers.base import Transcript

# Servers name the language that they heard in full.
NAMES: dict[str, Language] = {"latvian": "lv", "russian": "ru", "english": "en"}


class ServerTranscriber:
    """Listens through a server. The recording goes there from memory and is kept nowhere by us."""

    def __init__(self, url: str, model: str, key: str | None = None, timeout_s: float = 20.0):
        self._address = api_address(url, "audio/transcriptions")
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=httpx.Timeout(timeout_s, connect=3.0), headers=headers)

    def transcribe(self, sound: Sound, language: Language) -> Transcript:
        """Return what was said; see :class:`bot.voice.transcribers.base.Transcriber`."""
        # Encoded anew: the server gets plain sound, without whatever else the file held.
        file = ("speech.ogg", encode_opus(sound), "audio/ogg")
        form = {"model": self._model, "language": language, "response_format": "verbose_json", "temperature": "0"}
        try:
            answer = self._client.post(self._address, files={"file": file}, data=form)
            if answer.status_code == httpx.codes.BAD_REQUEST:
                # Newer models of OpenAI know only the short format.
                form["response_format"] = "json"
                answer = self._client.post(self._address, files={"file": file}, data=form)
            answer.raise_for_status()
            return _read(answer.json(), language)
        except (httpx.HTTPError, ValueError) as error:
            raise ListeningFailed(f"The transcription server failed ({type(error).__name__}).") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _read(document: Any, asked: Language) -> Transcript:
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise ValueError("the answer has no text")
    named = str(document.get("language") or "").lower()
    heard = NAMES.get(named) or as_language(named) if named else asked
    return Transcript(document["text"].strip(), heard, _confidence(document.get("segments")))


def _confidence(segments: Any) -> float | None:
    """Return e to the mean log-probability, weighted by length; None where the server does not tell."""
    if not isinstance(segments, list):
        return None
    total = weight = 0.0
    for segment in segments:
        logprob = segment.get("avg_logprob") if isinstance(segment, dict) else None
        if not isinstance(logprob, (int, float)):
            return None
        length = max(0.1, float(segment.get("end") or 0) - float(segment.get("start") or 0))
        total += logprob * length
        weight += length
    return math.exp(min(0.0, total / weight)) if weight else None
