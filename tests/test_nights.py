"""A few nights of the scripts that play many in benchmarks/nights.py."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from harvest.models import Dataset
from tests.scenarios import nights, random_nights
from tests.support.runs import no_waits
from tests.support.works import make_dataset


@pytest.mark.slow
def test_three_nights_lose_nothing(tmp_path: Path) -> None:
    with no_waits():
        report = nights.run(tmp_path, works=50, nights=3)
    assert report.problems == []
    assert len(report.requests) == 3
    assert report.oldest <= 2.0
    assert report.cache_rows[-1] <= report.cache_rows[-2] + 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_random_nights_lose_nothing(tmp_path: Path, seed: int) -> None:
    assert random_nights.run(tmp_path, works=40, nights=8, seed=seed) == []


def test_a_loss_on_a_random_night_would_be_seen() -> None:
    last = make_dataset(2, 1)
    names = {"doi:10.1000/000", "doi:10.1000/001", "github:o/n0"}
    memory = random_nights.Memory()
    assert memory.check(last, names) == []
    last.works[0].provenance = {}
    last.works[1].status = "listed"
    last.repositories[0].url = None  # type: ignore[assignment]  # what a loss would be
    problems = memory.check(last, names)
    assert problems == [
        "doi:10.1000/000 lost title",
        "doi:10.1000/001 lost resolved, title",
        "github:o/n0 lost url",
    ]
    memory.forget(set())
    assert memory.check(Dataset([], []), set()) == []


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
