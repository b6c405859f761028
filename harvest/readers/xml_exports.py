"""XML in which registries and Zotero give records, and feeds of papers, each told by its root.

PubMed: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html, DBLP:
https://dblp.org/xml/docu/dblpxml.pdf, arXiv: https://info.arxiv.org/help/api/user-manual.html,
OAI-PMH: https://info.arxiv.org/help/oa/index.html,
RSS: https://www.rssboard.org/rss-specification and https://web.resource.org/rss/1.0/spec,
Zotero's RDF: https://www.zotero.org/support.
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
_PUBMED_IDS = (
    "PubmedData/ArticleIdList/ArticleId",
    "MedlineCitation/Article/ELocationID",
    "BookDocument/ArticleIdList/ArticleId",
)
_PAPER = re.compile(r"\b10\.\d{4,9}/|arxiv\.org/abs/")
_RSS_1 = re.compile(r"purl\.org/rss/1\.0/[\"']")  # its namespace, of which modules go on
_HOMONYM = re.compile(r" \d{4}$")  # with which DBLP tells people of one name apart
_TRANSLATED = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\.?")  # a title of PubMed as a whole


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
    """Yield the fields of an article or of a chapter or book. What it cites has ids of its own."""
    for work in (*record.find("MedlineCitation/Article"), *record.find("BookDocument")):
        title = work.first("ArticleTitle", "Book/BookTitle")
        if translated := _TRANSLATED.fullmatch(title):
            title = translated[1]
        yield Field("title", title.removesuffix("."), work.line, "title")
        people = [*work.find("AuthorList/Author")] or work.find("Book/AuthorList/Author")
        names = [
            f"{it.first('ForeName', 'Initials')} {it.first('LastName', 'CollectiveName')}".strip()
            for it in people
        ]
        yield _people(names, work.line)
        yield from _pubmed_date(work)
        yield from work.fields("Abstract/AbstractText", "abstract")
    for holder in ("MedlineCitation", "BookDocument"):
        yield from record.fields(f"{holder}/PMID", "pmid")
    for path in _PUBMED_IDS:
        for element in record.find(path):
            kind = element.attributes.get("IdType") or element.attributes.get("EIdType", "")
            if kind in {"doi", "pmc"}:
                yield Field(f"{kind} id", element.text.strip(), element.line, kind)


def _pubmed_date(work: Element) -> Iterator[Field]:
    """Yield the fields of the first date: a chapter may be younger than its book."""
    paths = ("Journal/JournalIssue/PubDate", "ContributionDate", "Book/PubDate")
    for date in [it for path in paths for it in work.find(path)][:1]:
        for tag, name in {"Year": "date", "MedlineDate": "date", "Month": "month"}.items():
            yield from date.fields(tag, name)
        yield from date.fields("Day", "day")


def _atom(record: Element) -> Iterator[Field]:
    """Yield the fields of an entry."""
    yield from record.fields("title", "title")
    yield _people([it.first("name") for it in record.find("author")], record.line)
    yield Field("date", record.first("published", "updated"), record.line, "date")
    yield from record.fields("id", "url")
    yield from record.fields("doi", "doi")
    for link in record.find("link"):
        if _is_of_work(link.attributes):
            yield Field("url", link.attributes.get("href", ""), link.line, "url")
    yield from record.fields("summary", "abstract")


def _is_of_work(link: dict[str, str]) -> bool:
    """Return True for a link to the entry itself, not to replies, to editing or to other works."""
    relation = link.get("rel", "alternate")
    if relation == "related":  # arXiv: that of the journal, and that of the file
        return link.get("title") in {"doi", "pdf"}
    return relation == "alternate"


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


def _rdf(record: Element) -> Iterator[Field]:
    """Yield the fields of an item of RSS 1.0 or of Zotero."""
    yield from _rss(record) if record.tag == "item" else _zotero(record)


def _zotero(record: Element) -> Iterator[Field]:
    """Yield the fields of an item.

    Zotero writes the DOI of an article into its journal, nested or not:
    https://github.com/zotero/translators/blob/master/Zotero%20RDF.js
    """
    if record.first("itemType") in {"", "attachment", "note"}:
        return
    yield from record.fields("title", "title")
    people = record.find("authors/Seq/li/Person")
    names = [f"{it.first('givenName')} {it.first('surname')}".strip() for it in people]
    yield _people(names, record.line)
    yield from record.fields("date", "date")
    ids = [*record.fields("identifier", "id")]
    if not any(it.value.startswith("DOI ") or "doi.org/" in it.value for it in ids):
        ids += record.fields("isPartOf/Journal/identifier", "id")
    for field in ids:
        if field.value.startswith(("DOI ", "http")):
            yield field._replace(value=field.value.removeprefix("DOI "))
    yield from record.fields("abstract", "abstract")
    yield from record.fields("description", "notes")


def _join_journals(elements: list[Element]) -> None:
    """Put a journal that stands by itself into the one item that is part of it."""
    journals = {it.attributes.get("rdf:about"): it for it in elements if it.tag == "Journal"}
    parts = [part for element in elements for part in element.find("isPartOf")]
    parts = [part for part in parts if "rdf:resource" in part.attributes]
    names = Counter(part.attributes["rdf:resource"] for part in parts)
    for part in parts:
        name = part.attributes["rdf:resource"]
        if name in journals and names[name] == 1:
            part.parts.append(journals[name])


def _no_records(elements: list[Element]) -> str:
    """Return a message that names the forms of metadata of OAI-PMH that stand in the records."""
    holders = [holder for element in elements for holder in element.find("metadata")]
    forms = {part.tag for it in holders for part in it.parts if isinstance(part, Element)}
    names = ", ".join(sorted(forms))[:80]
    form = f" in a form that can be read, but {names}" if names else ""
    return f"holds no records{form}"


class _Format(NamedTuple):
    """A format: the tags of its records, none for all below the root, and how one is read."""

    tags: frozenset[str]
    read: Callable[[Element], Iterator[Field]]


# Without `www`, which is the home page of a person.
_PUBLICATIONS = frozenset({
    "article", "book", "data", "incollection", "inproceedings", "mastersthesis", "phdthesis",
    "proceedings",
})  # fmt: skip
_FORMATS = {
    "PubmedArticleSet": _Format(frozenset({"PubmedArticle", "PubmedBookArticle"}), _pubmed),
    "feed": _Format(frozenset({"entry"}), _atom),
    "rss": _Format(frozenset({"item"}), _rss),
    "OAI-PMH": _Format(frozenset({"record"}), _oai),
    "dblp": _Format(_PUBLICATIONS, _dblp),
    "dblpperson": _Format(_PUBLICATIONS, _dblp),
    "result": _Format(frozenset({"info"}), _dblp),
    "RDF": _Format(frozenset(), _rdf),
}


class XmlExport(Reader):
    """XML of PubMed, DBLP, OAI-PMH and Zotero, feeds of Atom and RSS."""

    suffixes = ()

    def is_certain(self, text: str) -> bool:
        """Return True if the root is of a format; one of feeds must name papers."""
        head = text[:_HEAD]
        root = _ROOT.match(head)
        if root is None or root[1] not in _FORMATS:
            return False
        if root[1] == "RDF" and not _RSS_1.search(head):
            return "zotero.org/namespaces" in head
        if root[1] == "result":
            return "dblp.org/rec/" in text
        return root[1] not in {"feed", "rss", "RDF"} or _PAPER.search(text) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record. What stands before an error of the XML is read all the same."""
        reading = Reading()
        tree = _Tree()
        reading.findings += tree.parse(text, name)
        _join_journals(tree.elements)
        count = 0
        for record in tree.elements:
            fields = [field for field in tree.format.read(record) if field.value]
            if fields:
                count += 1
                add_record(reading, name, record.line, fields)
        if not count and not reading.findings:
            message = _no_records(tree.elements)
            reading.findings.append(Finding(name, 0, "no-records", message))
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
