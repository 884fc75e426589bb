"""What must hold for any input, however bad."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import html
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

# isort: split
from rasa.shared.core.domain import Domain

from bot.assistant.buttons import known_button, parse_payload
from bot.assistant.conversation import MAX_TEXT, typed_words
from bot.assistant.messages import UnknownButton
from bot.assistant.position import position_payload
from bot.channels.telegram.callback_data import NoPayload, payload_name, payload_values, to_payload
from bot.channels.telegram.incoming import Incoming, understand
from bot.channels.telegram.inline import results as inline_results
from bot.channels.telegram.rendering import send_text
from bot.channels.telegram.requests import read
from bot.directory.directory import directory
from bot.directory.errors import ContentError
from bot.directory.importing import plan_import
from bot.directory.sheets import read_sheets
from bot.errors import DromError
from bot.languages import LANGUAGES, Language
from bot.nlu.clauses import split_clauses
from bot.nlu.danger import MAX_SENTENCES, find_danger, split_sentences
from bot.nlu.fold import fold, strip_accents
from bot.nlu.gibberish import says_something
from bot.nlu.language import asked_language, identify_language
from bot.nlu.places import find_places
from bot.nlu.restore import restore
from bot.privacy.redaction import find_personal_data, redact
from bot.questionnaire.loading import NAMES, questionnaire
from bot.questionnaire.matching import words_of
from bot.questionnaire.models import SKIP, STOP
from bot.questionnaire.reading import Guess, read_answer
from bot.questionnaire.telephone import read_telephone
from bot.settings import ROOT
from bot.voice.menus import number_said

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
        demand(_seconds(text) <= SLOWEST_S, "too slow", text)


def _seconds(text: str) -> float:
    """Check what must hold of a message, and return how much of the processor it took."""
    started = time.process_time()
    check_folding(text)
    check_redaction(text)
    check_places(text)
    check_understanding(text, with_spelling=False)
    return time.process_time() - started


def check_words(text: str) -> str:
    """What a person types is mere words, never a command, and within the limit; return it."""
    words = typed_words(text)
    demand(0 < len(words) <= MAX_TEXT, "length", text)
    demand(not words.startswith("/"), "a command can be typed", text)
    words.encode()  # half a character can be stored nowhere
    return words


def check_folding(text: str) -> None:
    """A text folds to plain words, and numbers are read from it."""
    words = check_words(text)
    folded = fold(words)
    demand(folded == folded.strip() and "  " not in folded, "folding leaves spaces", text)
    strip_accents(words)
    words_of(words)
    for language in LANGUAGES:
        number_said(words, language)
    read_telephone(words)


def check_redaction(text: str) -> None:
    """What is taken out of a message lies in it, and is nowhere in what is left."""
    words = typed_words(text)
    clean = redact(words)
    demand(len(clean) <= len(words), "redaction makes longer", text)
    for found in find_personal_data(words):
        demand(0 <= found.start < found.end <= len(words), "a span outside", text)


def check_places(text: str) -> None:
    """Places that are found stand in the message, and are known."""
    clean = redact(typed_words(text))
    for awaiting in (False, True):
        places = find_places(clean, awaiting)
        for found in (*places.found, *places.candidates):
            demand(0 <= found.start <= found.end <= len(clean), "a place outside", text)
            demand(directory().municipality(found.municipality) is not None, "an unknown place", text)


def check_understanding(text: str, with_spelling: bool = True) -> None:
    """Danger, language and spelling can be read from any message."""
    clean = redact(typed_words(text))
    find_danger(clean)
    guess = identify_language(clean)
    asked_language(clean)
    split_clauses(clean)
    demand(len(split_sentences(clean)) <= MAX_SENTENCES, "too many sentences to look at", text)
    if with_spelling:
        restored = restore(clean, guess.language if guess else None)
        demand(bool(restored.strip()) or not clean.strip(), "spelling leaves nothing", text)
        says_something(clean, guess.language if guess else None)


def check_answers(text: str) -> None:
    """Any message answers a question with a known value or the person's own words, or does not answer it."""
    words = typed_words(text)
    for name in NAMES:
        for question in questionnaire(name).questions:
            for guess in (Guess("deny", 0.9), Guess("nlu_fallback", 0.3)):
                answer = read_answer(question, words, guess)
                if answer is None or answer.is_own_words:
                    continue
                known = {SKIP, STOP, *(option.value for option in question.options)}
                demand(answer.value in known, "an unknown answer", text)


