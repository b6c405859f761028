"""The default lists have exactly the findings that a careful reader has: tests/data/seed_findings.tsv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harvest import checks, facets
from harvest.identifiers import identify
from harvest.readers import read_seeds
from tests.conftest import SHARED

ROOT = Path(__file__).parents[2]
TRUTH = SHARED / "truth" / "seed_truth.json"
Found = set[tuple[str, int, str]]

# What others call it -> the rules that report it.
KINDS: dict[str, set[str]] = {
    "all-caps-authors": {"authors-in-capitals"},
    "announced-section-without-content": {"section-without-entries", "announced-section"},
    "arxiv-pdf-link": {"pdf-link"},
    "broken-bibtex": {"broken-bibtex"},
    "copied-template-text": {"copied-row"},
    "date-vs-arxiv-id": {"date-mismatch", "date-lag"},
    "date-vs-doi": {"date-mismatch", "date-lag"},
    "empty-section": {"section-without-entries"},
    "github-branch-link": {"branch-link"},
    "heading-typo": {"heading-typo"},
    "http-not-https": {"http"},
    "invalid-link-target": {"malformed-link"},
    "list-is-elsewhere": {"linked-file-missing"},
    "mojibake": {"mojibake"},
    "nested-brackets": {"nested-brackets"},
    "no-authors": {"no-authors"},
    "no-date": {"no-date"},
    "no-derivable-doi": {"no-doi"},
    "not-a-paper": {"not-a-paper"},
    "placeholder-row": {"placeholder"},
    "placeholder-url": {"placeholder"},
    "relative-date": {"relative-date"},
    "stray-backslash": {"stray-backslash"},
    "table-without-blank-line": {"table-without-blank-line"},
    "title-not-bold": {"title-style"},
    "title-trailing-full-stop": {"title-full-stop"},
    "toc-anchor-without-heading": {"anchor-without-heading"},
    "unclosed-code-fence": {"unclosed-fence"},
    "url-trailing-dot": {"trailing-punctuation"},
    "versioned-arxiv": {"pinned-version"},
}


@pytest.fixture(scope="module")
def found() -> Found:
    reading = read_seeds([str(ROOT / "seeds")])
    pairs = [(mention, identify(mention.url)) for mention in reading.mentions]
    reported = checks.check(reading.files, pairs, reading.findings, facets.load())
    return {(Path(r.finding.seed).name, r.finding.line, r.finding.code) for r in reported}


def test_every_finding_is_expected_and_every_expected_one_is_found(found: Found) -> None:
    rows = (ROOT / "tests" / "data" / "seed_findings.tsv").read_text("utf-8").splitlines()[1:]
    expected = {
        (seed, int(line), code) for seed, code, lines in (row.split("\t") for row in rows) for line in lines.split()
    }
    assert len(expected) > 200
    assert found == expected


def test_every_rule_of_the_table_exists() -> None:
    assert set().union(*KINDS.values()) <= set(checks.rules())


@pytest.mark.skipif(not TRUTH.is_file(), reason="needs ../shared/truth beside the checkout")
def test_everything_suspicious_is_reported(found: Found) -> None:
    suspicious: list[dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["suspicious"]
    assert len(suspicious) == 104
    assert {entry["kind"] for entry in suspicious} == set(KINDS)
    expected = [
        (entry["kind"], entry["file"], line) for entry in suspicious for line in entry.get("lines") or [entry["line"]]
    ]
    missed = [
        (kind, file, line) for kind, file, line in expected if not any((file, line, c) in found for c in KINDS[kind])
    ]
    assert missed == []
