"""A run that is killed and started again; fifty kills are a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios import kills


@pytest.mark.slow
def test_killed_runs_are_taken_up_again(tmp_path: Path) -> None:
    expected, problems = kills.run(tmp_path, kills=5, threads=2)
    assert problems == [[], [], [], [], []]
    assert all(expected.requests[name] for name in ("crossref", "arxiv", "github"))


@pytest.mark.slow
def test_a_mixed_output_would_be_seen(tmp_path: Path) -> None:
    older, whole = tmp_path / "older" / "output", tmp_path / "whole" / "output"
    kills.publish_older(older.parent)
    expected = kills.undisturbed(older.parent, whole.parent)
    old = kills.files(older)
    assert kills.broken(older, old, expected) == []
    assert kills.broken(whole, old, expected) == []
    (older / "works.csv").write_bytes(expected.files["works.csv"])
    assert "dataset.json" in kills.broken(older, old, expected)


def test_moments_are_the_same_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[list[float]] = [[], []]
    for one in waits:
        monkeypatch.setattr(kills.time, "sleep", one.append)
        (tmp_path / ".output.new").mkdir(exist_ok=True)
        for moment in kills.moments(9, 2.0):
            moment(tmp_path)
    assert waits[0] == waits[1]
    assert len(set(waits[0])) == 9
