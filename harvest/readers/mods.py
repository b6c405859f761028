"""MODS, the XML in which libraries and the ACL Anthology keep records.

Elements: https://www.loc.gov/standards/mods/userguide/. What a work is part of has a title and
names of its own (`relatedItem`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.parsers import expat

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:\w+:)?mods(?:Collection)?[\s>]", re.DOTALL
)
# Elements by their path in a record, and what they hold.
_NAMES = {
    "titleInfo/title": "title", "titleInfo/subTitle": "subtitle", "name/namePart": "name",
    "name/role/roleTerm": "role", "originInfo/dateIssued": "date", "part/date": "date",
    "identifier": "id", "location/url": "url", "abstract": "abstract", "note": "note",
    "relatedItem/originInfo/dateIssued": "date", "relatedItem/part/date": "date",
}  # fmt: skip
_IDENTIFIERS = frozenset({"doi", "uri", "arxiv", "pmid", "hdl"})
_AUTHORS = frozenset({"author", "aut", "creator", "cre", ""})


class Mods(Reader):
    """MODS, one record or a collection of them."""

    suffixes = (".mods",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins like MODS."""
        return _START.match(text[:2000]) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record. What stands before an error of the XML is read all the same."""
        reading = Reading()
        parser = _Parser()
        try:
            parser.expat.Parse(text.encode(), True)  # noqa: FBT003 - its one form
        except (expat.ExpatError, ValueError) as error:
            message = f"cannot be read as XML: {error}"
            finding = Finding(name, parser.expat.ErrorLineNumber, "malformed-xml", message)
            reading.findings.append(finding)
        for line, fields in parser.records:
            add_record(reading, name, line, [*_joined(fields)])
        if not parser.records and not reading.findings:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record of MODS"))
        return reading


class _Parser:
    """Collects the fields of each record. No entity of a document is ever replaced."""

    def __init__(self) -> None:
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.add
        self.expat.EntityDeclHandler = self.refuse
        self.records: list[tuple[int, list[Field]]] = []
        self.path: list[str] | None = None  # in the record that is open
        self.text: list[str] = []
        self.kind = ""  # of the element that is open
        self.line = 0

    def refuse(self, *_: object) -> None:
        """Raise ValueError: an entity can stand for more text than there is memory."""
        raise ValueError("declares an entity")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self.line = self.expat.CurrentLineNumber
        if self.path is not None:
            self.path.append(tag)
            self.text, self.kind = [], attributes.get("type", "").lower()
            if self.path == ["name"]:
                self.records[-1][1].append(Field("person", "", self.line, ""))
        elif tag == "mods":
            self.records.append((self.line, []))
            self.path = []

    def add(self, text: str) -> None:
        self.text.append(text)

    def end(self, _tag: str) -> None:
        if self.path is None:
            return
        name = _NAMES.get("/".join(self.path))
        text = " ".join("".join(self.text).split())
        if name and text and (name != "id" or self.kind in _IDENTIFIERS):
            value = f"{self.kind}:{text}" if name == "id" and self.kind != "uri" else text
            self.records[-1][1].append(Field(name, value, self.line, self.kind))
        self.text = []
        if self.path:
            self.path.pop()
        else:
            self.path = None


def _joined(fields: list[Field]) -> Iterator[Field]:
    """Yield the fields of a record: title and subtitle as one, and so its authors."""
    titles = [field for field in fields if field.name == "title"][:1]
    titles += [field for field in fields if field.name == "subtitle"][:1] if titles else []
    if titles:
        yield titles[0]._replace(value=": ".join(field.value for field in titles), label="title")
    people = [person for person in _people(fields) if person]
    if people:
        line = next(field.line for field in fields if field.name == "person")
        yield Field("authors", "; ".join(people), line, "authors")
    for field in fields:
        if field.name in {"date", "id", "url", "abstract", "note"}:
            yield field._replace(label=field.name)


def _people(fields: list[Field]) -> Iterator[str]:
    """Yield the names of the authors of a record, an empty text for others."""
    starts = [index for index, field in enumerate(fields) if field.name == "person"]
    for start, end in pairwise([*starts, len(fields)]):
        person = fields[start:end]
        roles = {field.value.lower() for field in person if field.name == "role"} or {""}
        parts = [field for field in person if field.name == "name" and field.label != "date"]
        parts.sort(key=lambda field: field.label == "family")
        yield " ".join(field.value for field in parts) if roles & _AUTHORS else ""
