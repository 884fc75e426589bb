"""The lab page: talk as on the phone, turn the talk into a test, run it, save it.

Listens on loopback alone. A page on another site must not reach it through the visitor's browser:
requests with a foreign ``Host`` or ``Origin`` are refused, and what changes something must be JSON.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import bot.assistant.rasa_start  # noqa: F401

# isort: split
from rich.console import Console
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogues.assertions import Seen
from bot.dialogues.coverage import cover
from bot.dialogues.history import Differences, History
from bot.dialogues.lab_state import Laboratory, RunInProgress, Unknown
from bot.dialogues.phone import CannotPlay
from bot.dialogues.reading import SCRIPTS
from bot.dialogues.report import render_report
from bot.dialogues.running import load_assistant, warm_up
from bot.dialogues.script import Case, Command, Say, ShareContact, ShareLocation, Tap, UserInput
from bot.dialogues.scripts_folder import ScriptChanged, ScriptMisnamed, ScriptRefused, ScriptsFolder
from bot.dialogues.telling import case_document
from bot.dialogues.vocabulary import vocabulary
from bot.dialogues.writing import Judgement, append_case
from bot.directory.directory import directory
from bot.directory.errors import Finding
from bot.languages import LANGUAGES, as_language
from bot.server import check_port
from bot.settings import settings
from bot.texts import read_texts

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
PARTS = {"lab.css": "text/css", "lab.js": "text/javascript", "icon.svg": "image/svg+xml"}
MAX_BODY = 2_000_000
UNSAVED = "unsaved.yml"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
ABROAD = {"Šiauliai": (55.9333, 23.3167), "Tartu": (58.3776, 26.729), "London": (51.5072, -0.1276)}
AT_SEA = (57.6, 19.5)
Handler = Callable[..., Awaitable[HTTPResponse]]
screen = Console(highlight=False)


class BadRequest(ValueError):
    """The page sent what makes no sense; the message says what.

    ``reason`` names the words for people in ``data/texts/lab.yml`` (``refused_…``), where people can cause it.
    """

    def __init__(self, message: str, reason: str | None = None):
        self.reason = reason
        super().__init__(message)


def serve(port: int, folder: Path = SCRIPTS) -> None:
    """Serve the lab on loopback until stopped.

    Args:
        port: the port of loopback.
        folder: where scripts are opened and saved.

    Raises:
        PortTaken: something else listens on the port.
        DromError: the content or the model can't be used.
    """
    check_port(HOST, port)
    directory()
    logging.getLogger("sanic.root").setLevel(logging.WARNING)
    app = create_app(ScriptsFolder(folder), History(settings().data_dir / "dialogues.json"))

    async def tell(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        screen.print(f"The dialogue lab is at http://localhost:{port}/  (stop with Ctrl+C)")

    app.register_listener(tell, "after_server_start")
    screen.print("Loading; training takes a minute or two where something changed …")
    app.run(host=HOST, port=port, access_log=False)


def create_app(scripts: ScriptsFolder, history: History, model: Path | None = None) -> Sanic:
    """Return the lab as a server of its own.

    Args:
        scripts: where scripts are opened and saved.
        history: the last results, to compare with.
        model: a model file; by default that of today's content.
    """
    app = Sanic("drom_lab", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.ctx.scripts = scripts

    async def load(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # What staff type stays in memory: only scripts may leave vectors on disk.
        assistant = await asyncio.to_thread(load_assistant, model, False)
        await warm_up(assistant)
        running.ctx.lab = Laboratory(assistant, history)

    app.register_listener(load, "before_server_start")
    app.register_middleware(_refuse_strangers, "request")
    app.blueprint(_routes())
    return app


async def _refuse_strangers(request: Request) -> HTTPResponse | None:
    host = (request.headers.get("host") or "").rsplit(":", 1)[0]
    if host not in ("localhost", "127.0.0.1", "[::1]"):
        return _problem("this page is only for this machine", 403)
    if request.method not in ("GET", "HEAD"):
        origin = request.headers.get("origin")
        if origin and origin.split("://", 1)[-1] != request.headers.get("host"):
            return _problem("this came from another page", 403)
        if not (request.headers.get("content-type") or "").startswith("application/json"):
            return _problem("send JSON", 415)
    return None


def _problem(message: str, status: int, **more: Any) -> HTTPResponse:
    return response.json({"error": message, **more}, status=status, headers=HEADERS, ensure_ascii=False)


def _answer(document: Any) -> HTTPResponse:
    return response.json(document, headers=HEADERS, ensure_ascii=False)


def _told(handler: Handler) -> Handler:
    """Turn the errors that a person can mend into answers that the page shows."""

    async def wrapped(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse:
        try:
            return await handler(request, *args, **kwargs)
        except Unknown:
            return _problem("there is no such talk or run any more", 404, reason="gone")
        except CannotPlay as problem:
            return _problem(f"{problem.expected}: {problem.came}", 409)
        except ScriptChanged as problem:
            return _problem(str(problem), 409, reason="changed")
        except ScriptMisnamed as problem:
            return _problem(str(problem), 400, reason="name")
        except ScriptRefused as problem:
            return _problem(str(problem), 400, reason="disk")
        except BadRequest as problem:
            return _problem(str(problem), 400, reason=problem.reason)

    wrapped.__name__ = handler.__name__
    return wrapped


def _routes() -> Blueprint:
    routes = Blueprint("lab")

    @routes.get("/")
    async def page(request: Request) -> HTTPResponse:
        return await response.file(STATIC / "lab.html", headers=HEADERS)

    @routes.get("/lab/<name:str>")
    async def part(request: Request, name: str) -> HTTPResponse:
        if name == "texts.json":
            texts = {key: text.dict() for file in ("dialogues", "lab") for key, text in read_texts(file).items()}
            return _answer(texts)
        if name == "choices.json":
            return _answer(_choices())
        if name not in PARTS:
            return _problem("not found", 404)
        return await response.file(STATIC / name, headers=HEADERS, mime_type=PARTS[name])

    _add_talk_routes(routes)
    _add_script_routes(routes)
    _add_run_routes(routes)
    return routes


def _add_talk_routes(routes: Blueprint) -> None:
    @routes.post("/lab/talks")
    @_told
    async def begin(request: Request) -> HTTPResponse:
        document = _document(request)
        now = document.get("now")
        try:
            moment = datetime.datetime.fromisoformat(now) if now else None
        except (TypeError, ValueError) as error:
            raise BadRequest("the time is none") from error
        return _answer({"id": _lab(request).begin_talk(as_language(document.get("language")), moment)})

    @routes.post("/lab/talks/<key:str>/steps")
    @_told
    async def step(request: Request, key: str) -> HTTPResponse:
        talk = _lab(request).talk(key)
        turn = await talk.do(_user(_document(request).get("user")))
        seen = Seen(turn)
        return _answer(
            {
                "index": len(talk.turns) - 1,
                "intent": turn.intent,
                "confidence": round(turn.confidence, 2),
                "language": turn.language,
                "services": seen.services,
                "routes": seen.routes,
                "municipality": turn.slots.get("municipality"),
                "replies": [reply.as_dict() for reply in turn.replies],
            }
        )

    @routes.post("/lab/talks/<key:str>/judgements")
    @_told
    async def judge(request: Request, key: str) -> HTTPResponse:
        document = _document(request)
        index = document.get("index")
        talk = _lab(request).talk(key)
        if not isinstance(index, int) or not 0 <= index < len(talk.turns):
            raise BadRequest("there is no such turn")
        talk.judge(index, _judgement(document))
        return _answer({"ok": True})

    @routes.post("/lab/talks/<key:str>/case")
    @_told
    async def case(request: Request, key: str) -> HTTPResponse:
        document = _document(request)
        name = str(document.get("name") or "").strip()
        if not name:
            raise BadRequest("the test has no name")
        talk = _lab(request).talk(key)
        if not talk.turns:
            raise BadRequest("nothing was said yet", "silent")
        return _answer({"text": append_case(str(document.get("text") or ""), talk.as_case(name))})


def _add_script_routes(routes: Blueprint) -> None:
    @routes.get("/lab/scripts")
    @_told
    async def names(request: Request) -> HTTPResponse:
        return _answer({"names": request.app.ctx.scripts.names()})

    @routes.get("/lab/scripts/<name:path>")
    @_told
    async def open_script(request: Request, name: str) -> HTTPResponse:
        script = request.app.ctx.scripts.open(name)
        return _answer({"name": name, "text": script.text, "digest": script.digest})

    @routes.put("/lab/scripts/<name:path>")
    @_told
    async def save(request: Request, name: str) -> HTTPResponse:
        document = _document(request)
        text = _text(document)
        cases, mistakes = request.app.ctx.scripts.read(name, text)
        if mistakes or not cases:
            return _problem("the script has mistakes", 422, reason="mistakes", mistakes=_mistakes(mistakes))
        script = request.app.ctx.scripts.save(name, text, document.get("digest"))
        return _answer({"name": name, "text": script.text, "digest": script.digest})

    @routes.post("/lab/check")
    @_told
    async def check(request: Request) -> HTTPResponse:
        document = _document(request)
        cases, mistakes = request.app.ctx.scripts.read(str(document.get("name") or UNSAVED), _text(document))
        found = [{"name": case.name, "line": case.line} for case in cases]
        return _answer({"cases": found, "mistakes": _mistakes(mistakes)})


def _add_run_routes(routes: Blueprint) -> None:
    @routes.post("/lab/runs")
    @_told
    async def begin(request: Request) -> HTTPResponse:
        document = _document(request)
        scripts: ScriptsFolder = request.app.ctx.scripts
        mistakes: list[Finding] = []
        cases: list[Case] = []
        if document.get("all"):
            for name in scripts.names():
                found, wrong = scripts.read(name, scripts.open(name).text)
                cases += found
                mistakes += wrong
        else:
            text = _text(document)
            if not text.strip():
                raise BadRequest("there is nothing to run", "empty")
            cases, mistakes = scripts.read(str(document.get("name") or UNSAVED), text)
            wanted = document.get("case")
            cases = [case for case in cases if not wanted or case.name == wanted]
        if mistakes:
            return _problem("the script has mistakes", 422, reason="mistakes", mistakes=_mistakes(mistakes))
        if not cases:
            raise BadRequest("there is nothing to run", "empty")
        return _answer({"id": _lab(request).begin_run(cases), "total": len(cases)})

    @routes.get("/lab/runs/<key:str>")
    @_told
    async def progress(request: Request, key: str) -> HTTPResponse:
        language = as_language(request.args.get("language")) or "en"
        run = _lab(request).run(key)
        document: dict[str, Any] = {"done": len(run.results), "total": run.total, "error": run.error}
        if run.run:
            document["results"] = [case_document(result, language) for result in run.run.results]
            document["differences"] = _differences(run.differences)
        return _answer(document)

    @routes.get("/lab/runs/<key:str>/report")
    @_told
    async def report(request: Request, key: str) -> HTTPResponse:
        run = _finished(_lab(request).run(key))
        page = render_report(run.run, run.differences, cover(run.run, vocabulary()))
        policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
        return response.html(page, headers={**HEADERS, "Content-Security-Policy": policy})


def _finished(run: RunInProgress) -> Any:
    if run.run is None:
        raise BadRequest("the run is not over yet")
    return run


def _lab(request: Request) -> Laboratory:
    lab: Laboratory = request.app.ctx.lab
    return lab


def _document(request: Request) -> dict[str, Any]:
    document = request.json
    if not isinstance(document, dict):
        raise BadRequest("send a JSON object")
    return document


def _text(document: dict[str, Any]) -> str:
    text = document.get("text")
    if not isinstance(text, str):
        raise BadRequest("the script is no text")
    return text


def _mistakes(findings: list[Finding]) -> list[dict[str, Any]]:
    return [{"file": f.file, "line": f.line, "key": f.key, "problem": f.problem, "remedy": f.remedy} for f in findings]


def _judgement(document: dict[str, Any]) -> Judgement | None:
    if document.get("right"):
        return Judgement(right=True)
    intent, town = document.get("intent"), document.get("town")
    names = vocabulary()
    if intent and intent not in names.intents:
        raise BadRequest(f"{intent} is no intent")
    if town and town not in names.towns:
        raise BadRequest(f"{town} is no town")
    return Judgement(intent=intent or None, town=town or None) if intent or town else None


def _user(user: Any) -> UserInput:
    """Return what the person does, from the page's JSON; it is that of a script.

    Raises:
        BadRequest: it is nothing that a person can do.
    """
    if isinstance(user, str) and user.strip():
        return Say(user.strip())
    if isinstance(user, dict) and len(user) == 1:
        kind, value = next(iter(user.items()))
        if kind == "button" and isinstance(value, str):
            return Tap(value)
        if kind == "command" and isinstance(value, str) and value.startswith("/"):
            return Command(value)
        if kind == "location" and isinstance(value, dict):
            try:
                return ShareLocation(float(value["latitude"]), float(value["longitude"]))
            except (KeyError, TypeError, ValueError) as error:
                raise BadRequest("a location has a latitude and a longitude") from error
        if kind == "contact" and isinstance(value, dict):
            return ShareContact(str(value.get("phone_number") or ""), str(value.get("first_name") or ""))
    raise BadRequest("a person writes, taps, or shares a place or a contact")


def _differences(differences: Differences) -> dict[str, Any]:
    return {
        "newly_failed": [result.case.name for result in differences.newly_failed],
        "newly_passed": [result.case.name for result in differences.newly_passed],
        "newly_written": [result.case.name for result in differences.newly_written],
        "texts": [
            {"name": change.result.case.name, "before": change.before, "now": change.now}
            for change in differences.texts
        ],
    }


def _choices() -> dict[str, Any]:
    """Return what the page offers to choose: needs in people's words, towns with their positions."""
    known = directory()
    needs = {
        card.intent: {code: f"{card.icon} {card.need.in_language(code)}" for code in LANGUAGES}
        for card in known.services.values()
    }
    others = {
        key.removeprefix("intent_"): text.dict() for key, text in read_texts("lab").items() if key.startswith("intent_")
    }
    return {
        "intents": {**needs, **others},
        "towns": sorted({office.town for office in known.offices}),
        "places": [
            {"name": place.name.dict(), "latitude": place.latitude, "longitude": place.longitude}
            for place in sorted(known.places.values(), key=lambda place: place.name.lv)
        ]
        + _outside(),
    }


def _outside() -> list[dict[str, Any]]:
    """Return places where nobody is in Latvia: how the assistant answers there must be tried too."""
    words = read_texts("lab")
    abroad = [
        {
            "name": {code: words["abroad"].in_language(code).format(town=town) for code in LANGUAGES},
            "latitude": latitude,
            "longitude": longitude,
        }
        for town, (latitude, longitude) in ABROAD.items()
    ]
    latitude, longitude = AT_SEA
    return [*abroad, {"name": words["at_sea"].dict(), "latitude": latitude, "longitude": longitude}]
