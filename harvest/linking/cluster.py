"""Which identifiers are one work: what a maintainer says, what sources assert, and at last what looks alike."""

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
    """Which identifiers are one work, what a maintainer said, and the verdicts on those that merely look alike.

    `matched` are the listed identifiers that a search found another one for.
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
    """Part identifiers into works, those that are in no list left out.

    The strongest word comes first: a maintainer's, then what sources assert (registries before the snapshot), then the
    matches of a search, and at last likeness, which joins the forms of one work but never two published ones. The
    order of the input plays no part; what is stronger is never undone by what is weaker.
    """
    records, matched = list(records), sorted(matched)
    partition = Partition(overrides.different)
    for identifier in listed:
        partition.root(identifier)
    for names in overrides.same:
        for other in names[1:]:
            partition.join(names[0], other)
    asserted = (
        (record.provisional, record.identifier, other)
        for record in records
        for other in record.same_work
    )
    for _, one, other in sorted(asserted) if overrides.different else asserted:
        partition.join(one, other)
    for one, other in matched:
        partition.join(one, other)
    verdicts = look_alikes.joined(partition, records)
    named = {partition.root(identifier) for identifier in listed}
    groups = sorted(group for top, group in partition.groups().items() if top in named)
    kept = [group for group in groups if overrides.ignore.isdisjoint(group)]
    return Clusters(kept, overrides, verdicts, dict(matched))
