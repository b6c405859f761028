r"""Bibliographies of LaTeX: the items of `thebibliography`, as BibTeX writes them into a `.bbl`.

\bibitem{doe2020} Jane Doe and Ann Roe. \newblock A title. \newblock {\em Nature}, 2020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from harvest import dates
from harvest.identifiers import find
from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.bibtex import decode_latex
from harvest.readers.fields import Field, add_record
from harvest.readers.references import TextPart, read_parts
from harvest.readers.translation import add_records

_EDGE = re.compile(r"\\(begin|end)\s*+\{thebibliography\}|\Z")
_ITEM = re.compile(r"\\bibitem[\s%]*+(?:\[[^\]]{0,2000}\][\s%]*+)?\{[^{}]*+\}|\Z")
_BLOCK = re.compile(r"\\newblock\b")
# A percent sign is one of the address in a link, and else begins a comment, which ends before the
# first word of the next line. BibTeX breaks long words, and addresses, by empty comments.
_LINK_OR_COMMENT = re.compile(
    r"\\(?:url|href|doi|path|nolinkurl)\s*+\{(?P<link>[^{}]*+)\}|(?<!\\)%.*+(?:\n[ \t]*+)?"
)
_BREAK = re.compile(r"(?<!\\)%\n\s*+")
_ESCAPED = re.compile(r"\\([%#&_~])")
_LONGEST = 5_000  # characters of an item without its links: of more, only identifiers are read
_FEWEST = 2  # blocks of an item whose first are authors and title


class _Item(NamedTuple):
    """An item of a bibliography without links and comments, and the line on which it begins."""

    blocks: list[str]
    links: list[str]
    line: int


class Latex(Reader):
    """The bibliographies of a document in LaTeX; all else in it is passed over."""

    suffixes = (".bbl",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text has a bibliography with an item."""
        edge = _EDGE.search(text) if "\\bibitem" in text else None
        return edge is not None and edge[1] == "begin" and "](" not in text[: edge.start()]

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every item: by its blocks, or else as a reference in a style of citation."""
        records, parts = Reading(), []
        for item in _items(text):
            if len(item.blocks) > _FEWEST:
                add_record(records, name, item.line, [*_fields(item)])
            else:
                line = " ".join(filter(None, [*item.blocks, *item.links]))
                parts.append(TextPart([(item.line, line)]))
        reading = read_parts(parts, name, templates)
        add_records(reading, records)
        if not reading.mentions and not reading.findings:
            message = "holds no item of a bibliography (\\bibitem)"
            reading.findings.append(Finding(name, 0, "no-records", message))
        return reading


def _items(text: str) -> Iterator[_Item]:
    """Yield the items of every bibliography, of the whole text if it does not say where one is."""
    edges = pairwise(_EDGE.finditer(text))
    places = [(it.end(), following.start()) for it, following in edges if it[1] == "begin"]
    line = position = 0
    for start, end in places or [(0, len(text))]:
        for item, following in pairwise(_ITEM.finditer(text, start, end)):
            line += text.count("\n", position, item.start())
            position = item.start()
            yield _item(text[item.end() : following.start()], line + 1)


def _item(source: str, line: int) -> _Item:
    """Return an item: its blocks as plain text, and its links."""
    matches = _LINK_OR_COMMENT.finditer(source)
    addresses = [_BREAK.sub("", it["link"]) for it in matches if it["link"]]
    links = [_ESCAPED.sub(r"\1", address).strip() for address in addresses]
    text = _LINK_OR_COMMENT.sub(lambda match: "" if match["link"] is None else " ", source)
    words = text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0]
    links += [raw for _, _, raw in find(text[len(words) :])]
    blocks = [" ".join(decode_latex(it).split()) for it in _BLOCK.split(words)]
    return _Item(blocks, links, line)


def _fields(item: _Item) -> Iterator[Field]:
    """Yield the fields of an item of blocks: authors, title, and where it was published."""
    authors, title, *rest = item.blocks
    values = {
        "authors": authors.rstrip(" ."),
        "title": title.rstrip(" ."),
        "date": dates.find(" ".join(rest)) or dates.find(authors) or "",
    }
    yield from (Field(key, value, item.line, key) for key, value in values.items())
    for _, _, raw in find(" ".join([*item.blocks, *item.links])):
        yield Field("url", raw, item.line, "url")
