"""A server with the OpenAI speech and transcription interfaces, strict in what it takes, for loopback tests.

The official `openai` client is its independent check (tests/e2e/test_voice_servers.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.voice.codec import decode, encode_opus
from bot.voice.errors import VoiceError
from tests.support.speech import tone

FORMATS = {"mp3", "opus", "aac", "flac", "wav", "pcm"}


@dataclass
class SpeechApi:
    """What the server does and what it was asked.

    Attributes:
        key: the key that it wants; None: none.
        heard: what it answers to a recording.
        logprob: the mean log-probability that it claims.
        knows_verbose: whether it knows the long format of transcripts.
        status: an error that it answers everything with.
        spoken: the texts that it spoke.
        recordings: the lengths, in seconds, of the recordings that it got.
    """

    key: str | None = None
    heard: str = "нет денег"
    logprob: float = -0.2
    knows_verbose: bool = True
    status: int | None = None
    spoken: list[str] = field(default_factory=list)
    recordings: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = web.Application(client_max_size=25_000_000)
        app.router.add_post("/v1/audio/speech", self._speech)
        app.router.add_post("/v1/audio/transcriptions", self._transcription)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("/")).rstrip("/")

    async def __aenter__(self) -> SpeechApi:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self.status:
            return _error(self.status, "out of order")
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _error(401, "Incorrect API key provided.")
        return None

    async def _speech(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:  # an empty mapping is false
            return refusal
        asked = await request.json()
        if not {"model", "input", "voice"} <= set(asked) or not 0 < len(asked["input"]) <= 4096:
            return _error(400, "model, input (1 to 4096 characters) and voice are required")
        if asked.get("response_format", "mp3") not in FORMATS:
            return _error(400, "unknown response_format")
        self.spoken.append(asked["input"])
        return web.Response(body=encode_opus(tone(0.5)), content_type="audio/ogg")

    async def _transcription(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:  # an empty mapping is false
            return refusal
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField) or not form.get("model"):
            return _error(400, "file and model are required")
        if not file.filename.endswith((".ogg", ".mp3", ".wav", ".webm", ".m4a", ".flac")):
            return _error(400, "Unrecognized file format.")
        layout = form.get("response_format", "json")
        if layout not in ({"json", "text", "verbose_json"} if self.knows_verbose else {"json"}):
            return _error(400, f"response_format {layout} is not compatible with this model")
        try:
            sound = decode(file.file.read(), 600, 25_000_000)
        except VoiceError as error:
            return _error(400, str(error))
        self.recordings.append(sound.seconds)
        answer: dict[str, object] = {"text": self.heard}
        if layout == "verbose_json":
            segment = {"id": 0, "start": 0.0, "end": sound.seconds, "text": self.heard, "avg_logprob": self.logprob}
            answer |= {"task": "transcribe", "language": "russian", "duration": sound.seconds, "segments": [segment]}
        return web.json_response(answer)


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=status)
