"""XML in which registries and Zotero give records, and feeds of papers, each told by its root.

PubMed: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html, DBLP:
https://dblp.org/xml/docu/dblpxml.pdf, arXiv: https://info.arxiv.org/help/api/user-manual.html,
OAI-PMH: https://info.arxiv.org/help/oa/index.html,
RSS: https://www.rssboard.org/rss-specification, Zotero's RDF: https://www.zotero.org/support.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import NamedTuple

import msgspec

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record
from harvest.readers.values import DEEPEST
from harvest.readers.xml_records import XmlRecords

_HEAD = 3_000  # characters in which the root stands
_ROOT = re.compile(  # possessive: every file is asked, and comments may be many
    r"(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*+-->|<!DOCTYPE[^>\[]*>)*+<(?:\w+:)?([\w-]+)", re.DOTALL
)
_PAPER = re.compile(r"\b10\.\d{4,9}/|arxiv\.org/abs/")
_HOMONYM = re.compile(r" \d{4}$")  # with which DBLP tells people of one name apart


class Element(msgspec.Struct):
    """An element of XML with its line, and the text and elements in it in their order."""

    tag: str
    line: int
    attributes: dict[str, str]
    parts: list[Element | str]

    @property
    def text(self) -> str:
        """The text of the element and of those in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def find(self, path: str) -> Iterator[Element]:
        """Yield the elements at the end of a path of tags."""
        tag, _, rest = path.partition("/")
        for part in self.parts:
            if isinstance(part, Element) and part.tag == tag:
                yield from part.find(rest) if rest else (part,)

    def fields(self, path: str, name: str) -> Iterator[Field]:
        """Yield the texts at the end of a path as fields."""
        for element in self.find(path):
            yield Field(name, " ".join(element.text.split()), element.line, name)

    def first(self, *paths: str) -> str:
        """Return the first text at the end of any path, an empty text for none."""
        texts = (" ".join(it.text.split()) for path in paths for it in self.find(path))
        return next(filter(None, texts), "")


def _people(names: list[str], line: int) -> Field:
    return Field("authors", "; ".join(filter(None, names)), line, "authors")


def _pubmed(record: Element) -> Iterator[Field]:
    """Yield the fields of a PubmedArticle. What it cites has ids of its own."""
    yield from record.fields("MedlineCitation/Article/ArticleTitle", "title")
    people = record.find("MedlineCitation/Article/AuthorList/Author")
    names = [
        f"{it.first('ForeName', 'Initials')} {it.first('LastName', 'CollectiveName')}".strip()
        for it in people
    ]
    yield _people(names, record.line)
    for issue in record.find("MedlineCitation/Article/Journal/JournalIssue/PubDate"):
        for tag, name in {"Year": "date", "MedlineDate": "date", "Month": "month"}.items():
            yield from issue.fields(tag, name)
        yield from issue.fields("Day", "day")
    yield from record.fields("MedlineCitation/PMID", "pmid")
    for path in ("PubmedData/ArticleIdList/ArticleId", "MedlineCitation/Article/ELocationID"):
        for element in record.find(path):
            kind = element.attributes.get("IdType") or element.attributes.get("EIdType", "")
            if kind in {"doi", "pmc"}:
                yield Field(f"{kind} id", element.text.strip(), element.line, kind)
    yield from record.fields("MedlineCitation/Article/Abstract/AbstractText", "abstract")


def _atom(record: Element) -> Iterator[Field]:
    """Yield the fields of an entry."""
    yield from record.fields("title", "title")
    yield _people([it.first("name") for it in record.find("author")], record.line)
    yield from record.fields("published", "date")
    yield from record.fields("id", "url")
    yield from record.fields("doi", "doi")
    for link in record.find("link"):
        yield Field("url", link.attributes.get("href", ""), link.line, "url")
    yield from record.fields("summary", "abstract")


def _rss(record: Element) -> Iterator[Field]:
    """Yield the fields of an item, with those of Dublin Core and PRISM."""
    yield from record.fields("title", "title")
    yield _people([" ".join(it.text.split()) for it in record.find("creator")], record.line)
    for tag in ("publicationDate", "date", "pubDate"):
        yield from record.fields(tag, "date")
    for tag in ("doi", "identifier", "link", "guid"):
        yield from record.fields(tag, "id")
    yield from record.fields("description", "abstract")


def _oai(record: Element) -> Iterator[Field]:
    """Yield the fields of a record of OAI-PMH, in the form of arXiv or in Dublin Core."""
    for arxiv in record.find("metadata/arXiv"):
        yield from arxiv.fields("title", "title")
        people = arxiv.find("authors/author")
        names = [f"{it.first('forenames')} {it.first('keyname')}".strip() for it in people]
        yield _people(names, record.line)
        yield from arxiv.fields("created", "date")
        for field in arxiv.fields("id", "arxiv"):
            yield field._replace(value=f"arXiv:{field.value}")
        yield from arxiv.fields("doi", "doi")
        yield from arxiv.fields("abstract", "abstract")
    for core in record.find("metadata/dc"):
        yield from core.fields("title", "title")
        yield _people([" ".join(it.text.split()) for it in core.find("creator")], record.line)
        for tag, name in {"date": "date", "identifier": "id", "description": "abstract"}.items():
            yield from core.fields(tag, name)


