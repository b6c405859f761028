"""Formats are found by their base class."""

from __future__ import annotations

from harvest.models import Dataset
from harvest.writers import discover


def test_writers_by_name() -> None:
    assert {"json", "jsonl", "csv"} <= set(discover())


def test_the_main_file_is_first() -> None:
    mains = {name: next(iter(writer.write(Dataset([], [])))) for name, writer in discover().items()}
    assert mains == {"csv": "works.csv", "json": "dataset.json", "jsonl": "dataset.jsonl"}


def test_published_formats() -> None:
    assert {name for name, writer in discover().items() if writer.published} == {"csv", "json"}
