"""What must hold for any input, however bad."""

from __future__ import annotations

import contextlib
import html
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.assistant.conversation import MAX_TEXT, parse_payload, typed_words
from bot.assistant.messages import UnknownButton
from bot.channels.telegram.incoming import read_update
from bot.channels.telegram.requests import readable
from bot.channels.telegram.service import _not_understood
from bot.directory.errors import ContentError
from bot.directory.sheets import read_sheets
from bot.errors import DromError
from bot.nlu.danger import find_danger
from bot.nlu.fold import fold
from bot.nlu.language import identify_language
from bot.nlu.places import find_places
from bot.privacy.redaction import find_personal_data, redact
from bot.questionnaire.telephone import read_telephone

SLOWEST_S = 2.0  # of processor time for one message, on a busy machine


class Violated(AssertionError):
    """A property does not hold; the message shows the input."""


def warm_up() -> None:
    """Read the word lists and places, which is not what a message costs."""
    for text in ("labdien, dzīvoju Talsos", "здравствуйте, в Елпавском кра", "Лудзенскlй край", "hello elgava novda"):
        find_places(redact(text))
        find_danger(text)
        identify_language(text)


def check_text(text: str) -> None:
    """A message can be read, folded, redacted, searched for places and danger, and is never a command."""
    if _seconds(text) > SLOWEST_S:  # lists that are read when they are first needed are not what a message costs
        _demand(_seconds(text) <= SLOWEST_S, "too slow", text)


def _seconds(text: str) -> float:
    """Check what must hold of a message, and return how much of the processor it took."""
    started = time.process_time()
    words = typed_words(text)
    _demand(len(words) <= MAX_TEXT and bool(words), "length", text)
    _demand(not words.startswith("/"), "a command can be typed", text)
    clean = redact(words)
    _demand(len(clean) <= len(words), "redaction makes longer", text)
    for found in find_personal_data(words):
        _demand(0 <= found.start < found.end <= len(words), "a span outside", text)
    folded = fold(clean)
    _demand(folded == folded.strip() and "  " not in folded, "folding leaves spaces", text)
    find_places(clean)
    find_danger(clean)
    identify_language(clean)
    read_telephone(words)
    return time.process_time() - started


def check_payload(payload: str) -> None:
    """A forged button is refused, or means an intent with short values."""
    try:
        parsed = parse_payload(payload)
    except UnknownButton:
        return
    _demand(all(not isinstance(e["value"], (dict, list)) for e in parsed["entities"]), "a nested value", payload)


def check_update(update: Any) -> None:
    """An update is refused, needs no answer, or is understood; the text in it is bounded."""
    from telegram import Update

    document = readable(update)
    if document is None:
        return
    one = Update.de_json(document, None)
    assert one is not None
    try:
        incoming = read_update(one, "drom_bot", 99)
    except AttributeError:  # parts are missing that Telegram always sends: the service answers it so
        incoming = _not_understood(one)
    if incoming is not None:
        _demand(len(incoming.text) <= MAX_TEXT + 300, "a text over the limit", repr(update))
        if incoming.kind == "payload":
            check_payload(incoming.text)


def check_sheet(content: bytes) -> None:
    """A sheet is refused with words, or read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mediators.csv"
        path.write_bytes(content)
        with contextlib.suppress(ContentError, DromError):
            read_sheets(path)


def check_replies(replies: list[dict[str, Any]], text: str) -> None:
    """There is an answer, within the limit, without markup that came in."""
    _demand(bool(replies), "silence", text)
    for reply in replies:
        _demand(0 < len(reply["text"]) <= MAX_TEXT, "a reply over the limit", text)
        for markup in ("<script", "<b>", "{{7*7}}", "DROP TABLE"):
            echoed = markup in text and (markup in reply["text"] or html.escape(markup) in reply["text"])
            _demand(not echoed, "an echo of markup", text)


def _demand(holds: bool, what: str, shown: str) -> None:
    if not holds:
        raise Violated(f"{what}: {shown[:200]!r}")
