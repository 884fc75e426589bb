"""The connector of the web chat: a Rasa input channel that serves the page and takes its messages.

A visitor is known by a random cookie that only the server can set and scripts can't read. The
assistant sees a digest of it, so that no one who reads the store can continue a talk.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.assistant.conversation import Conversation
from bot.assistant.messages import payload
from bot.channels.telegram.deep_links import deep_links
from bot.languages import as_language
from bot.texts import read_texts

STATIC = Path(__file__).parent / "static"
COOKIE = "drom_chat"
COOKIE_DAYS = 1
MAX_BODY = 16_384
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(self)",
    "Cache-Control": "no-cache",
}


class BadMessage(ValueError):
    """The page sent something that is no message."""


class WebChat(InputChannel):
    """Serves the chat page at ``/`` and takes its messages at ``/chat/messages``."""

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
            if not _token(request):
                _set_cookie(request, shown, secrets.token_urlsafe(32))
            return shown

        @routes.get("/chat/<name:str>")
        async def part(request: Request, name: str) -> HTTPResponse:
            if name == "texts.json":
                texts = {key: text.dict() for key, text in read_texts("web").items()}
                return response.json(texts, headers=HEADERS, ensure_ascii=False)
            if name not in {"chat.css", "chat.js", "icon.svg"}:
                return response.json({"error": "not found"}, status=404)
            return await response.file(STATIC / name, headers=HEADERS)

        @routes.post("/chat/messages")
        async def messages(request: Request) -> HTTPResponse:
            token = _token(request)
            if not token:
                return response.json({"error": "open the page first"}, status=403, headers=HEADERS)
            try:
                document = _read(request)
                conversation = Conversation(
                    request.app.ctx.agent, _sender(token), self.name(), document.get("language_code")
                )
                turn = await _send(conversation, document)
            except BadMessage as error:
                return response.json({"error": str(error)}, status=400, headers=HEADERS)
            answer = {"language": turn.language, "replies": [reply.as_dict() for reply in turn.replies]}
            return response.json(answer, headers=HEADERS, ensure_ascii=False)

        return routes


def _token(request: Request) -> str | None:
    token = request.cookies.get(COOKIE) or ""
    return token if re.fullmatch(r"[\w-]{43}", token) else None


def _set_cookie(request: Request, shown: HTTPResponse, token: str) -> None:
    shown.cookies[COOKIE] = token
    shown.cookies[COOKIE]["httponly"] = True
    shown.cookies[COOKIE]["samesite"] = "Strict"
    shown.cookies[COOKIE]["max-age"] = COOKIE_DAYS * 24 * 3600
    shown.cookies[COOKIE]["secure"] = request.scheme == "https"


def _sender(token: str) -> str:
    return "web-" + hashlib.sha256(token.encode()).hexdigest()[:32]


def _read(request: Request) -> dict[str, Any]:
    if len(request.body) > MAX_BODY:
        raise BadMessage("the message is too long")
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
        except (KeyError, TypeError, ValueError) as error:
            raise BadMessage("a location has a latitude and a longitude") from error
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise BadMessage("a location lies on the Earth")
        return await conversation.share_location(latitude, longitude)
    button = document.get("payload")
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
