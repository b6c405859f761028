"""Records of XML by expat, which tells lines. No entity of a document is ever replaced."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from xml.parsers import expat

from harvest.models import Finding
from harvest.readers.fields import Field


class XmlRecords(ABC):
    """Collects the fields of each record; what an element begins and ends is of the format."""

    def __init__(self) -> None:
        # The text was decoded already, whatever encoding it declares.
        self.expat = expat.ParserCreate("utf-8")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.add
        self.expat.EntityDeclHandler = self.refuse
        self.records: list[tuple[int, list[Field]]] = []

    def parse(self, text: str, name: str) -> Iterator[Finding]:
        """Parse a text, and yield a finding on its error; the records before it are kept."""
        try:
            self.expat.Parse(text.encode(), True)  # noqa: FBT003 - its one form
        except (expat.ExpatError, ValueError) as error:
            message = f"cannot be read as XML: {error}"
            yield Finding(name, self.expat.ErrorLineNumber, "malformed-xml", message)

    def refuse(self, *_: object) -> None:
        """Raise ValueError: an entity can stand for more text than there is memory."""
        raise ValueError("declares an entity")

    @abstractmethod
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    @abstractmethod
    def add(self, text: str) -> None:
        """Add a piece of text, of the element that is open."""

    @abstractmethod
    def end(self, tag: str) -> None:
        """End an element."""
