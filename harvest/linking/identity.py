"""Which identifiers are one work: what a maintainer says, what sources assert, and at last what looks alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Literal

import msgspec

from harvest.linking import likeness, uncollected
from harvest.linking.match import Verdict
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.partition import Partition
from harvest.models import Identified, Identifier, Mention, Record

Pair = tuple[Mention, Identified]
CODE = frozenset({"github", "gist"})


class Link(msgspec.Struct, frozen=True, order=True):
    """A work and a repository that stand in the same entry of a list."""

    work: Identifier
    repository: Identifier
    role: Literal["code", "original"]


class Listing(msgspec.Struct):
    """What the lists name: the identifiers of works with their mentions, repositories, and which belong together.

    Repositories are keyed by their identifier in lower case, since GitHub does not tell cases apart; the value is the
    name to show, as some list spells it.
    """

    works: dict[Identifier, list[Mention]] = {}
    repositories: dict[Identifier, Identifier] = {}
    links: set[Link] = set()


def listing(pairs: Iterable[Pair]) -> Listing:
    """Collect the works and repositories of all entries.

    The works of an entry are its paper links; an entry without one stands for the first page that it links to (an
    encyclopedia article, a blog post). Running prose has no entry and names no work.
    """
    listed = Listing()
    known = ((mention, identified.identifier) for mention, identified in pairs if mention.entry is not None)
    named = [(mention, identifier) for mention, identifier in known if identifier is not None]
    for _, entry in groupby(named, key=lambda pair: (pair[0].seed, pair[0].entry)):
        _add(listed, list(entry))
    return listed


def _add(listed: Listing, entry: list[tuple[Mention, Identifier]]) -> None:
    papers = [pair for pair in entry if pair[0].role == "paper" and pair[1].scheme not in CODE]
    if not papers:
        papers = [pair for pair in entry if pair[0].role == "other" and pair[1].scheme not in CODE][:1]
    for mention, identifier in papers:
        listed.works.setdefault(identifier, []).append(mention)
    for mention, identifier in entry:
        if identifier.scheme == "github" and mention.role in ("code", "original"):
            key = folded(identifier)
            listed.repositories[key] = min(listed.repositories.get(key, identifier), identifier)
            listed.links.update(Link(work, key, mention.role) for _, work in papers)


def folded(identifier: Identifier) -> Identifier:
    """Give the form in which two spellings of a repository are equal."""
    return Identifier(identifier.scheme, identifier.value.lower())


Edge = tuple[Identifier, Identifier]


class Linked(msgspec.Struct):
    """Which identifiers are one work, what a maintainer said, and the verdicts on those that merely look alike.

    `matched` are the listed identifiers that a search found another one for.
    """

    groups: list[list[Identifier]]
    overrides: Overrides = NONE
    verdicts: list[Verdict] = []
    matched: dict[Identifier, Identifier] = {}


@uncollected()
def link(
    listed: Collection[Identifier],
    records: Iterable[Record],
    overrides: Overrides = NONE,
    matched: Iterable[Edge] = (),
) -> Linked:
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
    asserted = ((record.provisional, record.identifier, other) for record in records for other in record.same_work)
    for _, one, other in sorted(asserted) if overrides.different else asserted:
        partition.join(one, other)
    for one, other in matched:
        partition.join(one, other)
    verdicts = likeness.joined(partition, records)
    named = {partition.root(identifier) for identifier in listed}
    groups = sorted(group for top, group in partition.groups().items() if top in named)
    kept = [group for group in groups if overrides.ignore.isdisjoint(group)]
    return Linked(kept, overrides, verdicts, dict(matched))


def groups(listed: Collection[Identifier], records: Iterable[Record]) -> list[list[Identifier]]:
    """Give the groups that `link` makes of identifiers and records alone."""
    return link(listed, records).groups
