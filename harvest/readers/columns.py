"""What the columns of a table hold, by their cells: for a head in another language, or without one.

A column is decided by all its cells together, so that an odd one does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from harvest import dates
from harvest.identifiers import find, identify
from harvest.readers.labels import Meaning
from harvest.readers.looks import is_fact

_SAMPLE = 300  # rows
_LONGEST_DATE = 30  # characters
_LONGEST_TITLE = 250  # characters, as the mean of a column: more is an abstract
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SEPARATOR = re.compile(
    r"\s*(?:[,;&\u3001\uff0c\uff1b]|\band\b|\bund\b|\bet\b(?!\.? al)|\by\b|\be\b)\s*"
)
_OTHERS = re.compile(r"(?i)[,;\s]*\b(?:et\.? ?al\b\.?|and others|等)\s*$")
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.'\u2019-]*\.?|d[aeiu]|de[lrn]|v[ao]n|el|la|le|al)(?: |$)")
_MARKUP = re.compile(r"\[{1,2}([^\[\]]*)\]{1,2}\([^()]*\)|[*_`]{1,3}")


def meanings(rows: Iterable[Sequence[str]], others: Iterable[Meaning] = ()) -> dict[int, Meaning]:
    """Return what columns hold, by their number: title, authors and date, each at most once.

    The `others` are what columns hold by their names.
    """
    columns: list[list[str]] = []
    for row in islice(rows, _SAMPLE):
        columns += [[] for _ in range(len(row) - len(columns))]
        for column, cell in zip(columns, row, strict=False):
            if cell.strip():
                column.append(_MARKUP.sub(r"\1", cell).strip())
    result: dict[int, Meaning] = {}
    for number, cells in enumerate(columns):
        meaning = _meaning(cells)
        if meaning and meaning not in result.values() and meaning not in others:
            result[number] = meaning
    return result


def _meaning(cells: Sequence[str]) -> Meaning | None:
    """Return what the cells of one column are, None for links, numbers, venues and prose."""
    if not cells or _share(map(_is_link, cells)) > 0.3:
        return None
    if _share(map(_is_date, cells)) > 0.8:
        return "date"
    if _share(map(are_names, cells)) > 0.6:
        return "authors"
    different = len(set(cells)) / len(cells)
    length = sum(map(len, cells)) / len(cells)
    if different > 0.9 and length < _LONGEST_TITLE and _share(map(_is_title, cells)) > 0.6:
        return "title"
    return None


def _share(values: Iterable[bool]) -> float:
    flags = list(values)
    return sum(flags) / len(flags)


def _is_link(cell: str) -> bool:
    return bool(find(cell)) or identify(cell).kind == "identifier"


def _is_date(cell: str) -> bool:
    return len(cell) <= _LONGEST_DATE and dates.parse_date(cell) is not None


def are_names(cell: str) -> bool:
    """Return True for several names, or for one with initials or `et al.`."""
    names = _OTHERS.sub("", cell)
    parts = [part for part in _SEPARATOR.split(names) if part]
    if not parts or any(len(part.split()) > 5 or len(part) > 40 for part in parts):
        return False
    if names == cell and len(parts) < 2 and not re.search(r"\b\w\.", cell):
        return False
    return all(_is_name(part) for part in parts)


def _is_name(text: str) -> bool:
    if _HAN.match(text):
        return len(text.replace(" ", "")) <= 5
    return _NAME.sub("", text).strip() == ""


def _is_title(cell: str) -> bool:
    """Return True for three words or more, or six characters of a script without blanks.

    The name of a journal or a conference is none.
    """
    return (len(cell.split()) > 2 and not is_fact(cell)) or len(_HAN.findall(cell)) > 5
