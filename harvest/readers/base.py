"""The contract of a reader: a class in one module of this package, found by discovery."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from harvest.models import Reading
from harvest.readers.templates import Template

Presets = Sequence[Template]  # the layouts that a maintainer set; all others are learned


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

    @abstractmethod
    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read the text of a file, with the layouts that were set for its items if it has any.

        Never raises: what cannot be read is a finding with its line.
        """
