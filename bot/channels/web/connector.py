"""The connector of the web chat: a Rasa input channel that serves the page and takes its messages.

A visitor is known by a cookie that only the server can make and scripts can't read (``visitors``). What comes
too fast or too big, or from a page that is not ours, is refused in words, not in silence.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.assistant.conversation import Conversation
from bot.assistant.messages import Reply, payload
from bot.channels.cookies import read_cookie
from bot.channels.telegram.deep_links import deep_links
from bot.channels.web.headers import HEADERS
from bot.channels.web.limits import Crowd, Pace
from bot.channels.web.speaking import HEARD_WRONG, misheard, shown_turn, sound, spoken_turn
from bot.channels.web.visitors import COOKIE, Visitors
from bot.languages import DEFAULT_LANGUAGE, as_language
from bot.privacy.pseudonym import Pseudonyms
from bot.settings import settings
from bot.texts import read_texts, text

STATIC = Path(__file__).parent / "static"
COOKIE_DAYS = 1
MAX_BODY = 16_384
MAX_RECORDING = 1_000_000  # half a minute as browsers record it is half of that
AT_ONCE = 3  # messages of one visitor: a person does not write more before the first answer
# Words about speaking and listening that the page shows too.
VOICE_TEXTS = ("listen", "always_on", "always_off", "speaking_failed")


class BadMessage(ValueError):
    """The page sent something that is no message."""


class Refused(Exception):
    """A message is not taken; ``status`` as in HTTP."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason


