"""What the citation formats have in common: types, marks, keywords and dates of a work."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote

from harvest.identifiers import url
from harvest.models import Identifier, Work
from harvest.text import one_line

Kind = Literal[
    "article", "paper", "chapter", "book", "proceedings", "thesis", "report", "preprint",
    "dataset", "software", "standard", "review", "entry", "page", "other",
]  # fmt: skip

KINDS: dict[str, Kind] = {  # of the types of Crossref, and of DataCite in the same words
    "book": "book",
    "book-chapter": "chapter",
    "book-part": "chapter",
    "book-section": "chapter",
    "book-set": "book",
    "data-paper": "article",
    "database": "dataset",
    "dataset": "dataset",
    "dissertation": "thesis",
    "edited-book": "book",
    "journal-article": "article",
    "monograph": "book",
    "peer-review": "review",
    "posted-content": "preprint",
    "proceedings": "proceedings",
    "proceedings-article": "paper",
    "reference-book": "book",
    "reference-entry": "entry",
    "report": "report",
    "report-component": "report",
    "software": "software",
    "standard": "standard",
}
NOTICES = {
    "retraction": "Retracted",
    "withdrawal": "Withdrawn",
    "expression_of_concern": "Expression of concern",
    "correction": "Corrected",
}
STATUSES = {
    "provisional": "Provisional record",
    "listed": "Not checked by a registry",
    "not_found": "Unknown to the registries",
}
_PLAIN_ADDRESS = re.compile(r"[\w:/.-]+", re.ASCII)  # in which nothing is encoded


def kind(work: Work) -> Kind:
    """Return what a work is to a reference manager."""
    if work.type in KINDS:
        return KINDS[work.type]
    if work.identifiers["arxiv"] and not work.identifiers["doi"]:
        return "preprint"
    return "page" if work.id.startswith("url:") else "other"


def marks(work: Work) -> list[str]:
    """Return what a reader of a citation must know: notices of the work, and a doubtful status."""
    texts = []
    for notice in work.integrity:
        name = NOTICES[notice.kind]
        texts.append(f"{name} ({notice.notice})" if notice.notice else name)
    status = [STATUSES[work.status]] if work.status in STATUSES else []
    return list(dict.fromkeys(texts)) + status


def keywords(work: Work) -> list[str]:
    """Return the facets and subjects, and the kinds of notices, each once."""
    words = [NOTICES[notice.kind].lower() for notice in work.integrity]
    for name in sorted(work.facets):
        words += work.facets[name]
    return list(dict.fromkeys(map(one_line, [*words, *work.subjects])))


def date_parts(work: Work) -> list[int]:
    """Return year, month and day, as far as they are known."""
    return [int(part) for part in work.date.split("-")] if work.date else []


def address(work: Work) -> str | None:
    """Return where to read a work: its published form before its preprint."""
    kinds = ("version_of_record", "dataset", "preprint", "web", "other")
    forms = sorted(work.manifestations, key=lambda form: kinds.index(form.kind))
    return forms[0].url if forms else None


def page(curie: str) -> str | None:
    """Return the web page of an identifier, percent-encoded, if it has one that a browser opens.

    Parentheses are encoded too, as they would end a link of Markdown.
    """
    try:
        address = url(Identifier.of(curie))
    except ValueError:
        return None
    if not address.startswith(("https://", "http://")):
        return None
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    return quote(address, safe=":/?#[]@!$&'*+,;=%~")