def check_rendering(text: str) -> None:
    """Any words become messages within Telegram's limit, in which they are no markup."""
    for aside in (None, text[-40:]):
        calls = send_text(1, text, None, aside)
        demand(bool(calls), "silence", text)
        for call in calls:
            shown = html.unescape(call.parameters["text"])
            demand(0 < len(shown.encode("utf-16-le")) // 2 <= MAX_TEXT + len("<i></i>"), "over the limit", text)
            demand("<" not in call.parameters["text"].replace("<i>", "").replace("</i>", ""), "markup", text)


def check_inline(text: str, language: Language) -> None:
    """Any inline query is offered cards whose parts are within Telegram's limits, or none."""
    for offered in inline_results(directory(), text, language, "drom_bot"):
        demand(len(offered.id.encode()) <= 64, "an id over the limit", text)
        content = offered.input_message_content
        demand(0 < len(content.message_text) <= MAX_TEXT, "a card over the limit", text)  # type: ignore[attr-defined]


class _NoStore:
    """Keeps no payloads: a code that somebody makes up stands for nothing."""

    async def keep_button(self, payload: str) -> str:
        raise AssertionError("nothing is kept here")

    async def button(self, code: str) -> str | None:
        return None


def check_callback_data(data: str) -> None:
    """What a tap carries is refused, or stands for a payload that can be read."""
    try:
        payload = asyncio.run(to_payload(data, _NoStore()))
    except NoPayload:
        return
    demand(bool(payload_name(payload)), "a payload without a name", data)
    payload_values(payload)
    check_payload(payload)


def check_location(latitude: float, longitude: float) -> None:
    """A position becomes a payload of ours, without the position in it."""
    check_tap(position_payload(latitude, longitude), must_be_known=True)


def check_tap(button: str, must_be_known: bool = False, is_raising: bool = False) -> None:
    """A tap that the dialogue takes has an intent of the domain, and values that a button of ours can carry.

    Args:
        button: the payload.
        must_be_known: it was made by our own code, so that it must be taken.
        is_raising: what refuses it is raised, as the conversation does.
    """
    try:
        parsed = known_button(button, domain())
    except UnknownButton:
        demand(not must_be_known, "our own button is refused", button)
        if is_raising:
            raise
        return
    demand(parsed["intent"]["name"] in domain().intents, "an intent that is none", button)
    for entity in parsed["entities"]:
        demand(isinstance(entity["value"], (str, bool)), "a value that no button has", button)
        demand("<" not in str(entity["value"]), "markup as a value", button)


@functools.lru_cache(maxsize=1)
def domain() -> Domain:
    """Return the domain of the project."""
    return Domain.load(str(ROOT / "domain.yml"))


def check_payload(payload: str) -> None:
    """A forged button is refused, or means an intent with short values."""
    try:
        parsed = parse_payload(payload)
    except UnknownButton:
        return
    demand(all(not isinstance(e["value"], (dict, list)) for e in parsed["entities"]), "a nested value", payload)


def check_update(update: Any) -> None:
    """An update is refused, needs no answer, or is understood; the text in it is bounded."""
    one = read(update, None)
    if one is None:
        return
    incoming = understand(one, "drom_bot", 99)
    if incoming is not None:
        demand(len(incoming.text) <= MAX_TEXT + 300, "a text over the limit", repr(update))
        body = json.loads(json.dumps(incoming.as_body(), ensure_ascii=False).encode())  # as it is stored
        again = Incoming.from_body(incoming.update_id, body)
        demand(again.as_body() == incoming.as_body(), "another message from the store", repr(update))
        if incoming.kind == "payload":
            check_payload(incoming.text)


@functools.lru_cache(maxsize=1)
def scratch() -> Path:
    """Return a folder of this process for what must be a file; it is removed at the end."""
    folder = tempfile.TemporaryDirectory(prefix="drom-fuzz-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def check_sheet(content: bytes, ending: str = ".csv") -> None:
    """A sheet is refused with words, or read."""
    path = scratch() / f"mediators{ending}"
    path.write_bytes(content)
    with contextlib.suppress(ContentError, DromError):
        read_sheets(path)


def check_import(content: bytes, ending: str = ".csv") -> None:
    """Importing a sheet is refused with words, or planned; each finding has its row and a remedy."""
    path = scratch() / f"sheet{ending}"
    path.write_bytes(content)
    try:
        plan_import(path, ROOT / "data" / "directory", directory())
    except ContentError as error:
        for finding in error.findings:
            demand(finding.line >= 1 and bool(finding.remedy), "a finding without a place", repr(content))
    except DromError:
        return


def check_replies(replies: list[dict[str, Any]], text: str) -> None:
    """There is an answer, within the limit, without markup that came in."""
    demand(bool(replies), "silence", text)
    for reply in replies:
        demand(0 < len(reply["text"]) <= MAX_TEXT, "a reply over the limit", text)
        for markup in ("<script", "<b>", "{{7*7}}", "DROP TABLE"):
            echoed = markup in text and (markup in reply["text"] or html.escape(markup) in reply["text"])
            demand(not echoed, "an echo of markup", text)


def demand(holds: bool, what: str, shown: str) -> None:
    """Raise where a property does not hold.

    Raises:
        Violated: with what does not hold and the input.
    """
    if not holds:
        raise Violated(f"{what}: {shown[:200]!r}")
