"""Parts of the facts that are closed: linked and merged apart, they give what all together give.

An edge means that two identifiers may matter to each other, so a part may hold more than one work.
Decisions on what is `different` need no edge: they keep apart, and what is in two parts is apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import msgspec

from harvest.entries import ListedWorks, fold_case
from harvest.linking import look_alikes
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.partition import Edge, Partition
from harvest.models import Dataset, Identifier, Record, Repository, RepositoryRecord


class Facts(msgspec.Struct, frozen=True):
    """All that works are linked and merged from; `last` is the last dataset."""

    listing: ListedWorks
    records: Collection[Record]
    overrides: Overrides = NONE
    matched: Collection[Edge] = ()
    last: Dataset | None = None


def parts_of_works(facts: Facts) -> dict[Identifier, Identifier]:
    """Return the part of each identifier, called by its least one."""
    names = chain(facts.listing.works, (record.identifier for record in facts.records))
    return _parts(names, chain.from_iterable(edges(facts) for edges in EDGES))


def parts_of_repositories(
    names: Iterable[Identifier], records: Iterable[RepositoryRecord]
) -> dict[Identifier, Identifier]:
    """Return the part of each listed name of a repository, in lower case.

    Names matter to each other over a number or an address that they share. A repository that works
    of several parts link is merged with each of them, to the same result but for `works`.
    """
    return _parts(names, chain.from_iterable(map(repository_edges, records)))


def _parts(names: Iterable[Identifier], edges: Iterable[Edge]) -> dict[Identifier, Identifier]:
    partition = Partition()
    for name in names:
        partition.root(name)
    for one, other in edges:
        partition.join(one, other)
    return dict(partition.roots())


def _star(names: Iterable[Identifier]) -> Iterator[Edge]:
    """Yield an edge from the first of some names to each."""
    names = list(names)
    return ((names[0], other) for other in names[1:])


def _assertions(facts: Facts) -> Iterator[Edge]:
    return chain.from_iterable(_star((it.identifier, *it.same_work)) for it in facts.records)


def _author_claims(facts: Facts) -> Iterator[Edge]:
    return chain.from_iterable(_star((it.identifier, *it.author_claims)) for it in facts.records)


def _twins(facts: Facts) -> Iterator[Edge]:
    return chain.from_iterable(map(_star, facts.listing.twins))


def _notices(facts: Facts) -> Iterator[Edge]:
    """Yield edges to what a notice is about, which shows it."""
    for record in facts.records:
        yield from ((record.identifier, other) for other, _ in record.notices)


def _look_alikes(facts: Facts) -> Iterator[Edge]:
    common = look_alikes.common_keys(facts.records)
    first: dict[look_alikes.Key, Identifier] = {}
    for record in facts.records:
        if record.title and record.authors:
            for key in look_alikes.keys(record) - common:
                yield first.setdefault(key, record.identifier), record.identifier


def _last_works(facts: Facts) -> Iterator[Edge]:
    """Yield edges between the names of a work of the last dataset, of which one keeps its id."""
    for work in facts.last.works if facts.last else ():
        yield from _star(map(Identifier.of, (work.id, *work.aliases, *work.curies)))


def _decisions(facts: Facts) -> Iterator[Edge]:
    return chain.from_iterable(map(_star, facts.overrides.same))


def _matches(facts: Facts) -> Iterator[Edge]:
    return iter(facts.matched)


EDGES = (
    _assertions, _author_claims, _twins, _notices, _look_alikes, _last_works, _decisions, _matches,
)  # fmt: skip


def stated_edges(facts: Facts) -> Iterator[Edge]:
    """Yield all edges but those between look-alikes, which need all records at once."""
    stated = (edges for edges in EDGES if edges is not _look_alikes)
    return chain.from_iterable(edges(facts) for edges in stated)


def repository_edges(record: RepositoryRecord) -> Iterator[Edge]:
    """Yield edges between the names of a repository."""
    name, number = fold_case(record.identifier), record.repository.repository_id
    yield name, fold_case(Identifier.of(record.repository.id))
    if number:
        yield name, Identifier("github-id", str(number))


def unite(datasets: Iterable[Dataset]) -> Dataset:
    """Return the dataset of all parts from those of each."""
    datasets = list(datasets)
    repositories: dict[str, Repository] = {}
    for repository in chain.from_iterable(dataset.repositories for dataset in datasets):
        other = repositories.setdefault(repository.id, repository)
        works = sorted({*other.works, *repository.works})
        repositories[repository.id] = msgspec.structs.replace(other, works=works)
    works_ = chain.from_iterable(dataset.works for dataset in datasets)
    return Dataset(
        works=sorted(works_, key=lambda work: work.id),
        repositories=sorted(repositories.values(), key=lambda repository: repository.id),
    )
