"""One bad answer of every kind, at every source, leaves the dataset as it would be; the whole matrix is a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import _lab
from benchmarks import reliability as matrix
from benchmarks.reliability import Calm, Case, Lot
from harvest import pipeline
from tests.fakes import FakeServices, Fault, World, chance

# One place a case, going round, so that each source and kind meets the first, a middle and the last request.
CASES = [case for number, case in enumerate(matrix.cases()) if number % 3 == (number // 3) % 3]
ENDS = [
    case
    for case in matrix.cases()
    if case.kind in {"503", "connection refused"} and case.place == "middle"
]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[Lot, Calm]:
    folder = tmp_path_factory.mktemp("calm")
    with matrix.quick():
        return {
            lot: matrix.calm(folder / str(number), lot) for number, lot in enumerate(matrix.LOTS)
        }


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with matrix.quick():
        yield


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_one_bad_answer(case: Case, tmp_path: Path, calm: dict[Lot, Calm]) -> None:
    assert matrix.once(case, tmp_path, calm[case.lot]).problems == ()


@pytest.mark.parametrize("case", ENDS, ids=" ".join)
def test_bad_answers_to_the_end_of_the_night(
    case: Case, tmp_path: Path, calm: dict[Lot, Calm]
) -> None:
    assert matrix.onwards(case, tmp_path / "night", calm[case.lot]).problems == ()


def test_a_value_that_is_lost_would_be_seen(calm: dict[Lot, Calm]) -> None:
    first, second, _ = calm[matrix.LOTS[0]].nights
    assert matrix.lost(second, first, second) == []
    damaged = _lab.published(calm[matrix.LOTS[0]].folder / "output")
    next(work for work in damaged.works if work.title).title = None
    gone = damaged.repositories.pop()
    problems = matrix.lost(damaged, first, second)
    assert f"{gone.id} is not there" in problems
    assert any("title is None" in problem for problem in problems)
    assert len(problems) == 2


def test_with_three_in_ten_answers_429_crossref_resolves_everything(tmp_path: Path) -> None:
    world = World.random(60, 0, 0)
    world.pacing = False
    world.faults = [Fault("crossref", "429", when=chance(0.3))]
    path = tmp_path / "list.md"
    _lab.write_list(path, world.works)
    with FakeServices(world) as fakes:
        run = pipeline.refresh(_lab.settings(tmp_path, fakes, path))
        refused = sum(request.status == 429 for request in fakes.log)
    assert refused
    assert run.works == {"total": 60, "resolved": 60}
    assert run.degraded == []


@pytest.mark.parametrize("token", [_lab.TOKEN, None])
def test_one_repository_of_ten_gone_leaves_nine_fresh_and_keeps_the_tenth(
    tmp_path: Path, token: str | None
) -> None:
    world = World.random(0, 0, 10)
    world.pacing = False
    path = tmp_path / "list.md"
    hosts = list(world.repositories.values())
    _lab.write_list(path, (), (), (host.name for host in hosts))
    with FakeServices(world) as fakes:
        settings = _lab.settings(tmp_path, fakes, path, token=token)
        pipeline.refresh(settings, now=_lab.night(1))
        known = {
            repository.id: repository for repository in _lab.published(settings.output).repositories
        }
        for host in hosts:
            host.stars += 1
        hosts[4].state = "gone"
        for number in (2, 3):
            pipeline.refresh(settings, now=_lab.night(number))
    found = {
        repository.id: repository for repository in _lab.published(settings.output).repositories
    }
    lost = found.pop(f"github:{hosts[4].name}")
    assert (lost.status, lost.stars) == ("gone", known[lost.id].stars)
    assert lost.stale_since == _lab.night(2).date().isoformat()
    assert len(found) == 9
    assert {
        (r.status, r.stale_since, (r.stars or 0) - (known[name].stars or 0))
        for name, r in found.items()
    } == {("ok", None, 1)}