class WebChat(InputChannel):
    """Serves the chat page at ``/`` and takes its messages at ``/chat/messages``."""

    def __init__(self) -> None:
        chosen = settings()
        self._by_visitor = Pace(chosen.web_per_minute)
        self._by_address = Pace(chosen.web_address_per_minute)
        self._crowd = Crowd(AT_ONCE)

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "web"

    def url_prefix(self) -> str:
        """The page stands at the root."""
        return ""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of the page."""
        routes = Blueprint("web_chat")

        @routes.get("/")
        async def page(request: Request) -> HTTPResponse:
            shown = await response.file(STATIC / "index.html", headers=HEADERS)
            visitors = _visitors(request)
            if visitors.chat(read_cookie(request, COOKIE)) is None:
                _set_cookie(request, shown, visitors.new_cookie())
            return shown

        @routes.get("/chat/<name:str>")
        async def part(request: Request, name: str) -> HTTPResponse:
            if name == "texts.json":
                texts = {key: text.dict() for key, text in read_texts("web").items()}
                texts |= {key: read_texts("voice")[key].dict() for key in VOICE_TEXTS}
                return response.json(texts, headers=HEADERS, ensure_ascii=False)
            if name not in {"chat.css", "chat.js", "voice.js", "icon.svg"}:
                return response.json({"error": "not found"}, status=404)
            return await response.file(STATIC / name, headers=HEADERS)

        @routes.post("/chat/messages")
        async def messages(request: Request) -> HTTPResponse:
            try:
                chat = self._admit(request)
            except Refused as refused:
                request.app.ctx.metrics.refused.labels(refused.reason).inc()
                return _refusal(request, refused)
            try:
                document = _read(request)
                conversation = Conversation(request.app.ctx.agent, chat, self.name(), document.get("language_code"))
                turn = await _send(conversation, document)
            except BadMessage as error:
                return response.json({"error": str(error)}, status=400, headers=HEADERS)
            finally:
                self._crowd.leave(chat)
            return response.json(shown_turn(request.app.ctx, turn, chat), headers=HEADERS, ensure_ascii=False)

        @routes.post("/chat/voice")
        async def voice(request: Request) -> HTTPResponse:
            try:
                chat = self._admit(request, MAX_RECORDING)
            except Refused as refused:
                request.app.ctx.metrics.refused.labels(refused.reason).inc()
                return _refusal(request, refused)
            try:
                language = as_language(request.args.get("language_code"))
                conversation = Conversation(request.app.ctx.agent, chat, self.name(), language)
                answer = await spoken_turn(request.app.ctx, conversation, request.body)
            finally:
                self._crowd.leave(chat)
            return response.json(answer, headers=HEADERS, ensure_ascii=False)

        @routes.get("/chat/audio/<key:str>")
        async def audio(request: Request, key: str) -> HTTPResponse:
            chat = _visitors(request).chat(read_cookie(request, COOKIE))
            if chat is None:
                return response.json({"error": "no cookie"}, status=403, headers=HEADERS)
            return await sound(request.app.ctx, key, chat, request.args.get("type"))

        return routes

    def _admit(self, request: Request, max_body: int = MAX_BODY) -> str:
        """Return the pseudonym of the chat that a message belongs to.

        Raises:
            Refused: it is not from our page, unknown, too big, too fast, or one of too many at once.
        """
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refused(403, "another site")
        if len(request.body) > max_body:
            raise Refused(413, "too big")
        chat = _visitors(request).chat(read_cookie(request, COOKIE))
        if chat is None:
            raise Refused(403, "no cookie")
        address = request.remote_addr or request.ip or ""
        if not (self._by_address.allows(address) and self._by_visitor.allows(chat)):
            raise Refused(429, "too fast")
        if not self._crowd.enter(chat):
            raise Refused(429, "too many at once")
        return chat


def _visitors(request: Request) -> Visitors:
    return _visitors_in(request.app.ctx.settings.data_dir)


@functools.lru_cache(maxsize=4)
def _visitors_in(folder: Path) -> Visitors:
    return Visitors(Pseudonyms.from_folder(folder))


def _refusal(request: Request, refused: Refused) -> HTTPResponse:
    """Say it in words where a person may have caused it; a forged message gets the bare reason."""
    document: dict[str, Any] = {"error": refused.reason}
    if refused.status in (413, 429):
        language = as_language(request.headers.get("accept-language", "")[:2]) or DEFAULT_LANGUAGE
        key = "too_long" if refused.status == 413 else "too_fast"
        document["language"] = language
        document["replies"] = [Reply(text("web", key, language)).as_dict()]
    return response.json(document, status=refused.status, headers=HEADERS, ensure_ascii=False)


def _set_cookie(request: Request, shown: HTTPResponse, token: str) -> None:
    shown.cookies[COOKIE] = token
    shown.cookies[COOKIE]["httponly"] = True
    shown.cookies[COOKIE]["samesite"] = "Strict"
    shown.cookies[COOKIE]["max-age"] = COOKIE_DAYS * 24 * 3600
    shown.cookies[COOKIE]["secure"] = request.scheme == "https"


def _read(request: Request) -> dict[str, Any]:
    try:
        document = request.json
    except SanicException as error:
        raise BadMessage("a message is a JSON object") from error
    if not isinstance(document, dict):
        raise BadMessage("a message is a JSON object")
    document["language_code"] = as_language(document.get("language_code"))
    return document


async def _send(conversation: Conversation, document: dict[str, Any]) -> Any:
    location = document.get("location")
    if isinstance(location, dict):
        try:
            latitude, longitude = float(location["latitude"]), float(location["longitude"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadMessage("a location has a latitude and a longitude") from error
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise BadMessage("a location lies on the Earth")
        return await conversation.share_location(latitude, longitude)
    button = document.get("payload")
    if button == HEARD_WRONG:
        return await misheard(conversation)
    if isinstance(button, str):
        try:
            return await conversation.tap(button)
        except ValueError as error:
            raise BadMessage("this is no button of ours") from error
    start = document.get("start")
    if isinstance(start, str):  # a leaflet's address; what it says is looked up, never taken as a payload
        return await conversation.tap(deep_links().payload(start) or payload("greet"))
    text = document.get("text")
    if isinstance(text, str) and text.strip():
        return await conversation.say(text)
    raise BadMessage("a message has text, payload, location or start")
