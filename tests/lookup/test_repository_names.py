"""Names of repositories that move to other repositories, over the nights."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvest import pipeline
from harvest.models import Dataset
from tests.fakes import FakeServices, Fault, World
from tests.fakes import Repository as Host
from tests.support.runs import published
from tests.support.settings import NIGHTLY, make_settings

pytestmark = pytest.mark.slow
Night = Callable[[int], Dataset]


@pytest.fixture
def list_path(tmp_path: Path) -> Path:
    return tmp_path / "list.md"


@pytest.fixture
def night(tmp_path: Path, list_path: Path, fakes: FakeServices) -> Night:
    settings = make_settings(tmp_path, fakes, list_path, token="t", floor=0.0, fresh=NIGHTLY)

    def run(number: int) -> Dataset:
        start = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
        pipeline.refresh(settings, now=start + timedelta(days=number - 1))
        return published(settings)

    return run


def write(path: Path, *names: str) -> None:
    """A list in which each repository is the code of a page of its own."""
    rows = (
        f"- [Paper of {n}](https://{n}.org/paper) [Code](https://github.com/o/{n})" for n in names
    )
    path.write_text("# L\n\n" + "\n".join(rows) + "\n", "utf-8")


def write_pairs(path: Path, **names: str) -> None:
    """A list of pages, each with the name of the repository that is its code."""
    rows = (
        f"- [Paper of {page}](https://{page}.org/paper) [Code](https://github.com/o/{name})"
        for page, name in names.items()
    )
    path.write_text("# L\n\n" + "\n".join(rows) + "\n", "utf-8")


def add(world: World, name: str, number: int) -> Host:
    host = Host(name=f"o/{name}", id=number, stars=number, pushed_at="2026-01-01T00:00:00Z")
    world.repositories[f"o/{name}"] = host
    return host


def rename(world: World, host: Host, name: str) -> None:
    if world.repositories.get(host.name) is host:
        del world.repositories[host.name]
    host.former.append(host.name)
    host.name = f"o/{name}"
    world.repositories[host.name] = host


def numbers(dataset: Dataset) -> dict[str, int | None]:
    """The number of the repository that each page has as its code."""
    by_id = {repository.id: repository for repository in dataset.repositories}
    assert len(by_id) == len(dataset.repositories)
    return {
        work.id.removeprefix("url:https://").partition(".")[0]: by_id[code.id].repository_id
        for work in dataset.works
        for code in work.repositories
    }


@pytest.mark.parametrize(("a", "b", "c"), list(itertools.permutations("pqr")))
def test_names_that_move_along_a_chain_keep_every_repository_and_its_links(
    night: Night, world: World, list_path: Path, a: str, b: str, c: str
) -> None:
    write(list_path, a, b)
    first, second = add(world, a, 1), add(world, b, 2)
    assert numbers(night(1)) == {a: 1, b: 2}
    rename(world, second, c)
    rename(world, first, b)
    for number in (2, 3, 4):
        dataset = night(number)
        assert numbers(dataset) == {a: 1, b: 2}
        assert {it.repository_id: it.id for it in dataset.repositories} == {
            1: f"github:o/{b}",
            2: f"github:o/{c}",
        }


def test_a_chain_survives_a_night_without_its_host(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p", "q")
    first, second = add(world, "p", 1), add(world, "q", 2)
    night(1)
    rename(world, second, "r")
    rename(world, first, "q")
    night(2)
    world.faults = [Fault("github", "500")]
    assert numbers(night(3)) == {"p": 1, "q": 2}


def test_names_that_are_swapped_keep_their_repositories(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p", "q")
    first, second = add(world, "p", 1), add(world, "q", 2)
    night(1)
    first.name, second.name = "o/q", "o/p"
    world.repositories |= {"o/q": first, "o/p": second}
    for number in (2, 3):
        assert numbers(night(number)) == {"p": 1, "q": 2}


def test_a_taken_over_name_stays_with_the_original_repository(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p", "q")
    add(world, "p", 1)
    other = add(world, "q", 2)
    night(1)
    rename(world, other, "p")  # the first one is deleted, and the second takes its name
    statuses = []
    for number in (2, 3, 4):
        dataset = night(number)
        assert numbers(dataset) == {"p": 1, "q": 2}
        by_number = {it.repository_id: it for it in dataset.repositories}
        assert by_number[1].id == "github:o/p"
        assert (by_number[1].stars, by_number[2].stars) == (1, 2)
        statuses.append((by_number[1].status, by_number[2].status))
    assert statuses == [("ok", "ok"), ("gone", "ok"), ("gone", "ok")]


def test_a_list_may_follow_a_chain(night: Night, world: World, list_path: Path) -> None:
    write_pairs(list_path, x="p", y="q")
    first, second = add(world, "p", 1), add(world, "q", 2)
    assert numbers(night(1)) == {"x": 1, "y": 2}
    rename(world, second, "r")
    rename(world, first, "q")
    write_pairs(list_path, x="q", y="r")
    for number in (2, 3):
        dataset = night(number)
        assert numbers(dataset) == {"x": 1, "y": 2}
        assert [it.id for it in dataset.repositories] == ["github:o/q", "github:o/r"]


def test_a_newcomer_is_the_code_of_its_own_page(
    night: Night, world: World, list_path: Path
) -> None:
    write_pairs(list_path, x="p")
    first = add(world, "p", 1)
    night(1)
    rename(world, first, "q")
    night(2)
    add(world, "p", 9)
    write_pairs(list_path, x="q", y="p")
    for number in (3, 4):
        assert numbers(night(number)) == {"x": 1, "y": 9}


def test_a_newcomer_gets_no_page_that_has_the_former_name(
    night: Night, world: World, list_path: Path
) -> None:
    write_pairs(list_path, x="p")
    first = add(world, "p", 1)
    night(1)
    rename(world, first, "q")
    add(world, "p", 9)
    write_pairs(list_path, x="p", y="q")
    for number in (2, 3):
        assert numbers(night(number)) == {"x": 1, "y": 1}


def transfer(world: World, host: Host, owner: str) -> None:
    """Give a repository to another owner."""
    name = f"{owner}/{host.name.partition('/')[2]}"
    del world.repositories[host.name]
    host.former.append(host.name)
    host.name = name
    world.repositories[name] = host


def test_a_name_that_a_transfer_freed_stays_with_the_transferred(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p")
    first = add(world, "p", 1)
    night(1)
    transfer(world, first, "z")
    assert [it.id for it in night(2).repositories] == ["github:z/p"]
    add(world, "p", 9)  # somebody creates it anew
    for number in (3, 4):
        (repository,) = night(number).repositories
        assert (repository.id, repository.repository_id, repository.stars) == ("github:z/p", 1, 1)
    del world.repositories["z/p"]
    for number in (5, 6):
        (repository,) = night(number).repositories
        assert (repository.repository_id, repository.stars) == (1, 1)
    assert repository.status == "gone"


def test_a_fork_that_takes_the_name_of_its_deleted_original_is_another(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p")
    add(world, "p", 1)
    night(1)
    fork = add(world, "p", 2)
    fork.fork_of = "z/p"
    statuses = []
    for number in (2, 3):
        (repository,) = night(number).repositories
        assert (repository.repository_id, repository.stars) == (1, 1)
        statuses.append(repository.status)
    assert statuses == ["ok", "gone"]


def test_case_of_letters_makes_no_other_repository(
    night: Night, world: World, list_path: Path
) -> None:
    write_pairs(list_path, x="p", y="P")
    first = add(world, "p", 1)
    assert numbers(night(1)) == {"x": 1, "y": 1}
    del world.repositories["o/p"]
    first.name = "o/P"
    world.repositories["o/P"] = first
    dataset = night(2)
    assert numbers(dataset) == {"x": 1, "y": 1}
    assert [it.id for it in dataset.repositories] == ["github:o/P"]


def test_a_cycle_of_three_names_keeps_each_page(
    night: Night, world: World, list_path: Path
) -> None:
    write(list_path, "p", "q", "r")
    first, second, third = (add(world, name, number) for number, name in enumerate("pqr", 1))
    night(1)
    first.name, second.name, third.name = "o/q", "o/r", "o/p"
    world.repositories |= {it.name: it for it in (first, second, third)}
    for number in (2, 3):
        assert numbers(night(number)) == {"p": 1, "q": 2, "r": 3}
    del world.repositories["o/r"]  # the second is deleted
    rename(world, first, "r")  # and the first takes the name that was freed
    for number in (4, 5):
        assert numbers(night(number)) == {"p": 1, "q": 2, "r": 3}


@pytest.mark.parametrize("seed", [1, 6, 12, 21, 23, 27, 37, 40])
def test_whatever_names_do_each_page_keeps_its_repository(
    night: Night, world: World, list_path: Path, seed: int
) -> None:
    """Renames along chains and cycles, deletions, and nights without the host."""
    rng = random.Random(seed)  # noqa: S311  # repeatable is the point
    names = ["p", "q", "r", "s"]
    write(list_path, *names)
    hosts = [add(world, name, number) for number, name in enumerate(names, 1)]
    expected: dict[str, int | None] = {
        name: host.id for name, host in zip(names, hosts, strict=True)
    }
    assert numbers(night(1)) == expected
    for number in range(2, 7):
        for _ in range(rng.randint(0, 3)):
            move(rng, world, hosts)
        world.faults = [Fault("github", "500")] if rng.random() < 0.2 else []
        dataset = night(number)
        assert numbers(dataset) == expected, f"night {number}"
        assert len({it.id for it in dataset.repositories}) == len(names)
        assert {it.repository_id: it.stars for it in dataset.repositories} == {
            n: n for n in expected.values()
        }


def move(rng: random.Random, world: World, hosts: list[Host]) -> None:
    """Rename a repository to a free name, exchange two names, or delete a repository."""
    alive = [host for host in hosts if world.repositories.get(host.name) is host]
    free = [name for name in "pqrstu" if f"o/{name}" not in world.repositories]
    action = rng.choice(("rename", "rename", "rename", "exchange", "delete"))
    if action == "rename" and alive and free:
        rename(world, rng.choice(alive), rng.choice(free))
    elif action == "exchange" and len(alive) > 1:
        one, other = rng.sample(alive, 2)
        one.name, other.name = other.name, one.name
        world.repositories |= {one.name: one, other.name: other}
    elif action == "delete" and len(alive) > 2:
        del world.repositories[rng.choice(alive).name]
