"""Formats that two processes make, and that one makes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harvest import processes
from harvest.config import Publish
from harvest.dataset import publication, store
from harvest.dataset.publication import FINDINGS, Publication
from harvest.writers import pool
from harvest.writers.bibtex import BibWriter
from harvest.writers.json import JsonWriter
from tests.support.works import make_publication, make_work

SETTINGS = Publish(title="Ours", license="CC-BY-4.0")
FINDING = b'[{"seed":"a.md","line":3,"code":"no-date","message":"none"}]'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a dataset, which two processes may write."""
    files = JsonWriter().write(make_publication(*map(make_work, range(1, 9))))
    store.publish({**files, FINDINGS: FINDING}, tmp_path / "output")
    monkeypatch.setattr(pool, "ENOUGH", 8)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    return tmp_path / "output"


@pytest.fixture
def content(folder: Path) -> Publication:
    content = publication.read(folder, SETTINGS)
    assert content is not None
    return content


def whole(files: Iterable[tuple[str, pool.Files]]) -> dict[str, dict[str, bytes]]:
    """Return the files of each format, those in pieces as one."""
    formats = {}
    for name, contents in files:
        formats[name] = {
            file: content if isinstance(content, bytes) else b"".join(content)
            for file, content in contents.items()
        }
    return formats


def refuse(*_: Any) -> Any:
    raise AssertionError("this process was not to write it")


def test_two_processes_write_what_one_writes(
    folder: Path, content: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as one:
        one.setattr(processes, "cores", lambda: 1)
        expected = whole(pool.write(content, folder))
    monkeypatch.setattr(BibWriter, "write", refuse)  # here, and not in the other process
    assert whole(pool.write(content, folder)) == expected
    assert {"bib", "csv", "db", "page"} < expected.keys()
    assert "json" not in expected


def test_few_works_start_no_process(
    folder: Path, content: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ENOUGH", 9)
    monkeypatch.setattr(pool, "_write_in_two", refuse)
    assert dict(pool.write(content, folder))


def test_one_process_writes_what_the_other_cannot(content: Publication, tmp_path: Path) -> None:
    """A process that finds no dataset is like one that cannot be started."""
    files = dict(pool.write(content, tmp_path / "nothing"))
    assert files.keys() == set(pool.names()) - {"json"}
