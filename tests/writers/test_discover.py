"""Formats are found by their base class."""

from __future__ import annotations

from harvest.writers import discover
from tests.support.works import make_publication


def test_writers_by_name() -> None:
    assert {"json", "jsonl", "csv"} <= set(discover())


def test_the_main_file_is_first() -> None:
    formats = discover()
    mains = {"csv": "works.csv", "json": "dataset.json", "jsonl": "dataset.jsonl"}
    for name, main in mains.items():
        assert next(iter(formats[name].write(make_publication()))) == main


def test_published_formats() -> None:
    assert {"csv", "json"} <= {name for name, it in discover().items() if it.published}
