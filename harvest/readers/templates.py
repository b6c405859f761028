"""Layouts that are set by hand, in the lines that `harvest extract --layout` prints.

`- **TITLE**, AUTHORS (VENUE DATE) / [[Paper]](…)` is an entry of two lines. Of its parts TITLE
and AUTHORS say what is read; VENUE, DATE and TEXT hold a place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from harvest.config import FILE, SetLayout
from harvest.errors import UsageError

_SUPPORT = re.compile(r"\s+\|\s+\d+ of \d+\b.*$")  # copied with the line
_ADDRESS = r"\((?:\u2026|\.\.\.)\)"
_NAME = r"(?:TITLE|AUTHORS|VENUE DATE|VENUE|DATE|TEXT)"
_PART = re.compile(
    rf"(?:(?P<line>/)|\[\[(?P<label>.*?)\]\]{_ADDRESS}|\[(?P<link>{_NAME})\]{_ADDRESS}"
    rf"|\*\*(?P<strong>{_NAME})\*\*|\*(?P<emphasis>{_NAME})\*|`(?P<code>{_NAME})`"
    rf"|\((?P<brackets>{_NAME})\)|(?P<text>{_NAME}))[,.;:]*(?:\s+|$)"
)
# Kinds of segments that a template writes alike.
_ALIKE = {
    "quotation": "text", "people": "text", "cited": "text", "paper": "link", "other": "link",
}  # fmt: skip

Shape = tuple[tuple[str, int], ...]  # the kind of each segment, and its line among those with any


class Template(NamedTuple):
    """A layout that was set: the shape of its entries, and which of their segments are what."""

    line: str
    section: str | None
    shape: Shape
    title: int | None
    authors: frozenset[int]

    def fits(self, entry: Shape, section: Sequence[str]) -> bool:
        """Return True for an entry of this shape, below the section that is named if one is."""
        return entry == self.shape and (self.section is None or self.section in section)


class Templates:
    """The layouts of harvest.toml. Raises UsageError for one that cannot be read."""

    def __init__(self, layouts: Iterable[SetLayout]) -> None:
        self._layouts: list[tuple[str, Template]] = []
        for number, layout in enumerate(layouts, start=1):
            try:
                template = parse(layout.template, layout.section)
            except ValueError as error:
                message = f"{FILE}: layout {number}: template: {error}"
                raise UsageError(message) from error
            self._layouts.append((layout.list, template))

    def of(self, name: str) -> tuple[Template, ...]:
        """Return those of a list file."""
        return tuple(template for pattern, template in self._layouts if _names(pattern, name))


NO_TEMPLATES = Templates(())


def parse(line: str, section: str | None = None) -> Template:
    """Parse a template. Raises ValueError that names the part which is none."""
    content = _SUPPORT.sub("", line.strip()).removeprefix("-").strip()
    shape: list[tuple[str, int]] = []
    names: list[str] = []
    number = position = 0
    while position < len(content):
        part = _PART.match(content, position)
        if part is None:
            piece = content[position:].split()[0]
            raise ValueError(
                f"{piece!r} is no part of one: write TITLE, AUTHORS, VENUE, DATE, TEXT or /, as"
                " `harvest extract --layout` prints them"
            )
        kind = part.lastgroup or ""
        if kind == "line":
            number += bool(shape) and shape[-1][1] == number
        else:
            shape.append((kind, number))
            names.append("" if kind == "label" else part[kind])
        position = part.end()
    if names.count("TITLE") != 1:
        raise ValueError(f"TITLE stands in it {names.count('TITLE')} times: write it once")
    authors = frozenset(index for index, name in enumerate(names) if name == "AUTHORS")
    return Template(content, section, tuple(shape), names.index("TITLE"), authors)


def shape_of(places: Iterable[tuple[str, int]]) -> Shape:
    """Return the shape of segments, each by its kind and line."""
    result: list[tuple[str, int]] = []
    last, number = None, -1
    for kind, line in places:
        number += line != last
        last = line
        result.append((_ALIKE.get(kind, kind), number))
    return tuple(result)


def _names(pattern: str, name: str) -> bool:
    """Return True if a path, folder, glob or `github:` name is that of a list file."""
    if "github:" in {pattern[:7], name[:7]}:
        return name == pattern or name.startswith(f"{pattern}:") or fnmatchcase(name, pattern)
    pattern, path = os.path.abspath(pattern), os.path.abspath(name)  # noqa: PTH100  # globs, too
    return path == pattern or path.startswith(pattern + os.sep) or fnmatchcase(path, pattern)
