"""CSV and TSV. A head gives the columns their meaning; without one, each id or URL counts."""

from __future__ import annotations

import csv

from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers import labels
from harvest.readers.base import Reader
from harvest.readers.fields import add_record, fields_of

_MARKUP = frozenset("[]()<>*#`")  # no name of a column has it, but prose may


class Csv(Reader):
    """Rows of cells."""

    suffixes = (".csv", ".tsv")

    def sniff(self, text: str) -> bool:
        """Return True if the text begins with a head and a row.

        A head has at least two short names, one of them with a meaning.
        """
        lines = [line for line in text[:10_000].split("\n") if line.strip()][:2]
        delimiter = _delimiter(lines[0] if lines else "")
        rows = [next(csv.reader([line], delimiter=delimiter)) for line in lines]
        if len(rows) < 2 or len(rows[0]) < 2 or len(rows[0]) != len(rows[1]):
            return False
        head = rows[0]
        if any(len(name.split()) > 3 or set(name) & _MARKUP for name in head):
            return False
        return any(map(labels.meaning, head))

    def read(self, text: str, name: str) -> Reading:
        """Read every row; a row that cannot be read is a finding and ends the reading."""
        reading = Reading()
        lines = [f"{line}\n" for line in text.split("\n")]
        rows = csv.reader(lines, delimiter=_delimiter(next(filter(str.strip, lines), "")))
        head: list[str] = []
        line = 1
        try:
            for written in rows:
                cells = [" ".join(cell.split()) for cell in written]
                if head or any(map(_is_id, cells)):
                    row = fields_of(_fields(head, cells), line)
                    add_record(reading, name, line, row, columns=True)
                elif any(cells):
                    head = cells
                line = rows.line_num + 1
        except csv.Error as error:
            message = f"cannot be read as CSV: {error}"
            reading.findings.append(Finding(name, line, "malformed-csv", message))
        return reading


def _fields(head: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells by the name of their column; its number is the name of one without."""
    names = [name or str(number) for number, name in enumerate(head, start=1)]
    names += [str(number) for number in range(len(head) + 1, len(cells) + 1)]
    return dict(zip(names, cells, strict=False))


def _delimiter(line: str) -> str:
    return max(",\t;|", key=line.count)


def _is_id(cell: str) -> bool:
    return bool(find(cell)) or identify(cell).kind == "identifier"
