"""The routes of the page, under ``/desk``."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.cookies import read_cookie
from bot.clock import now
from bot.desk import log
from bot.desk.access import SESSION_LASTS, Session
from bot.desk.models import Member
from bot.desk.page import view
from bot.desk.running import RunningDesk
from bot.desk.states import NotPossible
from bot.languages import DEFAULT_LANGUAGE, Language, as_language

HERE = Path(__file__).parent
COOKIE = "drom_desk"
HIGHEST = 2**53  # no request has a higher number, and no database takes any
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers do not name the origin of our own forms
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-store",
}
Page = Callable[[Request, RunningDesk, Session], Awaitable[HTTPResponse]]


class DeskPage(InputChannel):
    """Serves the desk. It takes no messages; as a channel it stands in credentials.yml like the others."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "desk"

    def url_prefix(self) -> str:
        """Where the page stands."""
        return "desk"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of the page."""
        routes = Blueprint("desk_page")
        routes.add_route(_for_members(show_requests), "/", methods=["GET"], name="requests")
        routes.add_route(show_login, "/login/<token:str>", methods=["GET"], name="login_link")
        routes.add_route(log_in, "/login", methods=["POST"], name="login")
        routes.add_route(_for_members(log_out), "/logout", methods=["POST"], name="logout")
        routes.add_route(_for_members(act), "/requests/<number:int>/<what:str>", methods=["POST"], name="act")
        routes.add_route(_for_members(show_log), "/log", methods=["GET"], name="log")
        routes.add_route(_for_members(export), "/requests.csv", methods=["GET"], name="export")
        routes.static("/desk.css", str(HERE / "static" / "desk.css"), name="style")
        return routes


def _for_members(page: Callable[..., Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
    """Return a route that only who is logged in reaches; a form must be our own."""

    @functools.wraps(page)
    async def guarded(request: Request, **parameters: Any) -> HTTPResponse:
        desk: RunningDesk = request.app.ctx.desk
        session = await asyncio.to_thread(desk.access.session, read_cookie(request, COOKIE), now())
        if session is None:
            return _page("closed.html.j2", _language(request), status=401)
        if request.method == "POST" and not (_is_ours(request) and session.allows(_field(request, "form_token"))):
            return _page("closed.html.j2", session.member.language, status=403)
        return await page(request, desk, session, **parameters)

    return guarded


async def show_login(request: Request, token: str) -> HTTPResponse:
    """Ask for one tap: programs that look at links in messages must not use them up."""
    return _page("login.html.j2", _language(request), token=token)


async def log_in(request: Request) -> HTTPResponse:
    """Use a link up."""
    desk: RunningDesk = request.app.ctx.desk
    token = await asyncio.to_thread(desk.access.log_in, _field(request, "token"), now()) if _is_ours(request) else None
    if token is None:
        return _page("closed.html.j2", _language(request), status=403)
    shown = response.redirect("/desk/", status=303, headers=HEADERS)
    shown.cookies[COOKIE] = token
    shown.cookies[COOKIE]["httponly"] = True
    shown.cookies[COOKIE]["samesite"] = "Strict"
    shown.cookies[COOKIE]["path"] = "/desk"
    shown.cookies[COOKIE]["max-age"] = int(SESSION_LASTS.total_seconds())
    shown.cookies[COOKIE]["secure"] = desk.address.startswith("https")
    return shown


async def log_out(request: Request, desk: RunningDesk, session: Session) -> HTTPResponse:
    """End the session."""
    await asyncio.to_thread(desk.access.log_out, read_cookie(request, COOKIE))
    return _page("closed.html.j2", session.member.language)


async def show_requests(request: Request, desk: RunningDesk, session: Session) -> HTTPResponse:
    """Show the open requests that this member may see."""
    member = session.member
    shown = await asyncio.to_thread(_rows, desk, member)
    place = request.args.get("place")
    chosen = [row for row in shown if place in (None, row.place)]
    return _page(
        "requests.html.j2",
        member.language,
        session=session,
        rows=chosen,
        places=view.by_place(shown),
        chosen=place,
        said=request.args.get("said") if request.args.get("said") in ("done", "late") else None,
    )


async def act(request: Request, desk: RunningDesk, session: Session, number: int, what: str) -> HTTPResponse:
    """Do what a member can do with a request."""
    member, requests = session.member, desk.desk.requests
    if number > HIGHEST:
        return _page("closed.html.j2", member.language, status=404, session=session)
    if what == "number":
        return await _show_number(desk, session, number)
    acts: dict[str, Callable[..., object]] = {
        "take": requests.take,
        "decline": requests.decline,
        "done": requests.finish,
        "missed": requests.miss,
        "back": requests.give_back,
        "pass_on": requests.pass_on,
    }
    if what not in acts:
        return _page("closed.html.j2", member.language, status=404, session=session)
    try:
        await asyncio.to_thread(acts[what], number, member, now())
    except NotPossible:
        return response.redirect("/desk/?said=late", status=303, headers=HEADERS)
    desk.queue.wake()
    return response.redirect("/desk/?said=done", status=303, headers=HEADERS)


async def show_log(request: Request, desk: RunningDesk, session: Session) -> HTTPResponse:
    """Show coordinators who did what, and who looked at a number."""
    if not session.member.is_coordinator:
        return _page("closed.html.j2", session.member.language, status=403)
    lines = await asyncio.to_thread(log.read, desk.desk.database)
    return _page("log.html.j2", session.member.language, session=session, lines=lines)


async def export(request: Request, desk: RunningDesk, session: Session) -> HTTPResponse:
    """Give coordinators all requests as a table, without anything about a person."""
    if not session.member.is_coordinator:
        return _page("closed.html.j2", session.member.language, status=403)
    content = view.export(await asyncio.to_thread(desk.desk.requests.everything), now())
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="requests.csv"'}
    return response.raw(content.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


async def _show_number(desk: RunningDesk, session: Session, number: int) -> HTTPResponse:
    try:
        telephone = await asyncio.to_thread(desk.desk.requests.look, number, session.member, now())
    except NotPossible:
        return response.redirect("/desk/?said=late", status=303, headers=HEADERS)
    return _page("number.html.j2", session.member.language, session=session, number=number, telephone=telephone)


def _rows(desk: RunningDesk, member: Member) -> list[view.Row]:
    requests = desk.desk.requests.open()
    offered = {request.id: desk.desk.requests.offered_to(request.id) for request in requests}
    members = {one.id: one for one in desk.desk.members.all()}
    return view.rows(requests, member, offered, members, now())


def _page(template: str, language: Language, status: int = 200, **values: Any) -> HTTPResponse:
    words = functools.partial(_words, language)
    content = (
        _templates()
        .get_template(template)
        .render(language=language, w=words, session=values.pop("session", None), **values)
    )
    return response.html(content, status=status, headers=HEADERS)


def _words(language: Language, key: str, **values: object) -> str:
    return view.words(key, language, **values)


@functools.cache
def _templates() -> Environment:
    loader = FileSystemLoader(str(HERE / "templates"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _field(request: Request, name: str) -> str:
    return str((request.form or {}).get(name) or "")


def _is_ours(request: Request) -> bool:
    """Whether a form was sent from a page of ours; browsers name the sender's origin."""
    origin = request.headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.host
    except ValueError:  # such as "http://["
        return False


def _language(request: Request) -> Language:
    return as_language((request.headers.get("accept-language") or "").split(",")[0]) or DEFAULT_LANGUAGE
