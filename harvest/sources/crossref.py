"""Crossref: metadata of DOIs, asked in lists through `filter=doi:...`.

A DOI that a list does not return is begun, and asked singly before it is called not found: the filter misses a few that
exist (index holes, aliases). A DOI with a comma goes singly at once, since the filter would be cut there, and so do the
DOIs of a list that Crossref refuses for one of them. A list with a record that nobody can read is halved until that
stands alone.
https://github.com/CrossRef/rest-api-doc#multiple-filters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

from harvest.dates import earliest, from_parts
from harvest.errors import GarbledError, MalformedError, NotFoundError, SourceError
from harvest.http.clients import Http
from harvest.identifiers import identify
from harvest.models import (
    Anomaly,
    Answer,
    Author,
    Identifier,
    IntegrityNotice,
    ManifestationKind,
    NoticeKind,
    Record,
)
from harvest.sources.base import (
    PROBE_DOI,
    ProbeResult,
    SearchableSource,
    ask_lists,
    expect,
    failed,
    optional,
    skip_lookup,
)
from harvest.text import clean, join_title, make_author

NAME = "crossref"
ROUTE = "crossref.list"
SINGLE = "crossref.single"

LIST_SIZE = 50  # DOIs in one list
MOST_PER_PII = 4  # works that share a PII by mistake: one more than once is enough to know
AUTHORS = 120  # characters of the names that go into a search
LIST_BYTES = 3_500  # of its address: servers refused more than 4,096 (CrossRef/rest-api-doc#251)
UNKEPT = {
    "reference",
    "abstract",
    "score",
}  # large, never read here, or different with every question
DATES = ("published-online", "published-print", "published", "published-other", "posted", "issued")
# Relations between forms of one work: the other side is the same creation.
SAME_WORK = ("is-preprint-of", "has-preprint", "is-version-of", "is-same-as", "is-identical-to")
VERSIONS = ("has-version",)  # of these there may be many
KINDS: dict[str, ManifestationKind] = {
    "dataset": "dataset",
    "component": "other",
    "peer-review": "other",
}
# What updates a work, in the words of the dataset; None is a newer form of it and no notice.
# https://github.com/CrossRef/cayenne/blob/master/src/cayenne/ids/update_type.clj
NOTICES: dict[str, NoticeKind | None] = {
    "addendum": "correction",
    "clarification": "correction",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "expression_of_concern": "expression_of_concern",
    "new_edition": None,
    "new_version": None,
    "partial_retraction": "retraction",  # a reader must be warned, and the notice says of what
    "removal": "withdrawal",
    "retraction": "retraction",
    "withdrawal": "withdrawal",
}
_PII = re.compile(r"S[0-9]{15}[0-9X]")


class Crossref(SearchableSource):
    """Crossref, asked in lists of DOIs."""

    name = NAME
    rank = 10
    search_rank = 10
    route = ROUTE
    schemes = frozenset({"doi"})
    list_size = LIST_SIZE

    def fetch(
        self,
        due: Mapping[Identifier, dict[str, Any] | None],
        http: Http,
        now: datetime,
    ) -> Iterator[Answer]:
        """Ask for DOIs: in lists, then those that no list could tell about one by one. `now` plays no part."""
        client = http.crossref()

        def ask_list(batch: Sequence[str]) -> dict[str, dict[str, Any]]:
            answer = client.works(filter={"doi": list(batch)}, limit=len(batch))
            return _items(answer)

        def ask_one(identifier: Identifier) -> dict[str, Any]:
            # habanero leaves `#?%` as they are and would ask for another DOI
            return _item(client.works(ids=quote(identifier.value, safe="")))

        singly = [
            identifier
            for identifier, begun in due.items()
            if "," in identifier.value or begun is not None
        ]
        by_list = [
            identifier.value
            for identifier, begun in due.items()
            if "," not in identifier.value and begun is None
        ]
        odd: list[Identifier] = []
        for batch, items in ask_lists(http, ROUTE, batches(by_list), ask_list):
            if isinstance(items, GarbledError | MalformedError):
                odd += [Identifier("doi", doi) for doi in batch]
                continue
            refused = isinstance(items, SourceError) and items.status == 400
            if isinstance(items, SourceError) and not refused:
                yield from (failed(Identifier("doi", doi), items) for doi in batch)
                continue
            found = (
                {} if isinstance(items, SourceError) else items
            )  # one of a refused list is to blame: nothing says which
            for doi in batch:
                identifier = Identifier("doi", doi)
                if doi in found:
                    yield Answer(identifier=identifier, outcome="found", payload=found[doi])
                else:
                    singly.append(identifier)
                    yield Answer(identifier=identifier, outcome="begun", payload={})
        alone = http.ask_all(SINGLE, odd, ask_one, unless=GarbledError)
        for identifier, item in chain(http.ask_all(SINGLE, singly, ask_one), alone):
            match item:
                case NotFoundError():
                    yield Answer(identifier=identifier, outcome="not_found")
                case SourceError():
                    yield failed(identifier, item)
                case _:
                    yield Answer(identifier=identifier, outcome="found", payload=item)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record:
        """Read a work record. https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md."""
        kind = optional(NAME, payload.get("type"), str, "type")
        suffered, doubts = _notices(identifier, payload, "updated-by")
        given, more_doubts = _notices(identifier, payload, "update-to")
        forms, versions = (
            set(_forms(identifier, payload, relations)) for relations in (SAME_WORK, VERSIONS)
        )
        is_preprint = kind == "posted-content" and payload.get("subtype", "preprint") == "preprint"
        return Record(
            source=NAME,
            identifier=identifier,
            kind="preprint" if is_preprint else KINDS.get(kind or "", "version_of_record"),
            type=kind,
            title=join_title(_texts(payload, "title"), _texts(payload, "subtitle")),
            authors=tuple(_authors(payload)),
            date=earliest(from_parts(payload.get(key)) for key in DATES),
            container=_container(payload),
            publisher=optional(NAME, payload.get("publisher"), str, "publisher"),
            cited_by=optional(
                NAME, payload.get("is-referenced-by-count"), int, "is-referenced-by-count"
            ),
            url=f"https://doi.org/{quote(identifier.value, safe='/:;()')}",
            same_work=tuple(sorted({*_names(identifier, payload), *forms, *versions})),
            skip_lookup=skip_lookup(versions - forms),
            integrity=tuple(
                IntegrityNotice(kind, str(by), day, who) for by, kind, day, who in suffered
            ),
            notices=tuple(
                (on, IntegrityNotice(kind, str(identifier), day, who))
                for on, kind, day, who in given
            ),
            doubts=tuple(doubts + more_doubts),
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the agency of a DOI, and read the limit in the answer's headers."""
        client = http.crossref()
        http.ask(SINGLE, lambda: client.registration_agency(ids=PROBE_DOI), unless=SourceError)
        headers = http.headers[NAME]
        limit, seconds = headers.get("x-rate-limit-limit"), headers.get("x-rate-limit-interval")
        rate = f"allows {limit} requests in {seconds}" if limit and seconds else "names no limit"
        pool = headers.get("x-api-pool", "unknown")
        return ProbeResult("ok", f"answers and {rate} ({pool} pool)")

    def question(self, title: str, authors: str | None, year: int | None) -> Identifier:
        """Give what to search for: the citation as one text, which is what `query.bibliographic` is made for."""
        names = " ".join(_NAME.findall((authors or "")[:AUTHORS]))
        return Identifier("title", " ".join(f"{clean(title)} {names} {year or ''}".split()))

    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Answer]:
        """Search for works: PIIs in lists through `alternative-id`, titles one by one.

        The payload of an answer has the works found by DOI (`items`) and whether the first two were
        equally good (`tie`).
        """
        client = http.crossref()

        def by_pii(batch: Sequence[str]) -> list[dict[str, Any]]:
            answer = client.works(
                filter={"alternative-id": list(batch)}, limit=MOST_PER_PII * len(batch)
            )
            return list(_items(answer).values())

        def by_title(asked: Identifier) -> dict[str, Any]:
            message = _message(client.works(query_bibliographic=asked.value, limit=2))
            scores = [
                item.get("score") for item in expect(NAME, message.get("items"), list, "items")
            ]
            return {
                "items": _items({"message": message}),
                "tie": len(scores) > 1 and scores[0] == scores[1],
            }

        piis = [asked.value for asked in questions if asked.scheme == "pii"]
        for batch, items in ask_lists(http, ROUTE, batches(piis, "alternative-id"), by_pii):
            for pii in batch:
                asked = Identifier("pii", pii)
                if isinstance(items, SourceError):
                    yield failed(asked, items)
                else:
                    hits = {
                        item["DOI"].lower(): item
                        for item in items
                        if pii in (item.get("alternative-id") or [])
                    }
                    yield _searched(asked, {"items": hits, "tie": False})
        for asked, found in http.ask_all(
            ROUTE, [q for q in questions if q.scheme == "title"], by_title
        ):
            yield (
                failed(asked, found) if isinstance(found, SourceError) else _searched(asked, found)
            )


