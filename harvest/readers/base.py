"""The contract of a reader: a class in one module of this package, found by discovery."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from harvest.models import Reading
from harvest.readers.templates import Template


class Reader(ABC):
    """One format of lists. Instances hold no state.

    `suffixes` are the endings of its file names, in lower case.
    """

    suffixes: tuple[str, ...]

    def is_certain(self, text: str) -> bool:
        """Return True if a text is of this format whatever its name says: it has its signature."""
        return False

    def sniff(self, text: str) -> bool:
        """Return True if a text whose name does not say its format looks like this one."""
        return False

    def read_with(self, text: str, name: str, _templates: Sequence[Template]) -> Reading:
        """Read the text of a file with the layouts that were set for its items, if it has any."""
        return self.read(text, name)

    @abstractmethod
    def read(self, text: str, name: str) -> Reading:
        """Read the text of a file. Never raises: what cannot be read is a finding with its line."""


class HasItems(ABC):
    """A reader of lists with items, whose layouts a maintainer may set."""

    def read(self, text: str, name: str) -> Reading:
        """Read a text; the layouts of all items are learned from it."""
        return self.read_with(text, name, ())

    @abstractmethod
    def read_with(self, text: str, name: str, templates: Sequence[Template]) -> Reading:
        """Read a text with the layouts that were set for its items; the others are learned."""
