"""How the Bot API is called."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.channels.telegram.http_client import AiohttpRequest
from bot.channels.telegram.lenient import fill_result, fill_update

logger = logging.getLogger(__name__)

# It logs every answer that it can't read, whole: that may be what people wrote.
logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)

CONNECTIONS = 64
POLLING_CONNECTIONS = 2
CONNECT_TIMEOUT_S = 5.0
# A connection that hangs for longer is taken as broken, and the reply is sent again.
READ_TIMEOUT_S = 10.0
MEDIA_WRITE_TIMEOUT_S = 20.0
POOL_TIMEOUT_S = 30.0


class StatusRequest(AiohttpRequest):
    """Reads Telegram's refusals by what they mean.

    PTB takes every 404 for a wrong token, though Telegram also answers so to a method that it does
    not know (an older Bot API server); and it looks at the HTTP status alone, where the contract
    is ``ok`` and ``error_code`` in the answer. An answer of another kind, which something between
    Telegram and us may give, is a failure of the network.
    """

    async def do_request(self, url: str, method: str, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        """Make a call; return the status that says what happened, and the answer."""
        status, payload = await super().do_request(url, method, *arguments, **named)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            is_file = method == "GET"
            if not is_file and b'"result"' not in payload and b'"ok"' not in payload:
                return HTTPStatus.BAD_GATEWAY, b"{}"
            status = _error_code(payload) or status
        elif not payload.lstrip().startswith(b"{"):
            payload = b"{}"
        if status == HTTPStatus.NOT_FOUND and not url.endswith("/getMe"):
            status = HTTPStatus.BAD_REQUEST
        return status, payload


def _error_code(payload: bytes) -> int | None:
    """Return the error that an answer tells of; None where it tells of none (or is a file)."""
    if b'"ok"' not in payload[:200] or b"false" not in payload:
        return None
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(document, dict) or document.get("ok") is not False:
        return None
    code = document.get("error_code")
    return code if isinstance(code, int) else int(HTTPStatus.BAD_REQUEST)


# What of a message or a tap is needed to answer it at all.
ESSENTIALS = {
    "message": ("message_id", "date", "chat", "from", "text", "caption", "media_group_id"),
    "edited_message": ("message_id", "date", "chat", "from", "text", "caption"),
    "callback_query": ("id", "from", "chat_instance", "data", "message"),
}
# Stands in a message for what could not be read: its names, so that it is known to have said something, and what.
UNREAD = "unread"


def read(update: Any, bot: Bot | None) -> Update | None:
    """Return an update as PTB reads it, else what is essential of it; None: it has no number.

    A single field that is missing or new in a part that we do not even look at, such as a poll's, must
    not leave a person without an answer. Where the essentials can't be read either, the number is left.
    """
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        logger.error("Telegram sent something that is no update.")
        return None
    fill_update(update)
    for part in (dict, _essentials):
        try:
            return Update.de_json(_whole(part(update)), bot)
        except Exception as error:
            logger.warning("An update can't be read whole (%s).", type(error).__name__)
    return Update(update["update_id"])


def _whole(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with its texts whole.

    JSON can hold half a character; no store can keep it, and nobody can be answered with it.
    """
    written = json.dumps(document, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return dict(json.loads(written.encode("utf-8", "replace")))
    return document


def _essentials(update: dict[str, Any]) -> dict[str, Any]:
    bare: dict[str, Any] = {"update_id": update["update_id"]}
    for kind, names in ESSENTIALS.items():
        content = update.get(kind)
        if not isinstance(content, dict):
            continue
        bare[kind] = {name: content[name] for name in names if name in content}
        if kind != "callback_query":
            bare[kind][UNREAD] = sorted(map(str, content))
            continue
        message = content.get("message")
        if isinstance(message, dict):  # as Telegram shows one that is too old: which, and where
            bare[kind]["message"] = {"message_id": message.get("message_id", 0), "date": 0, "chat": message["chat"]}
    return bare


class TolerantBot(Bot):
    """A bot that is handed each update by itself: one that can't be read whole does not keep the others back.

    PTB reads a batch as a whole; a mistake in one update would lose all of them, again and again.
    """

    async def _post(self, endpoint: str, data: dict[str, Any] | None = None, **named: Any) -> Any:
        result = await super()._post(endpoint, data, **named)
        fill_result(endpoint, data or {}, result)
        return result

    async def updates(
        self, allowed_updates: Sequence[str], limit: int, wait_s: int, offset: int | None = None
    ) -> list[Update]:
        """Ask for updates, as ``Bot.get_updates`` does.

        Args:
            allowed_updates: the kinds that are wanted.
            limit: how many at most.
            wait_s: how long Telegram may wait for the first, in seconds.
            offset: the first number that is wanted; those before it are acknowledged.

        Raises:
            TelegramError: Telegram could not be asked, or refused.
        """
        asked = {"timeout": wait_s, "limit": limit, "allowed_updates": list(allowed_updates)}
        if offset is not None:
            asked["offset"] = offset
        answer = await self._post("getUpdates", asked, read_timeout=READ_TIMEOUT_S + wait_s)
        if not isinstance(answer, list):
            raise TelegramError("Telegram's answer is no list of updates")
        return [update for one in answer if (update := read(one, self)) is not None]


class Api:
    """A bot with its connections. Making and opening it calls nothing, so that it can't fail or wait.

    Args:
        token: the bot's token.
        api_url: where the Bot API is.
    """

    def __init__(self, token: str, api_url: str):
        base = api_url.rstrip("/")
        self._requests = (_request(StatusRequest, CONNECTIONS), _request(StatusRequest, POLLING_CONNECTIONS))
        self.bot = TolerantBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    async def open(self) -> None:
        """Open it. ``Bot.initialize`` would ask Telegram, who may be out of reach."""
        for request in self._requests:
            await request.initialize()

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()


def _request(kind: type[AiohttpRequest], connections: int) -> AiohttpRequest:
    return kind(
        connections=connections,
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        write_timeout=READ_TIMEOUT_S,
        media_write_timeout=MEDIA_WRITE_TIMEOUT_S,
        pool_timeout=POOL_TIMEOUT_S,
    )
