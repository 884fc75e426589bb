"""Speaking and listening through servers with the OpenAI interfaces, over real HTTP on loopback."""

import asyncio
from contextlib import closing

import pytest

from bot.voice.cache import ClipCache
from bot.voice.codec import encode_opus, facts
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.engines.server import ServerEngine
from bot.voice.errors import ListeningFailed
from bot.voice.listening import Ear
from bot.voice.recordings import Recordings
from bot.voice.transcribers.server import ServerTranscriber
from bot.voice.voice import Voice
from tests.support.speech import babble
from tests.support.speech_api import SpeechApi

NOTE = encode_opus(babble(2.0))


async def clip_through(url: str, folder, key: str | None = None):
    voice = Voice(
        [ServerEngine(url, "tts-1", "alloy", key, timeout_s=2.0), EspeakEngine()],
        ClipCache(folder / "clips", 10**6),
        Recordings(folder / "audio"),
    )
    try:
        return await voice.clip("Ejiet uz NVA.", "lv")
    finally:
        await voice.close()


async def test_a_server_speaks_what_is_for_the_ear(tmp_path):
    async with SpeechApi(key="secret") as api:
        clip = await clip_through(api.url, tmp_path, "secret")
        assert api.spoken == ["Ejiet uz en vē ā."]
        assert clip.engine == "server-tts-1-alloy"
        assert facts(clip.data).codec == "opus"


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 429}, {"key": "another"}])
async def test_where_the_server_fails_the_embedded_voice_speaks(tmp_path, trouble):
    async with SpeechApi(**trouble) as api:
        assert (await clip_through(api.url, tmp_path)).engine.startswith("espeak")


async def test_where_no_server_is_there_the_embedded_voice_speaks(tmp_path):
    assert (await clip_through("http://127.0.0.1:9", tmp_path)).engine.startswith("espeak")


async def test_a_server_hears_and_tells_how_surely():
    async with SpeechApi(key="secret") as api:
        with closing(Ear(ServerTranscriber(f"{api.url}/v1", "whisper-1", "secret"))) as ear:
            heard = await ear.listen(NOTE, "lv")
        assert (heard.text, heard.language, heard.is_clear) == ("нет денег", "ru", True)
        assert heard.confidence == pytest.approx(0.82, abs=0.01)
        assert api.recordings == [pytest.approx(2.0, abs=0.1)]


async def test_a_server_that_is_not_sure_is_asked_back():
    async with SpeechApi(logprob=-1.2) as api:
        with closing(Ear(ServerTranscriber(api.url, "whisper-1"))) as ear:
            assert not (await ear.listen(NOTE, "ru")).is_clear


async def test_a_server_that_knows_only_the_short_answer_is_understood():
    async with SpeechApi(knows_verbose=False) as api:
        with closing(Ear(ServerTranscriber(api.url, "gpt-4o-transcribe"))) as ear:
            heard = await ear.listen(NOTE, "ru")
        assert (heard.text, heard.language, heard.confidence) == ("нет денег", "ru", None)


@pytest.mark.parametrize("trouble", [{"status": 500}, {"key": "another"}])
async def test_a_server_that_fails_is_told_kindly_and_without_its_address(trouble):
    async with SpeechApi(**trouble) as api:
        with (
            closing(Ear(ServerTranscriber(api.url, "whisper-1", "wrong"))) as ear,
            pytest.raises(ListeningFailed) as caught,
        ):
            await ear.listen(NOTE, "lv")
        assert "127.0.0.1" not in str(caught.value)
        assert "Mēģiniet pēc brīža" in caught.value.explanation("lv")


async def test_a_server_that_never_answers_is_given_up():
    async def silent(reader, writer):
        await asyncio.sleep(5)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    silent_server = ServerTranscriber(f"http://127.0.0.1:{port}", "whisper-1", timeout_s=0.2)
    with closing(Ear(silent_server)) as ear, pytest.raises(ListeningFailed):
        await ear.listen(NOTE, "lv")
    server.close()


# The stand-in itself is checked by the client that OpenAI publishes.


async def test_the_official_client_agrees_with_the_server_that_these_tests_use():
    openai = pytest.importorskip("openai", reason="the official client is not installed: uv sync --group dev")
    async with SpeechApi(key="secret") as api:
        client = openai.AsyncOpenAI(base_url=f"{api.url}/v1", api_key="secret", max_retries=0)
        speech = await client.audio.speech.create(model="tts-1", voice="alloy", input="Labdien", response_format="opus")
        assert facts(speech.content).codec == "opus"
        long = await client.audio.transcriptions.create(
            model="whisper-1", file=("a.ogg", NOTE), language="ru", response_format="verbose_json"
        )
        assert (long.text, long.language) == ("нет денег", "russian")
        assert long.segments[0].avg_logprob == -0.2
        short = await client.audio.transcriptions.create(model="whisper-1", file=("a.ogg", NOTE))
        assert short.text == "нет денег"
        with pytest.raises(openai.BadRequestError):
            await client.audio.transcriptions.create(model="whisper-1", file=("a.txt", b"words"))
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="no").audio.speech.create(model="tts-1", voice="alloy", input="a")
        await client.close()
