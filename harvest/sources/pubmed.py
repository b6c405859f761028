"""PubMed and PubMed Central, through ESummary of NCBI's E-utilities.

Both databases answer to lists of numbers, and an article names its DOI and its number in the other
database. A number that none has is an entry with an `error`.
https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.ESummary
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from harvest.config import Service
from harvest.dates import earliest, parse_date
from harvest.errors import MalformedError, SourceError, TransientError
from harvest.http.clients import Http, Rest
from harvest.http.rate_limit import Rate, Route
from harvest.identifiers import identify, url
from harvest.models import Author, Identifier, Record, Reply
from harvest.sources import base
from harvest.sources.base import DuePayloads, Example, Fields, Payload, ProbeResult, Source
from harvest.text import join_title, make_author

NAME = "pubmed"
# Three requests a second without a key, as of 2026-11 (NBK25497, "Frequency, Timing and
# Registration of E-utility URL Requests").
ROUTE = Route(NAME, Rate(0.34))
DATABASES = ("pubmed", "pmc")  # which have the names of our schemes
PROBE = Identifier("pubmed", "1")
ABSENT = re.compile(r"cannot get document summary|not found|invalid uid", re.IGNORECASE)
KEPT = (
    "title", "booktitle", "vernaculartitle", "authors", "pubdate", "epubdate", "pubtype",
    "doctype", "articleids", "fulljournalname", "source", "publishername",
)  # fmt: skip
# The types of ids that name the article itself, in our schemes.
ID_TYPES = {"doi": "doi", "pmc": "pmc", "pmcid": "pmc", "pmid": "pubmed", "pubmed": "pubmed"}
TYPES = {"book": "book", "chapter": "book-chapter"}  # by doctype, in the words of Crossref
WRITERS = frozenset({"Author", "CollectiveName"})  # the others are editors and investigators
# "Briatore L", "de Boer JA 3rd": a family name and initials.
_PERSON = re.compile(r"(?P<family>.+?) (?P<initials>[^\W\d_]{1,4})(?: (?P<suffix>[JS]r|\d\w\w))?")
# "2017 Mar 7", "2007 May-Jun", "2019 Winter": what stands behind the first month is no date.
_DATE = re.compile(r"(\d{4})(?: ([A-Z][a-z]{2})\b)?(?: (\d{1,2})\b)?")


class PubMed(Source):
    """PubMed and PubMed Central, asked in lists of numbers."""

    name = NAME
    rank = 30
    service = Service(url="https://eutils.ncbi.nlm.nih.gov/entrez/eutils")
    least_interval = 0.1  # with a key
    route = ROUTE
    schemes = frozenset(DATABASES)
    max_batch = 200  # numbers: longer lists need POST
    examples = (
        Example("article of PubMed", Identifier("pubmed", "23193287")),
        Example("article of PubMed Central", Identifier("pmc", "PMC3531190")),
    )

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each number, which are asked in lists, a database after the other."""
        for scheme in DATABASES:
            names = [identifier for identifier in due if identifier.scheme == scheme]
            batches = base.chunks(names, self.max_batch)
            request = partial(_request, http.rest(NAME), http.settings.mailto)
            for identifier, item in base.ask_batches(http, ROUTE, batches, request):
                yield base.reply(identifier, item)

    def read(self, identifier: Identifier, payload: Payload) -> Record:
        """Return the record of a summary. PubMed names an article's DOI: they are one work."""
        work = Fields(NAME, payload)
        others = _names(work) - {identifier}
        type_ = _type(work)
        return Record(
            source=NAME,
            identifier=identifier,
            kind=base.kind_of(type_),
            type=type_,
            title=_title(work),
            authors=tuple(filter(None, map(_author, work.children("authors")))),
            date=earliest(_date(work.text(key) or "") for key in ("epubdate", "pubdate")),
            container=join_title([work.text("fulljournalname") or work.text("source") or ""]),
            publisher=work.text("publishername") or None,
            url=url(identifier),
            same_work=tuple(sorted(others)),
            skip_lookup=tuple(sorted(name for name in others if name.scheme in DATABASES)),
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for one article."""
        request = partial(_request, http.rest(NAME), http.settings.mailto, [PROBE])
        http.ask(ROUTE, request, unless=SourceError)
        return ProbeResult("ok", "answers; it has no limit to tell")


# -- requests --------------------------------------------------------------------------------------


def _request(
    client: Rest, mailto: str | None, batch: Sequence[Identifier]
) -> dict[Identifier, Payload | None]:
    """Return the summaries of numbers of one database, None for those that it does not have."""
    numbers = {identifier: identifier.value.removeprefix("PMC") for identifier in batch}
    query = {"db": batch[0].scheme, "id": ",".join(numbers.values())}
    contact = {"tool": "harvest"} | ({"email": mailto} if mailto else {})
    params = {**query, "retmode": "json", **contact}
    response = Fields(NAME, client.get("/esummary.fcgi", params), "response")
    if error := response.text("error"):  # such as "API rate limit exceeded", with status 200 too
        raise TransientError(NAME, error)
    result = response.child("result")
    return {identifier: _item(result, number) for identifier, number in numbers.items()}


def _item(result: Fields, number: str) -> Payload | None:
    item = Fields(NAME, result.need(number, dict), number)
    error = item.text("error")
    if error and not ABSENT.search(error):
        raise MalformedError(NAME, f"{number}: {error}")
    return None if error else item.pick(KEPT)


# -- reading ---------------------------------------------------------------------------------------


def _names(work: Fields) -> set[Identifier]:
    """Return the identifiers of an article; ids of other types and empty ones mean nothing here."""
    names: set[Identifier] = set()
    for entry in work.children("articleids"):
        scheme = ID_TYPES.get(entry.need("idtype", str))
        identifier = identify(f"{scheme}:{entry.text('value') or ''}").identifier
        if scheme and identifier and identifier.scheme in {scheme, "arxiv"}:
            names.add(identifier)
    return names


def _type(work: Fields) -> str:
    if "Preprint" in work.texts("pubtype"):
        return "posted-content"
    return TYPES.get(work.text("doctype") or "", "journal-article")


def _title(work: Fields) -> str | None:
    """Return the title without its full stop; one in brackets is a translation."""
    title = (work.text("title") or work.text("booktitle") or "").strip()
    title = title if title.endswith("..") else title.removesuffix(".")
    if title.startswith("[") and title.endswith("]"):
        title = title[1:-1]
    return join_title([title])


def _author(person: Fields) -> Author | None:
    if (person.text("authtype") or "Author") not in WRITERS:
        return None
    name = person.text("name") or ""
    match = _PERSON.fullmatch(name) if person.text("authtype") != "CollectiveName" else None
    if match is None or not match["initials"].isupper():
        return make_author(None, None, name)
    family = " ".join(filter(None, (match["family"], match["suffix"])))
    return make_author(" ".join(match["initials"]), family)


def _date(text: str) -> str | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day = match.groups("")
    return parse_date(f"{day} {month} {year}") or parse_date(f"{month} {year}") or parse_date(year)
