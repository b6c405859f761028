"""Closed parts, linked and merged apart, give byte for byte what all together give."""

from __future__ import annotations

import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.config import ActivityMonths
from harvest.entries import CodeLink, ListedWorks
from harvest.linking import look_alikes, parts
from harvest.linking.cluster import cluster
from harvest.linking.merge import merge
from harvest.linking.overrides import Overrides
from harvest.linking.partition import Edge, Partition
from harvest.models import (
    Author,
    Dataset,
    Identifier,
    IntegrityNotice,
    Mention,
    Record,
    Repository,
    RepositoryRecord,
)

RANKS = {"crossref": 10, "arxiv": 20}
OF_RECORDS = ("same_work", "author_claims", "notices")
OF_WORLD = ("twins", "decisions", "matches", "last_works", "look_alikes")
TITLES = [
    f"{speed} {organ} synthesis of {kind} images with networks"
    for speed in ("Deep", "Fast")
    for organ in ("medical", "cardiac")
    for kind in ("MR", "CT")
]
PEOPLE = [Author(f"{given} {family}", given, family) for given in ("Ada", "Bo")
          for family in ("Abara", "Castro", "Novak")]  # fmt: skip
T = TypeVar("T")


class Facts(msgspec.Struct, frozen=True):
    """All that works are linked and merged from; `last` is the last dataset."""

    listing: ListedWorks
    records: Collection[Record]
    overrides: Overrides
    matched: Collection[Edge]
    last: Dataset | None


