"""Three nights of the script that plays thirty in benchmarks/nights.py."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from harvest.models import Dataset
from tests.scenarios import nights
from tests.support.runs import no_waits


@pytest.mark.slow
def test_three_nights_lose_nothing(tmp_path: Path) -> None:
    with no_waits():
        report = nights.run(tmp_path, works=50, nights=3)
    assert report.problems == []
    assert len(report.requests) == 3
    assert report.oldest <= 2.0
    assert report.cache_rows[-1] <= report.cache_rows[-2] + 50


def test_a_lost_value_would_be_seen() -> None:
    script, truth = nights.Script(20), nights.Truth()
    script.step(1)
    truth.add(script.world)
    problems = truth.check(Dataset([], []), script)
    assert len(problems) == 20 + len(script.repositories)


def test_a_starving_work_would_be_seen(tmp_path: Path) -> None:
    script = nights.Script(20)
    script.step(1)
    with sqlite3.connect(tmp_path / "harvest.sqlite") as db:
        db.execute("CREATE TABLE known (identifier, outcome, retrieved_at)")
    late = nights.FIRST + 3 * nights.GRACE
    problems = nights.starving(tmp_path, script, late, 7, nights.Report())
    assert len(problems) == 20 + len(script.repositories)
