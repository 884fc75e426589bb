"""The Telegram channel as Rasa knows it: it starts and stops with Rasa's server, in its event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.assistant.conversation import Conversation
from bot.channels.telegram.extensions import Extensions
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.post import Post
from bot.channels.telegram.service import WEBHOOK_PATH, Options, TelegramService, full_webhook_url
from bot.channels.telegram.state import State
from bot.settings import Settings, settings

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1_000_000


class TelegramChannel(InputChannel):
    """Talks with people in Telegram where ``TELEGRAM_TOKEN`` is set; does nothing where it is not.

    Args:
        per_second: messages a second to all chats together; Telegram allows 30 (more only where the
            bot pays for it).
        chat_pause_s: seconds between two messages to one chat.
    """

    def __init__(self, per_second: int = Limits.per_second, chat_pause_s: float = Limits.chat_pause_s):
        self._limits = Limits(per_second=per_second, chat_pause_s=chat_pause_s)
        self.extensions = Extensions()
        self.service: TelegramService | None = None

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "telegram"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TelegramChannel:
        """Make the channel with the options of ``credentials.yml``."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """The routes stand where the webhook's address says."""
        return ""

    @property
    def state(self) -> State:
        """How the channel is, for the health page."""
        return self.service.state if self.service else State()

    @property
    def post(self) -> Post | None:
        """What writes to people who are not writing just now; None where Telegram is off."""
        return self.service.post if self.service else None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the webhook's routes, and what starts and stops the bot."""
        routes = Blueprint("telegram")
        chosen = settings()

        @routes.listener("before_server_start")
        async def be_known(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            app.ctx.telegram = self  # to whoever adds to the chat, before anybody writes

        @routes.listener("after_server_start")
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            running = getattr(app.ctx, "settings", chosen)
            if not running.telegram_token:
                return
            self.service = TelegramService(
                options(running, self._limits),
                lambda chat, code: Conversation(app.ctx.agent, chat, self.name(), code),
                getattr(app.ctx, "listener", None),
                self.extensions,
            )
            await self.service.start()

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            if self.service:
                await self.service.stop()

        async def webhook(request: Request) -> HTTPResponse:
            return await self._receive_post(request)

        for number, path in enumerate(webhook_paths(chosen)):
            routes.add_route(webhook, path, methods=["POST"], name=f"webhook_{number}")
        return routes

    async def _receive_post(self, request: Request) -> HTTPResponse:
        if self.service is None or self.service.webhook_url is None:
            return response.empty(status=404)
        if not self.service.is_genuine(request.headers.get(SECRET_HEADER)):
            return response.empty(status=403)
        if len(request.body) > MAX_BODY:
            return response.empty(status=413)
        try:
            document = request.json
        except Exception:  # whatever Sanic makes of a body that is no JSON
            return response.empty(status=400)
        is_update = await self.service.accept_post(document)
        return response.empty(status=200 if is_update else 400)


def options(chosen: Settings, limits: Limits) -> Options:
    """Return what the bot needs to know of the settings, the token being set."""
    assert chosen.telegram_token is not None
    return Options(
        token=chosen.telegram_token,
        api_url=chosen.telegram_api_url,
        database_url=chosen.tracker_database_url,
        data_dir=chosen.data_dir,
        webhook_url=chosen.telegram_webhook_url,
        webhook_secret=chosen.telegram_webhook_secret,
        limits=limits,
        watch_s=chosen.telegram_watch_s,
    )


def webhook_paths(chosen: Settings) -> list[str]:
    """Return where posts are taken: at our own path, and at that of the public address where it differs."""
    if not chosen.telegram_webhook_url:
        return []
    public = urlsplit(full_webhook_url(chosen.telegram_webhook_url)).path
    return list(dict.fromkeys([WEBHOOK_PATH, public]))
