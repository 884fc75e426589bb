"""YAML with the place of every word kept, and text left as it was written.

``112``, ``no`` and ``80200206`` are text here: in YAML 1.1 they would be two numbers and a false,
and a script about telephone numbers would not mean what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from bot.directory.errors import Finding

Node = yaml.Node
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
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
    """Parse YAML into nodes; None, with a mistake noted, where it is none or is empty."""
    if len(text) > MAX_SIZE:
        mistakes.add(1, "", "the file is too large for a script", "Split it into several files")
        return None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        _add_yaml_error(error, text, mistakes)
        return None
    except RecursionError:
        mistakes.add(1, "", "is nested too deeply", "Write one level of indentation a key")
        return None
    if node is None:
        mistakes.add(1, "", "the file is empty", "Begin with `test_cases:`")
    return node


def _add_yaml_error(error: yaml.YAMLError, text: str, mistakes: Mistakes) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else 1
    remedy = "Look at this line and the one above: indentation, a missing colon, quote or bracket"
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        problem, remedy = "a tab is used for indentation", "Indent with spaces"
    elif "mapping values are not allowed" in problem and here.count(":") > 1:
        remedy = "A text with a colon in it needs quotes: \"…\""
    mistakes.add(line, "", f"is no valid YAML: {problem}", remedy)


def is_empty(node: Node) -> bool:
    """Whether nothing (or ``null``) stands here."""
    return isinstance(node, yaml.ScalarNode) and (node.tag == _NULL or not str(node.value).strip())


def text_of(node: Node) -> str:
    """Return a scalar as it is written."""
    return str(node.value).strip()


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
