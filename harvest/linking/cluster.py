"""Which identifiers are one work: by a maintainer, by the sources, and at last by their looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from harvest.linking import look_alikes, uncollected
from harvest.linking.ledger import Verdict
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.partition import Edge, Partition
from harvest.models import Identifier, Record


class Clusters(msgspec.Struct):
    """The identifiers of each work, and why.

    `overrides` are a maintainer's decisions, `verdicts` those on works that merely look alike, and
    `matched` the listed identifiers with those that a search found for them.
    """

    groups: list[list[Identifier]]
    overrides: Overrides = NONE
    verdicts: list[Verdict] = []
    matched: dict[Identifier, Identifier] = {}


@uncollected()
def cluster(
    identifiers: Collection[Identifier],
    records: Collection[Record],
    overrides: Overrides = NONE,
    matched: Collection[Edge] = (),
) -> Clusters:
    """Part identifiers into works, without those that are in no list.

    `identifiers` are those in lists. Assertions come first, likeness at last. It joins the forms of
    one work, but never two published ones. What is stronger is never undone by what is weaker, and
    the order of the input does not matter.
    """
    partition = _asserted(identifiers, records, overrides, matched)
    verdicts = look_alikes.join(partition, records)
    groups = _groups(partition, identifiers, overrides)
    return Clusters(groups, overrides, verdicts, dict(sorted(matched)))


def asserted_groups(
    identifiers: Collection[Identifier],
    records: Iterable[Record],
    overrides: Overrides = NONE,
    matched: Iterable[Edge] = (),
) -> list[list[Identifier]]:
    """Return the identifiers of each work by assertion alone, without likeness."""
    partition = _asserted(identifiers, records, overrides, matched)
    return _groups(partition, identifiers, overrides)


def _asserted(
    identifiers: Iterable[Identifier],
    records: Iterable[Record],
    overrides: Overrides,
    matched: Iterable[Edge],
) -> Partition:
    partition = Partition(overrides.different)
    for identifier in identifiers:
        partition.root(identifier)
    for first, *others in overrides.same:
        for other in others:
            partition.join(first, other)
    assertions = []
    for record in records:
        key = record.provisional, record.identifier
        assertions += [(*key, other) for other in record.same_work]
    for _, one, other in sorted(assertions):  # registries before the snapshot
        partition.join(one, other)
    for one, other in sorted(matched):
        partition.join(one, other)
    return partition


def _groups(
    partition: Partition, identifiers: Iterable[Identifier], overrides: Overrides
) -> list[list[Identifier]]:
    roots = {partition.root(identifier) for identifier in identifiers}
    groups = [group for root, group in partition.groups().items() if root in roots]
    return sorted(group for group in groups if overrides.exclude.isdisjoint(group))
