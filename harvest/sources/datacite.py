"""DataCite: metadata of the DOIs that Crossref does not have (Zenodo, figshare, data sets, theses).

DOIs are asked in lists; those that DataCite does not have are absent from a response. arXiv
registers its ids here as 10.48550/arXiv.<id>. They are asked when arXiv itself does not answer to
them. https://support.datacite.org/docs/api-get-lists
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from harvest.config import Service
from harvest.dates import earliest, from_parts
from harvest.errors import SourceError
from harvest.http.clients import Http, Rest
from harvest.http.rate_limit import Rate, Route
from harvest.identifiers import url
from harvest.models import Author, Funder, Identifier, ManifestationKind, Record, Reply
from harvest.sources import base, details
from harvest.sources.base import (
    DuePayloads,
    DumpedSource,
    DumpRecord,
    Example,
    Fields,
    Items,
    Payload,
    ProbeResult,
)
from harvest.text import clean, join_title, make_author

NAME = "datacite"
# The documented limits, as of 2026-11; see docs/decisions.md, "Limits".
ROUTE = Route("datacite", Rate(0.6), polite=Rate(0.3))
ARXIV_PREFIX = "10.48550/arxiv."
PROBE = Identifier("arxiv", "2006.11239")  # the first paper on diffusion models: it will stay
KEPT = (
    "doi", "titles", "creators", "publisher", "publicationYear", "dates", "types",
    "relatedIdentifiers", "container", "citationCount", "contributors", "language", "rightsList",
    "fundingReferences", "subjects", "descriptions",
)  # fmt: skip
# Relations between forms of one work: the other side is the same creation (DataCite Metadata Schema
# 4.6, appendix A). Of versions there may be hundreds.
SAME_WORK = frozenset({"IsVersionOf", "IsIdenticalTo", "IsPreprintOf", "HasPreprint"})
VERSIONS = frozenset({"HasVersion", "IsNewVersionOf", "IsPreviousVersionOf"})
# Relations between two works.
OTHER_WORKS = frozenset({
    "IsPartOf", "HasPart", "IsSupplementTo", "IsSupplementedBy", "Reviews", "IsReviewedBy",
    "IsDocumentedBy", "Documents",
})  # fmt: skip
# resourceTypeGeneral in the words of Crossref. What is not here keeps its own word in lower case
# with hyphens.
TYPES = {
    "ConferencePaper": "proceedings-article",
    "ConferenceProceeding": "proceedings",
    "JournalArticle": "journal-article",
    "Preprint": "posted-content",
}
DATES = frozenset({"Issued", "Available"})  # of appendix A, the days on which it was public
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?!\d)")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class _Line(msgspec.Struct):
    """A line of the public data file."""

    attributes: dict[str, msgspec.Raw]


_LINE = msgspec.json.Decoder(_Line)


class DataCite(DumpedSource):
    """DataCite, asked in lists of DOIs."""

    name = NAME
    rank = 15
    service = Service(url="https://api.datacite.org")
    least_interval = 0.3
    route = ROUTE
    schemes = frozenset({"doi", "arxiv"})
    after = frozenset({"crossref", "arxiv"})
    max_batch = 50  # DOIs: the address stays as short as those of Crossref
    examples = (
        Example("DOI of Zenodo", Identifier("doi", "10.5281/zenodo.3509134")),
        Example("preprint of arXiv", PROBE),
    )

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each DOI and arXiv id, which are asked in lists."""
        request = partial(_request, http.rest(NAME))
        batches = base.batches(due, self.max_batch)
        for identifier, item in base.ask_batches(http, ROUTE, batches, request):
            yield base.reply(identifier, item)

    def from_dump(self, text: bytes) -> DumpRecord:
        """Return a record of the public data file, which has the shape of an answer's item.

        https://support.datacite.org/docs/datacite-public-data-file
        """
        members = _LINE.decode(text).attributes
        doi = msgspec.json.decode(members["doi"], type=str).lower()
        changed = msgspec.json.decode(members.get("updated", b'""'), type=str)[:10]
        payload = {name: members[name] for name in KEPT if name in members}
        preprint = doi.removeprefix(ARXIV_PREFIX)
        identifier = f"doi:{doi}" if preprint == doi else f"arxiv:{preprint}"
        return DumpRecord(identifier, msgspec.json.encode(payload).decode(), changed)

    def read(self, identifier: Identifier, payload: Payload) -> Record:
        """Return the record of a DOI. https://schema.datacite.org/meta/kernel-4.6/."""
        work = Fields(NAME, payload)
        type_ = _type(work)
        forms = _related(work, SAME_WORK) - {identifier}
        versions = _related(work, VERSIONS) - {identifier}
        is_preprint = identifier.scheme == "arxiv"  # whose relations arXiv has from the author
        citation, odd = details.read(work, DETAILS)
        return Record(
            source=NAME,
            identifier=identifier,
            kind=_kind(identifier, type_),
            type=type_,
            title=_title(work),
            authors=tuple(filter(None, map(_author, work.children("creators")))),
            date=_date(work),
            container=work.child("container").text("title"),
            publisher=_publisher(work),
            cited_by=work.get("citationCount", int),
            url=url(identifier),
            same_work=() if is_preprint else tuple(sorted(forms | versions)),
            skip_lookup=base.skip_lookup(versions - forms),
            author_claims=tuple(sorted(forms | versions)) if is_preprint else (),
            other_works=tuple(sorted(_related(work, OTHER_WORKS) - {identifier})),
            secondhand=is_preprint,
            anomalies=tuple(odd),
            **citation,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for one DOI."""
        client = http.rest(NAME)
        http.ask(ROUTE, lambda: _request(client, [PROBE]), unless=SourceError)
        return ProbeResult("ok", "answers; it has no limit to tell")


def _request(client: Rest, batch: Sequence[Identifier]) -> dict[Identifier, Payload | None]:
    dois = ",".join(map(_doi, batch))
    items = _items(client.get("/dois", {"ids": dois, "page[size]": str(len(batch))}))
    return {identifier: items.get(_doi(identifier)) for identifier in batch}


def _items(response: Any) -> Items:
    data = base.objects(NAME, Fields(NAME, response).value.get("data"), "data")
    works = [item.child("attributes") for item in data]
    return {work.need("doi", str).lower(): work.pick(KEPT) for work in works}


def _doi(identifier: Identifier) -> str:
    prefix = ARXIV_PREFIX if identifier.scheme == "arxiv" else ""
    return prefix + identifier.value


def _type(work: Fields) -> str | None:
    general = work.child("types").text("resourceTypeGeneral")
    if not general:
        return None
    return TYPES.get(general) or _CAPITAL.sub("-", general).lower()


def _kind(identifier: Identifier, type_: str | None) -> ManifestationKind:
    if identifier.scheme == "arxiv":
        return "preprint"
    return "version_of_record" if type_ == "data-paper" else base.kind_of(type_)


def _title(work: Fields) -> str | None:
    titles = [*_titles(work, ""), *_other_titles(work)]
    return join_title(titles, _titles(work, "Subtitle"))


def _titles(work: Fields, kind: str) -> list[str]:
    """Return the titles of one kind; "" stands for the main ones."""
    titles = [title for title in work.children("titles") if (title.text("titleType") or "") == kind]
    return [title.text("title") or "" for title in titles]


def _other_titles(work: Fields) -> list[str]:
    """Return the titles of the other types, the last resort: some records have only `Other`."""
    types = {title.text("titleType") or "" for title in work.children("titles")}
    result = []
    for kind in sorted(types - {"", "Subtitle"}):
        result += _titles(work, kind)
    return result


def _author(creator: Fields) -> Author | None:
    first, last, name = map(creator.text, ("givenName", "familyName", "name"))
    is_person = creator.text("nameType") != "Organizational"
    if not last and name and is_person and name.count(",") == 1:
        last, first = name.split(",")  # how DataCite wants a person's name
    return make_author(first, last, None if last else name, _orcid(creator))


def _orcid(creator: Fields) -> str | None:
    for name in creator.children("nameIdentifiers"):
        if "orcid" in (name.text("nameIdentifierScheme") or "").lower():
            return name.text("nameIdentifier")
    return None


def _publisher(work: Fields) -> str | None:
    """Return the publisher, which is an object since schema 4.5."""
    if isinstance(work.value.get("publisher"), dict):
        return work.child("publisher").text("name")
    return work.text("publisher")


def _date(work: Fields) -> str | None:
    dates = [entry for entry in work.children("dates") if entry.text("dateType") in DATES]
    date = earliest(_day(entry.text("date") or "") for entry in dates)
    return date or from_parts({"date-parts": [[work.get("publicationYear", int)]]})


def _day(text: str) -> str | None:
    match = _DAY.match(text)
    return from_parts({"date-parts": [[*match.groups()]]}) if match else None


def _related(work: Fields, relations: Collection[str]) -> set[Identifier]:
    others: set[Identifier] = set()
    for relation in work.children("relatedIdentifiers"):
        if relation.text("relationType") in relations:
            kind = relation.value.get("relatedIdentifierType")
            others |= base.related(kind, relation.value.get("relatedIdentifier"))
    return others


# -- what a citation needs -------------------------------------------------------------------------


def _pages(work: Fields) -> str | None:
    container = work.child("container")
    ends = (container.text("firstPage"), container.text("lastPage"))
    return "-".join(filter(None, ends)) or None


def _container_number(work: Fields, kind: str) -> str:
    """Return the number of the container if it is an ISSN or ISBN as `kind` says, else ""."""
    container = work.child("container")
    is_kind = (container.text("identifierType") or "").upper() == kind
    return (container.text("identifier") or "") if is_kind else ""


def _issns(work: Fields) -> tuple[str, ...]:
    number = _container_number(work, "ISSN")
    return (number,) if number else ()


def _isbns(work: Fields) -> tuple[str, ...]:
    number = details.isbn(_container_number(work, "ISBN"))
    return (number,) if number else ()


def _editors(work: Fields) -> tuple[Author, ...]:
    people = work.children("contributors")
    editors = [person for person in people if person.text("contributorType") == "Editor"]
    return tuple(filter(None, map(_author, editors)))


def _license(work: Fields) -> str | None:
    """Return the first licence that has an address; its name where none has."""
    rights = work.children("rightsList")
    addresses = [address for it in rights if (address := it.text("rightsUri"))]
    names = [name for it in rights if (name := it.text("rights"))]
    return details.spdx(addresses[0]) if addresses else next(iter(names), None)


def _funders(work: Fields) -> tuple[Funder, ...]:
    funders = []
    for fields in work.children("fundingReferences"):
        name, award = fields.text("funderName"), fields.text("awardNumber")
        if name:
            identifier = details.funder_id(fields.text("funderIdentifier"))
            funders.append(Funder(clean(name), identifier, (award,) if award else ()))
    return tuple(dict.fromkeys(funders))


def _subjects(work: Fields) -> tuple[str, ...]:
    subjects = (clean(subject.text("subject") or "") for subject in work.children("subjects"))
    return tuple(dict.fromkeys(filter(None, subjects)))


def _abstract(work: Fields) -> str | None:
    for description in work.children("descriptions"):
        if description.text("descriptionType") == "Abstract":
            return clean(description.text("description") or "") or None
    return None


DETAILS: details.Readers = {
    "volume": lambda work: work.child("container").text("volume"),
    "issue": lambda work: work.child("container").text("issue"),
    "pages": _pages,
    "issn": _issns,
    "isbn": _isbns,
    "editors": _editors,
    "language": details.text("language"),
    "license": _license,
    "funders": _funders,
    "subjects": _subjects,
    "abstract": _abstract,
}
