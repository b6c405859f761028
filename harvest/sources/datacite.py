"""DataCite: metadata of the DOIs that Crossref does not have (Zenodo, figshare, data sets, theses), asked in lists.

arXiv registers its ids here as 10.48550/arXiv.<id>; they are asked when arXiv itself does not answer to them. Ids that
are not there are absent from an answer. https://support.datacite.org/docs/api-get-lists
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from harvest.dates import earliest, from_parts
from harvest.errors import SourceError
from harvest.http.clients import Http
from harvest.identifiers import identify, url
from harvest.models import Answer, Author, Identifier, ManifestationKind, Record
from harvest.sources.base import (
    ProbeResult,
    Source,
    ask_lists,
    chunks,
    expect,
    failed,
    optional,
    skip_lookup,
)
from harvest.text import join_title, make_author

NAME = "datacite"
SCHEMES = frozenset({"doi", "arxiv"})

PROBE_DOI = "10.48550/arxiv.2006.11239"  # asked for because it will not go away
LIST_SIZE = 50  # DOIs in one list: the address stays as short as those of Crossref
KEPT = (
    "doi", "titles", "creators", "publisher", "publicationYear", "dates", "types", "relatedIdentifiers", "container",
    "citationCount",
)  # fmt: skip
# Relations between forms of one work: the other side is the same creation (DataCite Metadata Schema 4.6, appendix A).
SAME_WORK = frozenset({"IsVersionOf", "IsIdenticalTo", "IsPreprintOf", "HasPreprint"})
VERSIONS = frozenset(
    {"HasVersion", "IsNewVersionOf", "IsPreviousVersionOf"}
)  # of these there may be hundreds
# resourceTypeGeneral in the words of Crossref; what is not here keeps its own in lower case with hyphens.
TYPES = {
    "ConferencePaper": "proceedings-article",
    "Preprint": "posted-content",
    "BookChapter": "book-chapter",
    "JournalArticle": "journal-article",
}
KINDS: dict[str, ManifestationKind] = {
    "book": "version_of_record",
    "book-chapter": "version_of_record",
    "dataset": "dataset",
    "dissertation": "version_of_record",
    "journal-article": "version_of_record",
    "posted-content": "preprint",
    "proceedings-article": "version_of_record",
    "report": "version_of_record",
}
DATES = frozenset(
    {"Issued", "Available"}
)  # of those in appendix A, the days on which it was public
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?!\d)")


class DataCite(Source):
    """DataCite, asked in lists of DOIs."""

    name = NAME
    rank = 15
    route = NAME
    schemes = SCHEMES
    after = frozenset({"crossref", "arxiv"})
    list_size = LIST_SIZE

    def fetch(
        self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
    ) -> Iterator[Answer]:
        """Ask for DOIs and arXiv ids in lists; an id that DataCite does not have is absent from the answer."""
        client = http.rest(NAME)

        def ask(batch: Sequence[Identifier]) -> dict[str, dict[str, Any]]:
            names = ",".join(map(_doi, batch))
            answer = client.get("/dois", {"ids": names, "page[size]": str(len(batch))})
            return {item["doi"].lower(): item for item in map(_attributes, _data(answer))}

        singly = [
            [identifier] for identifier in due if "," in identifier.value
        ]  # a list would be cut there
        lists = chunks([identifier for identifier in due if "," not in identifier.value], LIST_SIZE)
        for batch, found in ask_lists(http, NAME, [*lists, *singly], ask):
            for identifier in batch:
                if isinstance(found, SourceError):
                    yield failed(identifier, found)
                else:
                    payload = found.get(_doi(identifier))
                    yield Answer(
                        identifier=identifier,
                        outcome="found" if payload else "not_found",
                        payload=payload,
                    )

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record:
        """Read the attributes of a DOI. https://schema.datacite.org/meta/kernel-4.6/."""
        type_ = _type(payload)
        titles = [
            _texts(entry, "title")
            for entry in _list(payload, "titles")
            if not entry.get("titleType")
        ]
        subtitles = [
            _texts(entry, "title")
            for entry in _list(payload, "titles")
            if entry.get("titleType") == "Subtitle"
        ]
        container = expect(NAME, payload.get("container") or {}, dict, "container")
        publisher = payload.get("publisher")
        forms, versions = (
            set(_related(identifier, payload, kinds)) for kinds in (SAME_WORK, VERSIONS)
        )
        return Record(
            source=NAME,
            identifier=identifier,
            kind="preprint" if identifier.scheme == "arxiv" else KINDS.get(type_ or "", "other"),
            type=type_,
            title=join_title(titles, subtitles),
            authors=tuple(
                author for creator in _list(payload, "creators") if (author := _author(creator))
            ),
            date=_date(payload),
            container=optional(NAME, container.get("title"), str, "container.title"),
            publisher=_texts(publisher, "name")
            if isinstance(publisher, dict)
            else optional(NAME, publisher, str, "publisher"),
            cited_by=optional(NAME, payload.get("citationCount"), int, "citationCount"),
            url=url(identifier),
            same_work=tuple(sorted(forms | versions)),
            skip_lookup=skip_lookup(versions - forms),
            secondhand=identifier.scheme == "arxiv",
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for one DOI."""
        client = http.rest(NAME)
        question = {"ids": PROBE_DOI, "page[size]": "1"}
        http.ask(NAME, lambda: client.get("/dois", question), unless=SourceError)
        return ProbeResult("ok", "answers; it has no limit to tell")


def _doi(identifier: Identifier) -> str:
    return (
        f"10.48550/arxiv.{identifier.value}" if identifier.scheme == "arxiv" else identifier.value
    )


def _data(answer: Any) -> list[Any]:
    return expect(NAME, expect(NAME, answer, dict, "answer").get("data"), list, "data")


def _attributes(item: Any) -> dict[str, Any]:
    attributes = expect(
        NAME, expect(NAME, item, dict, "data").get("attributes"), dict, "attributes"
    )
    expect(NAME, attributes.get("doi"), str, "doi")
    return {key: attributes[key] for key in KEPT if key in attributes}


def _list(payload: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [
        expect(NAME, entry, dict, key) for entry in expect(NAME, payload.get(key) or [], list, key)
    ]


def _texts(entry: dict[str, Any], key: str) -> str:
    return optional(NAME, entry.get(key), str, key) or ""


def _type(payload: dict[str, Any]) -> str | None:
    types = expect(NAME, payload.get("types") or {}, dict, "types")
    general = optional(NAME, types.get("resourceTypeGeneral"), str, "resourceTypeGeneral")
    return (
        TYPES.get(general) or re.sub(r"(?<!^)(?=[A-Z])", "-", general).lower() if general else None
    )


def _author(creator: dict[str, Any]) -> Author | None:
    given, family, name = (
        _texts(creator, key) or None for key in ("givenName", "familyName", "name")
    )
    if not family and name and creator.get("nameType") != "Organizational" and name.count(",") == 1:
        family, given = name.split(",")  # "Family, Given" is how DataCite wants a person's name
    names = (
        expect(NAME, entry, dict, "nameIdentifiers")
        for entry in creator.get("nameIdentifiers") or []
    )
    orcid = next(
        (_texts(n, "nameIdentifier") for n in names if n.get("nameIdentifierScheme") == "ORCID"),
        None,
    )
    return make_author(given, family, None if family else name, orcid)


def _date(payload: dict[str, Any]) -> str | None:
    days = (
        _texts(entry, "date") for entry in _list(payload, "dates") if entry.get("dateType") in DATES
    )
    dates = (
        from_parts({"date-parts": [[int(part) for part in m.groups() if part]]})
        for m in map(_DAY.match, days)
        if m
    )
    year = optional(NAME, payload.get("publicationYear"), int, "publicationYear")
    return earliest(dates) or (from_parts({"date-parts": [[year]]}) if year else None)


def _related(
    identifier: Identifier, payload: dict[str, Any], relations: Collection[str]
) -> Iterator[Identifier]:
    """Give the other side of some relations; ids of other kinds, and ids that are none, occur and say nothing to us."""
    for related in _list(payload, "relatedIdentifiers"):
        kind, value = related.get("relatedIdentifierType"), related.get("relatedIdentifier")
        if (
            related.get("relationType") in relations
            and kind in {"DOI", "arXiv"}
            and isinstance(value, str)
        ):
            other = identify(value).identifier
            if other and other != identifier and other.scheme in SCHEMES:
                yield other
