"""One failure of every kind leaves the dataset as it would be; the whole matrix is a benchmark."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from harvest import pipeline
from tests.fakes import FakeServices, Fault, World, chance
from tests.scenarios import bad_hours, faults
from tests.scenarios.faults import Case, Expected, Setup
from tests.support.runs import night, published, write_list
from tests.support.settings import NIGHTLY, TOKEN, make_settings

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parents[1] / "docs"
Nights = Callable[[Setup], Expected]
# One place a case, going round: each source and kind meets the first, a middle and the last.
CASES = [case for number, case in enumerate(faults.cases()) if number % 3 == (number // 3) % 3]
ENDS = [
    case
    for case in faults.cases()
    if case.kind in {"503", "connection refused"} and case.place == "middle"
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Three nights without faults in a setup, played when they are first asked for."""
    folder = tmp_path_factory.mktemp("expected")
    return cache(lambda setup: faults.without_faults(folder / str(hash(setup)), setup))


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with faults.quick():
        yield


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_one_failure(case: Case, tmp_path: Path, expected: Nights) -> None:
    assert faults.one_failure(case, tmp_path, expected(case.setup)).problems == ()


@pytest.mark.parametrize("case", ENDS, ids=" ".join)
def test_failures_to_the_end(case: Case, tmp_path: Path, expected: Nights) -> None:
    folder = tmp_path / "night"
    assert faults.failures_to_the_end(case, folder, expected(case.setup)).problems == ()


def test_a_lost_value_would_be_seen(expected: Nights) -> None:
    first, second, _ = expected(faults.SETUPS[0]).nights
    assert faults.lost_values(first, first, second) == []
    assert faults.lost_values(second, first, second) == []
    damaged = published(expected(faults.SETUPS[0]).folder / "output")
    next(work for work in damaged.works if work.title).title = None
    gone = damaged.repositories.pop()
    problems = faults.lost_values(damaged, first, second)
    assert f"{gone.id} is not there" in problems
    assert any("title is None" in problem for problem in problems)
    assert len(problems) == 2


def test_three_in_ten_answers_429_cost_nothing(tmp_path: Path) -> None:
    world = World.random(60, 0, 0)
    world.faults = [Fault("crossref", "429", when=chance(0.3))]
    path = tmp_path / "list.md"
    write_list(path, world.works)
    with FakeServices(world) as fakes:
        run = pipeline.refresh(make_settings(tmp_path, fakes, path, fresh=NIGHTLY))
        refused = sum(request.status == 429 for request in fakes.log)
    assert refused
    assert run.works == {"total": 60, "resolved": 60}
    assert run.degraded == []


@pytest.mark.parametrize("token", [TOKEN, None])
def test_one_repository_of_ten_is_gone(tmp_path: Path, token: str | None) -> None:
    world = World.random(0, 0, 10)
    path = tmp_path / "list.md"
    hosts = list(world.repositories.values())
    write_list(path, (), (), (host.name for host in hosts))
    with FakeServices(world) as fakes:
        settings = make_settings(tmp_path, fakes, path, token=token, fresh=NIGHTLY)
        pipeline.refresh(settings, now=night(1))
        before = {repository.id: repository for repository in published(settings).repositories}
        for host in hosts:
            host.stars += 1
        hosts[4].state = "gone"
        for number in (2, 3):
            pipeline.refresh(settings, now=night(number))
    after = {repository.id: repository for repository in published(settings).repositories}
    lost = after.pop(f"github:{hosts[4].name}")
    assert (lost.status, lost.stars) == ("gone", before[lost.id].stars)
    assert lost.stale_since == night(2).date().isoformat()
    assert len(after) == 9
    for name, repository in after.items():
        assert (repository.status, repository.stale_since) == ("ok", None)
        assert repository.stars == (before[name].stars or 0) + 1


def test_the_published_table_has_every_case() -> None:
    """docs/reliability.csv is written by benchmarks/reliability.py, and the page sums it up."""
    with (DOCS / "reliability.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for failure in ("one request", "all later requests"):
        cases = [(r["source"], r["fault"], r["place"]) for r in rows if r["failure"] == failure]
        assert sorted(cases) == sorted(faults.cases())
    assert {row["result"] for row in rows} == {"ok"}
    outages = [row for row in rows if row["failure"].startswith("all night")]
    assert {row["source"] for row in outages} == set(faults.SOURCES)
    assert max(int(row["seconds"]) for row in outages) < 60
    hours = [row["fault"] for row in rows if row["failure"] == "a bad hour"]
    assert hours == [scene.title for scene in bad_hours.SCENES]
    page = (DOCS / "reliability.md").read_text("utf-8")
    summary = dict(re.findall(r"^\| ([^|]+) \| (\d+) \| 0 \|", page, re.MULTILINE))
    assert summary == {k: str(n) for k, n in Counter(row["failure"] for row in rows).items()}


def test_a_bad_hour_is_played_from_outside(tmp_path: Path) -> None:
    scene = bad_hours.Scene(bad_hours.busy_histories, "github", (0, 0, 10))
    hour = bad_hours.play(scene, tmp_path / "hour")
    assert hour.problems == []
    assert hour.nights[0].code == 0
    assert hour.requests > 2


def test_a_bad_hour_that_costs_something_would_be_seen(tmp_path: Path) -> None:
    def outage(hour: bad_hours.Hour) -> None:
        """Nobody answers for a repository."""
        hour.fakes.world.faults = [Fault("github", "null-data")]
        bad_hours.busy_histories(hour)

    hour = bad_hours.play(bad_hours.Scene(outage, "github", (0, 0, 3)), tmp_path / "hour")
    assert any("exit 3" in problem for problem in hour.problems)
    assert "0 of 3 have facts" in hour.problems
