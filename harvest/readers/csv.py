"""CSV and TSV. A head gives the columns their meaning; where it does not, their cells do."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers import bylines, columns, labels
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import (
    add_record,
    field_meaning,
    fields_of,
    is_container,
    is_passed,
    is_prose,
)
from harvest.readers.people import shape
from harvest.readers.tags import WEB_OF_SCIENCE

_SEPARATOR = re.compile(r"sep=([,;|\t])\s*")  # what Excel writes on the first line
_MARKUP = frozenset("[]<>*`:")  # no name of a column has it, but prose may
_WIDE = 4  # columns that prose does not have by chance, twice the same number
_TAGS = {**WEB_OF_SCIENCE, "CR": "cited references"}
_FEWEST = 3  # rows that can tell what their columns hold
_TITLE_AND_NAMES = re.compile(r"(.+\S)(?:\s+[-\u2013\u2014]\s*|[-\u2013\u2014]\s+)(\S.*)")
_MORE_NAMES = re.compile(r"[,\s]*(?:\.{3}|\u2026)$")

Row = tuple[int, list[str]]  # its line and its cells
Parts = dict[str, tuple[str, str]]  # a title and names, by the cell that holds both


class Csv(Reader):
    """Rows of cells."""

    suffixes = (".csv", ".tsv")

    def sniff(self, text: str) -> bool:
        """Return True if the text begins with a head and rows.

        A head has at least two short names, one of them with a meaning. Names may be of any
        language where rows below have identifiers.
        """
        rows = _first_rows(text)
        below = [row for _, row in _without_preamble(list(enumerate(rows)))]
        if len(below) < len(rows):
            return _have_wide_head(below)
        if len(rows) < 2 or len(rows[0]) < 2 or len(rows[0]) != len(rows[1]):
            return False
        head, is_wide = _names(rows[0]), len(rows[0]) >= _WIDE
        if any(len(name.split()) > (6 if is_wide else 3) or set(name) & _MARKUP for name in head):
            return False
        if any(map(labels.meaning, head)):
            return is_wide or not any("(" in name for name in head)
        same = all(len(row) == len(head) for row in rows)
        return len(rows) > 2 and same and any(map(_is_id, rows[1]))

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every row; a row that cannot be read is a finding and ends the reading."""
        reading = Reading()
        rows: list[Row] = []
        try:
            for row in _rows(text):
                rows.append(row)  # noqa: PERF402 - what stands before an error counts
        except csv.Error as error:
            line = rows[-1][0] + 1 if rows else 1
            message = f"cannot be read as CSV: {error}"
            reading.findings.append(Finding(name, line, "malformed-csv", message))
        rows = _without_preamble(rows)
        head = next((cells for _, cells in rows if any(cells)), [])
        if any(map(_is_id, head)):
            head = []
        elif head:
            rows = rows[[cells for _, cells in rows].index(head) + 1 :]
        names = _names(head)
        meanings = _meanings(names, rows)
        joint = _column_of_both(names, meanings, rows)
        for line, cells in rows:
            content = _fields(names, cells)
            if joint:
                content = _split(content, *joint)
            fields = fields_of(content, line)
            add_record(reading, name, line, fields, columns=True, others=meanings)
        return reading


def _have_wide_head(rows: list[list[str]]) -> bool:
    """Return True for a head and rows below it that are all too wide for prose."""
    widths = set(map(len, rows))
    return len(rows) > 1 and len(widths) == 1 and min(widths) >= _WIDE


def _rows(text: str) -> Iterator[Row]:
    """Yield rows with the line on which each begins. Raises csv.Error."""
    lines = [f"{line}\n" for line in text.split("\n")]
    first = _SEPARATOR.fullmatch(lines[0])
    line = 2 if first else 1
    delimiter = first[1] if first else _delimiter(next(filter(str.strip, lines), ""))
    reader = csv.reader(lines[line - 1 :], delimiter=delimiter)
    above = line - 1
    for row in reader:
        yield line, [" ".join(cell.split()) for cell in row]
        line = above + reader.line_num + 1


