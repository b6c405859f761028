"""Findings as text, annotations, JSON and SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, FormatChecker

from harvest import __version__, checks
from harvest.checks import report
from harvest.models import Finding

FINDINGS = [
    Finding("a list.md", 0, "unreadable", "is binary"),
    Finding("a list.md", 3, "http", "50 %\r\nof it: a, b", ("http://a", "https://a")),
    Finding("docs:1,2.md", 7, "no-doi", "::error::not a command \x1b[31m"),
]

SCHEMA = Path(__file__).parents[1] / "data" / "sarif-2.1.0.schema.json"


@pytest.fixture(scope="module")
def sarif() -> Draft4Validator:
    """The schema of SARIF 2.1.0, without its prose."""
    return Draft4Validator(json.loads(SCHEMA.read_bytes()), format_checker=FormatChecker())


def test_text() -> None:
    assert report.text(FINDINGS) == (
        "a list.md: unreadable is binary\n"
        "a list.md:3: http [*] 50 %  of it: a, b\n"
        "docs:1,2.md:7: no-doi ::error::not a command  [31m\n"
        "Found 3 findings in 2 files.\n"
        "[*] 1 can be put right with `--fix`.\n"
    )
    assert (
        report.text(FINDINGS[:1]) == "a list.md: unreadable is binary\nFound 1 finding in 1 file.\n"
    )
    assert report.text([]) == "No findings.\n"


@pytest.mark.parametrize("mark", "\x00\x1b\x9b\u061c\u200e\u2028\u2029\u202e\u2066")
def test_text_shows_no_control_characters(mark: str) -> None:
    [line, _] = report.text([Finding("a.md", 1, "http", f"a{mark}b")]).split("\n")[:2]
    assert line == "a.md:1: http a b"


def test_github() -> None:
    assert report.github(FINDINGS) == (
        "::error file=a list.md,line=1,title=unreadable::is binary\n"
        "::warning file=a list.md,line=3,title=http::50 %25%0D%0Aof it: a, b\n"
        "::notice file=docs%3A1%2C2.md,line=7,title=no-doi::::error::not a command \x1b[31m\n"
    )
    assert report.github([]) == ""


def test_json() -> None:
    rows = json.loads(report.json(FINDINGS))
    assert rows[1] == {
        "seed": "a list.md",
        "line": 3,
        "code": "http",
        "message": "50 %\r\nof it: a, b",
        "level": "warning",
        "fixable": True,
    }
    assert [row["fixable"] for row in rows] == [False, True, False]
    assert json.loads(report.json([])) == []


def test_findings_of_a_run_one_a_line() -> None:
    written = report.findings_json(FINDINGS)
    assert list(json.loads(written)[1]) == ["seed", "line", "code", "message", "level"]
    assert [row["line"] for row in json.loads(written)] == [0, 3, 7]
    assert written.count(b"\n") == len(FINDINGS) + 2


def test_sarif(sarif: Draft4Validator) -> None:
    log = json.loads(report.sarif(FINDINGS))
    sarif.validate(log)
    [run] = log["runs"]
    assert run["tool"]["driver"]["version"] == __version__
    for result, reported in zip(run["results"], FINDINGS, strict=True):
        assert (
            run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
            == result["ruleId"]
            == reported.code
        )
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "a%20list.md",
        "a%20list.md",
        "docs%3A1%2C2.md",
    ]
    assert [place.get("region") for place in places] == [None, {"startLine": 3}, {"startLine": 7}]


@pytest.mark.parametrize("broken", ["level", "ruleIndex", "message", "locations"])
def test_the_schema_would_see_a_slip(sarif: Draft4Validator, broken: str) -> None:
    log = json.loads(report.sarif(FINDINGS))
    log["runs"][0]["results"][0][broken] = "nonsense"
    assert not sarif.is_valid(log)


def test_sarif_of_nothing(sarif: Draft4Validator) -> None:
    log = json.loads(report.sarif([]))
    sarif.validate(log)
    assert log["runs"][0]["results"] == []


@pytest.mark.parametrize("code", sorted(checks.rules()))
def test_sarif_describes_every_rule(sarif: Draft4Validator, code: str) -> None:
    log = json.loads(report.sarif([Finding("a.md", 1, code, "x")]))
    sarif.validate(log)


def test_the_document_has_a_row_for_each_rule() -> None:
    rows = [line for line in report.document().splitlines() if line.startswith("| `")]
    assert len(rows) == len(checks.rules())
    assert all(row.replace("\\|", "").count("|") == 8 for row in rows)
