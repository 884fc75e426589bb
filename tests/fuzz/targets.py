"""What reads input from outside, each part as a function of bytes that a coverage-guided fuzzer can call."""

from __future__ import annotations

import asyncio
import functools
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

# isort: split
from sanic.config import Config
from sanic.request import Request

from bot.channels.cookies import read_cookie
from bot.channels.telegram.deep_links import deep_links
from bot.channels.web import connector
from bot.channels.web.visitors import COOKIE, Visitors
from bot.clock import now
from bot.desk.access import Session
from bot.desk.page import channel as desk_page
from bot.dialogues.reading import read_script
from bot.dialogues.yaml_nodes import Mistakes
from bot.directory.directory import directory
from bot.directory.importing import rows_of
from bot.directory.template import write_template
from bot.languages import LANGUAGES
from bot.privacy.pseudonym import Pseudonyms
from tests.fuzz import properties
from tests.fuzz.desk_world import DeskWorld
from tests.fuzz.generating import PIECES, ROOT, Generator, real_messages

SEEDS = 150  # of generated input, beside what the tests' data hold
LONGEST = 8192  # bytes: twice the characters that Telegram lets a person send, in Latin letters

Check = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """Something that reads input.

    Attributes:
        check: raises where a property does not hold, or whatever the code raises that it should not.
        seeds: input to begin with.
        is_json: whether the input is JSON, so that it is changed value by value as well as byte by byte.
        longest: bytes of the longest input that is made.
    """

    check: Check
    seeds: Callable[[], Iterable[bytes]]
    is_json: bool = False
    longest: int = LONGEST


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _of_text(check: Callable[[str], object]) -> Check:
    return lambda data: check(_text(data)) and None  # type: ignore[func-returns-value]


@functools.cache
def _messages() -> tuple[bytes, ...]:
    """Real messages of the tests' data, pieces of trouble, and generated ones."""
    generator = Generator(11)
    made = (generator.text()[:600] for _ in range(SEEDS))
    return tuple(text.encode("utf-8", "replace") for text in (*real_messages()[::7], *PIECES, *made))


def _payloads() -> Iterable[bytes]:
    generator = Generator(12)
    known = [
        '/inform_place{"municipality":"Talsu novads","place":"Talsi"}',
        '/answer{"slot":"check_age","value":"skip"}',
    ]
    known += ["~ask_detail_apply|sdebts", "#abc", "desk_take", "/ask_debts", "vocational_training_talsi", "join-ABC"]
    return (text.encode("utf-8", "replace") for text in (*known, *(generator.payload()[:300] for _ in range(SEEDS))))


def _updates() -> Iterable[bytes]:
    generator = Generator(13)
    return (json.dumps(generator.update(number)).encode() for number in range(SEEDS))


def _json(data: bytes) -> Any:
    """Return the document, as Telegram's or a browser's would be read; half a character is one too."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


def check_update(data: bytes) -> None:
    """An update as JSON is refused or understood."""
    try:
        document = _json(data)
    except (ValueError, RecursionError):
        return
    properties.check_update(document)


def check_button(data: bytes) -> None:
    """What a tap carries is refused, or is a payload that the dialogue takes or refuses."""
    text = _text(data)
    properties.check_callback_data(text)
    properties.check_payload(text)
    properties.check_tap(text)


def check_link(data: bytes) -> None:
    """A start parameter says nothing to us, or leads to a button of ours."""
    found = deep_links().payload(_text(data))
    if found is not None:
        properties.check_tap(found, must_be_known=True)


class _StandIn:
    """Takes what the page sent as the dialogue would."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    async def say(self, text: str) -> None:
        properties.check_words(text)

    async def tap(self, button: str) -> None:
        properties.check_tap(button, is_raising=True)

    async def share_location(self, latitude: float, longitude: float) -> None:
        properties.check_location(latitude, longitude)


@functools.cache
def _stand_in() -> _StandIn:
    return _StandIn()


def check_page(data: bytes) -> None:
    """What the page of the web chat posts is a message, or is refused as none."""
    request = Request(b"/chat/messages", {}, "1.1", "POST", None, None)  # type: ignore[arg-type]
    request.body = data
    try:
        document = connector._read(request)
        if document.get("payload") == connector.HEARD_WRONG:
            return
        _stand_in().loop.run_until_complete(connector._send(_stand_in(), document))  # type: ignore[arg-type]
    except connector.BadMessage:
        return


def check_headers(data: bytes) -> None:
    """Whatever stands in the headers of a request, nobody gets in with it, and nothing breaks."""
    text = data.decode("utf-8", "surrogateescape")  # as Sanic reads them
    headers = {"host": "localhost", "origin": text, "cookie": f"{text}; {COOKIE}={text}", "accept-language": text}
    app = SimpleNamespace(config=Config())  # all of an application that a request's host asks for
    request = Request(b"/desk/", headers, "1.1", "POST", None, app)  # type: ignore[arg-type]
    token = read_cookie(request, COOKIE)
    properties.demand(_visitors().chat(token) is None, "a forged cookie", repr(data))
    properties.demand(_desk().access.session(token, now()) is None, "a forged session", repr(data))
    properties.demand(not desk_page._is_ours(request) or "localhost" in text, "another origin", text)
    properties.demand(not Session(None, "x" * 43).allows(text), "a forged form", text)  # type: ignore[arg-type]
    desk_page._language(request)