def _without_preamble(rows: list[Row]) -> list[Row]:
    """Return rows without the short ones above a head: what an export says of itself."""
    widths = Counter(len(cells) for _, cells in rows).most_common(1)
    fewest = widths[0][0] / 3 if widths else 0
    sizes = [sum(map(bool, cells)) for _, cells in rows]
    first = next((number for number, size in enumerate(sizes) if size > max(1, fewest)), 0)
    has_head = bool(rows) and any(map(labels.meaning, rows[first][1]))
    return rows[first:] if has_head else rows


def _first_rows(text: str) -> list[list[str]]:
    """Return the first rows that hold something; none if they cannot be read."""
    sample = text[:50_000] if len(text) <= 50_000 else text[:50_000].rpartition("\n")[0]
    try:
        return list(islice((cells for _, cells in _rows(sample) if any(cells)), 6))
    except csv.Error:
        return []


def _names(head: list[str]) -> list[str]:
    """Return the names of columns; those of the Web of Science are tags."""
    if {"AU", "TI", "PY"} <= set(head):
        return [_TAGS.get(name, name) for name in head]
    return head


def _meanings(head: list[str], rows: Sequence[Row]) -> dict[str, labels.Meaning]:
    """Return what columns hold that have no name which says it."""
    if len(rows) < _FEWEST:
        return {}
    cells = [row for _, row in rows]
    others = {meaning for meaning in map(field_meaning, head) if meaning}
    result: dict[str, labels.Meaning] = {}
    for number, meaning in columns.meanings(cells, others).items():
        name = head[number] if number < len(head) and head[number] else str(number + 1)
        is_other = (
            is_prose(name)
            or is_passed(name)
            or is_container(name)
            or field_meaning(name) not in {None, "paper"}
        )
        if not is_other:
            result[name] = meaning
    return result


def _column_of_both(
    head: list[str], meanings: dict[str, labels.Meaning], rows: Sequence[Row]
) -> tuple[str, Parts] | None:
    """Return the column of `A title - Jane Doe, Rob Roe` and its parts, where no other has authors.

    A quarter of its cells tells: some lists give authors for a part of their works.
    """
    by_name = {name: field_meaning(name) for name in head} | meanings
    names = [name for name, meaning in by_name.items() if meaning in {"title", "authors"}]
    if len(names) != 1 or names[0] not in head or len(rows) < _FEWEST:
        return None
    number = head.index(names[0])
    cells = [row[number] for _, row in rows if number < len(row) and row[number]]
    parts = _titles_and_names(cells)
    if 4 * sum(cell in parts for cell in cells) < len(cells):
        return None
    meanings[names[0]] = "title"
    return names[0], parts


def _titles_and_names(cells: Iterable[str]) -> Parts:
    """Return the parts of cells, without lone words that only look like a name: `Arctic Ocean`."""
    both = {cell: _title_and_names(cell) for cell in cells}
    parts = {cell: pair for cell, pair in both.items() if pair}
    lone = {cell: names for cell, (_, names) in parts.items() if shape(names) == "person"}
    if bylines.are_people([*lone.values()]):
        return parts
    return {
        cell: pair for cell, pair in parts.items() if cell not in lone or columns.are_names(pair[1])
    }


def _title_and_names(cell: str) -> tuple[str, str] | None:
    """Return the title and the names at the end of a cell."""
    match = _TITLE_AND_NAMES.fullmatch(cell)
    names = _MORE_NAMES.sub("", match[2]) if match else ""
    is_title = match is not None and len(match[1].split()) > 1
    if match and is_title and (columns.are_names(names) or shape(names) == "person"):
        return match[1], names
    return None


def _split(content: Mapping[str, str], name: str, parts: Parts) -> Mapping[str, str]:
    """Return fields with the names in a column of titles as authors."""
    pair = parts.get(content.get(name, ""))
    return {**content, name: pair[0], "authors": pair[1]} if pair else content


def _fields(head: list[str], cells: list[str]) -> Mapping[str, str]:
    """Return the cells by the name of their column; its number is the name of one without."""
    names = [name or str(number) for number, name in enumerate(head, start=1)]
    names += [str(number) for number in range(len(head) + 1, len(cells) + 1)]
    fields: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        fields[name] = fields.get(name) or cell  # of two columns of one name, the first that says
    return fields


def _delimiter(line: str) -> str:
    return max(",\t;|", key=line.count)


def _is_id(cell: str) -> bool:
    return bool(find(cell)) or identify(cell).kind == "identifier"