def batches(values: Sequence[str], name: str = "doi") -> Iterator[list[str]]:
    """Cut values of a filter into lists of at most LIST_SIZE whose part of the address stays below LIST_BYTES."""
    batch: list[str] = []
    size = 0
    for value in values:
        cost = len(quote(f"{name}:{value},", safe=""))
        if batch and (len(batch) == LIST_SIZE or size + cost > LIST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(value)
        size += cost
    if batch:
        yield batch


_NAME = re.compile(
    r"(?!et\b|al\b)[^\W\d_][^\W\d_'\u2019-]+"
)  # an initial is a rare word, and would count for much


def _searched(asked: Identifier, payload: dict[str, Any]) -> Answer:
    return Answer(
        identifier=asked, outcome="found" if payload["items"] else "not_found", payload=payload
    )


def _message(answer: Any) -> dict[str, Any]:
    return expect(NAME, expect(NAME, answer, dict, "answer").get("message"), dict, "message")


def _items(answer: Any) -> dict[str, dict[str, Any]]:
    message = _message(answer)
    items = expect(NAME, message.get("items"), list, "items")
    return {expect(NAME, item.get("DOI"), str, "DOI").lower(): _kept(item) for item in items}


def _item(answer: Any) -> dict[str, Any]:
    message = _message(answer)
    if "DOI" not in message:
        raise MalformedError(NAME, "a work without DOI")
    return _kept(message)


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in UNKEPT}


