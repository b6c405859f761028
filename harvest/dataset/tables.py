"""Tables as CSV (RFC 4180, UTF-8, line feeds) that no spreadsheet runs as a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

Cell = str | int | bool | None
Row = Mapping[str, Cell]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins so
_QUOTE = "'"
_RISKY = frozenset((*_FORMULA, _QUOTE))  # what the text of a formula begins with


def encode(columns: Sequence[str], rows: Iterable[Row], *, head: bool = True) -> bytes:
    """Encode rows, with a head of the column names unless `head` is False."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if head:
        writer.writerow(columns)
    for row in rows:
        writer.writerow(map(_escape, map(row.__getitem__, columns)))
    return out.getvalue().encode()


def decode(data: bytes) -> Iterator[dict[str, str]]:
    """Yield each row of a table as text, without the apostrophes that `encode` puts.

    Raises msgspec.ValidationError for a row with more or fewer cells than the head.
    """
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    columns = next(rows, [])
    for number, cells in enumerate(filter(None, rows), 1):
        if len(cells) != len(columns):
            message = f"row {number} has {len(cells)} cells of {len(columns)}: {cells[0][:80]!r}"
            raise msgspec.ValidationError(message)
        yield dict(zip(columns, map(_unescape, cells), strict=True))


def _escape(cell: Cell) -> Cell:
    """Put an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    if not isinstance(cell, str):
        return str(cell).lower() if isinstance(cell, bool) else cell
    if cell[:1] not in _RISKY and "\r" not in cell:
        return cell
    line = cell.replace("\r", " ")  # ends a row to most readers; Python quotes it from 3.13 on
    return f"{_QUOTE}{line}" if _is_formula(cell) else line


def _unescape(cell: str) -> str:
    return cell[1:] if cell.startswith(_QUOTE) and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Return True for a formula, with any apostrophes before it, so that one can be taken off."""
    return cell.lstrip(_QUOTE).startswith(_FORMULA)
