"""Formats are found by their base class."""

from __future__ import annotations

from harvest.writers import discover
from tests.support.works import make_publication


def test_writers_by_name() -> None:
    assert {"json", "jsonl", "csv"} <= set(discover())


def test_the_main_file_is_first() -> None:
    mains = {name: next(iter(it.write(make_publication()))) for name, it in discover().items()}
    assert mains["csv"] == "works.csv"
    assert mains["json"] == "dataset.json"
    assert mains["jsonl"] == "dataset.jsonl"


def test_published_formats() -> None:
    assert {"csv", "json"} <= {name for name, it in discover().items() if it.published}
