"""Whether the pinned packages are those whose known advisories were looked at. Needs no network."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from bot.checking.advisories import Scan, scan
from bot.directory.errors import Finding
from bot.directory.loading import read_yaml
from bot.settings import ROOT

LIST = ROOT / "docs" / "dependencies.yml"
LOCK = ROOT / "requirements.lock"
REVIEW_DAYS = 180
FIELDS = ("package", "version", "ids", "what", "why", "harmless")
# Below these versions a known hole stands open here.
AT_LEAST = {"rasa": "3.6.21", "sanic": "21.12.2", "jinja2": "3.1.6", "h11": "0.16.0"}
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


def check_dependencies(today: datetime.date, listed: Path = LIST, lock: Path = LOCK) -> list[Finding]:
    """Return what is wrong between the list of advisories and the lock."""
    file = read_yaml(listed, ROOT)
    text = lock.read_text(encoding="utf-8")
    pinned = {match[1].lower(): match[2] for match in _PINNED.finditer(text)}
    findings: list[Finding] = []

    def finding(line: int, key: str, what: str, remedy: str) -> None:
        findings.append(Finding(file.name, line, key, what, remedy))

    for match in _PINNED.finditer(text):
        if "--hash=" not in match[3]:
            finding(1, match[1], "has no hash in the lock", "Compile the lock with --generate-hashes")
    for name, least in AT_LEAST.items():
        if name in pinned and Version(pinned[name]) < Version(least):
            finding(1, name, f"is {pinned[name]}, below {least}", "Go back to the version with the fix")
    for number, entry in enumerate(file.data["advisories"]):
        line = file.line(("advisories", number))
        missing = [field for field in FIELDS if not entry.get(field)]
        if missing:
            finding(line, str(entry.get("package")), f"lacks {', '.join(missing)}", "Fill it in")
        elif pinned.get(entry["package"]) != str(entry["version"]):
            now = pinned.get(entry["package"], "not pinned any more")
            finding(line, entry["package"], f"was looked at as {entry['version']}, and is {now}", "Look at it again")
    age = (today - file.data["reviewed_on"]).days
    if age > REVIEW_DAYS:
        finding(
            file.line(("reviewed_on",)), "reviewed_on", f"was {age} days ago", "Run the scan of docs/dependencies.md"
        )
    return findings


def check_advisories(folder: Path, listed: Path = LIST, lock: Path = LOCK) -> tuple[Scan, list[Finding]]:
    """Scan the lock with a copy of an advisory database; say what is found but not listed, and what can't be read.

    Args:
        folder: holds advisories in the OSV format, in folders of any depth.

    Returns:
        What was found, each with whether our list has it; and what is wrong.
    """
    pinned = {
        str(canonicalize_name(match[1])): match[2] for match in _PINNED.finditer(lock.read_text(encoding="utf-8"))
    }
    known = {
        (canonicalize_name(entry["package"]), number)
        for entry in read_yaml(listed, ROOT).data["advisories"]
        for number in entry["ids"]
    }
    found = scan(folder, pinned)
    hits = tuple(replace(hit, known=any((hit.package, number) in known for number in hit.ids)) for hit in found.hits)
    findings = [
        Finding(
            lock.name,
            1,
            hit.package,
            f"{hit.version} has {', '.join(hit.ids)}: {hit.what}",
            f"Raise it to {' or '.join(hit.fixed) or 'a version without it'}; where it can't be, "
            f"say in {listed.name} why it does no harm",
        )
        for hit in hits
        if not hit.known
    ]
    findings += [
        Finding(str(path.relative_to(folder)), 1, "", f"can't be read ({problem})", "Fetch the database again")
        for path, problem in found.broken
    ]
    return replace(found, hits=hits), findings
