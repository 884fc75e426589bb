"""Dialogues are run in fresh conversations, stop at the first turn that fails, and tell why it did."""

from __future__ import annotations

import datetime
import json
import logging
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.assistant.messages import Button, Reply, Turn
from bot.clock import now
from bot.dialogues.coverage import cover
from bot.dialogues.hearing import listener_for
from bot.dialogues.history import History
from bot.dialogues.junit import write_junit
from bot.dialogues.reading import read_script
from bot.dialogues.report import render_report
from bot.dialogues.running import run_cases
from bot.dialogues.script import Case
from bot.dialogues.telling import as_document, tell_failures, transcript
from bot.dialogues.vocabulary import vocabulary
from bot.dialogues.yaml_nodes import Mistakes
from bot.directory.directory import directory
from bot.questionnaire.desk import desk
from bot.voice.listener import Heard

Answer = Callable[[Any], Turn]


class ScriptedAssistant:
    """Answers each message as a test says; remembers who wrote."""

    def __init__(self, answer: Answer):
        self.answer = answer
        self.senders: list[str] = []
        self.domain = None  # whatever is tapped is taken

    async def handle_message(self, message: Any) -> None:
        """Answer a message as the assistant does: into the collector."""
        self.senders.append(message.sender_id)
        message.output_channel.turn = self.answer(message)


def greeting(message: Any) -> Turn:
    """Greet in Latvian, with a button for the office."""
    buttons = [Button("📍 Kur iet?", "/find_office"), Button("📞 112", "tel:112")]
    ranking = [{"name": "greet", "confidence": 0.6}, {"name": "help", "confidence": 0.3}]
    reply = Reply("Labdien! Es palīdzu atrast darbu un atbalstu.", buttons)
    return Turn("greet", 0.6, "lv", slots={"language": "lv"}, ranking=ranking, replies=[reply])


def cases_of(text: str) -> list[Case]:
    mistakes = Mistakes("script.yml")
    cases = read_script(text, mistakes, Path())
    assert mistakes.findings == []
    return cases


SCRIPT = """\
test_cases:
  - test_case: a greeting is answered
    steps:
      - user: labdien
        assertions:
          - intent: greet
          - bot_uttered: {text_contains: ["Labdien"], language: lv}
  - test_case: a greeting is taken for a question
    steps:
      - user: labdien
        assertions:
          - intent: help
          - bot_uttered: {text_contains: ["112"]}
      - user: never said
"""


async def test_a_run_tells_what_passed_and_what_failed():
    run = await run_cases(ScriptedAssistant(greeting), cases_of(SCRIPT))
    assert [result.passed for result in run.results] == [True, False]
    failed = run.failed[0]
    assert len(failed.turns) == 1
    assert [explained.failure.line for explained in failed.failures] == [12, 13]


async def test_a_failure_names_expected_came_and_the_likely_cause():
    run = await run_cases(ScriptedAssistant(greeting), cases_of(SCRIPT))
    told = tell_failures(run.failed[0])
    assert "script.yml:12: intent" in told
    assert "Expected: help" in told
    assert "Came: greet (0.60)" in told
    assert "Understood as greet (0.60). help came in place 2 (0.30)." in told
    assert "› labdien" in transcript(run.failed[0])
    assert "[📍 Kur iet?]" in transcript(run.failed[0])


async def test_each_dialogue_is_a_conversation_of_its_own():
    assistant = ScriptedAssistant(greeting)
    await run_cases(assistant, cases_of(SCRIPT))
    assert len(set(assistant.senders)) == 2


async def test_the_channel_and_the_language_of_the_phone_reach_the_assistant():
    seen: list[Any] = []

    def answer(message: Any) -> Turn:
        seen.append((message.input_channel, message.metadata["language_code"]))
        return greeting(message)

    script = (
        "test_cases:\n  - test_case: a\n    language: ru\n    metadata: {channel: telegram}\n    steps: [{user: a}]\n"
    )
    await run_cases(ScriptedAssistant(answer), cases_of(script))
    assert seen == [("telegram", "ru")]


