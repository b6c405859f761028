"""Which identifiers are one work: those that sources assert to be, never those that merely look alike."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

import msgspec

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
    entries = [pair for pair in pairs if pair[0].entry is not None and pair[1].identifier is not None]
    for _, entry in groupby(entries, key=lambda pair: (pair[0].seed, pair[0].entry)):
        _add(listed, list(entry))
    return listed


def _add(listed: Listing, entry: list[Pair]) -> None:
    papers = [pair for pair in entry if pair[0].role == "paper" and _scheme(pair) not in CODE]
    if not papers:
        papers = [pair for pair in entry if pair[0].role == "other" and _scheme(pair) not in CODE][:1]
    for mention, identified in papers:
        if identified.identifier:
            listed.works.setdefault(identified.identifier, []).append(mention)
    for mention, identified in entry:
        if identified.identifier and identified.identifier.scheme == "github" and mention.role in ("code", "original"):
            key = folded(identified.identifier)
            listed.repositories[key] = min(listed.repositories.get(key, identified.identifier), identified.identifier)
            listed.links.update(Link(i.identifier, key, mention.role) for _, i in papers if i.identifier)


def _scheme(pair: Pair) -> str:
    return pair[1].identifier.scheme if pair[1].identifier else ""


def folded(identifier: Identifier) -> Identifier:
    """Give the form in which two spellings of a repository are equal."""
    return Identifier(identifier.scheme, identifier.value.lower())


def groups(listed: Iterable[Identifier], records: Iterable[Record]) -> list[list[Identifier]]:
    """Partition identifiers into works: two are one work when a chain of asserted identities joins them.

    Only groups with a listed identifier are given; each is sorted, and so are the groups. The order of the input
    plays no part.
    """
    parent: dict[Identifier, Identifier] = {}

    def root(identifier: Identifier) -> Identifier:
        parent.setdefault(identifier, identifier)
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier

    roots = [root(identifier) for identifier in listed]
    for record in records:
        for other in record.same_work:
            parent[root(record.identifier)] = root(other)
    named = {root(identifier) for identifier in roots}
    members: dict[Identifier, list[Identifier]] = {}
    for identifier in sorted(parent):
        top = root(identifier)
        if top in named:
            members.setdefault(top, []).append(identifier)
    return sorted(members.values())
