"""RIS, with the line of each record."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from harvest.models import Finding, Reading
from harvest.readers.fields import add_record

SUFFIXES = (".ris",)
_BEGIN = re.compile(r"TY {1,2}- ?")
_END = re.compile(r"ER {1,2}-")


def sniff(text: str) -> bool:
    """Tell whether the text begins with a record."""
    return _BEGIN.match(text.lstrip()) is not None


def read(text: str, seed: str) -> Reading:
    """Read every record; one without an end is read and reported, lines between records are reported."""
    import rispy  # here: most commands read no RIS

    reading = Reading()
    lines = text.split("\n")
    begins = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
    _report(reading, seed, lines, 0, begins[0] if begins else len(lines))
    for begin, following in pairwise([*begins, len(lines)]):
        end = next(
            (number for number in range(begin, following) if _END.match(lines[number])), None
        )
        if end is None:
            reading.findings.append(
                Finding(seed, begin + 1, "malformed-ris", "the record has no end (ER)")
            )
        else:
            _report(reading, seed, lines, end + 1, following)
        for record in rispy.loads(
            "\n".join([*lines[begin : following if end is None else end], "ER  - "])
        ):
            add_record(reading, seed, begin + 1, _fields(record))
    return reading


def _report(reading: Reading, seed: str, lines: list[str], start: int, end: int) -> None:
    """Report what stands outside of records."""
    stray = next((number for number in range(start, end) if lines[number].strip()), None)
    if stray is not None:
        reading.findings.append(
            Finding(seed, stray + 1, "malformed-ris", "stands outside of a record (TY to ER)")
        )


def _fields(record: dict[str, Any]) -> dict[str, str]:
    names = record.get("authors") or record.get("first_authors") or []
    date = record.get("date") or record.get("year") or record.get("publication_year") or ""
    return {
        "title": record.get("title") or record.get("primary_title") or "",
        "authors": "; ".join(names),
        "date": date.strip("/"),
        "doi": record.get("doi", ""),
        "url": " ".join(record.get("urls", [])),
        **{
            name: str(record[name])
            for name in ("id", "number", "journal_name", "notes")
            if name in record
        },
    }
