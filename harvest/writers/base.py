"""What every format of the dataset has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from harvest.dataset.publication import Publication
from harvest.new_files import Content


class Writer(ABC):
    """A format. `harvest export` takes its name; a published one is written by every refresh."""

    name: str
    published: bool = False
    dialects: tuple[str, ...] = ()  # the first is used unless another is chosen

    def __init__(self, dialect: str | None = None) -> None:
        self.dialect = dialect or next(iter(self.dialects), "")

    @abstractmethod
    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return the content of each file by its name, the main file first.

        The same publication gives the same bytes on every day.
        """

    def pieces(self, publication: Publication) -> Mapping[str, Content]:
        """Return the same, where a large file may come in pieces, which take no memory."""
        return self.write(publication)
