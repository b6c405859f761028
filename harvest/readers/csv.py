"""CSV and TSV: a head gives the columns their meaning; without one, every cell that is an id or a URL counts."""

from __future__ import annotations

import csv

from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers import labels
from harvest.readers.fields import add_record

SUFFIXES = (".csv", ".tsv")
_MARKUP = frozenset("[]()<>*#`")  # no name of a column has it, but prose may


def sniff(text: str) -> bool:
    """Tell whether the text begins with a head of at least two short names, one with a meaning, and a row below it."""
    lines = [line for line in text[:10_000].split("\n") if line.strip()][:2]
    delimiter = _delimiter(lines[0] if lines else "")
    head, *below = [next(csv.reader([line], delimiter=delimiter)) for line in lines] or [[]]
    named = all(len(name.split()) <= 3 and not set(name) & _MARKUP for name in head)
    return (
        len(head) > 1
        and named
        and any(map(labels.meaning, head))
        and [len(row) for row in below] == [len(head)]
    )


def read(text: str, seed: str) -> Reading:
    """Read every row; a row that cannot be read is a finding and ends the reading."""
    reading = Reading()
    lines = [f"{line}\n" for line in text.split("\n")]
    rows = csv.reader(lines, delimiter=_delimiter(next(filter(str.strip, lines), "")))
    head: list[str] = []
    line = 1
    try:
        for row in rows:
            cells = [" ".join(cell.split()) for cell in row]
            if head or any(map(_is_id, cells)):
                names = [name or str(number) for number, name in enumerate(head, start=1)]
                names += [str(number) for number in range(len(head) + 1, len(cells) + 1)]
                add_record(reading, seed, line, dict(zip(names, cells, strict=False)), columns=True)
            elif any(cells):
                head = cells
            line = rows.line_num + 1
    except csv.Error as error:
        reading.findings.append(
            Finding(seed, line, "malformed-csv", f"cannot be read as CSV: {error}")
        )
    return reading


def _delimiter(line: str) -> str:
    return max(",\t;|", key=line.count)


def _is_id(cell: str) -> bool:
    return bool(find(cell)) or identify(cell).kind == "identifier"
