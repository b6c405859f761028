"""Identifiers parted into works."""

from __future__ import annotations

from collections.abc import Iterable

from harvest.models import Identifier


class Partition:
    """Identifiers parted into works: a union-find that never joins what was told to be different."""

    def __init__(self, different: Iterable[tuple[Identifier, ...]] = ()) -> None:
        self._parent: dict[Identifier, Identifier] = {}
        self._apart: dict[Identifier, set[Identifier]] = {}
        for names in different:
            for one in names:
                self._apart.setdefault(self.root(one), set()).update(
                    self.root(i) for i in names if i != one
                )

    def root(self, identifier: Identifier) -> Identifier:
        """Give the representative of the work that an identifier names."""
        parent = self._parent
        top = parent.setdefault(identifier, identifier)
        while (up := parent[top]) is not top:
            parent[top] = top = parent[up]
        return top

    def join(self, one: Identifier, other: Identifier) -> bool:
        """Make one work of two, unless they are different; tells whether they are one now."""
        kept, gone = sorted((self.root(one), self.root(other)))
        if kept == gone:
            return True
        if gone in self._apart.get(kept, ()):
            return False
        self._parent[gone] = kept
        for enemy in self._apart.pop(gone, ()):
            self._apart.setdefault(kept, set()).add(enemy)
            self._apart[enemy] = self._apart[enemy] - {gone} | {kept}
        return True

    def groups(self) -> dict[Identifier, list[Identifier]]:
        """Give the members of every work by its representative, sorted."""
        members: dict[Identifier, list[Identifier]] = {}
        for identifier in sorted(self._parent):
            members.setdefault(self.root(identifier), []).append(identifier)
        return members
