"""The HTTP client below python-telegram-bot: aiohttp instead of httpx, for a third of the processor time.

PTB's ``HTTPXRequest`` took 36 % of the time of a bot under load, half of it for httpx's pool, which looks at all of its
connections for each call. ``BaseRequest`` is PTB's place for another client; aiohttp is there, since Rasa needs it.
https://docs.python-telegram-bot.org/en/v22.5/telegram.request.baserequest.html
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData

# What a whole answer begins with where Telegram did what it was asked.
DONE = b'{"ok":true'


class AnswerCut(NetworkError):
    """Telegram did what it was asked, but the connection broke before its answer was whole."""


class AiohttpRequest(BaseRequest):
    """Calls the Bot API through aiohttp.

    Args:
        connections: how many are open at once at most; a call waits for a free one.
        connect_timeout: seconds until a connection stands.
        read_timeout: seconds without a byte of the answer.
        write_timeout: seconds for what is sent.
        media_write_timeout: the same where files are sent.
        pool_timeout: seconds until a connection is free.
    """

    def __init__(
        self,
        connections: int,
        connect_timeout: float,
        read_timeout: float,
        write_timeout: float,
        media_write_timeout: float,
        pool_timeout: float,
    ):
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._media_write_timeout = media_write_timeout
        self._pool_timeout = pool_timeout
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    @property
    def read_timeout(self) -> float:
        """The seconds without a byte of the answer that are waited by default."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open it; no connection is made yet."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a call; return the status and the answer.

        Raises:
            TimedOut: one of the limits was reached.
            AnswerCut: it broke in the middle of an answer that says that all went well.
            NetworkError: there is no connection, or it broke.
            RetryAfter: what stands before Telegram asks to wait, in words of its own.
            RuntimeError: it is not open.
        """
        if self._session is None or self._session.closed:
            raise RuntimeError("This AiohttpRequest is not open; call initialize() before.")
        has_files = bool(request_data and request_data.multipart_data)
        write_default = self._media_write_timeout if has_files else self._write_timeout
        reading = _seconds(read_timeout, self._read_timeout)
        connecting = _seconds(connect_timeout, self._connect_timeout)
        waiting = _seconds(pool_timeout, self._pool_timeout)
        writing = _seconds(write_timeout, write_default)
        limits = (waiting, connecting, writing, reading)
        timeout = aiohttp.ClientTimeout(
            # aiohttp has no limit for writing alone: what hangs there ends with the whole call.
            total=None if None in limits else sum(limit for limit in limits if limit is not None),
            connect=None if waiting is None or connecting is None else waiting + connecting,
            sock_connect=connecting,
            sock_read=reading,
        )
        try:
            async with self._session.request(
                method,
                url,
                data=_form(request_data),
                timeout=timeout,
                allow_redirects=False,
                proxy=self._proxy(url),
            ) as response:
                payload = await _whole(response)
                if response.status == HTTPStatus.TOO_MANY_REQUESTS and b'"retry_after"' not in payload:
                    raise RetryAfter(_asked_pause(response))
                return response.status, payload
        except asyncio.TimeoutError as error:  # aiohttp's own are of this kind too
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Only the kind: the text may hold the address, and that the token.
            raise NetworkError(f"aiohttp.{type(error).__name__}") from error

    def _proxy(self, url: str) -> str | None:
        """Return the proxy that the environment names for an address, as with httpx.

        aiohttp's ``trust_env`` reads the environment anew for each call, which takes a tenth of it.
        """
        parts = urlsplit(url)
        if parts.netloc not in self._proxies:
            host = parts.hostname or ""
            is_direct = is_loopback(host) or proxy_bypass(host)
            self._proxies[parts.netloc] = None if is_direct else getproxies().get(parts.scheme)
        return self._proxies[parts.netloc]


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """Return the body of an answer."""
    payload = bytearray()
    try:
        async for piece in response.content.iter_any():
            payload += piece
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        if response.status == HTTPStatus.OK and payload.replace(b" ", b"").startswith(DONE):
            raise AnswerCut("the answer broke off") from error
        raise
    return bytes(payload)


def _asked_pause(response: aiohttp.ClientResponse) -> int:
    """Return the seconds of a header Retry-After; one where there is none, or a date."""
    asked = response.headers.get("Retry-After", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() else 1


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, which no proxy leads to."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(given: ODVInput[float], default: float) -> float | None:
    return default if isinstance(given, DefaultValue) else given


def _form(request_data: RequestData | None) -> aiohttp.FormData | None:
    if request_data is None or not (request_data.json_parameters or request_data.multipart_data):
        return None
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
