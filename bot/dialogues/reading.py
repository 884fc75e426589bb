"""Reading scripts: every mistake is told with file, line and remedy, none with a trace."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict

import yaml

from bot.clock import LATVIA
from bot.dialogues.reading_assertions import AssertionReader
from bot.dialogues.script import (
    Case,
    Command,
    Say,
    ShareContact,
    ShareLocation,
    Speak,
    Step,
    Tap,
    UserInput,
)
from bot.dialogues.vocabulary import Vocabulary, vocabulary
from bot.dialogues.yaml_nodes import BROKEN, Mistakes, Node, compose, is_empty, line_of, read_keys, text_of
from bot.directory.errors import ContentError, relative
from bot.errors import DromError
from bot.settings import ROOT

SCRIPTS = ROOT / "tests" / "dialogues"
ENDINGS = (".yml", ".yaml")
CASE_KEYS = ("test_case", "language", "metadata", "steps")
STEP_KEYS = ("user", "assertions")
METADATA_KEYS = ("channel", "now", "mediators", "desk")
DEMO = "demo"
CHANNELS = ("web", "telegram", "terminal")
USER_KEYS = ("button", "location", "contact", "voice", "command")
_LANGUAGE_CODE = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")


class NoScripts(DromError):
    """A path holds no scripts."""


def script_files(paths: Iterable[Path]) -> list[Path]:
    """Return the script files at ``paths``: files as they are, folders with everything below.

    Raises:
        NoScripts: a path does not exist, or no script is there.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix in ENDINGS and p.is_file())
            if not found:
                raise NoScripts(f"There are no scripts (*.yml) in {path}.")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise NoScripts(f"{path} does not exist. Name a script or a folder of scripts.")
    return list(dict.fromkeys(files))


def read_scripts(paths: Iterable[Path], names: Vocabulary | None = None, root: Path = ROOT) -> list[Case]:
    """Read all cases of the scripts at ``paths``.

    Args:
        paths: files and folders.
        names: the names that a script may use; those of this project by default.
        root: the project's root, for the names of files in messages.

    Raises:
        ContentError: with every mistake in every file.
        NoScripts: there is nothing to read.
    """
    cases: list[Case] = []
    findings = []
    for path in script_files(paths):
        mistakes = Mistakes(relative(path, root))
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            mistakes.add(1, "the file", f"can't be read ({error})", "Save it as text in UTF-8")
        else:
            cases += read_script(text, mistakes, path.parent, names)
        findings += mistakes.findings
    if findings:
        raise ContentError(findings)
    return cases


def read_script(text: str, mistakes: Mistakes, folder: Path, names: Vocabulary | None = None) -> list[Case]:
    """Read one script.

    Args:
        text: the YAML.
        mistakes: where mistakes are noted; a case with one is left out.
        folder: where voice files are looked for.
        names: the names that a script may use; those of this project by default.
    """
    return _ScriptReader(mistakes, folder, names or vocabulary()).read(text)


class _Metadata(TypedDict, total=False):
    """What `metadata` of a case says, by the names that :class:`Case` has for it."""

    channel: str
    now: datetime.datetime | None
    demo_mediators: bool
    demo_desk: bool


