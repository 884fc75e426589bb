"""A script is read as the contract says; a mistake in it is told by line and remedy, never with a trace."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bot.dialogues import assertions as a
from bot.dialogues.reading import NoScripts, read_script, read_scripts
from bot.dialogues.script import Case, Command, Say, ShareContact, ShareLocation, Speak, Tap
from bot.dialogues.vocabulary import Vocabulary
from bot.dialogues.yaml_nodes import Mistakes
from bot.directory.errors import ContentError, Finding

NAMES = Vocabulary(
    intents=frozenset({"greet", "help", "find_office", "inform_place", "ask_housing", "ask_debts", "nlu_fallback"}),
    services=frozenset({"housing", "debts"}),
    actions=frozenset({"action_show_menu", "action_find_office"}),
    slots=frozenset({"municipality", "place", "service", "language", "requested_slot", "language_chosen"}),
    questions=frozenset({"municipality", "place", "check_age"}),
    towns=frozenset({"Talsi", "Tukums", "Ventspils"}),
    municipalities=frozenset({"Talsu novads", "Tukuma novads", "Ventspils", "Ventspils novads"}),
    seats={"Talsi": "Talsu novads", "Tukums": "Tukuma novads"},
)


def read(text: str, folder: Path = Path()) -> tuple[list[Case], list[Finding]]:
    mistakes = Mistakes("script.yml")
    return read_script(text, mistakes, folder, NAMES), mistakes.findings


def case_with(assertions: str, user: str = "sveiki") -> str:
    lines = [f"          - {line}" for line in assertions.splitlines()]
    head = ["test_cases:", "  - test_case: a case", "    steps:", f"      - user: {user}", "        assertions:"]
    return "\n".join([*head, *lines]) + "\n"


def assertions_of(text: str) -> list[a.Assertion]:
    cases, findings = read(case_with(text))
    assert findings == []
    return list(cases[0].steps[0].assertions)


CONTRACT = """\
test_cases:
  - test_case: a mother asks who pays for childcare and is sent to the nearest office
    language: lv                      # optional; else as a new user
    metadata: {channel: telegram}     # optional
    steps:
      - user: nav kur atstāt bērnus bet kursos gribu
        assertions:
          - intent: ask_housing
          - bot_uttered: {text_contains: ["bērn"], text_matches: "80200206", language: lv}
          - buttons: [find_office]            # an intent, or a title
      - user: {location: {latitude: 57.39, longitude: 21.56}}
        assertions:
          - slot_was_set: {municipality: Ventspils}
          - routed_to: {kind: office, town: Ventspils}
          - not_uttered: {text_contains: ["None", "utter_"]}
