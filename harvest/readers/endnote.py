"""The XML of EndNote, with the line of each value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record
from harvest.readers.xml_records import XmlRecords

# Elements of a record and what they hold; `titles` has a title, and those of the journal beside it.
_NAMES = {
    "titles/title": "title", "authors/author": "authors", "dates/year": "year",
    "electronic-resource-num": "doi", "related-urls/url": "url", "web-urls/url": "url",
    "pdf-urls/url": "file", "text-urls/url": "url", "urls/url": "url", "notes": "notes",
    "abstract": "abstract", "custom2": "pmc id", "accession-num": "accession",
}  # fmt: skip


class EndNote(Reader):
    """XML as EndNote, Zotero and Mendeley export it."""

    suffixes = (".xml",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins like an export."""
        start = r"\s*(?:<\?xml[^>]*>\s*)?<xml>\s*<records"
        return re.match(start, text[:2000]) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record. What stands before an error of the XML is read all the same."""
        reading = Reading()
        parser = _Parser()
        reading.findings += parser.parse(text, name)
        for line, fields in parser.records:
            add_record(reading, name, line, list(_joined(fields)))
        if not parser.records and not reading.findings:
            message = "holds no records of EndNote"
            reading.findings.append(Finding(name, 0, "unknown-format", message))
        return reading


class _Parser(XmlRecords):
    """Collects the fields of each record."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.field: list[str] | None = None  # the texts of the field that is open
        self.begin = (0, 0, "")  # its depth, line and name

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.path.append(tag)
        line = self.expat.CurrentLineNumber
        if self.path[-2:] == ["records", "record"]:
            self.records.append((line, []))
        elif self.records and self.field is None:
            name = _NAMES.get("/".join(self.path[-2:])) or _NAMES.get(tag)
            if name:
                self.field, self.begin = [], (len(self.path), line, name)

    def add(self, text: str) -> None:
        if self.field is not None:
            self.field.append(text)

    def end(self, _tag: str) -> None:
        depth, line, name = self.begin
        if self.field is not None and depth == len(self.path):
            text = " ".join("".join(self.field).split())
            self.records[-1][1].append(Field(name, text, line, name))
            self.field = None
        self.path.pop()


def _joined(fields: list[Field]) -> Iterator[Field]:
    """Yield the fields of a record, its authors as one."""
    authors = [field for field in fields if field.name == "authors"]
    if authors:
        yield authors[0]._replace(value="; ".join(field.value for field in authors))
    yield from (field for field in fields if field.name != "authors")
