"""Which known advisories are about what is pinned: a copy of an OSV database on disk, read without a network.

The format: https://ossf.github.io/osv-schema/ (versions are PEP 440's). Such copies are
https://github.com/pypa/advisory-database and the PyPI folder of OSV's export.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST = Version("0.dev0")


@dataclass(frozen=True)
class Hit:
    """An advisory about a version that is pinned.

    Attributes:
        package: its normal name.
        version: what is pinned.
        ids: the advisory's own number first, then its other names (CVE, GHSA).
        fixed: the versions that mend it.
        what: the first line of what it says.
    """

    package: str
    version: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes:
        read: how many advisories the folder has.
        newest: the day when the newest of them was published or changed.
        about_ours: how many of them are about a pinned package, in whatever version.
        hits: those about a pinned version.
    """

    read: int
    newest: datetime.date | None
    about_ours: int
    hits: tuple[Hit, ...]


def scan(folder: Path, pinned: dict[str, str]) -> Scan:
    """Compare pinned versions (by normal name) with all advisories (OSV, YAML or JSON) below a folder."""
    read, about_ours = 0, 0
    newest: datetime.date | None = None
    hits: list[Hit] = []
    for document in _advisories(folder):
        read += 1
        changed = str(document.get("modified") or document.get("published") or "")[:10]
        if re.fullmatch(r"\d{4}-\d\d-\d\d", changed):
            newest = max(newest or datetime.date.min, datetime.date.fromisoformat(changed))
        parts = [part for part in document.get("affected") or () if _name(part) in pinned]
        about_ours += bool(parts)
        if not parts or document.get("withdrawn"):
            continue
        for name in sorted({_name(part) for part in parts}):
            ours = [part for part in parts if _name(part) == name]
            if any(is_affected(pinned[name], part) for part in ours):
                hits.append(_hit(document, name, pinned[name], ours))
    return Scan(read, newest, about_ours, tuple(sorted(hits, key=lambda hit: (hit.package, hit.ids))))


def is_affected(version: str, part: dict[str, Any]) -> bool:
    """Whether an entry of ``affected`` is about a version: it is named, or lies within a range."""
    if version in (part.get("versions") or ()):
        return True
    return any(
        _is_within(Version(version), one.get("events") or ())
        for one in part.get("ranges") or ()
        if one.get("type") == "ECOSYSTEM"
    )


def _is_within(version: Version, events: Iterable[dict[str, Any]]) -> bool:
    """Play the events in the order of their versions, up to ours."""
    is_in = False
    for at, kind in sorted(_events(events), key=lambda event: event[0]):
        if kind == "introduced" and version >= at:
            is_in = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            is_in = False
    return is_in


def _events(events: Iterable[dict[str, Any]]) -> Iterator[tuple[Version, str]]:
    for event in events:
        for kind, text in event.items():
            try:
                yield (_FIRST if str(text) == "0" else Version(str(text))), kind
            except InvalidVersion:
                continue  # no version of PyPI's; the entry names its versions then


def _advisories(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*")):
        try:
            if path.suffix in (".yaml", ".yml"):
                document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
            elif path.suffix == ".json":
                document = json.loads(path.read_text(encoding="utf-8"))
            else:
                continue
        except (OSError, ValueError, yaml.YAMLError):
            continue  # what is no document is no advisory
        if isinstance(document, dict) and document.get("id") and isinstance(document.get("affected"), list):
            yield document


def _name(part: dict[str, Any]) -> str:
    package = part.get("package") or {}
    return canonicalize_name(str(package.get("name"))) if package.get("ecosystem", "PyPI") == "PyPI" else ""


def _hit(document: dict[str, Any], name: str, version: str, parts: list[dict[str, Any]]) -> Hit:
    fixed = [
        str(event["fixed"])
        for part in parts
        for one in part.get("ranges") or ()
        if one.get("type") == "ECOSYSTEM"
        for event in one.get("events") or ()
        if "fixed" in event
    ]
    told = str(document.get("summary") or document.get("details") or "").strip().splitlines()
    return Hit(
        name, version, (document["id"], *(document.get("aliases") or ())), tuple(fixed), told[0][:200] if told else ""
    )
