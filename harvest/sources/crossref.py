"""Crossref: metadata of DOIs, asked in lists through `filter=doi:...`.

A DOI that a list lacks is begun, and asked singly before it is called not found: the filter misses
a few that exist (index holes, aliases). A DOI with a comma is asked singly at once, since the
filter would be cut there. A list with an unreadable record is halved until that stands alone, and
so is one that Crossref refuses (HTTP 400) for a DOI that it does not name.
https://github.com/CrossRef/rest-api-doc#multiple-filters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec

from harvest.config import Service
from harvest.dates import earliest, from_parts
from harvest.errors import (
    GarbledError,
    MalformedError,
    RefusedError,
    SourceError,
    UnservedError,
)
from harvest.http.clients import Http
from harvest.http.rate_limit import Rate, Route
from harvest.identifiers import identify, registered_doi, url
from harvest.models import (
    Anomaly,
    Author,
    Identifier,
    IntegrityNotice,
    ManifestationKind,
    NoticeKind,
    Record,
    Reply,
)
from harvest.sources import base, details
from harvest.sources.base import (
    PROBE_DOI,
    DuePayloads,
    DumpedSource,
    DumpRecord,
    Example,
    Fields,
    Items,
    Payload,
    ProbeResult,
    SearchableSource,
)
from harvest.text import clean, join_title, make_author

NAME = "crossref"
# The documented limits, as of 2026-11; see docs/decisions.md, "Limits".
LIST = Route("crossref.list", Rate(1.0, 1), polite=Rate(1 / 3, 3))
SINGLE = Route("crossref.single", Rate(0.2, 1), polite=Rate(0.1, 3))

# Of the address of a list: servers refused more than 4,096 (CrossRef/rest-api-doc#251).
LIST_BYTES = 3_500
PROBE_TITLE = "Federated learning and differential privacy for medical image analysis"
MAX_WORKS_PER_PII = 4  # that share one by mistake: one more than once is enough to know
MAX_NAMES = 120  # characters of the authors' names that go into a search
# Large, never read here, or different with every request.
DROPPED = frozenset({"reference", "score"})
DATES = ("published-online", "published-print", "published", "published-other", "posted", "issued")
# Relations between forms of one work: the other side is the same creation. Of versions there may
# be many.
SAME_WORK = (
    "is-preprint-of", "has-preprint", "is-version-of", "is-same-as", "is-identical-to",
    "is-manuscript-of", "has-manuscript", "is-format-of", "has-format",
)  # fmt: skip
VERSIONS = ("has-version",)
# Relations between two works.
# https://www.crossref.org/documentation/schema-library/relationships/
OTHER_WORKS = (
    "is-comment-on", "has-comment", "is-reply-to", "has-reply", "is-review-of", "has-review",
    "is-part-of", "has-part", "is-supplement-to", "is-supplemented-by", "is-data-basis-for",
    "is-based-on-data",
)  # fmt: skip
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
# Kinds of posted content by the subtypes of Crossref's schema; `other` and new ones are `other`.
POSTED: dict[str, ManifestationKind] = {"preprint": "preprint", "blog": "web"}
POSTED |= dict.fromkeys(["working_paper", "letter", "dissertation", "report"], "version_of_record")
PARTS = frozenset({
    "book-chapter", "book-part", "book-section", "proceedings-article", "reference-entry",
})  # fmt: skip
# Archives of posted papers whose records call them articles of a journal.
ARCHIVES = frozenset({"SSRN Electronic Journal"})
OVERWRITTEN = f"{NAME}/retraction-watch"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|['\u2019]\d\d\b")
_SERIES = re.compile(
    r"(?:(?:Lecture\s+)?Notes|Communications|Advances|Studies|Progress|Topics|Methods|Trends"
    r"|Contributions|Research|(?:Springer|Leibniz|IFIP|Smart|Understanding)\b[^:]*)\s+(?:in|on)\b"
    r"|(?:Springer|Progress|ACM|Proceedings\s+of\s+SPIE|Smart\s+Innovation|Informatik\s+aktuell)\b"
    r"|.*\bSeries\b",
    re.IGNORECASE,
)
_PII = re.compile(r"S[0-9]{15}[0-9X]")
_NO_LETTERS = re.compile(r"[^a-z]+")
# An initial is a rare word, and would count for much in a search.
_FULL_NAME = re.compile(r"(?!et\b|al\b)[^\W\d_][^\W\d_'\u2019-]+")


class _Indexed(msgspec.Struct, rename="kebab"):
    """When Crossref last took in a record."""

    date_time: str = ""


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DOI = msgspec.json.Decoder(str)
_INDEXED = msgspec.json.Decoder(_Indexed)

Notices = list[tuple[Identifier, IntegrityNotice]]  # each with the other work that it links


class Crossref(SearchableSource, DumpedSource):
    """Crossref, asked in lists of DOIs."""

    name = NAME
    rank = 10
    search_rank = 10
    searches = frozenset({"title", "pii"})
    search_scheme = "doi"
    service = Service(url="https://api.crossref.org")
    least_interval = 0.1
    route = LIST
    schemes = frozenset({"doi"})
    max_batch = 50  # DOIs
    examples = (
        Example("journal article", Identifier("doi", PROBE_DOI)),
        Example("posted content", Identifier("doi", "10.26434/chemrxiv.5406907.v5")),
        Example("title search", Identifier("title", PROBE_TITLE), searched=True),
    )

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each DOI: from lists, then one by one for those that lists lack."""
        return self._look_up(due, http)

    def _look_up(self, due: DuePayloads, http: Http) -> Iterator[Reply]:
        new: list[Identifier] = []
        singles: list[Identifier] = []
        for doi, payload in due.items():
            is_single = payload is not None or "," in doi.value
            (singles if is_single else new).append(doi)
        unreadable: list[Identifier] = []
        request_list = partial(_request_list, http.crossref())
        for doi, item in base.ask_batches(http, LIST, self.batches(new, "doi"), request_list):
            if isinstance(item, GarbledError | MalformedError):
                unreadable.append(doi)
            elif item is None or isinstance(item, RefusedError | UnservedError):
                singles.append(doi)
                yield base.begun(doi)
            else:
                yield base.reply(doi, item)
        request_one = partial(_request_one, http.crossref())
        for dois, unless in ((singles, ()), (unreadable, GarbledError)):
            for doi, work in http.ask_all(SINGLE, dois, request_one, unless):
                yield base.single_reply(doi, work)

    def from_dump(self, text: bytes) -> DumpRecord:
        """Return a record of the public data file: all but what is dropped from answers, too.

        https://www.crossref.org/documentation/retrieve-metadata/public-data-file/
        """
        members = _MEMBERS.decode(text)
        doi = _DOI.decode(members["DOI"]).lower()
        indexed = _INDEXED.decode(members.get("indexed", b"{}"))
        for name in DROPPED:
            members.pop(name, None)
        payload = msgspec.json.encode(members).decode()
        return DumpRecord(f"doi:{doi}", payload, indexed.date_time[:10])

    def read(self, identifier: Identifier, payload: Payload) -> Record:
        """Return the record of a work.

        https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md
        """
        work = Fields(NAME, payload)
        updated_by, anomalies = _notices(identifier, work, "updated-by")
        update_to, more_anomalies = _notices(identifier, work, "update-to")
        integrity = [notice for _, notice in updated_by]
        forms = (_related(work, SAME_WORK) | _updated_forms(work)) - {identifier}
        versions = _related(work, VERSIONS) - {identifier}
        citation, odd = details.read(work, details.CROSSREF)
        return Record(
            source=NAME,
            identifier=identifier,
            kind=_kind(work),
            type=work.text("type"),
            title=join_title(
                [*work.texts("title"), *work.texts("original-title")], work.texts("subtitle")
            ),
            authors=tuple(filter(None, map(_author, work.children("author")))),
            date=earliest(from_parts(work.value.get(key)) for key in DATES),
            container=_container(work),
            publisher=work.text("publisher"),
            cited_by=work.get("is-referenced-by-count", int),
            url=url(identifier),
            same_work=tuple(sorted({*_other_names(identifier, work), *forms, *versions})),
            skip_lookup=base.skip_lookup(versions - forms),
            other_works=tuple(sorted(_related(work, OTHER_WORKS) - {identifier})),
            integrity=(*integrity, *_retractions(identifier, work)),
            notices=tuple(update_to),
            anomalies=(*anomalies, *more_anomalies, *odd),
            original_titles=_original_titles(work),
            series=_series(work),
            **citation,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the agency of a DOI, and read the limit in the headers of the response."""
        client = http.crossref()
        http.ask(SINGLE, lambda: client.registration_agency(ids=PROBE_DOI), unless=SourceError)
        headers = http.headers[NAME]
        limit, seconds = headers.get("x-rate-limit-limit"), headers.get("x-rate-limit-interval")
        rate = f"allows {limit} requests in {seconds}" if limit and seconds else "names no limit"
        pool = headers.get("x-api-pool", "unknown")
        return ProbeResult("ok", f"answers and {rate} ({pool} pool)")

    def question(self, title: str, authors: str | None, year: int | None) -> Identifier:
        """Return the citation as one text, which is what `query.bibliographic` is made for."""
        names = " ".join(_FULL_NAME.findall((authors or "")[:MAX_NAMES]))
        return Identifier("title", " ".join(f"{clean(title)} {names} {year or ''}".split()))

    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Reply]:
        """Look up PIIs in lists through `alternative-id`, and search titles one by one.

        A number of a publisher that makes DOIs of its numbers is looked up by that DOI.
        """
        client = http.crossref()
        by_rule = {}
        for question in questions:
            doi = registered_doi(question)
            if doi:
                by_rule[doi] = question
        for answer in self._look_up(dict.fromkeys(by_rule), http):
            if answer.outcome != "begun":
                yield _as_search(by_rule[answer.identifier], answer)
        unruled = [q for q in questions if q.scheme == "pii" and q not in by_rule.values()]
        piis = self.batches(unruled, "alternative-id")
        for pii, works in base.ask_batches(http, LIST, piis, partial(_request_piis, client)):
            yield base.search_reply(pii, works)
        titles = [q for q in questions if q.scheme == "title"]
        for title, result in http.ask_all(LIST, titles, partial(_request_title, client)):
            works, tie = (result, False) if isinstance(result, SourceError) else result
            yield base.search_reply(title, works, tie=tie)

    def batches(
        self, identifiers: Iterable[Identifier], filter_name: str
    ) -> Iterator[list[Identifier]]:
        """Cut the values of a filter into lists.

        Each has at most `max_batch` values, and its part of the address at most LIST_BYTES.
        """
        batch: list[Identifier] = []
        size = 0
        for identifier in identifiers:
            cost = len(quote(f"{filter_name}:{identifier.value},", safe=""))
            if batch and (len(batch) == self.max_batch or size + cost > LIST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(identifier)
            size += cost
        if batch:
            yield batch


def _as_search(question: Identifier, answer: Reply) -> Reply:
    """Return the answer to a DOI as that to the question which it was made of."""
    if answer.outcome == "failed":
        return msgspec.structs.replace(answer, identifier=question)
    items = {answer.identifier.value: answer.payload} if answer.payload else {}
    return base.search_reply(question, items)


# -- requests --------------------------------------------------------------------------------------


def _request_list(client: Any, batch: Sequence[Identifier]) -> dict[Identifier, Payload | None]:
    dois = [identifier.value for identifier in batch]
    works = _items(client.works(filter={"doi": dois}, limit=len(dois)))
    return {doi: works.get(doi.value) for doi in batch}


def _request_one(client: Any, doi: Identifier) -> Payload:
    # habanero leaves `#?%` as they are and would ask for another DOI
    work = _message(client.works(ids=quote(doi.value, safe="")))
    work.need("DOI", str)
    return _payload(work)


def _request_piis(client: Any, batch: Sequence[Identifier]) -> dict[Identifier, Items]:
    piis = [identifier.value for identifier in batch]
    limit = MAX_WORKS_PER_PII * len(piis)
    works = _items(client.works(filter={"alternative-id": piis}, limit=limit))
    return {pii: _with_pii(pii.value, works) for pii in batch}


def _request_title(client: Any, title: Identifier) -> tuple[Items, bool]:
    """Return the two best works, and whether they fit equally well."""
    response = client.works(query_bibliographic=title.value, limit=2)
    scores = [work.value.get("score") for work in _message(response).children("items")]
    return _items(response), len(scores) > 1 and scores[0] == scores[1]


def _message(response: Any) -> Fields:
    return Fields(NAME, response, "response").child("message")


def _items(response: Any) -> Items:
    works = base.objects(NAME, _message(response).value.get("items"), "items")
    return {work.need("DOI", str).lower(): _payload(work) for work in works}


def _payload(work: Fields) -> Payload:
    return {key: value for key, value in work.value.items() if key not in DROPPED}


def _with_pii(pii: str, works: Items) -> Items:
    """Return the works of which a PII is a number."""
    return {doi: work for doi, work in works.items() if pii in (work.get("alternative-id") or ())}


# -- reading ---------------------------------------------------------------------------------------


def _kind(work: Fields) -> ManifestationKind:
    """Return what a work is. A few old records of articles have no type."""
    type_ = work.text("type")
    if not ARCHIVES.isdisjoint(work.texts("container-title")):
        return "preprint"
    if type_ == "posted-content":
        return POSTED.get(work.text("subtype") or "preprint", "other")
    return base.kind_of(type_) if type_ else "version_of_record"


def _author(person: Fields) -> Author | None:
    family = " ".join(filter(None, map(person.text, ("family", "suffix"))))
    first, name, orcid = map(person.text, ("given", "name", "ORCID"))
    return make_author(first, family, name, orcid, details.rors(person))


def _original_titles(work: Fields) -> tuple[str, ...]:
    """Return the titles in the language of the work where its `title` is a translation."""
    if not work.texts("title"):
        return ()
    return tuple(filter(None, map(clean, work.texts("original-title"))))


def _container(work: Fields) -> str | None:
    """Return the journal or book; a preprint has its server in `institution` instead.

    A part of a book has the titles of the book and of its series, in any order.
    """
    containers = work.texts("container-title")
    if work.text("type") in PARTS:
        containers = sorted(containers, key=_series_rank)
    if containers:
        return join_title(containers)
    if isinstance(work.value.get("institution"), dict):
        return join_title([work.child("institution").text("name") or ""])
    return join_title(place.text("name") or "" for place in work.children("institution"))


def _series(work: Fields) -> str | None:
    """Return the series of a part of a book, which stands beside the title of the book."""
    containers = sorted(work.texts("container-title"), key=_series_rank)
    is_part = work.text("type") in PARTS and len(containers) > 1
    return join_title(containers[1:2]) if is_part else None


def _series_rank(title: str) -> int:
    """Return 0 for the book of a year, 2 for a series of books, and 1 for what may be either."""
    if _YEAR.search(title):
        return 0
    return 2 if _SERIES.match(title) else 1


def _other_names(identifier: Identifier, work: Fields) -> Iterator[Identifier]:
    """Yield the other names of this form."""
    doi = work.need("DOI", str).lower()
    if doi != identifier.value:  # an alias: the registry sent the DOI that replaces it
        yield Identifier("doi", doi)
    for name in work.texts("alternative-id"):
        if _PII.fullmatch(name):
            yield Identifier("pii", name)


def _related(work: Fields, relations: Iterable[str]) -> set[Identifier]:
    others: set[Identifier] = set()
    if not work.value.get("relation"):
        return others
    all_relations = work.child("relation")
    for name in relations:
        for relation in all_relations.children(name):
            others |= base.related(relation.value.get("id-type"), relation.value.get("id"))
    return others


def _updated_forms(work: Fields) -> set[Identifier]:
    """Return the forms that an update calls versions: F1000 gives each a DOI of its own."""
    forms: set[Identifier] = set()
    for update in [*(work.get("update-to", list) or ()), *(work.get("updated-by", list) or ())]:
        if isinstance(update, dict) and _kind_of_update(update.get("type")) == "new_version":
            forms |= base.related("doi", update.get("DOI"))
    return forms


def _kind_of_update(written: object) -> str:
    return _NO_LETTERS.sub("_", str(written).lower())


def _notices(identifier: Identifier, work: Fields, key: str) -> tuple[Notices, list[Anomaly]]:
    """Read `updated-by` (notices of this work) or `update-to` (works that this notice is about).

    Members point notices at themselves by mistake: those mean nothing. Retraction Watch does so
    for a paper that its publisher overwrote. A kind that is not documented is an anomaly, for it
    may be a retraction by another name, and so is an update without a kind or a DOI.
    """
    notices: Notices = []
    anomalies: list[Anomaly] = []
    own_names = {identifier, Identifier("doi", work.need("DOI", str).lower())}
    for update in work.get(key, list) or []:
        try:
            fields = Fields(NAME, update, key)
            doi, type_ = fields.need("DOI", str), fields.need("type", str)
            source = f"{NAME}/{fields.text('source') or 'publisher'}"
        except MalformedError as error:
            message = f"an update that cannot be read: {error.message}"
            anomalies.append(Anomaly("unknown-notice", message))
            continue
        other = identify(doi).identifier
        kind = _kind_of_update(type_)
        date = from_parts(fields.value.get("updated"))
        if other in own_names and key == "updated-by" and source == OVERWRITTEN:
            self_kind = NOTICES.get(kind)
            if self_kind in {"retraction", "withdrawal"}:
                notices.append((identifier, IntegrityNotice(self_kind, None, date, source)))
        if other is None or other in own_names:
            continue
        if kind not in NOTICES:
            message = f"{other}: Crossref calls it {type_!r}, which is no known kind"
            anomalies.append(Anomaly("unknown-notice", message))
            continue
        notice_kind = NOTICES[kind]
        if notice_kind:
            notice = other if key == "updated-by" else identifier
            notices.append((other, IntegrityNotice(notice_kind, str(notice), date, source)))
    return notices, anomalies


def _retractions(identifier: Identifier, work: Fields) -> Iterator[IntegrityNotice]:
    for notice in sorted(_related(work, ["is-retracted-by"]) - {identifier}):
        yield IntegrityNotice("retraction", str(notice), None, f"{NAME}/publisher")
