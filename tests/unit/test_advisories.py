"""A copy of an advisory database is read without a network; what it knows about our versions must be on our list."""

from __future__ import annotations

import json

import pytest
import yaml
from typer.testing import CliRunner

from bot.checking.advisories import is_affected, scan
from bot.checking.dependencies import check_advisories
from bot.cli import app


def ranges(*events):
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("version", "is_in"),
    [
        ("0.9", False),
        ("1.0", True),
        ("1.9.post1", True),
        ("2.0rc1", True),
        ("2.0", False),
        ("3.0", True),
        ("3.1", False),
    ],
)
def test_a_version_lies_in_the_ranges_as_pypi_orders_versions(version, is_in):
    part = ranges({"introduced": "1.0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"last_affected": "3.0"})
    assert is_affected(version, part) is is_in


def test_the_order_of_events_does_not_matter():
    assert is_affected("1.5", ranges({"fixed": "2.0"}, {"introduced": "0"}))
    assert not is_affected("2.5", ranges({"fixed": "2.0"}, {"introduced": "0"}))


def test_a_version_may_be_named_instead():
    assert is_affected("1.2", {"versions": ["1.1", "1.2"]})
    assert not is_affected("1.3", {"versions": ["1.1", "1.2"]})


def test_commits_are_no_versions():
    assert not is_affected("1.2", {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]})


def advisory(package="keras", number="PYSEC-2030-1", events=({"introduced": "0"}, {"fixed": "2.13.1"}), **more):
    affected = [{"package": {"name": package, "ecosystem": "PyPI"}, **ranges(*events)}]
    return {
        "id": number,
        "modified": "2030-02-03T00:00:00Z",
        "details": "Breaks.\nMore.",
        "affected": affected,
        **more,
    }


@pytest.fixture
def folder(tmp_path):
    def write(*documents):
        for number, document in enumerate(documents):
            path = tmp_path / "vulns" / f"{number}.{'json' if number % 2 else 'yaml'}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(document) if number % 2 else yaml.safe_dump(document), "utf-8")
        return tmp_path

    return write


def test_a_scan_reads_yaml_and_json_and_names_packages_as_pypi_does(folder):
    documents = (
        advisory("Scikit_Learn", aliases=["CVE-2030-7"]),
        advisory("keras"),
        advisory("else", "PYSEC-2030-2"),
        advisory("keras", "PYSEC-2030-3", withdrawn="2030-02-04"),
    )
    found = scan(folder(*documents), {"scikit-learn": "1.1.3", "keras": "3.0"})
    assert (found.read, found.about_ours, str(found.newest)) == (4, 3, "2030-02-03")
    assert [(hit.package, hit.ids, hit.fixed, hit.what) for hit in found.hits] == [
        ("scikit-learn", ("PYSEC-2030-1", "CVE-2030-7"), ("2.13.1",), "Breaks.")
    ]


def test_what_is_no_advisory_is_left_out(folder, tmp_path):
    path = folder(advisory())
    (path / "broken.yaml").write_text("a: [", "utf-8")
    (path / "other.json").write_text("[1]", "utf-8")
    assert scan(path, {"keras": "2.12.0"}).read == 1


def test_only_what_is_not_on_the_list_is_an_error(folder):
    path = folder(advisory(), advisory(number="PYSEC-2030-9", aliases=["CVE-2024-3660"]))
    found, findings = check_advisories(path)
    assert len(found.hits) == 2
    assert [finding.key for finding in findings] == ["keras"]
    assert "PYSEC-2030-1" in findings[0].problem and "2.13.1" in findings[0].remedy


def test_the_command_tells_what_it_read_and_fails_where_something_is_unknown(folder):
    path = folder(advisory())
    result = CliRunner().invoke(app, ["dependencies", "--advisories", str(path)])
    assert result.exit_code == 1


def test_a_folder_without_advisories_is_refused(tmp_path):
    result = CliRunner().invoke(app, ["dependencies", "--advisories", str(tmp_path)])
    assert result.exit_code == 2
