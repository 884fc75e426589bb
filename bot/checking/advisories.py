"""Which known advisories are about what is pinned: a copy of an OSV database on disk, read without a network.

The format: https://ossf.github.io/osv-schema/ (versions are PEP 440's). Such copies are
https://github.com/pypa/advisory-database and the PyPI folder of OSV's export.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ValidationError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST = Version("0.dev0")


class Package(BaseModel):
    """What an entry of ``affected`` is about."""

    name: str
    ecosystem: str


class Range(BaseModel):
    """Where versions are affected: each event is one kind (introduced, fixed, last_affected) and its version."""

    type: str
    events: list[dict[str, str]]


class Part(BaseModel):
    """An entry of ``affected``."""

    package: Optional[Package] = None
    ranges: Optional[list[Range]] = None
    versions: Optional[list[str]] = None

    @property
    def name(self) -> str:
        """The package's normal name; nothing where it is not one of PyPI's."""
        return canonicalize_name(self.package.name) if self.package and self.package.ecosystem == "PyPI" else ""

    @property
    def events(self) -> Iterator[list[dict[str, str]]]:
        """The events of each range of versions; ranges of commits are left out."""
        return (one.events for one in self.ranges or () if one.type == "ECOSYSTEM")


class Advisory(BaseModel):
    """What we read of an OSV document."""

    id: str
    modified: datetime.datetime
    withdrawn: Optional[datetime.datetime] = None
    aliases: Optional[list[str]] = None
    summary: Optional[str] = None
    details: Optional[str] = None
    affected: Optional[list[Part]] = None


@dataclass(frozen=True)
class Hit:
    """An advisory about a version that is pinned.

    Attributes:
        package: its normal name.
        version: what is pinned.
        ids: all its numbers (PYSEC, CVE, GHSA).
        fixed: the later versions that mend it.
        what: the first line of what it says.
        known: whether our list has one of its numbers.
    """

    package: str
    version: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]
    what: str
    known: bool = False


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes:
        read: how many advisories the folder has.
        newest: the day when the newest of them was changed.
        about_ours: how many of them are about a pinned package, in whatever version.
        hits: those about a pinned version.
        broken: files that can't be read, and why.
    """

    read: int
    newest: datetime.date | None
    about_ours: int
    hits: tuple[Hit, ...]
    broken: tuple[tuple[Path, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into a JSON document."""
        return {
            "read": self.read,
            "newest": self.newest and self.newest.isoformat(),
            "about_pinned_packages": self.about_ours,
            "hits": [asdict(hit) for hit in self.hits],
            "broken": [{"file": str(path), "problem": problem} for path, problem in self.broken],
        }


def scan(folder: Path, pinned: dict[str, str]) -> Scan:
    """Compare pinned versions (by normal name) with all advisories (OSV, YAML or JSON) below a folder.

    Withdrawn advisories are left out; several about one hole, under other numbers, are one.
    """
    read, about_ours = 0, 0
    newest: datetime.date | None = None
    hits: list[Hit] = []
    broken: list[tuple[Path, str]] = []
    for advisory in _advisories(folder, broken):
        read += 1
        newest = max(newest or datetime.date.min, advisory.modified.date())
        parts = [part for part in advisory.affected or () if part.name in pinned]
        about_ours += bool(parts)
        if advisory.withdrawn:
            continue
        for name in sorted({part.name for part in parts}):
            ours = [part for part in parts if part.name == name]
            if any(is_affected(pinned[name], part) for part in ours):
                hits.append(_hit(advisory, name, pinned[name], ours))
    return Scan(read, newest, about_ours, tuple(_merged(hits)), tuple(broken))


def is_affected(version: str, part: Part) -> bool:
    """Whether an entry of ``affected`` is about a version: it is named, or lies within a range."""
    ours = Version(version)
    return any(_parsed(one) == ours for one in part.versions or ()) or any(
        _is_within(ours, events) for events in part.events
    )


def _is_within(version: Version, events: Iterable[dict[str, str]]) -> bool:
    """Play the events in the order of their versions, up to ours."""
    is_in = False
    timed = [(_FIRST if text == "0" else _parsed(text), kind) for event in events for kind, text in event.items()]
    # What is no version of PyPI's can't be ordered; such an entry names its versions.
    for at, kind in sorted(((at, kind) for at, kind in timed if at is not None), key=lambda event: event[0]):
        if kind == "introduced" and version >= at:
            is_in = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            is_in = False
    return is_in


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _advisories(folder: Path, broken: list[tuple[Path, str]]) -> Iterator[Advisory]:
    """Read all OSV documents; add to ``broken`` what can't be read as one. Other documents are passed over."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.suffix in (".yaml", ".yml"):
                document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
            elif path.suffix == ".json":
                document = json.loads(path.read_text(encoding="utf-8"))
            else:
                continue
            if isinstance(document, dict) and "id" in document and "modified" in document:
                yield Advisory.parse_obj(document)
        except ValidationError as error:
            first = error.errors()[0]
            broken.append((path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            broken.append((path, re.sub(r"\s+", " ", str(error))))


def _hit(advisory: Advisory, name: str, version: str, parts: list[Part]) -> Hit:
    mended = {
        event["fixed"]: at
        for part in parts
        for events in part.events
        for event in events
        if "fixed" in event and (at := _parsed(event["fixed"])) and at > Version(version)
    }
    told = (advisory.summary or advisory.details or "").strip().splitlines()
    return Hit(
        name,
        version,
        (advisory.id, *(advisory.aliases or ())),
        tuple(sorted(mended, key=mended.__getitem__)),
        told[0][:200] if told else "",
    )


def _merged(hits: Iterable[Hit]) -> list[Hit]:
    """Make one of all hits of a package that share a number: databases name one hole PYSEC, CVE and GHSA."""
    merged: list[Hit] = []
    for hit in hits:
        for other in [one for one in merged if one.package == hit.package and set(one.ids) & set(hit.ids)]:
            merged.remove(other)
            fixed = sorted({*other.fixed, *hit.fixed}, key=Version)
            ids = tuple(dict.fromkeys((*other.ids, *hit.ids)))
            hit = Hit(hit.package, hit.version, ids, tuple(fixed), other.what or hit.what)
        merged.append(hit)
    return sorted(merged, key=lambda hit: (hit.package, hit.ids))