def _dblp(record: Element) -> Iterator[Field]:
    """Yield the fields of a publication, also of a hit of the search."""
    yield Field("title", record.first("title").removesuffix("."), record.line, "title")
    people = [*record.find("author"), *record.find("authors/author")]
    yield _people([_HOMONYM.sub("", it.text.strip()) for it in people], record.line)
    yield from record.fields("year", "year")
    yield from record.fields("doi", "doi")
    yield from record.fields("ee", "url")


def _zotero(record: Element) -> Iterator[Field]:
    """Yield the fields of an item. Its DOI may stand in the journal that it is part of."""
    if record.first("itemType") in {"", "attachment", "note"}:
        return
    yield from record.fields("title", "title")
    people = record.find("authors/Seq/li/Person")
    names = [f"{it.first('givenName')} {it.first('surname')}".strip() for it in people]
    yield _people(names, record.line)
    yield from record.fields("date", "date")
    journals = (it for part in record.find("isPartOf") for it in part.parts)
    for holder in (record, *(it for it in journals if isinstance(it, Element))):
        for field in holder.fields("identifier", "id"):
            if field.value.startswith(("DOI ", "http")):
                yield field._replace(value=field.value.removeprefix("DOI "))
    yield from record.fields("abstract", "abstract")
    yield from record.fields("description", "notes")


def _join_journals(elements: list[Element]) -> None:
    """Put a journal that stands by itself into the one item that is part of it."""
    by_name = {element.attributes.get("rdf:about"): element for element in elements}
    parts = [part for element in elements for part in element.find("isPartOf")]
    names = Counter(part.attributes.get("rdf:resource") for part in parts)
    for part in parts:
        name = part.attributes.get("rdf:resource")
        if name in by_name and names[name] == 1:
            part.parts.append(by_name[name])


class _Format(NamedTuple):
    """A format: the tags of its records, none for all below the root, and how one is read."""

    tags: frozenset[str]
    read: Callable[[Element], Iterator[Field]]


_FORMATS = {
    "PubmedArticleSet": _Format(frozenset({"PubmedArticle"}), _pubmed),
    "feed": _Format(frozenset({"entry"}), _atom),
    "rss": _Format(frozenset({"item"}), _rss),
    "OAI-PMH": _Format(frozenset({"record"}), _oai),
    "dblp": _Format(frozenset(), _dblp),
    "dblpperson": _Format(
        frozenset({"article", "book", "incollection", "inproceedings", "phdthesis"}), _dblp
    ),
    "RDF": _Format(frozenset(), _zotero),
}


class XmlExport(Reader):
    """XML of PubMed, DBLP and Zotero, feeds of Atom and RSS."""

    suffixes = ()

    def is_certain(self, text: str) -> bool:
        """Return True if the root is of a format; one of feeds must name papers."""
        root = _ROOT.match(text[:_HEAD])
        if root is None or root[1] not in _FORMATS:
            return False
        if root[1] == "RDF":
            return "zotero.org/namespaces" in text[:_HEAD]
        return root[1] not in {"feed", "rss"} or _PAPER.search(text) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record. What stands before an error of the XML is read all the same."""
        reading = Reading()
        tree = _Tree()
        reading.findings += tree.parse(text, name)
        _join_journals(tree.elements)
        for record in tree.elements:
            fields = [field for field in tree.format.read(record) if field.value]
            if fields:
                add_record(reading, name, record.line, fields)
        if not tree.elements and not reading.findings:
            reading.findings.append(Finding(name, 0, "no-records", "holds no records"))
        return reading


class _Tree(XmlRecords):
    """Collects the elements that are records."""

    def __init__(self) -> None:
        super().__init__()
        self.expat.SkippedEntityHandler = self.skip
        self.elements: list[Element] = []
        self.open: list[Element] = []  # the record and the elements in it that are open
        self.depth = 0
        self.format = _FORMATS["rss"]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("has elements that are nested too deep")
        if self.depth == 1:
            self.format = _FORMATS.get(tag, self.format)  # of no format, it holds no records
            return
        is_record = tag in self.format.tags if self.format.tags else self.depth == 2
        if self.open or is_record:
            element = Element(tag, self.expat.CurrentLineNumber, attributes, [])
            (self.open[-1].parts if self.open else self.elements).append(element)
            self.open.append(element)

    def add(self, text: str) -> None:
        if self.open:
            self.open[-1].parts.append(text)

    def skip(self, name: str, _is_parameter: bool) -> None:
        """Add a character that the DTD of DBLP names as HTML does."""
        self.add(unescape(f"&{name};"))

    def end(self, _tag: str) -> None:
        self.depth -= 1
        if self.open:
            self.open.pop()
