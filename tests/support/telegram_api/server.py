"""The HTTP server of the stand-in, with the state that Telegram keeps: updates, chats, the bot's looks."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from tests.support.telegram_api import checks
from tests.support.telegram_api.checks import Refused
from tests.support.telegram_api.faults import Fault

if TYPE_CHECKING:
    from tests.support.telegram_api.phone import Phone

TOKEN = "123456:AAsecret-of-the-bot_0123456789"
ME = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Drom",
    "username": "drom_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
    "can_connect_to_business": False,
    "has_main_web_app": False,
}
MAX_LONG_POLL_S = 50
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
# The moments of arrival shift a little on a busy machine.
TOLERANCE_S = 0.02


@dataclass
class Call:
    """A call that the bot made."""

    method: str
    parameters: dict[str, str]
    at: float
    status: int = 0
    result: Any = None


@dataclass
class BotApi:
    """Telegram, as far as a bot can tell.

    Attributes:
        calls: every call, with what became of it.
        violations: what Telegram does not refuse at once, but no bot should do.
        faults: what goes wrong next.
        bare_results: what the methods that send answer, instead of the message.
    """

    token: str = TOKEN
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    phones: dict[int, Phone] = field(default_factory=dict)
    groups: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    looks: dict[tuple[str, str], Any] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    webhook_answers: list[int] = field(default_factory=list)
    port: int = 0
    bare_results: Any = None

    def __post_init__(self) -> None:
        self.update_ids = itertools.count(1000)
        self.message_ids = itertools.count(1)
        self.query_ids = itertools.count(1)
        self.open_callbacks: dict[str, int] = {}
        self.open_inline: dict[str, asyncio.Future[Any]] = {}
        self._updates: dict[int, dict[str, Any]] = {}
        self._allowed: set[str] | None = None
        self._arrived = asyncio.Event()
        self._poll = 0
        self._last_offset, self._last_poll_at, self._next_conflict_at = -1, 0.0, 0.0
        self._posting: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._recent: deque[float] = deque(maxlen=31)
        self._recent_in_chat: dict[str, float] = {}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> BotApi:
        """Listen; on the same port again after :meth:`stop`."""
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return self

    async def stop(self) -> None:
        """Stop listening. What was not fetched stays, as with Telegram."""
        for task in list(self._posting):
            task.cancel()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> BotApi:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def sent(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Return the calls of a method that were accepted."""
        return [
            call
            for call in self.calls
            if call.method == method
            and call.status == 200
            and (chat_id is None or call.parameters.get("chat_id") == str(chat_id))
        ]

    @property
    def unfetched(self) -> int:
        """How many updates the bot has not acknowledged yet."""
        return len(self._updates)

    def push(self, kind: str, content: dict[str, Any], update_id: int | None = None) -> dict[str, Any]:
        """Something happened: the bot will be told."""
        update = {"update_id": next(self.update_ids) if update_id is None else update_id, kind: content}
        self.redeliver(update)
        return update

    def redeliver(self, update: dict[str, Any]) -> None:
        """Tell the bot (again)."""
        kind = next(name for name in update if name != "update_id")
        if self._allowed is not None and kind not in self._allowed:
            return
        self._updates[update["update_id"]] = update
        self._arrived.set()
        if self.webhook.get("url"):
            task = asyncio.create_task(self._post(update))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def posted(self) -> None:
        """Return when the webhook took everything."""
        while self._posting:
            await asyncio.gather(*self._posting, return_exceptions=True)

    async def _post(self, update: dict[str, Any]) -> None:
        headers = {}
        if self.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook["secret_token"]
        async with aiohttp.ClientSession() as session:
            for attempt in range(20):
                try:
                    async with session.post(self.webhook["url"], json=update, headers=headers) as answer:
                        self.webhook_answers.append(answer.status)
                        if answer.status < 300:
                            self._updates.pop(update["update_id"], None)
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1 * (attempt + 1))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        parameters = await _parameters(request)
        call = Call(method, parameters, time.monotonic())
        self.calls.append(call)
        if request.match_info["token"] != self.token:
            return _answer(call, 401, description="Unauthorized")
        fault = next((one for one in self.faults if one.fits(method, parameters)), None)
        if fault:
            fault.times -= 1
            if fault.kind != "cut":
                return await self._break(call, fault, request)
        handler = getattr(self, f"_{_snake(method)}", None)
        if method not in checks.METHODS or handler is None:
            return _answer(call, 404, description="Not Found")
        try:
            checks.check_names(method, parameters)
            if method in checks.MESSAGES:
                message = self._send(method, parameters)
                call.result = message if self.bare_results is None else self.bare_results
            else:
                result = handler(parameters)
                call.result = await result if asyncio.iscoroutine(result) else result
        except Refused as error:
            return _answer(call, error.status, description=error.description)
        answer = _answer(call, 200, result=call.result)
        return await _cut(request, answer) if fault else answer

    async def _break(self, call: Call, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.kind == "hang":
            call.status = 599
            await asyncio.sleep(3600)
        if fault.kind == "drop":
            call.status = 599
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.kind == "garbage":
            call.status = 429 if fault.retry_after else 502
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            return web.Response(status=call.status, text="<html>Bad Gateway</html>", headers=headers)
        if fault.kind == "list":
            call.status = 599
            return web.json_response([], status=fault.http_status or 200)
        told = {"retry_after": fault.retry_after, "migrate_to_chat_id": fault.migrate_to}
        known = {name: value for name, value in told.items() if value}
        parameters = {"parameters": known} if known else {}
        description = f"Too Many Requests: retry after {fault.retry_after}" if fault.retry_after else fault.description
        return _answer(call, fault.status, fault.http_status, description=description, **parameters)

    async def _serve_file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["path"].removeprefix("voice/").removesuffix(".oga"))
        if request.match_info["token"] != self.token or content is None:
            return web.Response(status=404)
        return web.Response(body=content)

    # Methods, in the order of Telegram's documentation.

    async def _get_updates(self, parameters: dict[str, str]) -> list[dict[str, Any]]:
        if self.webhook.get("url"):
            raise Refused("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook", 409)
        limit = int(parameters.get("limit", 100))
        if not 1 <= limit <= 100:
            raise Refused("Bad Request: limit is out of range")
        if "allowed_updates" in parameters:
            self._allow(checks.as_json(parameters, "allowed_updates"))
        offset = int(parameters.get("offset", 0))
        for number in [number for number in self._updates if number < offset]:
            del self._updates[number]
        timeout = min(int(parameters.get("timeout", 0)), MAX_LONG_POLL_S)
        now = time.monotonic()
        if offset == self._last_offset and now < self._last_poll_at + 3.0:
            timeout = max(timeout, 3)  # who asks the same again and again is made to wait
        self._last_offset, self._last_poll_at = offset, now
        if timeout and not self._updates:
            self._poll += 1  # one that would wait ends another that waits; one that is answered at once ends none
        this = self._poll
        ends = now + timeout
        while not self._updates and (left := ends - time.monotonic()) > 0:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), min(left, 0.25))
            except asyncio.TimeoutError:
                pass
            if this != self._poll:
                if time.monotonic() >= self._next_conflict_at:
                    self._next_conflict_at = time.monotonic() + 3.0
                else:  # two that fight are slowed down
                    await asyncio.sleep(3.0)
                raise Refused(CONFLICT, 409)
        return [self._updates[number] for number in sorted(self._updates)][:limit]

    def _set_webhook(self, parameters: dict[str, str]) -> bool:
        if not re.match(r"https?://", parameters["url"]):
            raise Refused("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        secret = parameters.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refused("Bad Request: secret token contains unallowed characters")
        if not 1 <= int(parameters.get("max_connections", 40)) <= 100:
            raise Refused("Bad Request: max_connections is out of range")
        self._allow(checks.as_json(parameters, "allowed_updates") if "allowed_updates" in parameters else None)
        self.webhook = {"url": parameters["url"], "secret_token": secret}
        if parameters.get("drop_pending_updates") == "true":
            self._updates.clear()
        for update in list(self._updates.values()):
            self.redeliver(update)
        return True

    def _delete_webhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = {}
        if parameters.get("drop_pending_updates") == "true":
            self._updates.clear()
        return True

    def _get_webhook_info(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }

    def _get_me(self, parameters: dict[str, str]) -> dict[str, Any]:
        return dict(ME)

    def _send_chat_action(self, parameters: dict[str, str]) -> bool:
        self._reachable(parameters["chat_id"])
        if parameters["action"] not in checks.ACTIONS:
            raise Refused("Bad Request: wrong parameter action in request")
        return True

    def _answer_callback_query(self, parameters: dict[str, str]) -> bool:
        if self.open_callbacks.pop(parameters["callback_query_id"], None) is None:
            raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    def _answer_inline_query(self, parameters: dict[str, str]) -> bool:
        results = checks.as_json(parameters, "results")
        checks.check_inline_results(results)
        waiting = self.open_inline.pop(parameters["inline_query_id"], None)
        if waiting is None:
            raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
        waiting.set_result(results)
        return True

    def _get_file(self, parameters: dict[str, str]) -> dict[str, Any]:
        file_id = parameters["file_id"]
        if file_id not in self.files:
            raise Refused("Bad Request: invalid file_id")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(self.files[file_id]),
            "file_path": f"voice/{file_id}.oga",
        }

    def _set_my_commands(self, parameters: dict[str, str]) -> bool:
        commands = checks.as_json(parameters, "commands")
        checks.check_commands(commands)
        self.looks["commands", checks.check_language_code(parameters)] = commands
        return True

    def _get_my_commands(self, parameters: dict[str, str]) -> Any:
        return self.looks.get(("commands", checks.check_language_code(parameters)), [])

    def _set_my_name(self, parameters: dict[str, str]) -> bool:
        return self._look(parameters, "name", 64)

    def _get_my_name(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._seen(parameters, "name", ME["first_name"])

    def _set_my_description(self, parameters: dict[str, str]) -> bool:
        return self._look(parameters, "description", 512)

    def _get_my_description(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._seen(parameters, "description")

    def _set_my_short_description(self, parameters: dict[str, str]) -> bool:
        return self._look(parameters, "short_description", 120)

    def _get_my_short_description(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._seen(parameters, "short_description")

    def _set_chat_menu_button(self, parameters: dict[str, str]) -> bool:
        self.looks["menu_button", ""] = checks.as_json(parameters, "menu_button")
        return True

    def _send_message(self, parameters: dict[str, str]) -> None:
        """Messages share :meth:`_send`."""

    _send_venue = _send_contact = _send_voice = _send_message

    def _send(self, method: str, parameters: dict[str, str]) -> dict[str, Any]:
        chat_id = parameters["chat_id"]
        self._reachable(chat_id)
        words = checks.check_message(method, parameters)
        self._watch_pace(chat_id)
        is_group = int(chat_id) in self.groups
        phone = self.phones.get(int(chat_id))
        message = {
            "message_id": next(self.message_ids),
            "date": int(time.time()),
            "from": {name: ME[name] for name in ("id", "is_bot", "first_name", "username") if name in ME},
            "chat": {"id": int(chat_id), "type": "supergroup", "title": "Grupa"}
            if is_group
            else {"id": int(chat_id), "type": "private", "first_name": "A"},
        }
        markup = checks.as_json(parameters, checks.MARKUP) if checks.MARKUP in parameters else {}
        if method == "sendMessage":
            message["text"] = words
        elif method == "sendVenue":
            location = {"latitude": float(parameters["latitude"]), "longitude": float(parameters["longitude"])}
            message["location"] = location
            message["venue"] = {
                "location": location,
                "title": parameters["title"],
                "address": parameters["address"],
            }
        elif method == "sendContact":
            message["contact"] = {"phone_number": parameters["phone_number"], "first_name": parameters["first_name"]}
        elif method == "sendVoice":
            message["voice"] = self._keep_voice(parameters["voice"])
        if "inline_keyboard" in markup:
            message["reply_markup"] = markup
        if phone:
            phone.show(method, message, markup)
        return message

    def _keep_voice(self, sound: str) -> dict[str, Any]:
        """Keep a voice note that was sent. Telegram shows anything but OGG as a file."""
        content = sound.encode("latin-1")
        if not content.startswith(b"OggS"):
            raise Refused("Bad Request: wrong file identifier/HTTP URL specified")
        file_id = f"sent{len(self.files)}"
        self.files[file_id] = content
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "duration": 1, "mime_type": "audio/ogg"}

    def _edit_message_text(self, parameters: dict[str, str]) -> dict[str, Any]:
        self._reachable(parameters["chat_id"])
        checks.check_message("sendMessage", parameters)
        words = checks.check_text(parameters["text"], parameters.get("parse_mode"), 4096)
        markup = checks.as_json(parameters, checks.MARKUP) if checks.MARKUP in parameters else {}
        phone = self.phones[int(parameters["chat_id"])]
        shown = next((one for one in phone.screen if one.id == int(parameters["message_id"])), None)
        if shown is None or "text" not in shown.message:
            raise Refused("Bad Request: message to edit not found")
        if (shown.text, shown.markup) == (words, markup):
            raise Refused("Bad Request: message is not modified")
        phone.change(shown, words, markup)
        return shown.message

    def _reachable(self, chat_id: str) -> None:
        if not re.fullmatch(r"-?\d+", chat_id):
            raise Refused("Bad Request: chat not found")
        if int(chat_id) in self.groups:
            return
        phone = self.phones.get(int(chat_id))
        if phone is None:
            raise Refused("Bad Request: chat not found")
        if not phone.has_written:
            raise Refused("Forbidden: bot can't initiate conversation with a user", 403)
        if phone.has_blocked:
            raise Refused("Forbidden: bot was blocked by the user", 403)

    def _watch_pace(self, chat_id: str) -> None:
        now = time.monotonic()
        self._recent.append(now)
        if len(self._recent) == 31 and now - self._recent[0] < 1.0 - TOLERANCE_S:
            self.violations.append("more than 30 messages in a second")
        before = self._recent_in_chat.get(chat_id)
        if before is not None and now - before < 1.0 - TOLERANCE_S:
            self.violations.append(f"{now - before:.3f} s between two messages to one chat")
        self._recent_in_chat[chat_id] = now

    def _look(self, parameters: dict[str, str], name: str, limit: int) -> bool:
        self.looks[name, checks.check_language_code(parameters)] = checks.check_length(parameters, name, limit)
        return True

    def _seen(self, parameters: dict[str, str], name: str, default: str = "") -> dict[str, Any]:
        code = checks.check_language_code(parameters)
        return {name: self.looks.get((name, code), self.looks.get((name, ""), default))}

    def _allow(self, allowed: Any) -> None:
        if allowed is None:
            return
        if not isinstance(allowed, list) or set(allowed) - checks.UPDATE_TYPES:
            raise Refused("Bad Request: allowed_updates has an unknown type")
        self._allowed = set(allowed) or None


async def _parameters(request: web.Request) -> dict[str, str]:
    """Return the parameters, however they were sent; what is no text is its JSON, a file its bytes as Latin-1."""
    parameters = dict(request.query)
    if request.content_type == "application/json":
        document = await request.json()
        parameters.update({k: v if isinstance(v, str) else json.dumps(v) for k, v in document.items()})
    elif request.can_read_body:
        for key, value in (await request.post()).items():
            parameters[key] = value.file.read().decode("latin-1") if isinstance(value, web.FileField) else str(value)
    return parameters


def _answer(call: Call, status: int, http_status: int | None = None, **content: Any) -> web.Response:
    call.status = status
    document = {"ok": status == 200, **content}
    if status != 200:
        document["error_code"] = status
    return web.json_response(document, status=http_status or status)


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Send the first half of an answer, and cut the connection."""
    assert isinstance(answer.body, bytes)
    begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(answer.body))})
    await begun.prepare(request)
    await begun.write(answer.body[: len(answer.body) // 2])
    await asyncio.sleep(0.05)
    assert request.transport is not None
    request.transport.abort()
    return begun


def _snake(method: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", method).lower()
