"""Results as JUnit XML, which every CI server reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import groupby
from pathlib import Path

from bot.dialogues.results import CaseResult, Run
from bot.dialogues.telling import tell_failures, transcript

# What XML 1.0 can't hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(run: Run, file: Path) -> None:
    """Write a run as JUnit XML: a suite for each script, a test case for each dialogue.

    Raises:
        OSError: the file can't be written.
    """
    root = ET.Element(
        "testsuites",
        name="dialogues",
        tests=str(len(run.results)),
        failures=str(len(run.failed)),
        errors="0",
        time=f"{run.seconds:.3f}",
    )
    by_file = sorted(run.results, key=lambda result: result.case.file)
    for name, group in groupby(by_file, key=lambda result: result.case.file):
        results = list(group)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=_clean(name),
            tests=str(len(results)),
            failures=str(sum(not result.passed for result in results)),
            errors="0",
            skipped="0",
            time=f"{sum(result.seconds for result in results):.3f}",
        )
        for result in results:
            suite.append(_case(result))
    ET.indent(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _case(result: CaseResult) -> ET.Element:
    case = ET.Element(
        "testcase",
        name=_clean(result.case.name),
        classname=_clean(result.case.file.rsplit(".", 1)[0].replace("/", ".")),
        file=_clean(result.case.file),
        line=str(result.case.line),
        time=f"{result.seconds:.3f}",
    )
    if not result.passed:
        first = result.failures[0].failure
        message = _clean(f"{first.kind}: expected {first.expected}, came {first.came}")
        failure = ET.SubElement(case, "failure", type=first.kind, message=message)
        failure.text = _clean(f"{transcript(result)}\n{tell_failures(result)}")
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)