def _texts(payload: dict[str, Any], key: str) -> list[str]:
    value = payload.get(key) or []
    return [
        expect(NAME, text, str, key)
        for text in ([value] if isinstance(value, str) else expect(NAME, value, list, key))
    ]


def _authors(payload: dict[str, Any]) -> Iterator[Author]:
    for person in expect(NAME, payload.get("author") or [], list, "author"):
        parts = {
            key: optional(NAME, person.get(key), str, f"author.{key}")
            for key in ("given", "family", "name", "suffix")
        }
        family = " ".join(filter(None, (parts["family"], parts["suffix"])))
        author = make_author(parts["given"], family, parts["name"], person.get("ORCID"))
        if author:
            yield author


def _container(payload: dict[str, Any]) -> str | None:
    """Name the journal or book; a preprint has its server in `institution` instead."""
    if containers := _texts(payload, "container-title"):
        return join_title(containers)
    institutions = payload.get("institution") or []
    named = (
        [institutions]
        if isinstance(institutions, dict)
        else expect(NAME, institutions, list, "institution")
    )
    return join_title(place["name"] for place in named if place.get("name"))


def _names(identifier: Identifier, payload: dict[str, Any]) -> Iterator[Identifier]:
    """Give the other names of this form."""
    doi = expect(NAME, payload.get("DOI"), str, "DOI").lower()
    if doi != identifier.value:  # an alias: the registry answered with the DOI that replaces it
        yield Identifier("doi", doi)
    for pii in payload.get("alternative-id") or []:
        if _PII.fullmatch(pii):
            yield Identifier("pii", pii)


def _forms(
    identifier: Identifier, payload: dict[str, Any], relations: Iterable[str]
) -> Iterator[Identifier]:
    """Give the other forms of the work that some relations lead to."""
    relation = expect(NAME, payload.get("relation") or {}, dict, "relation")
    for name in relations:
        for other in relation.get(name) or []:
            related = _related(other)
            if related and related != identifier:
                yield related


def _related(other: dict[str, Any]) -> Identifier | None:
    """Read one end of a relation; ids of other kinds, and ids that are none, occur and say nothing to us."""
    kind, value = other.get("id-type"), other.get("id")
    if not isinstance(value, str) or kind not in {"doi", "arxiv"}:
        return None
    found = identify(value if kind == "doi" else f"arXiv:{value}").identifier
    return found if found and found.scheme in {"doi", "arxiv"} else None


Update = tuple[
    Identifier, NoticeKind, str | None, str
]  # the other side, what it is, its date, who says so


def _notices(
    identifier: Identifier, payload: dict[str, Any], key: str
) -> tuple[list[Update], list[Anomaly]]:
    """Read `updated-by` (notices of this work) or `update-to` (works that this one is a notice of).

    Members point notices at themselves by mistake: those say nothing. A kind that is not documented is a doubt, for it
    may be a retraction by another name.
    """
    updates: list[Update] = []
    doubts: list[Anomaly] = []
    for update in expect(NAME, payload.get(key) or [], list, key):
        other = identify(expect(NAME, update.get("DOI"), str, f"{key}.DOI")).identifier
        written = expect(NAME, update.get("type"), str, f"{key}.type")
        kind = re.sub(r"[^a-z]+", "_", written.lower())
        if other is None or str(other) in {
            str(identifier),
            f"doi:{str(payload.get('DOI')).lower()}",
        }:
            continue
        if kind not in NOTICES:
            doubts.append(
                Anomaly(
                    "unknown-notice",
                    f"{other}: Crossref calls it {written!r}, which is no known kind",
                )
            )
        elif notice := NOTICES[kind]:
            who = expect(NAME, update.get("source") or "publisher", str, f"{key}.source")
            updates.append((other, notice, from_parts(update.get("updated")), f"{NAME}/{who}"))
    if key == "updated-by":
        retracted = (
            expect(NAME, payload.get("relation") or {}, dict, "relation").get("is-retracted-by")
            or []
        )
        updates += [
            (by, "retraction", None, f"{NAME}/publisher")
            for other in retracted
            if (by := _related(other))
        ]
    return updates, doubts
