"""works.ris: the format of reference managers.

A line is a tag, two blanks, a hyphen and a blank; lines end with CR LF, and `ER` ends a record.
https://en.wikipedia.org/wiki/RIS_(file_format) lists the tags.
"""

from __future__ import annotations

from collections.abc import Iterator

from harvest.dataset.publication import Publication
from harvest.models import Author, Work
from harvest.text import one_line
from harvest.writers import citations
from harvest.writers.base import Writer
from harvest.writers.citations import Kind

TYPES: dict[Kind, str] = {
    "article": "JOUR",
    "paper": "CPAPER",
    "chapter": "CHAP",
    "book": "BOOK",
    "proceedings": "CONF",
    "thesis": "THES",
    "report": "RPRT",
    "preprint": "UNPB",
    "dataset": "DATA",
    "software": "COMP",
    "standard": "STAND",
    "review": "GEN",
    "entry": "ENCYC",
    "page": "ELEC",
    "other": "GEN",
}


class RisWriter(Writer):
    """works.ris."""

    name = "ris"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return works.ris."""
        lines: list[str] = []
        for work in publication.works:
            lines += record(work)
        return {"works.ris": "".join(f"{line}\r\n" for line in lines).encode()}


def record(work: Work) -> Iterator[str]:
    """Yield the lines of a work."""
    for tag, value in _fields(work):
        if value:
            yield f"{tag}  - {one_line(value)}"
    yield "ER  - "


def _fields(work: Work) -> Iterator[tuple[str, str | None]]:
    kind = citations.kind(work)
    first, _, last = (work.pages or "").partition("-")
    yield "TY", TYPES[kind]
    yield "ID", work.key or work.id
    yield "TI", work.title
    yield from (("AU", _name(author)) for author in work.authors)
    yield from (("ED", _name(editor)) for editor in work.editors)
    yield "PY", str(work.year or "")
    yield "DA", "/".join(work.date.split("-")) if work.date else None
    yield ("JO" if kind == "article" else "T2"), work.container
    yield "T3", work.series
    yield "VL", work.volume
    yield "IS", work.issue
    yield "SP", first or work.article_number
    yield "EP", last
    yield "PB", work.publisher
    yield from (("SN", number) for number in [*work.issn, *work.isbn])
    yield "DO", next(iter(work.identifiers["doi"]), None)
    yield from (("AN", f"arXiv:{number}") for number in work.identifiers["arxiv"])
    yield "UR", citations.address(work)
    yield "LA", work.language
    yield from (("KW", word) for word in citations.keywords(work))
    yield from (("N1", mark) for mark in citations.marks(work))
    yield "AB", work.abstract


def _name(author: Author) -> str:
    """Return `Family, Given`; a comma within a part would part it once more."""
    parts = (author.family, author.given) if author.family else (author.name,)
    return ", ".join(part.replace(",", "") for part in parts if part)
