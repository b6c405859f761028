"""The default lists have exactly the findings of tests/data/seed_findings.tsv, as a reader has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harvest import checks, pipeline
from harvest.commands.lint import Linter
from harvest.dataset import facets
from harvest.readers.walk import read_lists
from tests.conftest import SHARED
from tests.fakes import FakeServices
from tests.support.settings import FILE, make_settings

ROOT = Path(__file__).parents[2]
TRUTH = SHARED / "truth" / "seed_truth.json"
Places = set[tuple[str, int, str]]

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


# Lines with works of JMLR and OpenReview, which register no DOIs: there is nothing to do.
WITHOUT_DOI = {("001", 57), ("003", 124), ("004", 100)}


@pytest.fixture(scope="module")
def places() -> Places:
    reading = read_lists([str(ROOT / "seeds")])
    reported = checks.check(reading.files, reading.mentions, reading.findings, facets.load())
    return {(Path(r.seed).name, r.line, r.code) for r in reported}


def test_the_findings_are_the_expected_ones(places: Places) -> None:
    rows = (ROOT / "tests" / "data" / "seed_findings.tsv").read_text("utf-8").splitlines()[1:]
    expected = {
        (seed, int(line), code)
        for seed, code, lines in (row.split("\t") for row in rows)
        for line in lines.split()
    }
    assert len(expected) > 190
    assert places == expected


# What only registries can tell of the default lists, by the facts that are known of their works.
WITH_ANSWERS: dict[str, dict[str, list[int]]] = {
    "no-doi": {},  # the PIIs and IEEE numbers have theirs; JMLR and OpenReview give none
    "published": {"001": [38, 52, 69], "003": [100, 127, 141, 146], "004": [76, 101, 119, 124]},
    "repository-moved": {"003": [177]},
    "retitled": {"001": [40, 43, 64]},
}
SILENT = {
    "author-mismatch", "corrected", "duplicate", "expression-of-concern", "integrity-conflict",
    "mistyped-identifier", "repository-archived", "repository-empty", "repository-fork",
    "repository-gone", "retracted", "same-work", "title-mismatch", "title-unclear",
    "uncertain-match", "unknown-notice", "unresolved", "withdrawn",
}  # fmt: skip


def test_answers_of_registries_add_these_findings(
    tmp_path: Path, fakes: FakeServices, places: Places
) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    pipeline.refresh(settings)
    rows = json.loads((Path(settings.output) / "findings.json").read_bytes())
    now = {(Path(row["seed"]).name, row["line"], row["code"]) for row in rows}
    for code, lines in WITH_ANSWERS.items():
        lines_by_seed: dict[str, list[int]] = {}
        for seed, line, _ in sorted(place for place in now if place[2] == code):
            lines_by_seed.setdefault(seed[:3], []).append(line)
        assert lines_by_seed == lines, code
    assert {code for _, _, code in now} & SILENT == set()
    changed = {code for _, _, code in now ^ places}
    assert changed == {"publisher-url", "date-lag", *WITH_ANSWERS}
    again = {(Path(f.seed).name, f.line, f.code) for f in Linter(settings).findings()}
    assert again == now


def test_every_rule_of_the_table_exists() -> None:
    assert set().union(*KINDS.values()) <= set(checks.rules())


@pytest.mark.skipif(not TRUTH.is_file(), reason="needs ../shared/truth beside the checkout")
def test_everything_suspicious_is_reported(places: Places) -> None:
    suspicious: list[dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["suspicious"]
    assert len(suspicious) == 104
    assert {entry["kind"] for entry in suspicious} == set(KINDS)
    expected = [
        (entry["kind"], entry["file"], line)
        for entry in suspicious
        for line in entry.get("lines") or [entry["line"]]
        if (entry["file"][:3], line) not in WITHOUT_DOI
    ]
    missed = [
        (kind, file, line)
        for kind, file, line in expected
        if not any((file, line, c) in places for c in KINDS[kind])
    ]
    assert missed == []
