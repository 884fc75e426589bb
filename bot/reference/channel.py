"""The reference pages of the running assistant, under ``/reference/``."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.clock import now
from bot.directory.directory import Directory, directory
from bot.reference.site import POLICY, Site, build_site

HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-cache",  # asked for each time, answered by 304 where nothing changed
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class _File:
    content: bytes
    compressed: bytes
    tag: str
    content_type: str


class ReferencePages(InputChannel):
    """Serves the reference. It takes no messages; as a channel it stands in credentials.yml like the others."""

    def __init__(self) -> None:
        self._made: tuple[Directory, datetime.date] | None = None
        self._files: dict[str, _File] = {}
        self._making = asyncio.Lock()

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "reference"

    def url_prefix(self) -> str:
        """Where the pages stand."""
        return "reference"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of the pages."""
        routes = Blueprint("reference_pages", strict_slashes=True)

        @routes.get("")
        async def without_slash(request: Request) -> HTTPResponse:
            return response.redirect("/reference/", headers=dict(HEADERS))  # Sanic adds to what it is given

        @routes.get("/")
        async def choose(request: Request) -> HTTPResponse:
            return await self._answer(request, "index.html")

        @routes.get("/<path:path>")
        async def page(request: Request, path: str) -> HTTPResponse:
            return await self._answer(request, f"{path}index.html" if path.endswith("/") else path)

        return routes

    async def _answer(self, request: Request, path: str) -> HTTPResponse:
        file = (await self._current()).get(path)
        if file is None:
            return response.json({"error": "not found"}, status=404, headers=HEADERS)
        headers = {**HEADERS, "ETag": file.tag}
        if request.headers.get("if-none-match") == file.tag:
            return response.empty(status=304, headers=headers)
        if "gzip" in (request.headers.get("accept-encoding") or ""):
            headers["Content-Encoding"] = "gzip"
            return response.raw(file.compressed, headers=headers, content_type=file.content_type)
        return response.raw(file.content, headers=headers, content_type=file.content_type)

    async def _current(self) -> dict[str, _File]:
        """Return the files of today's directory, made anew where a card, a table or the day changed."""
        wanted = (directory(), now().date())
        if self._made and self._made[0] is wanted[0] and self._made[1] == wanted[1]:
            return self._files
        async with self._making:
            if self._made is None or self._made[0] is not wanted[0] or self._made[1] != wanted[1]:
                self._files = await asyncio.to_thread(_files, wanted[0])
                self._made = wanted
            return self._files


def _files(known: Directory) -> dict[str, _File]:
    site = build_site(known)
    return {
        path: _File(
            content,
            gzip.compress(content, 9, mtime=0),
            f'"{hashlib.sha256(content).hexdigest()[:20]}"',
            Site.content_type(path),
        )
        for path, content in site.files.items()
    }
