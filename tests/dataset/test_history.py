"""Histories that outlive their folder."""

from __future__ import annotations

import shutil
from errno import ENOSPC
from pathlib import Path

import pytest

from harvest.dataset import history


def publish(folder: Path, text: bytes = b"1\n") -> None:
    folder.mkdir(exist_ok=True)
    for name in history.FILES:
        (folder / name).write_bytes(text)


def test_a_lost_output_folder_loses_no_history(tmp_path: Path) -> None:
    output, cache = tmp_path / "output", tmp_path / "cache"
    publish(output)
    history.save(output, cache)
    shutil.rmtree(output)
    assert history.read("stars.csv", output, cache) == b"1\n"
    assert history.read("changes.csv", output, cache) == b"1\n"


def test_the_published_file_goes_before_its_copy(tmp_path: Path) -> None:
    output, cache = tmp_path / "output", tmp_path / "cache"
    publish(output)
    history.save(output, cache)
    publish(output, b"2\n")
    assert history.read("stars.csv", output, cache) == b"2\n"


def test_two_outputs_of_a_cache_are_apart(tmp_path: Path) -> None:
    output, cache = tmp_path / "output", tmp_path / "cache"
    publish(output)
    history.save(output, cache)
    assert history.read("stars.csv", tmp_path / "other", cache) is None


def test_a_copy_that_cannot_be_written_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    output, cache = tmp_path / "output", tmp_path / "cache"
    publish(output)
    cache.write_bytes(b"")
    history.save(output, cache)
    assert "no copy" in caplog.text


def test_a_copy_that_is_cut_short_leaves_nothing_beside_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, cache = tmp_path / "output", tmp_path / "cache"
    publish(output)
    history.save(output, cache)
    publish(output, b"2\n")
    monkeypatch.setattr(Path, "replace", full)
    history.save(output, cache)
    copies = [path for path in cache.rglob("*") if path.is_file()]
    assert sorted(path.name for path in copies) == sorted(history.FILES)
    assert {path.read_bytes() for path in copies} == {b"1\n"}


def full(*_: object) -> None:
    raise OSError(ENOSPC, "full")
