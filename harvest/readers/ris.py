"""RIS, with the line of each record."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Any

from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record, fields_of

_HEAD = 1_000  # characters before the first record
_RECORD = re.compile(r"(?m)^TY {1,2}- {1,2}[A-Z]{3,6}\s*$")
_RECORD_END = re.compile(r"(?m)^ER {1,2}-\s*$")
_BEGIN = re.compile(r"TY {1,2}- ?")
_END = re.compile(r"ER {1,2}-")
_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)")
_MARKDOWN = re.compile(r"```|~~~|\]\(")  # a record below it may be quoted
# What exporters say between records: `2.`, `Record #3 of 18`, `Provider: John Wiley & Sons, Ltd.`,
# and the short name of a journal, which Ovid puts behind the end.
_REMARK = re.compile(
    r"\s*(?:\d+\.?|Record #\d+ of \d+"
    r"|(?:Provider|Database|Content|Date|Export date|Search strategy):.*|NL  - .*)\s*"
)
_YEAR = re.compile(r"\d{4}")
_FILES = {"L1": "file_attachments1", "L2": "file_attachments2"}


class Ris(Reader):
    """RIS, as reference managers export it."""

    suffixes = (".ris",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins with a record, or with what an exporter says of it."""
        for line in text[:_HEAD].split("\n"):
            if _BEGIN.match(line):
                return True
            if not _is_remark(line):
                return False
        return False

    def sniff(self, text: str) -> bool:
        """Return True if a whole record stands below prose."""
        start = _RECORD.search(text[:_HEAD])
        if start is None or _MARKDOWN.search(text, 0, start.start()):
            return False
        return _RECORD_END.search(text, start.end()) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record. One without an end is reported, as are lines between records."""
        import rispy  # here: most commands read no RIS

        reading = Reading()
        lines = text.split("\n")
        begins = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
        _report_stray(reading, name, lines, 0, begins[0] if begins else len(lines))
        for begin, following in pairwise([*begins, len(lines)]):
            ends = (number for number in range(begin, following) if _END.match(lines[number]))
            end = next(ends, following)
            if end == following:
                message = "the record has no end (ER)"
                reading.findings.append(Finding(name, begin + 1, "malformed-ris", message))
            _report_stray(reading, name, lines, end + 1, following)
            several = [*rispy.RisParser.DEFAULT_LIST_TAGS, *_FILES]
            content = [*_joined(lines[begin:end], several), "ER  - "]
            for record in rispy.loads("\n".join(content), list_tags=several):
                add_record(reading, name, begin + 1, fields_of(_fields(record), begin + 1))
        return reading


def _joined(lines: Iterable[str], several: Collection[str]) -> Iterator[str]:
    """Yield the tagged lines of a record, each with the lines that go on with it.

    Behind a tag that has `several` values, each line is a value of its own.
    """
    parts: list[str] = []
    for line in filter(str.strip, lines):
        tag = _TAG.match(line)
        if tag or (parts and parts[0][:2] in several):
            if parts:
                yield " ".join(parts)
            parts = [f"{tag[1]}  - {line[tag.end() :]}" if tag else f"{parts[0][:6]}{line.strip()}"]
        else:
            parts.append(line.strip())
    yield " ".join(parts)


def _report_stray(reading: Reading, name: str, lines: list[str], start: int, end: int) -> None:
    """Report the first line outside of records that says something."""
    for number in range(start, end):
        if not _is_remark(lines[number]):
            message = "stands outside of a record (TY to ER)"
            reading.findings.append(Finding(name, number + 1, "malformed-ris", message))
            return


def _is_remark(line: str) -> bool:
    """Return True for a blank line, and for what an exporter says, which names no work."""
    if line.strip() and not _REMARK.fullmatch(line):
        return False
    return not any(identify(raw).kind == "identifier" for _, _, raw in find(line))


def _fields(record: dict[str, Any]) -> dict[str, str]:
    names = record.get("authors") or record.get("first_authors") or []
    others = record.get("unknown_tag", {})
    old = [*others.get("CT", []), *others.get("BT", [])]  # titles of chapters and of books
    doi = record.get("doi") or record.get("type_of_work", "")  # M3, as EndNote has it
    if not doi.startswith(("10.", "http")):  # L3, as EBSCO has it
        doi = next((link for link in others.get("L3", []) if link.startswith("10.")), doi)
    urls = record.get("urls", [])
    files = [file for name in _FILES.values() for file in record.get(name, [])]
    is_named = bool(doi or urls)  # files may be those of a library
    urls = urls + [file for file in files if _leads_to_work(file, is_named=is_named)]
    fields = {
        "title": record.get("title") or record.get("primary_title") or (old[0] if old else ""),
        "authors": "; ".join(names),
        **_dates(record),
        "doi": doi,
        "url": " ".join(urls),
    }
    for name in ("id", "number", "journal_name", "notes", "abstract"):
        if name in record:
            fields[name] = str(record[name])
    return fields


def _leads_to_work(file: str, *, is_named: bool) -> bool:
    """Return True for a file that is the work itself: by its address, if others name the work."""
    return identify(file).kind == "identifier" if is_named else file.startswith("http")


def _dates(record: dict[str, Any]) -> dict[str, str]:
    """Return the date, which may be a year with month and day in a tag of their own (`SEP 22`)."""
    date = record.get("date", "").strip("/")
    if _YEAR.search(date):
        return {"date": date}
    year = record.get("year") or record.get("publication_year") or ""
    month, _, day = date.partition(" ")
    return {"date": year.strip("/"), "month": month, "day": day}
