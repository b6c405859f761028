"""doi.org: the DOIs of all other agencies (mEDRA, JaLC, KISTI, ISTIC, CNKI, OP), and whether a DOI exists at all.

Asked for what neither Crossref nor DataCite has. The agency comes in lists (`/ra/`), the metadata one by one through
content negotiation, whose 404 is authoritative. https://citation.doi.org/docs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from harvest.dates import earliest, from_parts
from harvest.errors import NotFoundError, SourceError, UnservedError
from harvest.http.clients import Http
from harvest.identifiers import url
from harvest.models import Answer, Author, Identifier, ManifestationKind, Record
from harvest.sources.base import (
    PROBE_DOI,
    ProbeResult,
    Source,
    ask_lists,
    chunks,
    expect,
    failed,
    optional,
)
from harvest.text import join_title, make_author

NAME = "doi"

LIST_SIZE = 50  # DOIs in one list: 200 were answered, an address of 11 kB was refused
CSL = "application/vnd.citationstyles.csl+json"
UNSAID = "unknown"  # the agency of a DOI about which none was asked, or none told
UNKNOWN = frozenset({"doi does not exist", "invalid doi"})
ASKED_BEFORE = frozenset({"Crossref", "DataCite"})  # agencies that deny what doi.org says is theirs
KEPT = ("DOI", "type", "title", "author", "issued", "published", "container-title", "publisher")
# CSL types in the words of Crossref, with the kind of form; what is not here keeps its name.
TYPES: dict[str, tuple[str, ManifestationKind]] = {
    "article": ("posted-content", "preprint"),
    "article-journal": ("journal-article", "version_of_record"),
    "book": ("book", "version_of_record"),
    "chapter": ("book-chapter", "version_of_record"),
    "dataset": ("dataset", "dataset"),
    "paper-conference": ("proceedings-article", "version_of_record"),
    "report": ("report", "version_of_record"),
    "thesis": ("dissertation", "version_of_record"),
}


class DoiOrg(Source):
    """The resolver of all DOIs."""

    name = NAME
    rank = 16
    route = NAME
    schemes = frozenset({"doi"})
    after = frozenset({"crossref", "datacite"})
    list_size = LIST_SIZE

    def fetch(
        self,
        due: Mapping[Identifier, dict[str, Any] | None],
        http: Http,
        now: datetime,
    ) -> Iterator[Answer]:
        """Ask whose the DOIs are, in lists, and then each that somebody has for its metadata.

        The payload is {"agency": name, "csl": metadata}; `csl` is None for an agency that gives none in this form. Of a
        begun answer the agency is known.
        """
        client = http.rest(NAME, accept=CSL)

        def ask_agencies(batch: Sequence[Identifier]) -> dict[str, str | None]:
            names = ",".join(quote(identifier.value, safe="/") for identifier in batch)
            return dict(map(_agency, expect(NAME, client.get(f"/ra/{names}"), list, "agencies")))

        def ask_metadata(owned: tuple[Identifier, str]) -> dict[str, Any]:
            identifier, agency = owned
            try:
                csl = expect(
                    NAME, client.get("/" + quote(identifier.value, safe="/")), dict, "metadata"
                )
            except UnservedError:
                return {"agency": agency, "csl": None}
            except NotFoundError:
                if agency == UNSAID:
                    raise
                return {
                    "agency": agency,
                    "csl": None,
                }  # the DOI exists: it is the agency's or publisher's page that does not
            return {"agency": agency, "csl": {key: csl[key] for key in KEPT if key in csl}}

        # a list is cut at each comma, even an encoded one: such a DOI is asked alone
        unowned = [identifier for identifier, begun in due.items() if begun is None]
        singly = [[identifier] for identifier in unowned if "," in identifier.value]
        lists = chunks(
            [identifier for identifier in unowned if "," not in identifier.value], LIST_SIZE
        )
        owned: list[tuple[Identifier, str]] = [
            (i, begun["agency"]) for i, begun in due.items() if begun is not None
        ]
        for batch, agencies in ask_lists(http, NAME, [*lists, *singly], ask_agencies):
            for identifier in batch:
                if isinstance(agencies, SourceError):
                    yield failed(identifier, agencies)
                elif (agency := agencies.get(identifier.value, UNSAID)) is None:
                    yield Answer(identifier=identifier, outcome="not_found")
                else:
                    owned.append((identifier, agency))
                    yield Answer(identifier=identifier, outcome="begun", payload={"agency": agency})
        for (identifier, _), payload in http.ask_all(NAME, owned, ask_metadata):
            match payload:
                case NotFoundError():
                    yield Answer(identifier=identifier, outcome="not_found")
                case SourceError():
                    yield failed(identifier, payload)
                case _:
                    yield Answer(identifier=identifier, outcome="found", payload=payload)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record:
        """Read the agency and its metadata in CSL-JSON. https://docs.citationstyles.org/en/stable/specification.html."""
        csl = expect(NAME, payload.get("csl") or {}, dict, "csl")
        written = optional(NAME, csl.get("type"), str, "type")
        known = TYPES.get(written or "")
        return Record(
            source=NAME,
            identifier=identifier,
            kind=known[1] if known else "other",
            type=known[0] if known else written,
            title=join_title(_texts(csl, "title")),
            authors=tuple(author for person in _people(csl) if (author := _author(person))),
            date=earliest((from_parts(csl.get("issued")), from_parts(csl.get("published")))),
            container=join_title(_texts(csl, "container-title")),
            publisher=optional(NAME, csl.get("publisher"), str, "publisher"),
            url=url(identifier),
            secondhand=payload.get("agency") in ASKED_BEFORE,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the agency of a DOI."""
        client = http.rest(NAME)
        http.ask(NAME, lambda: client.get(f"/ra/{PROBE_DOI}"), unless=SourceError)
        return ProbeResult("ok", "answers; it has no limit to tell")


def _agency(entry: Any) -> tuple[str, str | None]:
    """Give the agency of one DOI, None for one that does not exist."""
    told = expect(NAME, entry, dict, "agency")
    doi = expect(NAME, told.get("DOI"), str, "DOI").lower()
    if "RA" in told:
        return doi, expect(NAME, told["RA"], str, "RA")
    status = expect(NAME, told.get("status"), str, "status")
    return doi, None if status.lower() in UNKNOWN else UNSAID


def _texts(csl: dict[str, Any], key: str) -> list[str]:
    value = csl.get(key) or []
    return [
        expect(NAME, text, str, key)
        for text in ([value] if isinstance(value, str) else expect(NAME, value, list, key))
    ]


def _people(csl: dict[str, Any]) -> list[dict[str, Any]]:
    people = expect(NAME, csl.get("author") or [], list, "author")
    return [expect(NAME, person, dict, "author") for person in people]


def _author(person: dict[str, Any]) -> Author | None:
    given, family, literal = (
        optional(NAME, person.get(key), str, key) for key in ("given", "family", "literal")
    )
    return make_author(given, family, literal)
