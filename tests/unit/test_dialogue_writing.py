"""A talk is written down as a script that reads back as the same talk; the lab can't leave its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assistant.messages import Button, Reply, Turn
from bot.dialogues.commands import COMMANDS, command_payload
from bot.dialogues.reading import read_script
from bot.dialogues.script import Case, Command, Say, ShareContact, ShareLocation, Tap, UserInput
from bot.dialogues.scripts_folder import ScriptChanged, ScriptRefused, ScriptsFolder
from bot.dialogues.writing import JudgedTurn, Judgement, append_case, scalar, write_case
from bot.dialogues.yaml_nodes import Mistakes


def read_back(text: str) -> list[Case]:
    mistakes = Mistakes("script.yml")
    cases = read_script(text, mistakes, Path())
    assert mistakes.findings == []
    return cases


ODD_TEXTS = [
    "labdien",
    "cik tas maksā?",
    "no",
    "112",
    "8e3",
    "2026-12-24",
    "- item",
    "# comment",
    "a: b",
    'he said "no"',
    "{button: x}",
    "[1]",
    "it's",
    "line\nbreak",
    "tab\there",
    "emoji 🙂",
    "% & * ! |",
    "null",
    "~",
    "трудно",
    "a #b",
    "-",
    "?",
    "x" * 4096,
]


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("make", [Say, Tap])
def test_what_a_person_does_reads_back_as_it_was(text: str, make: type[Say] | type[Tap]):
    first = JudgedTurn(Say("labdien"), Turn(), {})
    case = write_case("a case", [first, JudgedTurn(make(text), Turn(), {})])
    assert read_back(append_case("", case))[0].steps[1].user == make(text)


@pytest.mark.parametrize(
    "user",
    [
        ShareLocation(57.39, -21.5),
        ShareContact("+37120000000", "Anna Bērziņa"),
        ShareContact("112"),
        Command("/start office_talsi"),
        Command("/forget"),
    ],
)
def test_other_things_read_back_too(user: UserInput):
    case = write_case("a case", [JudgedTurn(user, Turn(), {})])
    assert read_back(append_case("", case))[0].steps[0].user == user


@pytest.mark.parametrize("name", ODD_TEXTS[:-1])
def test_any_sentence_can_be_a_name(name: str):
    text = append_case("", write_case(name, [JudgedTurn(Say("a"), Turn(), {})], "lv", "2026-12-24T23:10"))
    case = read_back(text)[0]
    assert (case.name, case.language) == (name, "lv")
    assert case.now is not None


ROUTED = Turn(
    "inform_place",
    1.0,
    "lv",
    slots={"municipality": "Talsu novads", "requested_slot": None},
    replies=[
        Reply(
            "NVA filiāle ir šeit: Talsi. Pirms braucat, zvaniet bez maksas 80200206.",
            [Button("☰ Izvēlne", "/start_over")],
            route={"kind": "office", "town": "Talsi", "municipality": "Talsu novads"},
            service="registration",
        )
    ],
)


def test_this_was_right_turns_what_happened_into_assertions():
    case = write_case("a case", [JudgedTurn(Say("Talsos"), ROUTED, {}, Judgement(right=True))])
    assert case.splitlines()[3:] == [
        "        assertions:",
        "          - intent: inform_place",
        "          - service: registration",
        "          - routed_to: {kind: office, town: Talsi, municipality: Talsu novads}",
        "          - slot_was_set: {municipality: Talsu novads}",
        '          - bot_uttered: {text_contains: ["80200206"], language: lv}',
    ]
    assert len(read_back(append_case("", case))[0].steps[0].assertions) == 5


def test_this_should_have_been_asserts_what_a_person_wants():
    judged = JudgedTurn(Say("parādi"), ROUTED, {}, Judgement(intent="ask_debts", town="Tukums"))
    assert write_case("a case", [judged]).splitlines()[4:] == [
        "          - intent: ask_debts",
        "          - service: debts",
        "          - routed_to: {kind: office, town: Tukums}",
    ]


def test_a_case_is_added_after_those_that_are_there():
    one = append_case("", write_case("one", [JudgedTurn(Say("a"), Turn(), {})]))
    two = append_case(one + "\n\n", write_case("two", [JudgedTurn(Say("b"), Turn(), {})]))
    assert [case.name for case in read_back(two)] == ["one", "two"]


def test_plain_words_stay_plain():
    assert scalar("māte meklē, kam atstāt bērnu") == "māte meklē, kam atstāt bērnu"
    assert scalar("no") == '"no"'


@pytest.mark.parametrize(
    "name", ["../evil.yml", "/etc/passwd", "a/b/c.yml", "a.txt", "", "A.yml", "a..yml", ".yml", "x\n.yml", "a/../b.yml"]
)
def test_nothing_outside_the_folder_can_be_read_or_written(tmp_path: Path, name: str):
    folder = ScriptsFolder(tmp_path)
    with pytest.raises(ScriptRefused):
        folder.open(name)
    with pytest.raises(ScriptRefused):
        folder.save(name, "test_cases: []", None)


def test_a_script_that_somebody_else_changed_is_not_overwritten(tmp_path: Path):
    folder = ScriptsFolder(tmp_path)
    first = folder.save("cards/work.yml", "one", None)
    assert folder.names() == ["cards/work.yml"]
    folder.save("cards/work.yml", "two", first.digest)
    with pytest.raises(ScriptChanged):
        folder.save("cards/work.yml", "three", first.digest)
    with pytest.raises(ScriptChanged):
        folder.save("cards/work.yml", "three", None)
    assert folder.open("cards/work.yml").text == "two\n"


def test_commands_mean_the_same_as_in_telegram():
    from bot.channels.telegram import incoming

    assert COMMANDS == incoming.COMMANDS


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("/start", "/greet"),
        ("/start nonsense_123", "/greet"),
        ("/start housing", "/ask_housing"),
        ("/START", "/greet"),
        ("/forget@drom_bot", "/forget_me"),
        ("/restart", "/start_over"),
        ("/abracadabra", None),
    ],
)
def test_a_command_stands_for_a_payload(command: str, payload: str | None):
    assert command_payload(command) == payload


def test_a_deep_link_with_a_place_brings_the_place():
    sent = command_payload("/start office_talsi")
    assert sent is not None
    assert sent.startswith("/find_office{")
    assert '"municipality":"Talsu novads"' in sent
