"""Which identifiers are one work: by a maintainer, by the sources, and at last by their looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from harvest.linking import look_alikes, uncollected
from harvest.linking.ledger import Verdict
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.partition import Partition
from harvest.models import Identifier, Record

Edge = tuple[Identifier, Identifier]


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
    listed: Collection[Identifier],
    records: Iterable[Record],
    overrides: Overrides = NONE,
    matched: Iterable[Edge] = (),
) -> Clusters:
    """Part identifiers into works, without those that are in no list.

    The strongest word comes first: a maintainer's, then what sources assert (registries before the
    snapshot), then the matches of a search, and at last likeness. It joins the forms of one work,
    but never two published ones. What is stronger is never undone by what is weaker, and the order
    of the input does not matter.
    """
    records, matched = list(records), sorted(matched)
    partition = Partition(overrides.different)
    for identifier in listed:
        partition.root(identifier)
    for first, *others in overrides.same:
        for other in others:
            partition.join(first, other)
    for one, other in (*_assertions(records), *matched):
        partition.join(one, other)
    pairs, verdicts = look_alikes.find(partition, records)
    for one, other in pairs:
        partition.join(one, other)
    roots = {partition.root(identifier) for identifier in listed}
    groups = [group for root, group in partition.groups().items() if root in roots]
    groups = sorted(group for group in groups if overrides.exclude.isdisjoint(group))
    return Clusters(groups, overrides, verdicts, dict(matched))


def _assertions(records: Iterable[Record]) -> Iterable[Edge]:
    """Return what sources assert to be one work, registries before the snapshot."""
    assertions = []
    for record in records:
        key = record.provisional, record.identifier
        assertions += [(*key, other) for other in record.same_work]
    return ((one, other) for _, one, other in sorted(assertions))
