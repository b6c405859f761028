"""A run that is killed and started again; fifty kills are a benchmark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scenarios import kills
from tests.scenarios.kills import Expected


@pytest.fixture(scope="module")
def safe_streams(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Expected]:
    folder = tmp_path_factory.mktemp("kill")
    return folder, kills.prepare(folder)


@pytest.mark.slow
def test_killed_runs_are_taken_up_again(safe_streams: tuple[Path, Expected]) -> None:
    folder, expected = safe_streams
    assert kills.kill_runs(folder, expected, count=5, threads=2) == [[], [], [], [], []]
    assert all(expected.requests[name] for name in ("crossref", "arxiv", "github"))


@pytest.mark.slow
def test_a_mixed_output_would_be_seen(safe_streams: tuple[Path, Expected], tmp_path: Path) -> None:
    folder, expected = safe_streams
    mixed, whole = tmp_path / "output", folder / "whole" / "output"
    shutil.copytree(folder / "older" / "output", mixed)
    old = kills.files(mixed)
    assert kills.broken(mixed, old, expected) == []
    assert kills.broken(whole, old, expected) == []
    (mixed / "works.csv").write_bytes(expected.files["works.csv"])
    assert "dataset.json" in kills.broken(mixed, old, expected)


def test_moments_are_the_same_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[list[float]] = [[], []]
    for one in waits:
        monkeypatch.setattr(kills.time, "sleep", one.append)
        (tmp_path / ".output.new").mkdir(exist_ok=True)
        for moment in kills.moments(9, 2.0):
            moment(tmp_path)
    assert waits[0] == waits[1]
    assert len(set(waits[0])) == 9
