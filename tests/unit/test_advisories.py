"""A copy of an advisory database is read without a network; what it knows about our versions must be on our list."""

from __future__ import annotations

import json

import pytest
import yaml
from typer.testing import CliRunner

from bot.checking.advisories import Part, is_affected, scan
from bot.checking.dependencies import check_advisories
from bot.cli import app


def ranges(*events):
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


def affects(part, version):
    return is_affected(version, Part.parse_obj(part))


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
    assert affects(part, version) is is_in


def test_the_order_of_events_does_not_matter():
    assert affects(ranges({"fixed": "2.0"}, {"introduced": "0"}), "1.5")
    assert not affects(ranges({"fixed": "2.0"}, {"introduced": "0"}), "2.5")


def test_a_version_may_be_named_instead():
    assert affects({"versions": ["1.1", "1.2"]}, "1.2")
    assert affects({"versions": ["1.1", "1.2"]}, "1.2.0")
    assert not affects({"versions": ["1.1", "1.2"]}, "1.3")


def test_commits_are_no_versions():
    assert not affects({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, "1.2")


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
        advisory("keras", "PYSEC-2030-3", withdrawn="2030-02-04T00:00:00Z"),
    )
    found = scan(folder(*documents), {"scikit-learn": "1.1.3", "keras": "3.0"})
    assert (found.read, found.about_ours, str(found.newest)) == (4, 3, "2030-02-03")
    assert [(hit.package, hit.ids, hit.fixed, hit.what) for hit in found.hits] == [
        ("scikit-learn", ("PYSEC-2030-1", "CVE-2030-7"), ("2.13.1",), "Breaks.")
    ]


def test_what_is_no_advisory_is_left_out(folder):
    path = folder(advisory())
    (path / "other.json").write_text("[1]", "utf-8")
    (path / "read.me").write_text("a: [", "utf-8")
    found = scan(path, {"keras": "2.12.0"})
    assert (found.read, found.broken) == (1, ())


def test_an_advisory_that_cannot_be_read_is_told_by_name_since_it_may_be_about_ours(folder):
    path = folder(advisory())
    (path / "torn.yaml").write_text("id: PYSEC-2030-5\naffected: [", "utf-8")
    (path / "shape.json").write_text(json.dumps({**advisory(), "affected": [{"package": "keras"}]}), "utf-8")
    found, findings = check_advisories(path)
    assert (found.read, [file.name for file, _ in found.broken]) == (1, ["shape.json", "torn.yaml"])
    told = [finding for finding in findings if "can't be read" in finding.problem]
    assert [finding.file for finding in told] == ["shape.json", "torn.yaml"]
    assert "affected" in told[0].problem


def test_one_hole_under_several_numbers_is_told_once(folder):
    documents = (
        advisory(number="PYSEC-2030-1", aliases=["GHSA-1"]),
        advisory(number="PYSEC-2030-2"),
        advisory(number="CVE-2030-7", events=({"introduced": "2.0"}, {"fixed": "2.12.1"})),
        advisory(number="GHSA-1", aliases=["CVE-2030-7"], summary="Told well."),
    )
    found = scan(folder(*documents), {"keras": "2.12.0"})
    assert [(set(hit.ids), hit.fixed) for hit in found.hits] == [
        ({"PYSEC-2030-1", "GHSA-1", "CVE-2030-7"}, ("2.12.1", "2.13.1")),
        ({"PYSEC-2030-2"}, ("2.13.1",)),
    ]


def test_a_number_withdrawn_in_one_database_may_stand_in_another(folder):
    documents = (
        advisory(number="PYSEC-2030-1", aliases=["GHSA-1"], withdrawn="2030-02-04T00:00:00Z"),
        advisory(number="GHSA-1"),
    )
    assert [hit.ids for hit in scan(folder(*documents), {"keras": "2.12.0"}).hits] == [("GHSA-1",)]


def test_packages_of_other_languages_are_not_ours(folder):
    other = advisory()
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert scan(folder(other), {"keras": "2.12.0"}).about_ours == 0


def test_only_what_is_not_on_the_list_is_an_error(folder):
    path = folder(advisory(), advisory(number="PYSEC-2030-9", aliases=["CVE-2024-3660"]))
    found, findings = check_advisories(path)
    assert len(found.hits) == 2
    assert [finding.key for finding in findings] == ["keras"]
    assert "PYSEC-2030-1" in findings[0].problem and "2.13.1" in findings[0].remedy


def test_the_command_fails_where_something_is_unknown_and_tells_it_as_json(folder):
    path = folder(advisory(), advisory(number="PYSEC-2030-9", aliases=["CVE-2024-3660"]))
    result = CliRunner().invoke(app, ["dependencies", "--advisories", str(path), "--json"])
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["errors"] == 1 and document["findings"][0]["key"] == "keras"
    assert [(hit["ids"], hit["fixed"], hit["known"]) for hit in document["scan"]["hits"]] == [
        (["PYSEC-2030-1"], ["2.13.1"], False),
        (["PYSEC-2030-9", "CVE-2024-3660"], ["2.13.1"], True),
    ]


def test_the_command_succeeds_where_all_is_on_the_list(folder):
    path = folder(advisory(number="PYSEC-2030-9", aliases=["CVE-2024-3660"]))
    assert CliRunner().invoke(app, ["dependencies", "--advisories", str(path)]).exit_code == 0


def test_a_folder_without_advisories_is_refused(tmp_path):
    result = CliRunner().invoke(app, ["dependencies", "--advisories", str(tmp_path)])
    assert result.exit_code == 2
