"""A server with the OpenAI speech interface (`POST /v1/audio/speech`), whatever model it runs.

Interface: https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

from __future__ import annotations

import httpx

from bot.languages import LANGUAGES, Language
from bot.voice.codec import decode
from bot.voice.engines.base import EngineFailed
from bot.voice.errors import VoiceError
from bot.voice.sound import Sound

MAX_SECONDS = 300.0
MAX_BYTES = 30_000_000


def api_address(url: str, path: str) -> str:
    """Return the address of a call, whether or not the setting already ends in ``/v1``.

    >>> api_address("http://tts:8000", "audio/speech")
    'http://tts:8000/v1/audio/speech'
    """
    base = url.rstrip("/")
    return f"{base}/{path}" if base.endswith("/v1") else f"{base}/v1/{path}"


class ServerEngine:
    """Speaks through a server; blocking, with a strict time limit."""

    is_local = False

    def __init__(
        self,
        url: str,
        model: str,
        voice: str,
        key: str | None = None,
        timeout_s: float = 8.0,
        languages: frozenset[Language] = frozenset(LANGUAGES),
    ):
        self.languages = languages
        self._address = api_address(url, "audio/speech")
        self._model = model
        self._voice = voice
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=httpx.Timeout(timeout_s, connect=3.0), headers=headers)

    @property
    def name(self) -> str:
        """With model and voice, on which its sound depends."""
        return f"server-{self._model}-{self._voice}"

    def synthesize(self, text: str, language: Language) -> Sound:
        """Return the words spoken; see :class:`bot.voice.engines.base.SpeechEngine`."""
        request = {"model": self._model, "voice": self._voice, "input": text, "response_format": "opus"}
        try:
            answer = self._client.post(self._address, json=request)
            answer.raise_for_status()
            return decode(answer.content, MAX_SECONDS, MAX_BYTES)
        except (httpx.HTTPError, VoiceError) as error:
            # Neither the text nor an address with a key in it goes into the message.
            raise EngineFailed(f"The speech server failed ({type(error).__name__}).") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
