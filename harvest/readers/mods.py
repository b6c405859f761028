"""MODS, the XML in which libraries and the ACL Anthology keep records.

Elements: https://www.loc.gov/standards/mods/userguide/. What a work is part of has a title and
names of its own (`relatedItem`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record
from harvest.readers.xml_records import XmlRecords

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:\w+:)?mods(?:Collection)?[\s>]", re.DOTALL
)
# Elements by their path in a record, and what they hold. A host is what a work is part of.
_NAMES = {
    "titleInfo/nonSort": "article", "titleInfo/title": "title", "titleInfo/subTitle": "subtitle",
    "name/namePart": "part", "name/role/roleTerm": "role", "identifier": "id",
    "location/url": "url", "abstract": "abstract", "note": "note",
    "originInfo/dateIssued": "date", "part/date": "date",
    "host/originInfo/dateIssued": "host date", "host/part/date": "host date",
}  # fmt: skip
_GROUPS = frozenset({"titleInfo", "name"})  # elements whose parts belong together
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
        reading.findings += parser.parse(text, name)
        for line, fields in parser.records:
            add_record(reading, name, line, [*_joined(fields)])
        if not parser.records and not reading.findings:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record of MODS"))
        return reading


class _Parser(XmlRecords):
    """Collects the fields of each record."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] | None = None  # in the record that is open
        self.text: list[str] = []
        self.kind = ""  # of the element that is open
        self.line = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self.line = self.expat.CurrentLineNumber
        if self.path is not None:
            is_valid = attributes.get("invalid") != "yes"
            self.text, self.kind = [], attributes.get("type", "").lower() if is_valid else "invalid"
            self.path.append("host" if (tag, self.kind) == ("relatedItem", "host") else tag)
            if len(self.path) == 1 and tag in _GROUPS:
                self.records[-1][1].append(Field(tag, "", self.line, self.kind))
        elif tag == "mods":
            self.records.append((self.line, []))
            self.path = []

    def add(self, text: str) -> None:
        self.text.append(text)

    def end(self, tag: str) -> None:
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
    """Yield the fields of a record: the parts of its title as one, and so its authors."""
    titles = _groups(fields, "titleInfo")
    titles.sort(key=lambda group: group[0].label != "")  # a type: it is translated, abbreviated ...
    for group in titles:
        yield Field("title", _title(group), group[0].line, "title")
    people = _groups(fields, "name")
    if people:
        names = "; ".join(filter(None, map(_author, people)))
        yield Field("authors", names, people[0][0].line, "authors")
    for name in ("date", "host date", "id", "url", "abstract", "note"):
        yield from (field._replace(label=name) for field in fields if field.name == name)


def _groups(fields: list[Field], tag: str) -> list[list[Field]]:
    """Return the fields of each element of a tag, which begin with one for the element itself."""
    starts = [index for index, field in enumerate(fields) if field.name == tag]
    return [fields[start:end] for start, end in pairwise([*starts, len(fields)])]


def _title(fields: list[Field]) -> str:
    """Return a title behind its article, with its subtitle."""
    parts = {field.name: field.value for field in reversed(fields)}
    if "title" not in parts:
        return ""
    article = parts.get("article", "")
    space = " " if article[-1:].isalpha() else ""  # "L'" has none
    title = f"{article}{space}{parts['title']}"
    return ": ".join(filter(None, [title, parts.get("subtitle")]))


def _author(fields: list[Field]) -> str:
    """Return the name of an author, an empty text for others."""
    roles = {field.value.lower() for field in fields if field.name == "role"} or {""}
    parts = [field for field in fields if field.name == "part" and field.label != "date"]
    parts.sort(key=lambda field: field.label == "family")
    return " ".join(field.value for field in parts) if roles & _AUTHORS else ""