def _headers() -> Iterable[bytes]:
    yield from (b"http://localhost", b"http://[", b"a/b=1", b"a@b=1; c=2", b'"; drom_chat="', b"lv,en;q=0.8", b"\xff")
    yield (f"{'a' * 43}.{'0' * 32}").encode()


@functools.cache
def _visitors() -> Visitors:
    return Visitors(Pseudonyms.from_folder(properties.scratch()))


def _posts() -> Iterable[bytes]:
    generator = Generator(14)
    for number in range(SEEDS):
        said = generator.text()[:200]
        yield json.dumps(
            [
                {"text": said, "language_code": "lv"},
                {"payload": generator.payload()[:200]},
                {"location": {"latitude": 57.2, "longitude": "22.5"}},
                {"start": "debts_talsi", "text": said},
            ][number % 4]
        ).encode()


def _headings(kind: str) -> list[str]:
    from bot.directory.sheets import sheets

    return [column.id for column in sheets().kinds[kind].columns]


def _sheets() -> Iterable[bytes]:
    generator = Generator(15)
    for number in range(SEEDS):
        yield generator.sheet(_headings("mediators" if number % 2 else "offices"))
    for name in ("offices.csv", "demo/mediators.csv"):
        yield b"".join((ROOT / "data" / "directory" / name).read_bytes().splitlines(keepends=True)[:6])


@functools.cache
def _workbook() -> tuple[dict[str, bytes], list[str]]:
    """Return the parts of a workbook that is filled in, and the names of those that are changed."""
    path = properties.scratch() / "template.xlsx"
    write_template(path, directory(), rows_of(ROOT / "data" / "directory"))
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return parts, sorted(name for name in parts if name.endswith((".xml", ".rels")))


def check_workbook(data: bytes) -> None:
    """A workbook is read or refused in words: its first byte says which part is replaced by the rest, or none."""
    parts, names = _workbook()
    if data[:1] and data[0] < len(names):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            for name, content in parts.items():
                out.writestr(name, data[1:] if name == names[data[0]] else content)
        data = packed.getvalue()
    properties.check_sheet(data, ".xlsx")


def _workbooks() -> Iterable[bytes]:
    parts, names = _workbook()
    return (bytes([number]) + parts[name][:LONGEST] for number, name in enumerate(names))


def check_script(data: bytes) -> None:
    """A dialogue script is read, or its mistakes are told by line."""
    mistakes = Mistakes("script.yml")
    cases = read_script(_text(data), mistakes, properties.scratch())
    properties.demand(bool(cases) or bool(mistakes.findings) or not data.strip(), "read to nothing", _text(data))
    for finding in mistakes.findings:
        properties.demand(finding.line >= 1 and bool(finding.remedy), "a mistake without a place", _text(data))


def _scripts() -> Iterable[bytes]:
    for path in sorted((ROOT / "tests" / "dialogues").glob("*.yml")):
        yield path.read_bytes()[:2500]


@functools.cache
def _desk() -> DeskWorld:
    return DeskWorld(properties.scratch())


def _desk_seeds() -> Iterable[bytes]:
    generator = Generator(16)
    for name in DeskWorld.doors():
        yield f"{name} 1".encode()
        yield f"{name} {generator.text()[:60]}".encode("utf-8", "replace")


TARGETS: dict[str, Target] = {
    "folding": Target(_of_text(properties.check_folding), _messages),
    "redaction": Target(_of_text(properties.check_redaction), _messages),
    "places": Target(_of_text(properties.check_places), _messages),
    "understanding": Target(_of_text(properties.check_understanding), _messages),
    "questionnaire": Target(_of_text(properties.check_answers), _messages),
    "rendering": Target(_of_text(properties.check_rendering), _messages),
    "inline": Target(lambda data: properties.check_inline(_text(data), LANGUAGES[len(data) % 3]), _messages, longest=256),
    "update": Target(check_update, _updates, is_json=True),
    "button": Target(check_button, _payloads, longest=1024),
    "link": Target(check_link, _payloads, longest=128),
    "page": Target(check_page, _posts, is_json=True),
    "headers": Target(check_headers, _headers, longest=512),
    "sheet": Target(lambda data: properties.check_import(data, ".csv"), _sheets),
    "workbook": Target(check_workbook, _workbooks),
    "script": Target(check_script, _scripts),
    "desk": Target(lambda data: _desk().check(_text(data)), _desk_seeds, longest=512),
}  # fmt: skip


def read_found(folder: Path) -> list[tuple[str, Path]]:
    """Return what broke something once: the target's name and the file, for the test that replays it."""
    return [(path.parent.name, path) for path in sorted(folder.glob("*/*")) if path.is_file()]
