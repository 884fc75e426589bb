"""How the Bot API is called."""

from __future__ import annotations

import json
import logging
from typing import Any

from telegram import Bot, Update
from telegram.request import HTTPXRequest

logger = logging.getLogger(__name__)

CONNECTIONS = 64
POLLING_CONNECTIONS = 2
CONNECT_TIMEOUT_S = 5.0
# A connection that hangs for longer is taken as broken, and the reply is sent again.
READ_TIMEOUT_S = 10.0
POOL_TIMEOUT_S = 30.0


class PollingRequest(HTTPXRequest):
    """Asks for updates; one that can't be read does not keep the others back.

    PTB reads a batch as a whole, and a mistake in one update would lose all of them, again and
    again. Such a one is replaced by an empty update with its number, which is then acknowledged.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Return the JSON document of Telegram's answer, with readable updates alone."""
        document = HTTPXRequest.parse_json_payload(payload)
        result = document.get("result") if isinstance(document, dict) else None
        if isinstance(result, list):
            document["result"] = [one for one in map(readable, result) if one is not None]
        return document


def readable(update: Any) -> dict[str, Any] | None:
    """Return an update as it is where PTB can read it, else empty with its number; None: it has none."""
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        logger.error("Telegram sent something that is no update.")
        return None
    try:
        # PTB takes away what it reads, so it reads a copy.
        Update.de_json(json.loads(json.dumps(update)), None)
    except Exception as error:
        logger.error("An update can't be read (%s).", type(error).__name__)
        return {"update_id": update["update_id"]}
    return update


class Api:
    """A bot with its connections. Making and opening it calls nothing, so that it can't fail or wait.

    Args:
        token: the bot's token.
        api_url: where the Bot API is.
    """

    def __init__(self, token: str, api_url: str):
        base = api_url.rstrip("/")
        self._requests = (_request(HTTPXRequest, CONNECTIONS), _request(PollingRequest, POLLING_CONNECTIONS))
        self.bot = Bot(
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


def _request(kind: type[HTTPXRequest], connections: int) -> HTTPXRequest:
    return kind(
        connection_pool_size=connections,
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        write_timeout=READ_TIMEOUT_S,
        pool_timeout=POOL_TIMEOUT_S,
    )
