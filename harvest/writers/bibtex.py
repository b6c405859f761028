"""works.bib: entries for biblatex and biber, or with another dialect for BibTeX.

https://ctan.org/pkg/biblatex describes the entry types and fields. Only words whose capitals a
style would lose stand in braces.
"""

from __future__ import annotations

import re

from harvest.dataset.publication import Publication
from harvest.models import Author, Work
from harvest.text import one_line
from harvest.writers import citations
from harvest.writers.base import Writer
from harvest.writers.citations import Kind

BIBLATEX: dict[Kind, str] = {
    "article": "article",
    "paper": "inproceedings",
    "chapter": "incollection",
    "book": "book",
    "proceedings": "proceedings",
    "thesis": "thesis",
    "report": "report",
    "preprint": "online",
    "dataset": "dataset",
    "software": "software",
    "standard": "manual",
    "review": "misc",
    "entry": "inreference",
    "page": "online",
    "other": "misc",
}
BIBTEX: dict[Kind, str] = BIBLATEX | {
    "thesis": "phdthesis",
    "report": "techreport",
    "preprint": "misc",
    "dataset": "misc",
    "software": "misc",
    "entry": "incollection",
    "page": "misc",
}
# Fields that only some entry types of biblatex have; the others have the rest.
PARTS = frozenset({"inproceedings", "incollection", "inbook", "inreference"})
WHOLES = frozenset({"book", "proceedings", "manual"})
ONLY = {
    "booktitle": PARTS,
    "eventtitle": frozenset({"inproceedings", "proceedings"}),
    "venue": frozenset({"inproceedings", "proceedings"}),
    "issn": frozenset({"article"}),
    "isbn": PARTS | WHOLES,
    "publisher": PARTS | WHOLES | {"dataset"},
    "institution": frozenset({"report", "thesis"}),
    "type": frozenset({"report", "thesis"}),
    "organization": frozenset({"online", "misc", "software"}),
    "series": PARTS | WHOLES | {"article", "dataset"},
    "number": PARTS | WHOLES | {"article", "dataset", "report"},
    "volume": PARTS | {"article", "book", "proceedings"},
    "pages": PARTS | WHOLES | {"article", "report", "thesis"},
    "eid": PARTS | WHOLES | {"article", "report", "thesis"},
}
RENAMED = {
    "organization": "howpublished",
    "journaltitle": "journal",
    "eprinttype": "archiveprefix",
    "eprintclass": "primaryclass",
}
NOT_IN_BIBTEX = frozenset({"date", "eventtitle", "venue", "eid", "keywords", "abstract"})
VERBATIM = frozenset({"doi", "eprint", "url", "eprintclass", "eprinttype", "date"})
_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")  # of arXiv
_CAPITAL = re.compile(r"[A-Z]")
_INNER_CAPITAL = re.compile(r"[^ ][A-Z]")
_TEX = re.compile(r"[\\{}&%$#_~^]|([-`',<>])\1|[!?]`")  # what TeX would not set as it is
_SPECIAL = str.maketrans({
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
})  # fmt: skip
# TeX would set two of them as one character: `--` as a dash, `''` as a quotation mark.
_LIGATURE = re.compile(r"(?<=([-`',<>]))(?=\1)|(?<=[!?])(?=`)")
_VERBATIM = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


