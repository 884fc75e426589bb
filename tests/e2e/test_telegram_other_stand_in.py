"""A stand-in made by others (npm's telegram-test-api) sees the same bot: a mistake shared with ours would show.

It knows text, commands, callbacks, polling and webhooks. Where it is not as Telegram is, a shim puts
that right: ``getMe`` without ``is_bot``, times in milliseconds, taps without the message that was tapped.
"""

import asyncio
import json
import shutil
import subprocess
import time
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.assistant.messages import Button, Reply, payload
from tests.conftest import free_port
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_bot import running

FOLDER = Path(__file__).parent.parent / "support" / "telegram_test_api"
TOKEN = "666:other-stand-in"
LONG = payload("inform_place", municipality="Dienvidkurzemes novads", place="Pāvilosta")

pytestmark = [pytest.mark.xdist_group("telegram"), pytest.mark.timeout(400)]  # npm has to fetch a hundred packages


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Path:
    """The package, installed by npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("SKIPPED LOUDLY: node and npm are missing; the bot is NOT checked against telegram-test-api")
    folder = tmp_path_factory.mktemp("telegram-test-api")
    for name in ("package.json", "serve.js"):
        shutil.copy(FOLDER / name, folder)
    installing = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--fetch-retries=2"],
        cwd=folder, timeout=180, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert installing.returncode == 0, installing.stdout[-2000:]
    return folder


class Other:
    """telegram-test-api with the shim in front of it, and a person who writes through it."""

    def __init__(self, port: int):
        self.inner = f"http://127.0.0.1:{port}"
        self.url = ""
        self.unknown: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self):
        self.session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"

    async def stop(self):
        await self._runner.cleanup()
        await self.session.close()

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        form = dict(await request.post())
        async with self.session.post(f"{self.inner}{request.path}", json=form) as answer:
            document, status = await answer.json(), answer.status
        if status != 200:
            self.unknown.add(method)
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        result = document.get("result")
        if method == "getMe":
            result["is_bot"] = True
        if method == "sendMessage":
            result["date"] = int(time.time())
        for update in result if method == "getUpdates" else []:
            query = update.get("callback_query")
            if query:
                query["message"] |= {"message_id": 1, "date": int(time.time()), "text": "?"}
        return web.json_response(document)

    async def _post(self, path: str, content: dict) -> dict:
        async with self.session.post(f"{self.inner}{path}", json=content) as answer:
            return await answer.json()

    def _common(self, person: int) -> dict:
        user = {"id": person, "first_name": "Anna", "is_bot": False}
        chat = {"id": person, "first_name": "Anna", "type": "private"}
        return {"botToken": TOKEN, "date": int(time.time()), "from": user, "chat": chat}

    async def write(self, person: int, text: str):
        if text.startswith("/"):
            entities = [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]
            await self._post("/sendCommand", {**self._common(person), "text": text, "entities": entities})
        else:
            await self._post("/sendMessage", {**self._common(person), "text": text})

    async def tap(self, person: int, data: str):
        common = self._common(person)
        message = {"from": common["from"], "chat": common["chat"]}
        query = {"botToken": TOKEN, "date": common["date"], "from": common["from"], "message": message, "data": data}
        await self._post("/sendCallback", query)

    async def see(self, person: int, count: int, within: float = 30.0) -> list[dict]:
        seen: list[dict] = []
        ends = time.monotonic() + within
        while len(seen) < count:
            assert time.monotonic() < ends, f"{count} messages were expected, but there is only {seen}"
            document = await self._post("/getUpdates", {"token": TOKEN, "chatId": person})
            seen += [one["message"] for one in document["result"]]
            await asyncio.sleep(0.1)
        assert len(seen) == count
        return seen


@pytest.fixture
async def other(installed):
    port = free_port()
    process = await asyncio.to_thread(
        subprocess.Popen,
        ["node", "serve.js", str(port)],
        cwd=installed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), 60)
        assert line == b"ready\n", line
        other = Other(port)
        await other.start()
        yield other
        await other.stop()
    finally:
        process.kill()
        process.wait(10)


async def test_text_commands_and_taps_are_answered_there_too(other, tmp_path):
    talks = EchoTalks(replies=lambda words: [Reply(f"echo {words} & <co>", [Button("Vieta", LONG)])])

    class Api:
        token, url = TOKEN, other.url

    async with running(Api, tmp_path, talks):
        await other.write(5, "/start")
        keyboard, greeting = await other.see(5, 2)
        assert keyboard["reply_markup"]["is_persistent"] is True
        assert greeting["text"] == "echo /greet &amp; &lt;co&gt;"
        data = greeting["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        assert len(data.encode()) <= 64
        await other.write(5, "nav darba")
        await other.see(5, 1)
        await other.tap(5, data)
        await other.see(5, 1)
        assert json.loads(greeting["link_preview_options"])["is_disabled"] is True
    assert talks.everything == ["/greet", "nav darba", LONG]
    # Everything else that we call is what that package does not have, not what Telegram does not have.
    assert not other.unknown & {"getMe", "getUpdates", "sendMessage", "answerCallbackQuery", "deleteWebhook"}
