"""Records as lines."""

from __future__ import annotations

import msgspec

from harvest.dataset.publication import Publication
from harvest.writers.jsonl import JsonLinesWriter
from tests.support.works import make_dataset


def test_lines_have_a_kind() -> None:
    lines = (
        JsonLinesWriter()
        .write(Publication(dataset=make_dataset(1, 1)))["dataset.jsonl"]
        .splitlines()
    )
    assert [msgspec.json.decode(line)["kind"] for line in lines] == ["work", "repository"]