async def test_time_is_frozen_for_the_dialogue_that_says_so_and_for_no_other():
    moments: dict[str, datetime.datetime] = {}

    def answer(message: Any) -> Turn:
        moments[message.text] = now()
        return greeting(message)

    script = """\
test_cases:
  - test_case: at night
    metadata: {now: 2030-12-24T23:10}
    steps: [{user: frozen}]
  - test_case: now
    steps: [{user: running}]
"""
    await run_cases(ScriptedAssistant(answer), cases_of(script))
    assert moments["frozen"].isoformat() == "2030-12-24T23:10:00+02:00"
    assert moments["running"].year < 2030


TAPS = """\
test_cases:
  - test_case: a tap
    steps:
      - user: labdien
      - user: {{button: {button}}}
"""


@pytest.mark.parametrize(
    ("button", "expected", "came"),
    [
        ("find_mediator", "[find_mediator]", "[📍 Kur iet?] /find_office, [📞 112] tel:112"),
        ("'tel:112'", "[tel:112]", "leads out of the talk: tel:112"),
    ],
)
async def test_a_button_that_can_not_be_tapped_fails_the_dialogue(button: str, expected: str, came: str):
    run = await run_cases(ScriptedAssistant(greeting), cases_of(TAPS.format(button=button)))
    failure = run.failed[0].failures[0].failure
    assert (failure.kind, failure.line, failure.expected, failure.came) == ("user", 5, expected, came)


async def test_a_tapped_button_sends_its_payload():
    sent: list[str] = []

    def answer(message: Any) -> Turn:
        sent.append(message.text)
        return greeting(message)

    await run_cases(ScriptedAssistant(answer), cases_of(TAPS.format(button="'Kur iet?'")))
    assert sent == ["labdien", "/find_office"]


async def test_a_text_that_changed_since_it_passed_is_named_as_the_cause(tmp_path: Path):
    script = "test_cases:\n  - test_case: a\n    steps:\n      - user: {command: /start}\n"
    script += "        assertions:\n          - bot_uttered: {text_contains: [Labdien]}\n"
    history = History(tmp_path / "history.json")
    history.keep(await run_cases(ScriptedAssistant(greeting), cases_of(script)))

    def other(message: Any) -> Turn:
        turn = greeting(message)
        turn.replies[0].text = "Sveiki!"
        return turn

    history = History(tmp_path / "history.json")
    run = await run_cases(ScriptedAssistant(other), cases_of(script), texts_before=history.texts)
    assert "The text has changed. It was: Labdien!" in tell_failures(run.failed[0])
    differences = history.differences(run)
    assert [result.case.name for result in differences.newly_failed] == ["a"]
    assert [(change.before[:8], change.now) for change in differences.texts] == [("Labdien!", "Sveiki!")]


@pytest.mark.parametrize("content", ["", "no json", '{"version": 99}', '{"version": 1, "cases": [1]}'])
async def test_a_history_that_can_not_be_read_is_none(tmp_path: Path, content: str):
    file = tmp_path / "history.json"
    file.write_text(content)
    run = await run_cases(ScriptedAssistant(greeting), cases_of(SCRIPT))
    history = History(file)
    assert len(history.differences(run).newly_written) == 2
    history.keep(run)
    assert not History(file).differences(run)


async def test_the_json_document_has_every_turn_and_failure():
    run = await run_cases(ScriptedAssistant(greeting), cases_of(SCRIPT))
    document = json.loads(json.dumps(as_document(run), ensure_ascii=False))
    assert (document["n"], document["passed"], document["failed"]) == (2, 1, 1)
    case = document["cases"][1]
    assert (case["name"], case["line"], case["passed"]) == ("a greeting is taken for a question", 8, False)
    assert case["turns"][0]["replies"][0]["buttons"][0] == {"title": "📍 Kur iet?", "payload": "/find_office"}
    assert case["failures"][0]["assertion"] == "intent"


