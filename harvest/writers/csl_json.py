"""works.csl.json: items of CSL-JSON, which Zotero, pandoc and citeproc read.

https://docs.citationstyles.org/en/stable/specification.html and the schema csl-data.json, which
allows no field of its own beside `custom`.
"""

from __future__ import annotations

from typing import Any

from harvest.dataset import encoding
from harvest.dataset.publication import Publication
from harvest.models import Author, Work
from harvest.text import one_line
from harvest.writers import citations
from harvest.writers.base import Writer
from harvest.writers.citations import Kind

TYPES: dict[Kind, str] = {
    "article": "article-journal",
    "paper": "paper-conference",
    "chapter": "chapter",
    "book": "book",
    "proceedings": "book",
    "thesis": "thesis",
    "report": "report",
    "preprint": "article",
    "dataset": "dataset",
    "software": "software",
    "standard": "standard",
    "review": "review",
    "entry": "entry-encyclopedia",
    "page": "webpage",
    "other": "document",
}


class CslJsonWriter(Writer):
    """works.csl.json: a list of items, one a line."""

    name = "csl-json"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return works.csl.json."""
        items = encoding.rows(map(item, publication.works)) if publication.works else b"[]"
        return {"works.csl.json": items + b"\n"}


def item(work: Work) -> dict[str, Any]:
    """Return the item of a work. Its id is the citation key."""
    kind = citations.kind(work)
    values: dict[str, Any] = {
        "id": work.key or work.id,
        "type": TYPES[kind],
        "title": work.title,
        "author": [_name(author) for author in work.authors],
        "editor": [_name(editor) for editor in work.editors],
        "issued": _issued(work),
        **(_of_preprint(work) if kind == "preprint" else _of_container(work)),
        "DOI": next(iter(work.identifiers["doi"]), None),
        "URL": citations.address(work),
        "language": work.language,
        "abstract": work.abstract,
        "keyword": ", ".join(citations.keywords(work)),
        "note": ". ".join(citations.marks(work)),
        "custom": _custom(work),
    }
    return {name: _clean(value) for name, value in values.items() if value}


def _of_preprint(work: Work) -> dict[str, Any]:
    """Return an archive as the publisher: a container would be cited as a journal."""
    archive = work.container or work.publisher
    number = next(iter(work.identifiers["arxiv"]), None)
    return {"genre": "preprint", "publisher": archive, "number": number}


def _of_container(work: Work) -> dict[str, Any]:
    return {
        "container-title": work.container,
        "collection-title": work.series,
        "publisher": work.publisher,
        "volume": work.volume,
        "issue": work.issue,
        "page": work.pages or work.article_number,
        "ISSN": next(iter(work.issn), None),
        "ISBN": next(iter(work.isbn), None),
        "event-title": work.event and work.event.name,
        "event-place": work.event and work.event.place,
    }


def _name(author: Author) -> dict[str, str]:
    if author.family is None:
        return {"literal": one_line(author.name)}
    name = {"family": one_line(author.family)}
    if author.given:
        name["given"] = one_line(author.given)
    return name


def _issued(work: Work) -> dict[str, list[list[int]]] | None:
    parts = citations.date_parts(work)
    return {"date-parts": [parts]} if parts else None


def _custom(work: Work) -> dict[str, Any]:
    values = {
        "id": work.id,
        "status": work.status,
        "retracted": [notice.kind for notice in work.integrity],
        "arxiv": work.identifiers["arxiv"],
        "code": [repository.id for repository in work.repositories if repository.role == "code"],
    }
    return {name: value for name, value in values.items() if value}


def _clean(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value
