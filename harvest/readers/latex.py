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

_BEGIN = re.compile(r"\\begin\s*\{thebibliography\}")
_END = re.compile(r"\\end\s*\{thebibliography\}|\Z")
_ITEM = re.compile(r"\\bibitem[\s%]*(?:\[[^\]]{0,2000}\])?[\s%]*\{[^{}]*\}|\Z")
_BLOCK = re.compile(r"\\newblock\b")
_COMMENT = re.compile(r"(?<!\\)%.*")
_LINK = re.compile(r"\\(?:url|href|doi|path|nolinkurl)\s*\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([%#&_~])")
_LONGEST = 5_000  # characters of an item: more is not one
_FEWEST = 2  # blocks of an item whose first are authors and title


class _Item(NamedTuple):
    """An item of a bibliography, with the line on which it begins."""

    text: str
    line: int


class Latex(Reader):
    """The bibliography of a document in LaTeX; all else in it is passed over."""

    suffixes = (".bbl",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text has a bibliography with an item."""
        begin = _BEGIN.search(text) if "\\bibitem" in text else None
        return begin is not None and "](" not in text[: begin.start()]

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every item: by its blocks, or else as a reference in a style of citation."""
        records, parts = Reading(), []
        for item in _items(text):
            blocks = [_plain(block) for block in _BLOCK.split(_LINK.sub(" ", item.text))]
            if len(blocks) > _FEWEST:
                add_record(records, name, item.line, [*_fields(item, blocks)])
            else:
                links = " ".join(_links(item.text))
                parts.append(TextPart([(item.line, f"{' '.join(blocks)} {links}".strip())]))
        reading = read_parts(parts, name, templates)
        add_records(reading, records)
        if not reading.mentions and not reading.findings:
            message = "holds no item of a bibliography (\\bibitem)"
            reading.findings.append(Finding(name, 0, "no-records", message))
        return reading


def _items(text: str) -> Iterator[_Item]:
    """Yield the items of a bibliography."""
    begin = _BEGIN.search(text)
    start = begin.end() if begin else 0
    end = _END.search(text, start)
    last = end.start() if end else len(text)
    line = position = 0
    for item, following in pairwise(_ITEM.finditer(text, start, last)):
        line += text.count("\n", position, item.start())
        position = item.start()
        yield _Item(_COMMENT.sub("", text[item.end() : following.start()][:_LONGEST]), line + 1)


def _fields(item: _Item, blocks: list[str]) -> Iterator[Field]:
    """Yield the fields of an item of blocks: authors, title, and where it was published."""
    authors, title, *rest = blocks
    links = _links(item.text)
    values = {
        "authors": authors.rstrip(" ."),
        "title": title.rstrip(" ."),
        "date": dates.find(" ".join(rest)) or dates.find(authors) or "",
    }
    yield from (Field(key, value, item.line, key) for key, value in values.items())
    for _, _, raw in find(" ".join([*blocks, *links])):
        yield Field("url", raw, item.line, "url")


def _links(text: str) -> list[str]:
    """Return the addresses of an item, and its DOIs."""
    return [_ESCAPED.sub(r"\1", link).strip() for link in _LINK.findall(text)]


def _plain(text: str) -> str:
    return " ".join(decode_latex(text).split())
