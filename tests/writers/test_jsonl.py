"""Records as lines."""

from __future__ import annotations

import msgspec

from harvest.dataset.publication import Publication
from harvest.writers.jsonl import JsonLinesWriter
from tests.support.exports import library
from tests.support.works import make_dataset


def test_lines_have_a_kind() -> None:
    lines = (
        JsonLinesWriter()
        .write(Publication(dataset=make_dataset(1, 1)))["dataset.jsonl"]
        .splitlines()
    )
    assert [msgspec.json.decode(line)["kind"] for line in lines] == ["work", "repository"]


def test_findings_facets_and_changes_are_lines() -> None:
    data = JsonLinesWriter().write(library())["dataset.jsonl"]
    rows = [msgspec.json.decode(line) for line in data.splitlines()]
    [facet, _] = [row for row in rows if row["kind"] == "facet"]
    assert facet == {"kind": "facet", "work": "doi:10.1000/001", "name": "method", "value": "GAN"}
    [finding] = [row for row in rows if row["kind"] == "finding"]
    assert "fix" not in finding
    assert [row["change"] for row in rows if row["kind"] == "change"] == [
        "added", "retracted", "stars"
    ]  # fmt: skip
