"""Three nights of the script that plays thirty in benchmarks/nights.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import nights
from harvest.http import clients


def test_three_nights_lose_nothing_and_let_nothing_starve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "OFFLINE_PATIENCE", 1.0)
    came = nights.run(tmp_path, works=50, nights=3)
    assert came.problems == []
    assert len(came.requests) == 3
    assert came.oldest <= 2.0
    assert came.cache_rows[-1] <= came.cache_rows[-2] + 50


def test_a_lost_value_and_a_starving_work_would_be_seen(tmp_path: Path) -> None:
    script, truth = nights.Script(20), nights.Truth()
    script.step(1)
    truth.learn(script.world)
    problems = truth.check(nights.Dataset([], []), script)
    assert len(problems) == 20 + len(script.names)
    (tmp_path / "harvest.sqlite").touch()
    with nights.sqlite3.connect(tmp_path / "harvest.sqlite") as db:
        db.execute("CREATE TABLE known (identifier, outcome, retrieved_at)")
    late = nights.FIRST + 3 * nights.GRACE
    assert len(nights._starving(str(tmp_path), script, late, 7, nights.Nights())) == 20 + len(
        script.names
    )
