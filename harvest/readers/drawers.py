"""Headings of org whose drawer says what they are: a work each, with its properties as fields.

https://orgmode.org/manual/Property-Syntax.html; org-bibtex, org-ref and org-roam write them so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from harvest.models import Reading
from harvest.readers.fields import Field, add_record, describe_work, field_meaning
from harvest.readers.translation import Inline, Outline

_PROPERTY = re.compile(r"\s*:([^\s:]+?)\+?:\s+(\S.*?)\s*$")
_PLANNING = re.compile(r"\s*(?:CLOSED|SCHEDULED|DEADLINE):")
_OWN = re.compile(r"(?i)(?:custom_)?id|category|attach_dir|export_.*|roam_aliases|created|effort")
_MAX_WORDS = 3  # beside the links of a line that says nothing else

Heading = Callable[[str], tuple[int, list[Inline]] | None]  # level and pieces of a line
Pieces = Callable[[str], Iterator[Inline]]


class _Entry(NamedTuple):
    """A heading with what stands below it, up to the next one."""

    line: int
    level: int
    title: list[Inline]
    properties: list[Field]
    rest: list[tuple[int, str]]

    @property
    def names_authors(self) -> bool:
        return any(field_meaning(field.name) == "authors" for field in self.properties)


def read_drawers(
    lines: list[tuple[int, str]], name: str, heading: Heading, pieces: Pieces
) -> tuple[Reading, set[int]]:
    """Return the works of headings with a drawer, and the lines that are read with them.

    A heading above others with a drawer is a section, unless it names authors.
    """
    reading = Reading()
    outline = Outline()
    read: set[int] = set()
    for entry, below in pairwise([*_entries(lines, heading), None]):
        if entry is None:  # pragma: no cover - only the last one is
            break
        title = _text(entry.title)
        outline.add(entry.level, title)
        is_above = below is not None and below.level > entry.level and bool(below.properties)
        if not describe_work(entry.properties) or (is_above and not entry.names_authors):
            continue
        fields = [*entry.properties, Field("title", title, entry.line, "title")]
        fields += _links(entry.title, entry.line)
        for line, text in entry.rest:
            fields += _below(list(pieces(text)), line)
        add_record(reading, name, entry.line, fields, section=outline.above)
        read |= {entry.line, *(line for line, _ in entry.rest)}
    return reading, read


def _entries(lines: Iterable[tuple[int, str]], heading: Heading) -> Iterator[_Entry]:
    """Yield each heading with what stands below it."""
    entry: _Entry | None = None
    for line, text in lines:
        title = heading(text)
        if title:
            if entry:
                yield _with_drawer(entry)
            entry = _Entry(line, *title, [], [])
        elif entry and text.strip() and not _PLANNING.match(text):
            entry.rest.append((line, text))
    if entry:
        yield _with_drawer(entry)


def _with_drawer(entry: _Entry) -> _Entry:
    """Return an entry with the properties of its drawer, which stands right below the heading."""
    bare = [text.strip().lower() for _, text in entry.rest]
    if bare[:1] != [":properties:"] or ":end:" not in bare:
        return entry
    end = bare.index(":end:")
    fields = ((line, _PROPERTY.match(text)) for line, text in entry.rest[1:end])
    properties = [
        Field(field[1], field[2], line, field[1])
        for line, field in fields
        if field and not _OWN.fullmatch(field[1])
    ]
    return entry._replace(properties=properties, rest=entry.rest[end + 1 :])


def _text(pieces: Iterable[Inline]) -> str:
    return "".join(piece.text for piece in pieces).strip()


def _links(pieces: Iterable[Inline], line: int) -> list[Field]:
    return [Field("link", piece.url, line, piece.text) for piece in pieces if piece.kind == "link"]


def _below(pieces: list[Inline], line: int) -> list[Field]:
    """Return a line below a drawer as fields: the links of the work, or a note."""
    links = _links(pieces, line)
    beside = _text(piece for piece in pieces if piece.kind != "link")
    if links and len(beside.split()) <= _MAX_WORDS:
        return links
    text = " ".join(piece.url or piece.text for piece in pieces)
    return [Field("notes", text.strip(), line, "notes")]
