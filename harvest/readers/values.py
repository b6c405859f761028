"""Values with their lines: what JSON, YAML and TOML have in common.

A document is a tree of `Value`. What is too deep is left out while the tree is built, so that who
walks it may recurse, and what never ends is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harvest.text import encodable

DEEPEST = 60  # values one within the other
ABSURD = 1000  # levels at which reading ends: parsers slow down with each
MOST_REPEATED = 100_000  # values that aliases of YAML stand for


class Value(msgspec.Struct):
    """A value and the line on which it begins: a text, a list, or the members of an object.

    Numbers are texts, as they are written. What says nothing (null, true, false) is an empty text.
    """

    line: int
    text: str = ""
    items: list[Value] | None = None
    members: list[tuple[str, Value]] | None = None

    @property
    def is_text(self) -> bool:
        """Return True for a plain value."""
        return self.items is None and self.members is None

    def get(self, name: str) -> Value | None:
        """Return the first member of a name."""
        return next((value for key, value in self.members or () if key == name), None)

    def children(self) -> Iterator[Value]:
        """Yield the values of a list or an object."""
        yield from self.items or ()
        for _, value in self.members or ():
            yield value

    def texts(self) -> Iterator[Value]:
        """Yield the plain values below this one that say something, or itself."""
        if self.is_text:
            if self.text.strip():
                yield self
            return
        for child in self.children():
            yield from child.texts()


class ValueBuilder:
    """Builds a tree from the begin and end of each list and object, and the texts between."""

    def __init__(self) -> None:
        self.root: Value | None = None
        self._open: list[Value] = []  # lists and objects, from the outermost in
        self._keys: list[Value | None] = []  # of each of them, the key whose value comes next
        self._starts: list[int] = []  # of each of them, how many values there were before
        self._sizes: dict[int, int] = {}  # by id, how many values a closed one holds
        self._count = 0
        self._repeated = 0
        self._passed = 0  # lists and objects that are open and too deep to be kept

    def begin(self, line: int, *, is_object: bool) -> Value:
        """Open a list or an object; one that is too deep stays empty.

        Raises ValueError where no person would have written it.
        """
        value = Value(line, members=[]) if is_object else Value(line, items=[])
        if self._passed or len(self._open) >= DEEPEST:
            self.add(Value(line))
            self._passed += 1
            if self._passed > ABSURD:
                raise ValueError(f"holds values more than {ABSURD} levels deep")
            return value
        self._starts.append(self._count)
        self.add(value)
        self._open.append(value)
        self._keys.append(None)
        return value

    def end(self) -> None:
        """Close the list or object that was opened last."""
        if self._passed:
            self._passed -= 1
            return
        self._keys.pop()
        self._sizes[id(self._open.pop())] = self._count - self._starts.pop()

    def add(self, value: Value, size: int = 1) -> None:
        """Add a value where the tree is open: as a key, if an object waits for one."""
        value.text = encodable(value.text)
        self._count += size
        if self._passed:
            return
        if not self._open:
            self.root = self.root or value
            return
        parent, key = self._open[-1], self._keys[-1]
        if parent.items is not None:
            parent.items.append(value)
        elif key is None:
            self._keys[-1] = value
        elif parent.members is not None:
            self._keys[-1] = None
            is_merge = key.text == "<<" and value.members is not None
            parent.members += (value.members or []) if is_merge else [(key.text, value)]

    def repeat(self, value: Value) -> None:
        """Add a value that stands elsewhere already.

        Raises ValueError if it is still open, or if too much is repeated.
        """
        if any(parent is value for parent in self._open):
            raise ValueError("an alias stands in what it repeats")
        size = self._sizes.get(id(value), 1)
        self._repeated += size
        if self._repeated > MOST_REPEATED:
            raise ValueError(f"aliases repeat more than {MOST_REPEATED} values")
        self.add(value, size)
