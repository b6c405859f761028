"""The floor: a night that loses much of the last dataset publishes nothing."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest import pipeline
from harvest.dataset import store
from harvest.errors import PublicationError
from harvest.models import Dataset, Identifier, Repository, Work
from tests.fakes import FakeServices, Fault, World
from tests.support.runs import night, published, write_list
from tests.support.settings import TOKEN, make_settings
from tests.support.works import make_dataset, make_repository, make_work

PAIRS = 20


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (make_dataset(94, 10), r"6 of 100 works would be lost \(doi:10.1000/094, .*096, \.\.\.\)"),
        (make_dataset(100, 8), r"2 of 10 repositories .*\(github:o/n8, github:o/n9\)"),
        (make_dataset(0), "100 of 100 works would be lost"),
        (
            Dataset(
                [make_work(n, status="listed") for n in range(100)],
                make_dataset(0, 10).repositories,
            ),
            "100 of 100 resolved works",
        ),
    ],
)
def test_a_collapse_is_refused(new: Dataset, message: str) -> None:
    last = make_dataset(100, 10)
    with pytest.raises(PublicationError, match=message):
        store.check(new, last, 0.95)
    store.check(new, last, 0.0)
    store.check(new, None, 0.95)


def test_others_in_their_place_are_a_loss() -> None:
    others = Dataset([make_work(n) for n in range(100, 200)], [])
    with pytest.raises(PublicationError, match="100 of 100 works would be lost"):
        store.check(others, make_dataset(100), 0.95)


def test_one_row_less_is_no_collapse() -> None:
    store.check(make_dataset(4, 1), make_dataset(5, 2), 0.95)
    with pytest.raises(PublicationError, match="1 of 1 works would be lost"):
        store.check(make_dataset(0), make_dataset(1), 0.95)


def test_what_a_maintainer_leaves_out_is_no_loss() -> None:
    last = make_dataset(2, 1)
    exclude = [Identifier("doi", "10.1000/000"), Identifier("github", "o/n0")]
    store.check(make_dataset(1), Dataset(last.works[:1], last.repositories), 0.95, exclude[1:])
    store.check(Dataset([], []), make_dataset(1, 1), 0.95, exclude)
    with pytest.raises(PublicationError, match="2 of 2 works"):
        store.check(make_dataset(0), Dataset([make_work(1), make_work(2)], []), 0.95, exclude)


def test_the_floor_itself_is_enough() -> None:
    store.check(make_dataset(95), make_dataset(100), 0.95)


def test_repositories_that_become_one_are_no_loss() -> None:
    last = Dataset(
        [],
        [
            make_repository("old/A"),
            make_repository("new/a"),
            make_repository("old/b", repository_id=7),
            make_repository("new/b"),
        ],
    )
    one = make_repository("new/a", aliases=["github:Old/a"])
    other = make_repository("third/b", repository_id=7, aliases=["github:new/b"])
    store.check(Dataset([], [one, other]), last, 0.95)


def test_a_resolved_work_joined_to_a_listed_one_stays_resolved() -> None:
    last = make_dataset(40)
    works = [make_work(n, aliases=[f"doi:10.1000/{n + 20:03}"]) for n in range(20)]
    store.check(Dataset(works, []), last, 0.95)
    unresolved = [make_work(n, aliases=w.aliases, status="listed") for n, w in enumerate(works)]
    with pytest.raises(PublicationError, match="40 of 40 resolved works would be lost"):
        store.check(Dataset(unresolved, []), last, 0.95)


Groups = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@given(Groups)
def test_joining_never_loses_any(groups: list[int]) -> None:
    """Works and repositories are joined into up to six, each under any of its names."""
    last = make_dataset(len(groups), len(groups))
    members: dict[int, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    joined = Dataset(
        [_join_works([last.works[n] for n in of]) for of in members.values()],
        [_join_repositories([last.repositories[n] for n in of]) for of in members.values()],
    )
    store.check(joined, last, 1.0)


def _join_works(works: list[Work]) -> Work:
    """Join works: the one half by its identifiers, the other by its aliases."""
    first, *others = works
    dois = itertools.chain.from_iterable(work.identifiers["doi"] for work in works[::2])
    aliases = [work.id for work in others[::2]]
    number = int(first.id[-3:])
    return make_work(number, identifiers={"doi": sorted(dois)}, aliases=aliases)


def _join_repositories(repositories: list[Repository]) -> Repository:
    first, *others = repositories
    name = first.id.removeprefix("github:")
    return make_repository(name, aliases=[one.id for one in others])


# -- nights ------------------------------------------------------------------------------------


@pytest.fixture
def pairs() -> World:
    """Preprints and their published forms, which both registries know to be one work."""
    world = World.random(PAIRS, PAIRS, 0)
    for work, preprint in zip(world.works.values(), world.preprints.values(), strict=True):
        work.title, work.authors, work.preprint = preprint.title, preprint.authors, None
        preprint.doi = work.doi
    return world


def test_a_night_that_joins_more_than_the_last_publishes(tmp_path: Path, pairs: World) -> None:
    """The first night lacks arXiv, which knows which rows of the lists are one work."""
    path = tmp_path / "list.md"
    write_list(path, pairs.works, pairs.preprints)
    with FakeServices(pairs) as fakes:
        settings = make_settings(tmp_path, fakes, path, token=TOKEN)
        pairs.faults = [Fault("arxiv", "429"), Fault("datacite", "500")]
        assert pipeline.refresh(settings, now=night(1)).works["total"] == 2 * PAIRS
        pairs.faults = []
        assert pipeline.refresh(settings, now=night(2)).works["total"] == PAIRS
        write_list(path, [next(iter(pairs.works))])
        with pytest.raises(PublicationError, match=f"19 of {PAIRS} works would be lost"):
            pipeline.refresh(settings, now=night(3))
        assert len(published(settings).works) == PAIRS


def test_a_night_that_learns_of_renames_publishes(tmp_path: Path) -> None:
    world = World.random(0, 0, PAIRS)
    names = [host.name for host in world.repositories.values()]
    for host in world.repositories.values():
        host.former.append(f"former/{host.name.partition('/')[2]}")
    former = [host.former[0] for host in world.repositories.values()]
    path = tmp_path / "list.md"
    write_list(path, (), (), names + former)
    with FakeServices(world) as fakes:
        settings = make_settings(tmp_path, fakes, path, token=TOKEN)
        world.faults = [Fault("github", "500")]
        assert pipeline.refresh(settings, now=night(1)).repositories["total"] == 2 * PAIRS
        world.faults = []
        assert pipeline.refresh(settings, now=night(2)).repositories["total"] == PAIRS