"""


def test_the_example_of_the_contract_is_read():
    (case,), findings = read(CONTRACT)
    assert findings == []
    assert case.name == "a mother asks who pays for childcare and is sent to the nearest office"
    assert (case.language, case.channel, case.now, case.line) == ("lv", "telegram", None, 2)
    words, location = case.steps
    assert words.user == Say("nav kur atstāt bērnus bet kursos gribu")
    assert words.assertions == (
        a.IntentIs(8, ("ask_housing",)),
        a.BotUttered(9, a.Uttered(("bērn",), "80200206", "lv")),
        a.HasButtons(10, ("find_office",)),
    )
    assert location.user == ShareLocation(57.39, 21.56)
    assert location.assertions == (
        a.SlotWasSet(13, "municipality", "Ventspils"),
        a.RoutedTo(14, {"kind": ("office",), "town": ("Ventspils",)}),
        a.NotUttered(15, a.Uttered(("None", "utter_"))),
    )


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("hello", Say("hello")),
        ("112", Say("112")),
        ("no", Say("no")),
        ('"/inform{\\"municipality\\": \\"Rīga\\"}"', Say('/inform{"municipality": "Rīga"}')),
        ("{command: /start office_talsi}", Command("/start office_talsi")),
        (
            "{contact: {phone_number: +37120000000, first_name: Anna}}",
            ShareContact("+37120000000", "Anna"),
        ),
        ("{location: {latitude: 57, longitude: -21.5}}", ShareLocation(57.0, -21.5)),
    ],
)
def test_what_a_person_does_is_read_as_it_is_written(user: str, expected: object):
    cases, findings = read(case_with("intent: greet", user))
    assert findings == []
    assert cases[0].steps[0].user == expected


def test_a_button_may_be_tapped_from_the_second_step_on():
    script = "test_cases:\n  - test_case: x\n    steps:\n      - user: sveiki\n      - user: {button: Menu}\n"
    (case,), findings = read(script)
    assert findings == []
    assert case.steps[1].user == Tap("Menu")


def test_a_voice_file_is_looked_for_beside_the_script(tmp_path: Path):
    (tmp_path / "hello.ogg").write_bytes(b"x")
    cases, findings = read(case_with("intent: greet", "{voice: hello.ogg}"), tmp_path)
    assert findings == []
    assert cases[0].steps[0].user == Speak(tmp_path / "hello.ogg")


def test_time_is_local_in_latvia_unless_it_says_otherwise():
    script = "test_cases:\n  - test_case: x\n    metadata: {{now: {}}}\n    steps: [{{user: a}}]\n"
    (local,), _ = read(script.format("2026-12-24T23:10"))
    (universal,), _ = read(script.format("2026-12-24T21:10Z"))
    assert local.now is not None
    assert local.now == universal.now
    assert universal.now is not None
    assert universal.now.hour == 23
    assert local.now.utcoffset() == datetime.timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("intent: [greet, help]", [a.IntentIs(6, ("greet", "help"))]),
        ("service: [housing, debts]", [a.ServiceIs(6, ("housing", "debts"))]),
        ("not_routed_to: {kind: office}", [a.NotRoutedTo(6, {"kind": ("office",)})]),
        (
            "routed_to: {kind: [mediator, social_service], municipality: Talsu novads}",
            [a.RoutedTo(6, {"kind": ("mediator", "social_service"), "municipality": ("Talsu novads",)})],
        ),
        ("slot_was_set: {language_chosen: true}", [a.SlotWasSet(6, "language_chosen", True)]),
        ("slot_was_set: {municipality: null}", [a.SlotWasSet(6, "municipality", None)]),
        ("slot_was_not_set: [municipality]", [a.SlotWasNotSet(6, "municipality")]),
        ("slot_was_not_set: {place: Talsi}", [a.SlotWasNotSet(6, "place", "Talsi")]),
        ("asked_for: municipality", [a.AskedFor(6, "municipality")]),
        ("bot_uttered: {text_contains: 112, max_words: 60}", [a.BotUttered(6, a.Uttered(("112",), max_words=60))]),
        ("bot_uttered: {text_contains: [no, 010]}", [a.BotUttered(6, a.Uttered(("no", "010")))]),
        ("action_executed: action_show_menu", [a.ActionExecuted(6, "action_show_menu")]),
        ("replies: {min: 1, max: 2}", [a.RepliesCount(6, 1, 2)]),
        ("replies: {max: 2}", [a.RepliesCount(6, None, 2)]),
        ("audio: true", [a.HasAudio(6, True)]),
        ("buttons: Kaut kas cits", [a.HasButtons(6, ("Kaut kas cits",))]),
    ],
)
def test_each_assertion_of_the_contract_is_read(text: str, expected: list[a.Assertion]):
    assert assertions_of(text) == expected


def test_bot_uttered_may_be_repeated():
    text = "bot_uttered: {language: lv}\nbot_uttered: {text_contains: [a]}"
    assert [assertion.kind for assertion in assertions_of(text)] == ["bot_uttered", "bot_uttered"]


TEN_MISTAKES = """\
test_cases:
  - test_case: ten mistakes
    langage: lv
    metadata: {now: 24.12.2026}
    steps:
      - user: {button: Menu}
      - user: {location: {latitude: 97, longitude: 21}}
        assertions:
          - intent: ask_housin
          - bot_uttered:
            text_contains: [a]
          - routed_to: {kind: ofice, town: Talsi}
          - slot_was_set: {municipality: Talsi}
          - bot_utterd: {language: lv}
          - bot_uttered: {text_matches: "("}
          - replies: 2