class BibWriter(Writer):
    """works.bib."""

    name = "bib"
    published = True
    dialects = ("biblatex", "bibtex")

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return works.bib."""
        entries = [entry(work, self.dialect) for work in publication.works]
        return {"works.bib": "\n".join(entries).encode()}


def entry(work: Work, dialect: str = "biblatex") -> str:
    """Return the entry of a work."""
    kind = citations.kind(work)
    type_ = _type(work, kind)
    fields = _biblatex(work, kind, type_)
    if dialect == "bibtex":
        type_, fields = BIBTEX[kind], _bibtex(work, fields)
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{type_}{{{work.key or work.id},\n{''.join(lines)}}}\n"


def _type(work: Work, kind: Kind) -> str:
    """Return the entry type; biblatex wants to know the editors of a collection."""
    return "inbook" if kind == "chapter" and not work.editors else BIBLATEX[kind]


def _biblatex(work: Work, kind: Kind, type_: str) -> dict[str, str]:
    is_article, is_preprint = kind == "article", kind == "preprint"
    container = None if is_preprint else work.container
    arxiv = next(iter(work.identifiers["arxiv"]), None)
    publisher = work.container or work.publisher if is_preprint else work.publisher
    values = {
        "title": work.title,
        "date": work.date,
        "journaltitle": container if is_article else None,
        "booktitle": None if is_article else container,
        "series": work.series,
        "volume": work.volume,
        "number": work.issue,
        "pages": work.pages,
        "eid": work.article_number,
        "publisher": publisher,
        "institution": publisher,
        "organization": publisher,
        "type": kind,
        "issn": next(iter(work.issn), None),
        "isbn": next(iter(work.isbn), None),
        "eventtitle": work.event and work.event.name,
        "venue": work.event and work.event.place,
        "doi": next(iter(work.identifiers["doi"]), None),
        "eprint": arxiv,
        "eprinttype": "arxiv" if arxiv else None,
        "eprintclass": next(filter(_CATEGORY.fullmatch, work.subjects), None) if arxiv else None,
        "url": citations.address(work),
        "keywords": ", ".join(word.replace(",", " ") for word in citations.keywords(work)),
        "note": ". ".join(citations.marks(work)),
        "abstract": work.abstract,
    }
    people = {"author": _names(work.authors), "editor": _names(work.editors)}
    if type_ == "proceedings":  # which have editors alone
        people = {"editor": people["editor"] or people["author"]}
    elif type_ in {"report", "thesis"}:
        people = {"author": people["author"] or people["editor"]}
    return people | {
        name: _value(name, value)
        for name, value in values.items()
        if value and type_ in ONLY.get(name, (type_,))
    }


def _bibtex(work: Work, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields that BibTeX's styles know, under their names there."""
    renamed = {
        RENAMED.get(name, name): value
        for name, value in fields.items()
        if name not in NOT_IN_BIBTEX
    }
    pages = {"pages": fields.get("pages") or fields.get("eid", "")}
    return renamed | pages | {"year": str(work.year or "")} | _month(work)


def _month(work: Work) -> dict[str, str]:
    parts = citations.date_parts(work)
    return {"month": str(parts[1])} if len(parts) > 1 else {}


def _value(name: str, value: str) -> str:
    text = one_line(value)
    if name in VERBATIM:
        return text.translate(_VERBATIM)
    if name == "pages":
        return re.sub("-+", "--", text.translate(_SPECIAL))
    if name in {"title", "booktitle"} and _INNER_CAPITAL.search(text):
        return " ".join(map(_word, text.split(" ")))
    return _escape(text)


def _escape(text: str) -> str:
    """Return TeX that is set as a text."""
    if not _TEX.search(text):  # as most words and names
        return text
    return _LIGATURE.sub("{}", text.translate(_SPECIAL))


def _word(word: str) -> str:
    """Return a word of a title, in braces if it has a capital after its first letter."""
    text = _escape(word)
    return f"{{{text}}}" if _CAPITAL.search(word, 1) else text


def _names(people: list[Author]) -> str:
    return " and ".join(filter(None, map(_name, people)))


def _name(author: Author) -> str:
    """Return `Family, Given`; a name that could be read in another way stands in braces.

    biber skips an entry with a name of three commas, and `and` parts two people.
    """
    parts = [author.family or "", author.given or ""] if author.family else [author.name]
    texts = [_escape_name(part) for part in parts if part]
    if len(texts) == 1:
        return f"{{{texts[0]}}}" if texts[0] else ""
    if any("," in text or " and " in f" {text.lower()} " for text in texts):
        return f"{{{_escape_name(author.name)}}}"
    return ", ".join(texts)


def _escape_name(text: str) -> str:
    """Return a name; an equals sign in braces begins none of biber's extended form."""
    return _escape(one_line(text)).replace("=", "{=}")
