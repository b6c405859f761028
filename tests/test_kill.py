"""A run that is killed and started again; fifty kills are a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import kill


def test_killed_runs_leave_whole_outputs_and_are_taken_up_again(tmp_path: Path) -> None:
    expected, problems = kill.run(tmp_path, kills=5, threads=1)
    assert problems == [[], [], [], [], []]
    assert all(expected.requests[name] for name in ("crossref", "arxiv", "github"))


def test_a_mixture_would_be_seen(tmp_path: Path) -> None:
    kill.prepare(tmp_path / "older")
    expected = kill.whole(tmp_path / "older", tmp_path / "whole")
    old = kill.files(tmp_path / "older" / "output")
    assert kill._broken(tmp_path / "older" / "output", old, expected) == []
    assert kill._broken(tmp_path / "whole" / "output", old, expected) == []
    (tmp_path / "older" / "output" / "works.csv").write_bytes(expected.files["works.csv"])
    assert "dataset.json" in kill._broken(tmp_path / "older" / "output", old, expected)


def test_moments_are_the_same_every_time_and_really_wait_for_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[list[float]] = [[], []]
    for own in waits:
        monkeypatch.setattr(kill.time, "sleep", own.append)
        (tmp_path / ".output.new").mkdir(exist_ok=True)
        for moment in kill.moments(9, 2.0):
            moment(tmp_path)
    assert waits[0] == waits[1]
    assert len(set(waits[0])) == 9
