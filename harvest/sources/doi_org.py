"""doi.org: the DOIs of all other agencies (mEDRA, JaLC, KISTI, ISTIC, CNKI, OP).

It is asked for what neither Crossref nor DataCite has, and knows whether a DOI exists at all. The
agency comes in lists (`/ra/`), the metadata one by one through content negotiation, whose 404 is
authoritative. https://citation.doi.org/docs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import quote

from harvest.config import Service
from harvest.dates import earliest, from_parts
from harvest.errors import NotFoundError, SourceError, UnservedError
from harvest.http.clients import Http, Rest
from harvest.http.rate_limit import Rate, Route
from harvest.identifiers import url
from harvest.models import Identifier, Record, Reply
from harvest.sources import base, details
from harvest.sources.base import (
    PROBE_DOI,
    DuePayloads,
    Example,
    Fields,
    Payload,
    ProbeResult,
    Source,
)
from harvest.text import join_title

NAME = "doi"
# The documented limit, as of 2026-11; see docs/decisions.md, "Limits".
ROUTE = Route("doi", Rate(0.3))
CSL = "application/vnd.citationstyles.csl+json"
UNNAMED = "unknown"  # the agency of a DOI for which none was asked, or none named
ABSENT = frozenset({"doi does not exist", "invalid doi"})
ASKED_BEFORE = frozenset({"Crossref", "DataCite"})  # agencies that deny what doi.org says is theirs
KEPT = (
    "DOI", "type", "title", "author", "issued", "published", "container-title", "publisher",
    "volume", "issue", "page", "number", "ISSN", "ISBN", "editor", "event", "collection-title",
    "language", "abstract",
)  # fmt: skip
# CSL types in the words of Crossref. What is not here keeps its own word.
TYPES = {
    "article": "posted-content",
    "article-journal": "journal-article",
    "chapter": "book-chapter",
    "entry-dictionary": "reference-entry",
    "entry-encyclopedia": "reference-entry",
    "paper-conference": "proceedings-article",
    "thesis": "dissertation",
}


class DoiOrg(Source):
    """The resolver of all DOIs."""

    name = NAME
    rank = 16
    service = Service(url="https://doi.org")
    least_interval = 0.3
    route = ROUTE
    schemes = frozenset({"doi"})
    after = frozenset({"crossref", "datacite"})
    max_batch = 50  # DOIs: 200 were answered, an address of 11 kB was refused
    examples = (
        Example(
            "agency and metadata of a DOI",
            Identifier("doi", "10.1241/johokanri.39.979"),
            fields=("title",),
        ),
    )

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each DOI: its agency, asked in lists, and its metadata.

        A payload is {"agency": name, "csl": metadata}; `csl` is None for an agency that gives none
        in this form. A begun reply holds the agency.
        """
        agencies: dict[Identifier, str] = {}
        unknown: list[Identifier] = []
        for doi, payload in due.items():
            if payload is None:
                unknown.append(doi)
            else:
                agencies[doi] = payload["agency"]
        request = partial(_request_agencies, http.rest(NAME))
        # A list is cut at each comma, even an encoded one. Such a DOI is asked alone, and the
        # response may name no agency.
        batches = base.batches(unknown, self.max_batch)
        for doi, agency in base.ask_batches(http, ROUTE, batches, request):
            if isinstance(agency, str):
                agencies[doi] = agency
                yield base.begun(doi, {"agency": agency})
            else:
                yield base.reply(doi, agency)
        request_metadata = partial(_request_metadata, http.rest(NAME, accept=CSL), agencies)
        for doi, metadata in http.ask_all(ROUTE, agencies, request_metadata):
            yield base.single_reply(doi, metadata)

    def read(self, identifier: Identifier, payload: Payload) -> Record:
        """Return the record of metadata in CSL-JSON.

        https://docs.citationstyles.org/en/stable/specification.html
        """
        work = Fields(NAME, payload).child("csl")
        csl_type = work.text("type")
        type_ = TYPES.get(csl_type, csl_type) if csl_type else None
        citation, odd = details.read(work, details.CSL)
        return Record(
            source=NAME,
            identifier=identifier,
            kind=base.kind_of(type_),
            type=type_,
            title=join_title(work.texts("title")),
            authors=tuple(filter(None, map(details.person, work.children("author")))),
            date=earliest(from_parts(work.value.get(key)) for key in ("issued", "published")),
            container=join_title(work.texts("container-title")),
            publisher=work.text("publisher"),
            url=url(identifier),
            secondhand=payload.get("agency") in ASKED_BEFORE,
            anomalies=tuple(odd),
            **citation,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the agency of a DOI."""
        client = http.rest(NAME)
        http.ask(ROUTE, lambda: client.get(f"/ra/{PROBE_DOI}"), unless=SourceError)
        return ProbeResult("ok", "answers; it has no limit to tell")


def _request_agencies(client: Rest, batch: Sequence[Identifier]) -> dict[Identifier, str | None]:
    """Return the agency of DOIs, None for those that do not exist."""
    dois = ",".join(quote(doi.value, safe="/") for doi in batch)
    entries = base.objects(NAME, client.get(f"/ra/{dois}"), "agencies")
    agencies = dict(map(_agency, entries))
    return {doi: agencies.get(doi.value, UNNAMED) for doi in batch}


def _agency(entry: Fields) -> tuple[str, str | None]:
    doi = entry.need("DOI", str).lower()
    if "RA" in entry.value:
        return doi, entry.need("RA", str)
    return doi, None if entry.need("status", str).lower() in ABSENT else UNNAMED


def _request_metadata(client: Rest, agencies: Mapping[Identifier, str], doi: Identifier) -> Payload:
    """Return the payload of a DOI. Raises NotFoundError for one that may not exist at all."""
    agency = agencies[doi]
    try:
        response = client.get("/" + quote(doi.value, safe="/"))
    except (NotFoundError, UnservedError) as error:
        # With an agency the DOI exists: the page of the agency or the publisher does not.
        if isinstance(error, NotFoundError) and agency == UNNAMED:
            raise
        return {"agency": agency, "csl": None}
    return {"agency": agency, "csl": Fields(NAME, response, "metadata").pick(KEPT)}