class World:
    """Random facts in which everything may reach across everything."""

    def __init__(self, seed: int, last: Dataset | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up worlds
        self.crowded = seed % 4 == 3
        size = 70 if self.crowded else self.random.choice((4, 15))
        names = [Identifier("doi", f"10.1000/{n}") for n in range(size)]
        names += [Identifier("arxiv", f"2001.{n:05}") for n in range(size)]
        names += [Identifier("doi", f"10.20944/preprints2001.0001.v{n}") for n in (1, 2)]
        self.names = [*names, Identifier("pubmed", "1"), Identifier("pubmed", "2")]
        self.records = [record for name in self.names if (record := self.record(name))]
        self.hosts: list[RepositoryRecord] = []
        self.listing = self.listed()
        same = [self.pair() for _ in range(self.random.choice((0, 1)))]
        different = [self.pair() for _ in range(self.random.choice((0, 2)))]
        exclude = frozenset(self.some(self.names, (0, 1)))
        matched = {self.pair() for _ in range(self.random.choice((0, 1)))}
        self.facts = Facts(
            self.listing,
            self.records,
            Overrides(tuple(same), tuple(different), exclude),
            matched,
            last,
        )

    def some(self, items: Sequence[T], counts: Sequence[int]) -> list[T]:
        return self.random.sample(items, self.random.choice(counts))

    def pair(self) -> tuple[Identifier, Identifier]:
        one, other = self.random.sample(self.names, 2)
        return one, other

    def record(self, name: Identifier) -> Record | None:
        if name.scheme == "pubmed" or self.random.random() < 0.15:
            return None
        titles, people = (TITLES[:2], PEOPLE[:1]) if self.crowded else (TITLES, PEOPLE)
        is_preprint = name.scheme == "arxiv"
        few = (0, 0, 0, 0, 1) if not self.crowded else (0,) * 20 + (1,)
        about = self.some(self.names, few)
        notice = IntegrityNotice("correction", str(name), "2020", "crossref/publisher")
        return Record(
            source="arxiv" if is_preprint else "crossref",
            identifier=name,
            kind="preprint" if is_preprint else "version_of_record",
            title=self.random.choice(titles),
            authors=tuple(self.some(people, (1,) if self.crowded else (1, 2))),
            date=str(self.random.randint(2018, 2022)),
            same_work=tuple(sorted(set(self.some(self.names, (*few, 2 * few[-1]))))),
            author_claims=tuple(self.some(self.names, few)) if is_preprint else (),
            notices=tuple((other, notice) for other in about if other != name),
        )

    def listed(self) -> ListedWorks:
        works = {
            name: [
                Mention(
                    seed="a.md", line=line, url=str(name), role="paper",
                    title=self.random.choice(TITLES),
                )
            ]
            for line, name in enumerate(self.names, 1)
            if self.random.random() < 0.6
        }  # fmt: skip
        keys = [Identifier("github", f"o/r{n}") for n in range(10)]
        for key in keys:
            if self.random.random() < 0.7:
                number = self.random.randint(1, 6)  # of several names
                address = f"github:O/R{self.random.choice((number, number, 9))}"
                repository = Repository(
                    id=address, url="https://github.com/x", repository_id=number, status="ok"
                )
                host = RepositoryRecord(
                    source="github", identifier=key, repository=repository, as_of="2022-01-01"
                )
                self.hosts.append(host)
        links = {
            CodeLink(self.random.choice(self.names), self.random.choice(keys), "code")
            for _ in range(20)
        }
        listing = ListedWorks(works, {key: key for key in keys}, links)
        listing.twins = {
            tuple(self.some(list(works), (2, 3))) for _ in range(3 if len(works) > 3 else 0)
        }
        return listing


def common_keys(records: Iterable[Record]) -> frozenset[int]:
    """Return the keys that more records share than are compared."""
    keys = map(look_alikes.keys, look_alikes.comparable(records).values())
    counts = Counter(chain.from_iterable(keys))
    return frozenset(key for key, count in counts.items() if count > look_alikes.COMMON_KEY_RECORDS)


def edges_of(facts: Facts, without: str) -> Iterator[Edge]:
    """Yield all edges between works but those of one kind."""
    groups = {
        "twins": facts.listing.twins,
        "decisions": facts.overrides.same,
        "matches": facts.matched,
        "last_works": names_of_last_works(facts.last),
        "look_alikes": look_alike_names(facts.records),
    }
    for kind in OF_WORLD:
        if kind != without:
            yield from chain.from_iterable(map(parts.star, groups[kind]))
    for record in facts.records:
        less = msgspec.structs.replace(record, **{without: ()}) if without in OF_RECORDS else record
        yield from parts.record_edges(less)


def names_of_last_works(last: Dataset | None) -> Iterator[list[Identifier]]:
    """Yield the names of each work of the last dataset, of which one keeps its id."""
    for work in last.works if last else ():
        yield [Identifier.of(name) for name in (work.id, *work.aliases, *work.curies)]


def look_alike_names(records: Iterable[Record]) -> Iterable[list[Identifier]]:
    """Return the records of each key that is not common."""
    common, names = common_keys(records), defaultdict(list)
    for name, record in look_alikes.comparable(records).items():
        for key in look_alikes.keys(record) - common:
            names[key].append(name)
    return names.values()


def parts_of(names: Iterable[Identifier], edges: Iterable[Edge]) -> dict[Identifier, Identifier]:
    """Return the part of each name, called by its least one."""
    partition = Partition()
    for name in names:
        partition.root(name)
    for one, other in edges:
        partition.join(one, other)
    return dict(partition.roots())


def whole(world: World) -> Dataset:
    return dataset_of(world.facts, world.hosts, None)


def dataset_of(
    facts: Facts, hosts: list[RepositoryRecord], common: frozenset[int] | None
) -> Dataset:
    listing, records = facts.listing, list(facts.records)
    clusters = cluster(
        listing.works, records, facts.overrides, facts.matched, listing.twins, common
    )
    return merge(listing, [*records, *hosts], set(), ActivityMonths(), facts.last, RANKS, clusters)


def sharded(world: World, shards: int, *, without: str = "", by_shard: bool = False) -> Dataset:
    """Merge the shards of a world apart; `by_shard` lets each tell its own common keys.

    `without` is a kind of edges that are not made.
    """
    facts = world.facts
    names = [*facts.listing.works, *(record.identifier for record in facts.records)]
    works = parts_of(names, edges_of(facts, without))
    host_edges = chain.from_iterable(map(parts.repository_edges, world.hosts))
    repositories = parts_of(facts.listing.repositories, host_edges)
    common = None if by_shard else common_keys(facts.records)

    def home(name: Identifier) -> int:
        return zlib.crc32(str(works.get(name, name)).encode()) % shards

    datasets = []
    for shard in range(shards):
        links = {link for link in facts.listing.code_links if home(link.work) == shard}
        wanted = {repositories[link.repository] for link in links}
        if shard == 0:  # those that no work links
            wanted = set(repositories.values())
        keys = {key for key in facts.listing.repositories if repositories[key] in wanted}
        listing = ListedWorks(
            {name: them for name, them in facts.listing.works.items() if home(name) == shard},
            {key: key for key in keys},
            links,
            {names for names in facts.listing.twins if home(names[0]) == shard},
        )
        last = facts.last and Dataset(
            [work for work in facts.last.works if home(Identifier.of(work.id)) == shard], []
        )
        own = Facts(
            listing,
            [record for record in facts.records if home(record.identifier) == shard],
            facts.overrides,
            {edge for edge in facts.matched if home(edge[0]) == shard},
            last,
        )
        hosts = [host for host in world.hosts if host.identifier in keys]
        datasets.append(dataset_of(own, hosts, common))
    return parts.unite(datasets)


@cache
def encoded(seed: int) -> bytes:
    return msgspec.json.encode(whole(world_of(seed)))


@cache
def world_of(seed: int) -> World:
    last = whole(World(seed + 1000)) if seed % 2 else None
    return World(seed, last)


def is_same(seed: int, shards: int, *, without: str = "", by_shard: bool = False) -> bool:
    dataset = sharded(world_of(seed), shards, without=without, by_shard=by_shard)
    return msgspec.json.encode(dataset) == encoded(seed)


@given(st.integers(0, 200), st.integers(1, 50))
@settings(max_examples=40, deadline=None)
def test_parts_apart_give_what_all_give(seed: int, shards: int) -> None:
    assert is_same(seed, shards)


@pytest.mark.parametrize("kind", [*OF_RECORDS, *OF_WORLD])
def test_each_kind_of_edge_is_needed(kind: str) -> None:
    assert not all(is_same(seed, 50, without=kind) for seed in range(60))


@pytest.mark.parametrize("scheme", ["github", "github-id"])
def test_a_number_and_an_address_bind_names(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edges: Callable[..., Iterable[Edge]] = parts.repository_edges
    without = lambda record: [e for e in edges(record) if e[1].scheme != scheme]  # noqa: E731
    monkeypatch.setattr(parts, "repository_edges", without)
    assert not all(is_same(seed, 50) for seed in range(60))


def test_versions_of_a_text_are_in_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "without_version", lambda _: None)
    assert not all(is_same(seed, 50) for seed in range(60))


def test_the_common_keys_are_those_of_all() -> None:
    crowded = [seed for seed in range(60) if seed % 4 == 3]
    assert all(common_keys(world_of(seed).records) for seed in crowded)
    assert not all(is_same(seed, 50, by_shard=True) for seed in crowded)
