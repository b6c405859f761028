"""Identifiers parted into works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from harvest.models import Identifier

Edge = tuple[Identifier, Identifier]


class Partition:
    """Identifiers parted into works: a union-find that never joins what must stay different."""

    def __init__(self, different: Iterable[tuple[Identifier, ...]] = ()) -> None:
        self._parent: dict[Identifier, Identifier] = {}
        self._apart: defaultdict[Identifier, set[Identifier]] = defaultdict(set)
        for names in different:
            for one, other in combinations(set(names), 2):
                self.part(one, other)

    def root(self, identifier: Identifier) -> Identifier:
        """Return the representative of a work; an unknown identifier becomes a work of its own."""
        parent = self._parent
        root = parent.setdefault(identifier, identifier)
        while (above := parent[root]) is not root:
            parent[root] = root = parent[above]
        return root

    def part(self, one: Identifier, other: Identifier) -> None:
        """Keep two works apart from now on, unless they are one already."""
        first, second = self.root(one), self.root(other)
        if first != second:
            self._apart[first].add(second)
            self._apart[second].add(first)

    def join(self, one: Identifier, other: Identifier) -> bool:
        """Make one work of two, unless they are different. Returns True if they are one now."""
        first, second = sorted((self.root(one), self.root(other)))
        if first == second:
            return True
        if second in self._apart.get(first, ()):
            return False
        self._parent[second] = first
        for stranger in self._apart.pop(second, ()):
            self._apart[first].add(stranger)
            self._apart[stranger].discard(second)
            self._apart[stranger].add(first)
        return True

    def roots(self) -> Iterator[Edge]:
        """Yield every identifier with the representative of its work."""
        return ((identifier, self.root(identifier)) for identifier in self._parent)

    def groups(self) -> dict[Identifier, list[Identifier]]:
        """Return the members of every work by its representative, sorted."""
        members = defaultdict(list)
        for identifier in sorted(self._parent):
            members[self.root(identifier)].append(identifier)
        return members