"""


@pytest.mark.parametrize("key", ["mediators", "desk"])
def test_what_is_made_up_is_asked_for_by_one_word_only(key: str):
    script = "test_cases:\n  - test_case: x\n    metadata: {{{}: {}}}\n    steps: [{{user: a}}]\n"
    (case,), findings = read(script.format(key, "demo"))
    assert findings == []
    assert (case.demo_mediators, case.demo_desk) == (key == "mediators", key == "desk")
    cases, (finding,) = read(script.format(key, "open"))
    assert cases == []
    assert finding.line == 3
    assert "open is unknown" in finding.problem
    assert "Write demo" in finding.remedy


def test_a_script_with_ten_mistakes_gets_ten_messages_with_line_and_remedy():
    cases, findings = read(TEN_MISTAKES)
    assert cases == []
    told = {(finding.line, finding.problem.split(".")[0], finding.remedy) for finding in findings}
    assert sorted(line for line, _, _ in told) == [3, 4, 6, 7, 9, 10, 12, 13, 14, 15, 16]
    remedies = {finding.line: finding.remedy for finding in findings}
    assert remedies[3] == "Did you mean `language`?"
    assert "2026-12-24T23:10" in remedies[4]
    assert "ask_housing" in remedies[9]
    assert "two more spaces" in remedies[10]
    assert "office" in remedies[12]
    assert remedies[13] == "Did you mean Talsu novads?"
    assert remedies[14] == "Did you mean `bot_uttered`?"
    assert "{min: 1, max: 2}" in remedies[16]


@pytest.mark.parametrize(
    ("assertion", "problem", "remedy"),
    [
        ("intent: greeet", "greeet is unknown", "greet"),
        ("intent:", "is empty", "Write"),
        ("intent: []", "empty list", "Write"),
        ("service: house", "house is unknown", "housing"),
        ("routed_to: office", "is not a set of keys", "kind: office"),
        ("routed_to: {}", "is empty", "kind: office"),
        ("routed_to: {kind: shop}", "shop is unknown", "social_service"),
        ("routed_to: {kind: office, village: Talsi}", "`village` is unknown", "`municipality`"),
        ("slot_was_set: municipality", "is not a slot with its value", "Talsu novads"),
        ("slot_was_set: {muncipality: Talsu novads}", "muncipality is unknown", "municipality"),
        ("slot_was_not_set: {}", "is not a slot with its value", "[municipality]"),
        ("asked_for: munic", "munic is unknown", "Write a slot"),
        ("bot_uttered: Labdien", "is not a set of keys", "text_contains"),
        ("bot_uttered: {utter_name: utter_greet}", "`utter_name` is unknown", "text_contains"),
        ("bot_uttered: {language: lt}", "lt is no language", "lv, ru or en"),
        ("bot_uttered: {max_words: many}", "many is no whole number", "60"),
        ("bot_uttered: {text_contains: [[a]]}", "no text", "text_contains"),
        ("not_uttered: {max_words: 60}", "`max_words` is unknown", "text_contains"),
        ("buttons: [find_ofice]", "find_ofice is unknown", "find_office"),
        ("action_executed: show_menu", "show_menu is unknown", "action_show_menu"),
        ("replies: {min: 3, max: 1}", "min 3 is more than max 1", "Swap"),
        ("audio: loud", "loud is not yes or no", "audio: true"),
        ("greet", "this is no assertion", "colon"),
    ],
)
def test_a_mistake_in_an_assertion_is_told_with_its_line(assertion: str, problem: str, remedy: str):
    _, findings = read(case_with(assertion))
    assert [finding.line for finding in findings] == [6]
    assert problem in findings[0].problem
    assert remedy in findings[0].remedy


CASE = "test_cases:\n  - test_case: a\n    "
STEPS = CASE + "steps:\n      "
STEP = STEPS + "- user: "


@pytest.mark.parametrize(
    ("script", "line", "problem"),
    [
        ("", 1, "is empty"),
        ("# nothing\n", 1, "is empty"),
        ("hello", 1, "is not a set of keys"),
        ("- user: x", 1, "is not a set of keys"),
        ("cases: []", 1, "`cases` is unknown"),
        ("test_cases:", 1, "is empty"),
        ("test_cases: []", 1, "is empty"),
        ("test_cases: {a: b}", 1, "is no list"),
        ("test_cases:\n  - hello", 2, "is not a set of keys"),
        ("test_cases:\n  - test_case: a\n", 2, "is missing"),
        ("test_cases:\n  - steps: [{user: a}]\n", 2, "is missing"),
        ("test_cases:\n  - test_case:\n    steps: [{user: a}]\n", 2, "is empty"),
        (STEPS + "- user:\n", 4, "is empty"),
        (STEP + "[a]\n", 4, "is a list"),
        (STEP + "{tap: x}\n", 4, "`tap` is unknown"),
        (
            STEP + "{button: x, command: /y}\n",
            4,
            "has button and command",
        ),
        (STEP + "{command: start}\n", 4, "is no command"),
        (STEP + "{voice: no.ogg}\n", 4, "is not there"),
        (STEP + "{location: {latitude: 57}}\n", 4, "is missing"),
        (
            STEP + "{location: {latitude: nan, longitude: 1}}\n",
            4,
            "not on the",
        ),
        (STEP + "{contact: {first_name: Anna}}\n", 4, "is missing"),
        (
            STEP + "{contact: {phone_number: abc}}\n",
            4,
            "no telephone",
        ),
        (STEPS + "- bot: hi\n", 4, "is no step here"),
        (STEPS + "- assertions: [intent: greet]\n", 4, "is missing"),
        (
            STEP + "a\n        assertions: {intent: greet}\n",
            5,
            "is no list",
        ),
        (CASE + "language: 5\n    steps: [{user: a}]\n", 3, "is no language code"),
        (
            CASE + "metadata: {channel: fax}\n    steps: [{user: a}]\n",
            3,
            "fax is no channel",
        ),
        (CASE + "steps: [{user: a}]\n    steps: [{user: b}]\n", 4, "stands twice"),
    ],
)
def test_a_mistake_in_a_script_is_told_with_its_line(script: str, line: int, problem: str):
    _, findings = read(script)
    assert [finding.line for finding in findings] == [line]
    assert problem in findings[0].problem
    assert findings[0].remedy


def test_two_cases_of_one_name_are_told():
    script = "test_cases:\n" + "  - test_case: a\n    steps: [{user: a}]\n" * 2
    _, findings = read(script)
    assert [(finding.line, "on line 2" in finding.problem) for finding in findings] == [(4, True)]


def test_a_step_that_is_no_yaml_does_not_hide_the_mistakes_after_it():
    script = """\