async def test_junit_counts_failures_and_survives_signs_that_xml_can_not_hold(tmp_path: Path):
    def odd(message: Any) -> Turn:
        turn = greeting(message)
        turn.replies[0].text = "<b>\x00\x1b & \ud83d"
        return turn

    run = await run_cases(ScriptedAssistant(odd), cases_of(SCRIPT))
    write_junit(run, tmp_path / "sub" / "junit.xml")
    root = ET.parse(tmp_path / "sub" / "junit.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "2")
    first = root.find(".//testcase")
    assert first is not None
    assert first.get("name") == "a greeting is answered"
    assert "<b>" in (root.findtext(".//failure") or "")


async def test_the_report_is_one_file_without_outside_parts_and_escapes_what_was_said(tmp_path: Path):
    def hostile(message: Any) -> Turn:
        turn = greeting(message)
        turn.replies[0].text = '<script>alert("x")</script>'
        return turn

    run = await run_cases(ScriptedAssistant(hostile), cases_of(SCRIPT))
    page = render_report(run, History(tmp_path / "none.json").differences(run), cover(run, vocabulary()))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    for outside in ("src=", "href=", "@import", "url("):
        assert outside not in page
    assert page.index("a greeting is taken for a question") < page.rindex("a greeting is answered")


async def test_coverage_names_what_no_dialogue_touches():
    run = await run_cases(ScriptedAssistant(greeting), cases_of(SCRIPT))
    by_kind = {part.kind: part for part in cover(run, vocabulary())}
    assert by_kind["intents"].counts["greet"] == 2
    assert "ask_housing" in by_kind["intents"].untouched
    assert by_kind["languages"].counts == {"lv": 2, "ru": 0, "en": 0}
    assert set(by_kind["routes"].untouched) == {"office", "mediator", "helpline", "social_service", "vsaa"}
    assert "second misunderstanding" in by_kind["fallbacks"].untouched


async def test_the_second_misunderstanding_is_covered_by_two_in_a_row():
    def lost(message: Any) -> Turn:
        return Turn("nlu_fallback", 0.5, "lv", replies=[Reply("Kas Jums vajadzīgs?")])

    script = "test_cases:\n  - test_case: a\n    steps: [{user: x}, {user: y}]\n"
    run = await run_cases(ScriptedAssistant(lost), cases_of(script))
    fallbacks = {part.kind: part for part in cover(run, vocabulary())}["fallbacks"]
    assert (fallbacks.counts["first misunderstanding"], fallbacks.counts["second misunderstanding"]) == (1, 1)


class FixedListener:
    """Hears the bytes of a file as its words."""

    async def listen(self, audio: bytes, language: str) -> Heard:
        """Hear; a question mark is not clear."""
        return Heard(audio.decode(), is_clear=b"?" not in audio)


def voice_case(folder: Path, words: str, assertion: str, channel: str = "telegram") -> list[Case]:
    (folder / "hello.ogg").write_text(words)
    mistakes = Mistakes("script.yml")
    script = f"""\
test_cases:
  - test_case: someone speaks
    language: lv
    metadata: {{channel: {channel}}}
    steps:
      - user: {{voice: hello.ogg}}
        assertions: [{assertion}]
"""
    cases = read_script(script, mistakes, folder)
    assert mistakes.findings == []
    return cases


async def test_a_voice_message_is_what_was_heard_in_it(tmp_path: Path):
    said: list[str] = []

    def answer(message: Any) -> Turn:
        said.append(message.text)
        return greeting(message)

    cases = voice_case(tmp_path, "labdien", "intent: greet")
    run = await run_cases(ScriptedAssistant(answer), cases, listener=FixedListener())
    assert not run.failed
    assert said == ["labdien"]
    assert "labdien" in run.results[0].turns[0].turn.replies[0].text, "Telegram says what was heard"


@pytest.mark.parametrize(("listener", "told"), [(FixedListener(), "nesadzirdēju"), (None, "balss")])
async def test_what_can_not_be_heard_is_answered_by_the_channel(tmp_path: Path, listener: Any, told: str):
    cases = voice_case(tmp_path, "?", f'bot_uttered: {{text_contains: "{told}", language: lv}}')
    run = await run_cases(ScriptedAssistant(greeting), cases, listener=listener)
    assert not run.failed, tell_failures(run.failed[0])
    (failed,) = (await run_cases(ScriptedAssistant(greeting), voice_case(tmp_path, "?", "intent: greet"))).failed
    assert "speech recognition" in tell_failures(failed)


def test_an_engine_for_speech_is_made_only_where_a_dialogue_has_a_voice_message(tmp_path: Path):
    assert listener_for(cases_of(SCRIPT)) is None
    assert listener_for(voice_case(tmp_path, "labdien", "intent: greet")) is not None


async def test_a_contact_that_nobody_asked_for_is_not_kept_and_said_so():
    script = (
        "test_cases:\n  - test_case: a\n    language: lv\n    steps:\n"
        '      - user: {contact: {phone_number: "+37120000000", first_name: Anna}}\n'
        "        assertions: [bot_uttered: {text_contains: neglabāju}, not_uttered: {text_contains: 20000000}]\n"
    )
    talk = ScriptedAssistant(greeting)
    run = await run_cases(talk, cases_of(script))
    assert not run.failed, tell_failures(run.failed[0])
    assert talk.senders == [], "the number does not reach the dialogue"


@pytest.mark.parametrize(("channel", "reaches"), [("telegram", 0), ("web", 1)])
async def test_an_unknown_command_is_answered_by_telegram_and_mere_words_elsewhere(channel: str, reaches: int):
    script = (
        f"test_cases:\n  - test_case: a\n    metadata: {{channel: {channel}}}\n"
        "    steps: [{user: {command: /abracadabra}, assertions: [replies: {min: 1}]}]\n"
    )
    talk = ScriptedAssistant(greeting)
    run = await run_cases(talk, cases_of(script))
    assert not run.failed
    assert len(talk.senders) == reaches


async def test_made_up_mediators_are_there_only_for_the_dialogue_that_asks():
    def whether_there_are_mediators(message: Any) -> Turn:
        return Turn(replies=[Reply(", ".join(one.id for one in directory().mediators) or "none")])

    script = (
        "test_cases:\n  - test_case: a\n    metadata: {mediators: demo}\n"
        "    steps: [{user: x, assertions: [bot_uttered: {text_contains: demo_riga}]}]\n"
        "  - test_case: b\n    steps: [{user: x, assertions: [not_uttered: {text_contains: demo_riga}]}]\n"
    )
    run = await run_cases(ScriptedAssistant(whether_there_are_mediators), cases_of(script))
    assert not run.failed


async def test_a_made_up_desk_is_open_only_in_the_dialogue_that_asks_and_only_where_made_up_mediators_work():
    def whether_the_desk_is_open(message: Any) -> Turn:
        return Turn(
            replies=[Reply(f"open: {desk().is_open(message.text, 'lv')}, {desk().readers(message.text, 'lv')}")]
        )

    script = (
        "test_cases:\n  - test_case: a\n    metadata: {desk: demo}\n    steps:\n"
        '      - {user: Talsu novads, assertions: [bot_uttered: {text_contains: ["open: True", Demo biedrība]}]}\n'
        '      - {user: Rēzekne, assertions: [bot_uttered: {text_contains: "open: False, []"}]}\n'
        "  - test_case: b\n    steps:\n"
        '      - {user: Talsu novads, assertions: [bot_uttered: {text_contains: "open: False"}]}\n'
    )
    run = await run_cases(ScriptedAssistant(whether_the_desk_is_open), cases_of(script))
    assert not run.failed


async def test_a_failed_action_fails_the_dialogue_and_is_named_as_the_cause():
    def broken(message: Any) -> Turn:
        logging.getLogger("bot.assistant.agent").error("A turn failed: KeyError at routing.py:33")
        return Turn(replies=[Reply("Piedodiet")])

    run = await run_cases(ScriptedAssistant(broken), cases_of("test_cases: [{test_case: a, steps: [{user: x}]}]"))
    assert "KeyError at routing.py:33" in tell_failures(run.failed[0])
