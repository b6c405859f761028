"""CSV and TSV: a head gives the columns their meaning; without one, every cell that is an id or a URL counts."""

from __future__ import annotations

import csv

from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers import entries
from harvest.readers.fields import add_record

SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",\t;|"


def sniff(text: str) -> bool:
    """Tell whether the first line is a head of at least two columns of which one has a meaning."""
    names = _split(_first(text))
    return len(names) > 1 and any(_is_plain_name(name) and entries.meaning(name) for name in names)


def read(text: str, seed: str) -> Reading:
    """Read every row; a row that cannot be read is a finding and ends the reading."""
    reading = Reading()
    rows = csv.reader(text.split("\n"), delimiter=_delimiter(_first(text)))
    head: list[str] = []
    line = 1
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not head and any(cells):
                head = cells if not any(_is_id(cell) for cell in cells) else [str(i) for i in range(1, len(cells) + 1)]
                if head is cells:
                    line = rows.line_num + 1
                    continue
            if any(cells):
                fields = {name or str(i): cell for i, (name, cell) in enumerate(zip(head, cells, strict=False), 1)}
                add_record(reading, seed, line, fields, columns=True)
            line = rows.line_num + 1
    except csv.Error as error:
        reading.findings.append(Finding(seed, line, "malformed-csv", f"cannot be read as CSV: {error}"))
    return reading


def _first(text: str) -> str:
    return text.lstrip("\n").split("\n", 1)[0][:10_000]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _split(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _is_plain_name(name: str) -> bool:
    return len(name.split()) <= 3 and not set(name) & set("[]()<>*#`")


def _is_id(cell: str) -> bool:
    return bool(find(cell)) or cell.startswith("10.") or (identify(cell).kind == "identifier" and not cell.isdigit())