class _ScriptReader:
    """Reads one file."""

    def __init__(self, mistakes: Mistakes, folder: Path, names: Vocabulary):
        self.mistakes = mistakes
        self.folder = folder
        self.assertions = AssertionReader(mistakes, names)
        self.users: dict[str, Callable[[Node], UserInput | None]] = {
            "button": self._tap,
            "location": self._location,
            "contact": self._contact,
            "voice": self._voice,
            "command": self._command,
        }

    def read(self, text: str) -> list[Case]:
        """Read the cases of a file."""
        node = compose(text, self.mistakes)
        if node is None:
            return []
        keys = self._keys(node, "the file", ("test_cases",), "Begin with `test_cases:` and a list of cases")
        cases_node = keys.get("test_cases")
        if cases_node is None:
            if not self.mistakes.findings:
                self.mistakes.add(node, "test_cases", "is missing", "Begin with `test_cases:` and a list of cases")
            return []
        cases: list[Case] = []
        for case_node in self._items(cases_node, "test_cases", "- test_case: a sentence that says the behaviour"):
            case = self._case(case_node)
            if case is None:
                continue
            earlier = next((c for c in cases if c.name == case.name), None)
            if earlier:
                problem = f"a case of this name stands already on line {earlier.line}"
                self.mistakes.add(case.line, "test_case", problem, "Name each case for what it shows")
            cases.append(case)
        return cases

    def _case(self, node: Node) -> Case | None:
        before = len(self.mistakes.findings)
        keys = self._keys(node, "the case", CASE_KEYS, "Begin a case with `- test_case: …`, then `steps:`")
        name = self._required_text(keys, "test_case", node, "a sentence that says the behaviour")
        language = self._language(keys.get("language"))
        metadata = self._metadata(keys.get("metadata"))
        steps = self._steps(keys.get("steps"), node)
        if len(self.mistakes.findings) > before or name is None:
            return None
        line = line_of(keys["test_case"])
        return Case(name, self.mistakes.file, line, tuple(steps), language, **metadata)

    def _required_text(self, keys: dict[str, Node], key: str, parent: Node, what: str) -> str | None:
        node = keys.get(key)
        if node is None:
            if isinstance(parent, yaml.MappingNode):
                self.mistakes.add(parent, key, "is missing", f"Add `{key}:` with {what}")
            return None
        if not isinstance(node, yaml.ScalarNode) or is_empty(node):
            self.mistakes.add(node, key, "is empty or no text", f"Write {what}")
            return None
        return text_of(node)

    def _language(self, node: Node | None) -> str | None:
        if node is None or is_empty(node):
            return None
        code = text_of(node) if isinstance(node, yaml.ScalarNode) else ""
        if not _LANGUAGE_CODE.match(code):
            self.mistakes.add(node, "language", f"{code or 'this'} is no language code", "Write lv, ru or en")
            return None
        return code

    def _metadata(self, node: Node | None) -> _Metadata:
        read = _Metadata()
        if node is None or is_empty(node):
            return read
        how = "Write `metadata: {channel: telegram, now: 2026-12-24T23:10}`"
        keys = self._keys(node, "metadata", METADATA_KEYS, how)
        if "channel" in keys:
            channel = text_of(keys["channel"]) if isinstance(keys["channel"], yaml.ScalarNode) else ""
            if channel not in CHANNELS:
                remedy = f"Write one of: {', '.join(CHANNELS)}"
                self.mistakes.add(keys["channel"], "channel", f"{channel or 'this'} is no channel", remedy)
            read["channel"] = channel
        if "now" in keys:
            read["now"] = self._moment(keys["now"])
        if "mediators" in keys:
            remedy = f"Write {DEMO} to play with made-up mediators, or leave it out"
            read["demo_mediators"] = self._is_demo(keys["mediators"], "mediators", remedy)
        if "desk" in keys:
            remedy = f"Write {DEMO} to play where made-up mediators receive requests, or leave it out"
            read["demo_desk"] = self._is_demo(keys["desk"], "desk", remedy)
        return read

    def _is_demo(self, node: Node, key: str, remedy: str) -> bool:
        written = text_of(node) if isinstance(node, yaml.ScalarNode) else ""
        if written != DEMO:
            self.mistakes.add(node, key, f"{written or 'this'} is unknown", remedy)
        return written == DEMO

    def _moment(self, node: Node) -> datetime.datetime | None:
        written = text_of(node) if isinstance(node, yaml.ScalarNode) else ""
        try:
            moment = datetime.datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", written))
        except ValueError:
            remedy = "Write day and time as 2026-12-24T23:10"
            self.mistakes.add(node, "now", f"{written or 'this'} is no moment", remedy)
            return None
        return moment.astimezone(LATVIA) if moment.tzinfo else moment.replace(tzinfo=LATVIA)

    def _steps(self, node: Node | None, case: Node) -> list[Step]:
        if node is None:
            if isinstance(case, yaml.MappingNode):
                self.mistakes.add(case, "steps", "is missing", "Add `steps:` with a list, each `- user: …`")
            return []
        steps: list[Step] = []
        for index, step_node in enumerate(self._items(node, "steps", "- user: what the person writes")):
            step = self._step(step_node)
            if step is None:
                continue
            if index == 0 and isinstance(step.user, Tap):
                problem = "the first step taps a button, but no message is shown yet"
                self.mistakes.add(step.line, "button", problem, "Begin with words or `{command: /start}`")
            steps.append(step)
        return steps

    def _step(self, node: Node) -> Step | None:
        if isinstance(node, yaml.MappingNode) and node.value[:1] and node.value[0][0].value == BROKEN:
            return None  # told already
        misplaced = _rasa_step(node)
        if misplaced:
            key, remedy = misplaced
            self.mistakes.add(node, key, "is no step here", remedy)
            return None
        keys = self._keys(node, "the step", STEP_KEYS, "Begin a step with `- user: …`")
        if not isinstance(node, yaml.MappingNode):
            return None
        if "user" not in keys:
            self.mistakes.add(node, "user", "is missing", "Begin a step with `- user: what the person writes`")
            return None
        user = self._user(keys["user"])
        assertions = self.assertions.read(keys["assertions"]) if "assertions" in keys else []
        return Step(user, tuple(assertions), line_of(node)) if user is not None else None

    def _user(self, node: Node) -> UserInput | None:
        how = "Write what the person writes, or one of: " + ", ".join(f"{{{key}: …}}" for key in USER_KEYS)
        if is_empty(node):
            self.mistakes.add(node, "user", "is empty", how)
            return None
        if isinstance(node, yaml.ScalarNode):
            return Say(str(node.value))
        if not isinstance(node, yaml.MappingNode):
            self.mistakes.add(node, "user", "is a list", how)
            return None
        keys = self._keys(node, "user", USER_KEYS, how)
        if len(keys) > 1:
            self.mistakes.add(node, "user", f"has {' and '.join(keys)}", "One thing a step: make two steps of it")
            return None
        for key, value in keys.items():
            return self.users[key](value)
        return None

    def _scalar(self, node: Node, key: str, remedy: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode) or is_empty(node):
            self.mistakes.add(node, key, "is empty or no text", remedy)
            return None
        return text_of(node)

    def _tap(self, node: Node) -> UserInput | None:
        button = self._scalar(node, "button", "Write the title, intent or payload of a button of the last message")
        return Tap(button) if button is not None else None

    def _location(self, node: Node) -> UserInput | None:
        how = "Write `{location: {latitude: 57.39, longitude: 21.56}}`"
        keys = self._keys(node, "location", ("latitude", "longitude"), how)
        values = {}
        for key, most in (("latitude", 90), ("longitude", 180)):
            if key not in keys:
                if isinstance(node, yaml.MappingNode):
                    self.mistakes.add(node, key, "is missing", how)
                continue
            written = text_of(keys[key]) if isinstance(keys[key], yaml.ScalarNode) else ""
            try:
                values[key] = float(written)
            except ValueError:
                self.mistakes.add(keys[key], key, f"{written or 'this'} is no number", "Write degrees, such as 57.39")
                continue
            if not abs(values[key]) <= most:
                remedy = f"Write degrees between -{most} and {most}"
                self.mistakes.add(keys[key], key, f"{written} is not on the Earth", remedy)
        return ShareLocation(values["latitude"], values["longitude"]) if len(values) == 2 else None

    def _contact(self, node: Node) -> UserInput | None:
        how = 'Write `{contact: {phone_number: "+37120000000", first_name: Anna}}`'
        keys = self._keys(node, "contact", ("phone_number", "first_name"), how)
        if "phone_number" not in keys:
            if isinstance(node, yaml.MappingNode):
                self.mistakes.add(node, "phone_number", "is missing", how)
            return None
        number = self._scalar(keys["phone_number"], "phone_number", how)
        if number is None:
            return None
        if not re.fullmatch(r"\+?[\d ()-]{3,20}", number):
            self.mistakes.add(keys["phone_number"], "phone_number", f"{number} is no telephone number", how)
            return None
        first_name = keys.get("first_name")
        return ShareContact(number, text_of(first_name) if isinstance(first_name, yaml.ScalarNode) else "")

    def _voice(self, node: Node) -> UserInput | None:
        name = self._scalar(node, "voice", "Write the name of a sound file, seen from the script")
        if name is None:
            return None
        file = (self.folder / name).resolve()
        if not file.is_file():
            self.mistakes.add(node, "voice", f"the file {name} is not there", "Put it beside the script")
            return None
        return Speak(file)

    def _command(self, node: Node) -> UserInput | None:
        text = self._scalar(node, "command", "Write a command such as /start")
        if text is None:
            return None
        if not re.match(r"^/\w", text):
            self.mistakes.add(node, "command", f"{text} is no command", "Begin with a slash: /start office_talsi")
            return None
        return Command(text)

    def _keys(self, node: Node, what: str, known: tuple[str, ...], remedy: str) -> dict[str, Node]:
        return read_keys(node, what, known, remedy, self.mistakes)

    def _items(self, node: Node, key: str, example: str) -> list[Node]:
        if not isinstance(node, yaml.SequenceNode):
            problem = "is empty" if is_empty(node) else "is no list"
            self.mistakes.add(node, key, problem, f"Write a list, each item beginning with a dash: `{example}`")
            return []
        if not node.value:
            self.mistakes.add(node, key, "is empty", f"Add at least one: `{example}`")
        return list(node.value)


_RASA_STEPS = {
    "bot": "Write `assertions: [bot_uttered: {text_contains: […]}]` under the user's step",
    "utter": "Write `assertions: [bot_uttered: {text_contains: […]}]` under the user's step",
    "slot_was_set": "Put it under `assertions:` of the user's step",
    "slot_was_not_set": "Put it under `assertions:` of the user's step",
    "intent": "Put it under `assertions:` of the user's step; what the person writes is `user:`",
    "action": "Write `action_executed` under `assertions:` of the user's step",
}


def _rasa_step(node: Node) -> tuple[str, str] | None:
    """Return key and remedy for a step that other formats of Rasa have and this one has not."""
    if isinstance(node, yaml.MappingNode):
        keys = [str(k.value) for k, _ in node.value]
        if "user" not in keys:
            for key in keys:
                if key in _RASA_STEPS:
                    return key, _RASA_STEPS[key]
    return None