test_cases:
  - test_case: first
    steps:
      - user: "hello
        assertions:
          - intent: greet
      - user: labdien: sveiki
  - test_case: second
    steps:
      - user: sveiki
        assertions:
          - intent: [greet, help
      - user: sveiki
       assertions:
          - intent: greet
      - user: sveiki
\tassertions:
          - intent: greet
      - user: sveiki
        assertions:
          - intentt: greet
"""
    _, findings = read(script)
    assert [finding.line for finding in findings] == [4, 7, 12, 14, 17, 21]
    problems = [finding.problem for finding in findings]
    assert "quote that opens here is not closed" in problems[0]
    assert "a text has a colon" in problems[1]
    assert "[ that opens here" in problems[2]
    assert "indentation does not fit" in problems[3]
    assert "a tab" in problems[4]


@pytest.mark.parametrize("script", ["[" * 5000, "a: &a [*a]", "\x00", "test_cases: &x\n  - *x\n", "? {a: b}\n: c"])
def test_strange_files_are_told_and_raise_nothing(script: str):
    cases, findings = read(script)
    assert cases == []
    assert findings


def test_mistakes_of_all_files_are_told_together(tmp_path: Path):
    (tmp_path / "one.yml").write_text("test_cases: []")
    (tmp_path / "two.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ContentError) as told:
        read_scripts([tmp_path], NAMES, tmp_path)
    assert {finding.file for finding in told.value.findings} == {"one.yml", "two.yml"}


def test_a_path_without_scripts_is_told(tmp_path: Path):
    with pytest.raises(NoScripts, match="no scripts"):
        read_scripts([tmp_path], NAMES)
    with pytest.raises(NoScripts, match="does not exist"):
        read_scripts([tmp_path / "none.yml"], NAMES)


def test_reading_scripts_needs_no_rasa():
    import subprocess
    import sys

    program = "import sys, bot.dialogues.reading; sys.exit('rasa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
