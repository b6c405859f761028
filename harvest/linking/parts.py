"""Edges between identifiers that may matter to each other.

Identifiers that edges connect are a part: linked and merged apart, parts give what all together
give. A part may hold more than one work. What look-alikes share (`look_alikes.keys`) and the names
of a work of the last dataset are edges too. Decisions on what is `different` need none: they keep
apart, and what is in two parts is apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from harvest.entries import fold_case
from harvest.identifiers.schemes import without_version
from harvest.linking.partition import Edge
from harvest.models import Dataset, Identifier, Record, Repository, RepositoryRecord


def star(names: Iterable[Identifier]) -> Iterator[Edge]:
    """Yield an edge from the first of some names to each other one."""
    first, *others = names
    for other in others:
        yield first, other


def record_edges(record: Record) -> Iterator[Edge]:
    """Yield edges to what a record says is the same work, and to works that its notices are about.

    The work of a notice shows it. Versions of a text share what their DOIs have in common.
    """
    if text := without_version(record.identifier):
        yield record.identifier, text
    yield from star((record.identifier, *record.same_work, *record.author_claims))
    yield from star((record.identifier, *(name for name, _ in record.notices)))


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
    all_works = chain.from_iterable(dataset.works for dataset in datasets)
    return Dataset(
        works=sorted(all_works, key=lambda work: work.id),
        repositories=sorted(repositories.values(), key=lambda repository: repository.id),
    )
