"""Which identifiers are one work: by what is said of them and, at last, by how they look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import msgspec

from harvest.garbage import without_gc
from harvest.identifiers.schemes import without_version
from harvest.linking import identity_claims, look_alikes
from harvest.linking.identity_claims import Judgement, Names
from harvest.linking.ledger import Verdict
from harvest.linking.look_alikes import Key
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.partition import Edge, Partition
from harvest.models import Identifier, Record


class Clusters(msgspec.Struct):
    """The identifiers of each work, and why.

    `overrides` are a maintainer's decisions, `verdicts` those on claims and on works that merely
    look alike, `doubtful` the claims that do not count. `matched` are the listed identifiers with
    those that a search found for them, `by_list` those that nobody but a list joins.
    """

    groups: list[list[Identifier]]
    overrides: Overrides = NONE
    verdicts: list[Verdict] = []
    matched: dict[Identifier, Identifier] = {}
    doubtful: list[Judgement] = []
    by_list: set[Identifier] = set()


@without_gc()
def cluster(
    identifiers: Collection[Identifier],
    records: Collection[Record],
    overrides: Overrides = NONE,
    matched: Collection[Edge] = (),
    twins: Collection[Names] = (),
    common: Collection[Key] | None = None,
) -> Clusters:
    """Part identifiers into works, without those that are in no list.

    `identifiers` are those in lists, `twins` those that a list gives to one work. Registries come
    first, then what lists and authors say, likeness at last. It joins the forms of one work, but
    never two published ones. `common` are the keys of look-alikes that say nothing, where these
    records are a part of all (`linking.parts`). What is stronger is never undone by what is weaker,
    and the order of the input does not matter.
    """
    partition, judgements = _asserted(identifiers, records, overrides, matched, twins)
    verdicts = look_alikes.join(partition, records, common)
    groups = _groups(partition, identifiers, overrides)
    doubtful = [it for it in judgements if not _is_settled(partition, overrides, it)]
    verdicts += [judgement.verdict for judgement in judgements if judgement.verdict.ledgers]
    by_list = _joined_by_lists(judgements, twins)
    return Clusters(groups, overrides, verdicts, dict(sorted(matched)), doubtful, by_list)


def asserted_groups(
    identifiers: Collection[Identifier],
    records: Collection[Record],
    overrides: Overrides = NONE,
    twins: Collection[Names] = (),
) -> list[list[Identifier]]:
    """Return the identifiers of each work by what registries, lists and authors say."""
    partition, _ = _asserted(identifiers, records, overrides, (), twins)
    return _groups(partition, identifiers, overrides)


def _asserted(
    identifiers: Iterable[Identifier],
    records: Collection[Record],
    overrides: Overrides,
    matched: Iterable[Edge],
    twins: Collection[Names],
) -> tuple[Partition, list[Judgement]]:
    partition = Partition(overrides.different)
    for identifier in identifiers:
        partition.root(identifier)
    for first, *others in overrides.same:
        for other in others:
            partition.join(first, other)
    denied = identity_claims.denied_assertions(records)
    assertions = []
    for record in records:
        key = record.provisional, record.identifier
        assertions += [(*key, other) for other in record.same_work]
    for _, one, other in sorted(assertions):  # registries before the snapshot
        if (one, other) not in denied:
            partition.join(one, other)
    _join_versions(partition, records)
    for one, other in sorted(set(chain.from_iterable(map(_other_works, records)))):
        partition.part(one, other)
    authors = {(it.identifier, *it.author_claims) for it in records if it.author_claims}
    judgements = identity_claims.join(partition, twins, authors | denied, records)
    for one, other in sorted(matched):
        partition.join(one, other)
    return partition, judgements


def _join_versions(partition: Partition, records: Iterable[Record]) -> None:
    """Join the DOIs that a registrant gives to the versions of one text."""
    versions: dict[Identifier, Identifier] = {}
    for record in records:
        if text := without_version(record.identifier):
            versions[record.identifier] = text
    texts = set(versions.values())
    if texts:
        texts &= {record.identifier for record in records}  # a first version may have none
    first = {text: text for text in texts}
    for name, text in sorted(versions.items()):
        partition.join(first.setdefault(text, name), name)


def _other_works(record: Record) -> Iterator[Edge]:
    """Yield what a record and its source say to be another work: a notice, a review, a part."""
    for other, _ in record.notices:
        yield record.identifier, other
    for notice in record.integrity:
        if notice.notice:
            yield record.identifier, Identifier.of(notice.notice)
    for other in record.other_works:
        yield record.identifier, other


def _joined_by_lists(judgements: Iterable[Judgement], twins: Iterable[Names]) -> set[Identifier]:
    """Return the identifiers that a list joins and no registry does."""
    pairs: set[Edge] = set()
    for main, *others in twins:
        pairs.update((main, other) for other in others)
    names: set[Identifier] = set()
    for one, other, verdict in judgements:
        if verdict.accepted and (one, other) in pairs:
            names.update((one, other))
    return names


def _is_settled(partition: Partition, overrides: Overrides, judgement: Judgement) -> bool:
    """Return True if a claim came true after all, or a maintainer denies it."""
    works = {partition.root(judgement.one), partition.root(judgement.other)}
    denied = (set(map(partition.root, names)) for names in overrides.different)
    return len(works) == 1 or any(works <= roots for roots in denied)


def _groups(
    partition: Partition, identifiers: Iterable[Identifier], overrides: Overrides
) -> list[list[Identifier]]:
    roots = {partition.root(identifier) for identifier in identifiers}
    groups = [group for root, group in partition.groups().items() if root in roots]
    return sorted(group for group in groups if overrides.exclude.isdisjoint(group))
