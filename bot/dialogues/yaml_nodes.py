"""YAML with the place of every word kept, and text left as it was written.

``112``, ``no`` and ``80200206`` are text here: in YAML 1.1 they would be two numbers and a false,
and a script about telephone numbers would not mean what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from bot.dialogues.vocabulary import closest
from bot.directory.errors import Finding

Node = yaml.Node
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
MAX_BROKEN_STEPS = 30
BROKEN = "broken"  # stands in place of a step that is no YAML
_STEP = re.compile(r"^\s*- +(user|bot|utter|assertions)\b")
_CASE = re.compile(r"^\s*- +test_case\b")
TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
MAX_SIZE = 1_000_000  # characters; the largest script anyone would read is a hundredth of it


@dataclass
class Mistakes:
    """Gathers what is wrong in one file."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, node: Node | int, key: str, problem: str, remedy: str) -> None:
        """Note a mistake at a node (or line)."""
        line = node if isinstance(node, int) else line_of(node)
        self.findings.append(Finding(self.file, line, key, problem, remedy))


def line_of(node: Node) -> int:
    """Return the line (from 1) on which a node begins."""
    return int(node.start_mark.line) + 1


def compose(text: str, mistakes: Mistakes) -> Node | None:
    """Parse YAML into nodes; None, with a mistake noted, where it is none or is empty.

    A step that is no valid YAML is noted and left out, so that someone who mends a file hears of
    all of its mistakes at once.
    """
    if len(text) > MAX_SIZE:
        mistakes.add(1, "the file", "is too large for a script", "Split it into several files")
        return None
    lines = text.splitlines()
    for _ in range(MAX_BROKEN_STEPS):
        try:
            node = yaml.compose("\n".join(lines), Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            line = _add_yaml_error(error, lines, mistakes)
            if not _blank_step(lines, line):
                return None
            continue
        except RecursionError:
            mistakes.add(1, "the file", "is nested too deeply", "Write one level of indentation a key")
            return None
        if node is None and not mistakes.findings:
            mistakes.add(1, "the file", "is empty", "Begin with `test_cases:`")
        return node
    return None


def _blank_step(lines: list[str], line: int) -> bool:
    """Blank the step around a line (from 1); false where the line is in no step."""
    start = line - 1
    while start >= 0 and not _STEP.match(lines[start]):
        if _CASE.match(lines[start]):
            return False
        start -= 1
    if start < 0:
        return False
    indent = len(lines[start]) - len(lines[start].lstrip())
    # The step stays as a mapping with nothing in it, so that its case does not look empty.
    lines[start] = " " * indent + f"- {BROKEN}:"
    for index in range(start + 1, len(lines)):
        here = lines[index].expandtabs(8)
        if index >= line and here.strip() and len(here) - len(here.lstrip()) <= indent:
            break
        lines[index] = ""
    return True


def _add_yaml_error(error: yaml.YAMLError, lines: list[str], mistakes: Mistakes) -> int:
    """Note where and why a text is no YAML; return the line."""
    context = getattr(error, "context", None) or ""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    remedy = "Look at this line and the one above: indentation, a missing colon, quote or bracket"
    opened = next((what for what in ("quoted scalar", "flow sequence", "flow mapping") if what in context), None)
    if opened:
        mark = getattr(error, "context_mark", None) or mark
        sign = {"quoted scalar": "quote", "flow sequence": "[", "flow mapping": "{"}[opened]
        problem = f"the {sign} that opens here is not closed"
        remedy = "Close it on the same line, and put quotes around a text that has ? : , or brackets in it"
        if sign == "quote":
            remedy = "Close it on the same line; a quote inside a quoted text needs the other kind around it"
    line = mark.line + 1 if mark else 1
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        problem, remedy = "a tab is used for indentation", "Indent with spaces"
    elif "mapping values are not allowed" in problem and here.count(":") > 1:
        problem, remedy = "a text has a colon in it", 'Put quotes around it: "…"'
    elif "expected <block end>" in problem or "could not find expected ':'" in problem:
        problem = "the indentation does not fit the lines above"
        remedy = "Begin keys of one step in the same column; is a colon missing?"
    mistakes.add(line, "YAML", f"can't be understood: {problem}", remedy)
    return line


def is_empty(node: Node) -> bool:
    """Whether nothing (or ``null``) stands here."""
    return isinstance(node, yaml.ScalarNode) and (node.tag == _NULL or not str(node.value).strip())


def text_of(node: Node) -> str:
    """Return a scalar as it is written, without the line breaks around a block."""
    return str(node.value).strip("\r\n")


def value_of(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Return a scalar as the value that YAML 1.2 gives it: a slot may hold a number or a truth."""
    text = text_of(node)
    if node.tag == _NULL:
        return None
    if node.tag == _BOOL and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if node.tag in (_INT, _FLOAT):
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    return text


def key_list(keys: tuple[str, ...]) -> str:
    """Return keys as a message lists them."""
    return ", ".join(f"`{key}`" for key in keys)


def read_keys(node: Node, what: str, known: tuple[str, ...], remedy: str, mistakes: Mistakes) -> dict[str, Node]:
    """Return the known keys of a mapping; unknown and repeated ones are mistakes.

    Args:
        node: what should be a mapping.
        what: what it is, for messages.
        known: the keys that it may have.
        remedy: how it should look.
        mistakes: where mistakes are noted.
    """
    found: dict[str, Node] = {}
    if not isinstance(node, yaml.MappingNode):
        mistakes.add(node, what, "is not a set of keys", remedy)
        return found
    for key_node, value in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        if key not in known:
            guess = closest(key, known)
            advice = f"Did you mean `{guess}`?" if guess else f"Known here: {key_list(known)}"
            mistakes.add(key_node, what, f"the key `{key}` is unknown", advice)
        elif key in found:
            mistakes.add(key_node, what, f"the key `{key}` stands twice", "Keep one of them")
        else:
            found[key] = value
    return found
