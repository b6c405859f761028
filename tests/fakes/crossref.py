"""The Crossref REST API: works by filter, DOI and likeness, its pools and its error bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, unquote

from starlette.responses import JSONResponse, Response

from .search import Index
from .world import Person, Request, ServiceName, Work, World, shuffled

MAX_DOIS = 50
MAX_URL_BYTES = 3_500

_LIMITS = {  # (pool, route): requests a second, requests at once
    ("public", "single"): (5, 1),
    ("public", "array"): (1, 1),
    ("polite", "single"): (10, 3),
    ("polite", "array"): (3, 3),
}
_LIST_PARAMETERS = {
    "filter",
    "rows",
    "offset",
    "select",
    "sort",
    "order",
    "mailto",
    "query",
    "query.bibliographic",
}
_AGENCIES = {
    "crossref": "Crossref",
    "datacite": "DataCite",
    "medra": "mEDRA",
    "jalc": "JaLC",
    "kisti": "KISTI",
    "op": "OP",
}


class Crossref:
    """The fake for api.crossref.org."""

    name: ServiceName = "crossref"

    def __init__(self, world: World) -> None:
        self.world = world
        self._index: Index | None = None
        self._indexed: list[int] = []

    def route(self, request: Request) -> str:
        return "single" if request.path.startswith("/works/") else "array"

    def answer(self, request: Request) -> Response:
        match request.path.removeprefix("/works"):
            case _ if request.method != "GET":
                response = Response(b"", 405)
            case "":
                response = self._list(request)
            case path if request.path.startswith("/works/") and path.endswith("/agency"):
                response = self._agency(path[1:].removesuffix("/agency").lower())
            case path if request.path.startswith("/works/"):
                response = self._single(request, path[1:].lower())
            case _:
                response = _error(404, "route-not-found", "Route not found", status="error")
        response.headers.update(_limit_headers(request))
        return response

    def misuse(self, request: Request) -> Iterator[str]:
        if request.route == "single":
            return
        dois = [value for key, value in _filters(request) if key == "doi"]
        if len(dois) > MAX_DOIS:
            yield f"{len(dois)} DOIs in one list, more than {MAX_DOIS}"
        if len(request.target) > MAX_URL_BYTES:
            yield f"a URL of {len(request.target)} bytes, more than {MAX_URL_BYTES}"
        if not request.parameter("rows"):
            yield "rows is not set, so the answer stops at 20"

    def overload(self, request: Request, earlier: list[Request]) -> Iterator[str]:
        rate, concurrent = _LIMITS[_pool(request), request.route]
        if request.in_flight > concurrent:
            yield f"{request.in_flight} requests at once, more than {concurrent}"
        if not self.world.pacing:
            return
        window = request.at - 1 + self.world.tolerance
        recent = sum(other.route == request.route and other.at > window for other in earlier) + 1
        if recent > rate:
            yield f"{recent} {request.route} requests within a second, more than {rate}"

    def refusal(self) -> Response:
        return Response(b"", 429)  # seen live without a body and without rate headers

    def _single(self, request: Request, doi: str) -> Response:
        refused = [name for name in request.query if name != "mailto"]
        if refused:
            return _error(
                400,
                "parameter-not-allowed",
                f"This route does not support {refused[0]}",
                refused[0],
            )
        if doi in self.world.aliases:
            return Response(
                b"", 301, {"location": "/works/" + quote(self.world.aliases[doi], safe="/:;()")}
            )
        work = self.world.works.get(doi) or self.world.works.get(
            unquote(doi)
        )  # an encoding too many is forgiven here
        return _ok("work", record(work, self.world)) if work else _not_found(doi)

    def _agency(self, doi: str) -> Response:
        agency = "crossref" if doi in self.world.works else self.world.agencies.get(doi)
        if agency is None and doi.startswith("10.48550/"):
            agency = "datacite"
        if agency is None:
            return _not_found(doi)
        return _ok(
            "work-agency", {"DOI": doi, "agency": {"id": agency, "label": _AGENCIES[agency]}}
        )

    def _list(self, request: Request) -> Response:
        if refused := _refused(request, self.world):
            return refused
        works = self._filtered(_filters(request))
        scores = self._scored(
            works, request.parameter("query.bibliographic") or request.parameter("query")
        )
        offset, rows = int(request.parameter("offset", "0")), int(request.parameter("rows", "20"))
        items = [record(work, self.world, score) for work, score in scores[offset : offset + rows]]
        if keys := set(filter(None, request.parameter("select").split(","))):
            items = [{key: value for key, value in item.items() if key in keys} for item in items]
        query = {"start-index": offset, "search-terms": None}
        counts = {"total-results": len(scores), "items-per-page": rows}
        return _ok("work-list", {"facets": {}, "items": items, "query": query, **counts})

    def _filtered(self, filters: list[tuple[str, str | None]]) -> list[Work]:
        """Return what holds for all filters, where the values of one are alternatives."""
        works = self.world.works
        for name in dict.fromkeys(key for key, _ in filters):
            values = dict.fromkeys(value.lower() for key, value in filters if key == name and value)
            if name == "doi":
                dois = [doi for doi in values if doi in works and doi not in self.world.holes]
            else:
                dois = [doi for doi in works if (works[doi].pii or "").lower() in values]
            works = {doi: works[doi] for doi in dois}
        return list(works.values())

    def _scored(self, works: list[Work], query: str) -> list[tuple[Work, float]]:
        """Sort by falling likeness to a query; without one in another order, under score 0."""
        if not query:
            return [(work, 0.0) for work in shuffled(works, lambda work: work.doi)]
        identities = [id(work) for work in works]
        if self._index is None or identities != self._indexed:
            self._index, self._indexed = Index(works), identities
        return self._index.search(query)


def record(work: Work, world: World, score: float = 1.0) -> dict[str, Any]:
    """Return a work in the shape of Crossref's `message`; keys that do not apply are absent."""
    parts = {"date-parts": [[int(part) for part in work.date.split("-")]]}
    preprint = work.type == "posted-content"
    made = datetime.fromisoformat(f"{work.date}-01-01"[:10]).replace(tzinfo=UTC) + timedelta(days=3)
    fields: dict[str, Any] = {
        "indexed": _moment(world.today - timedelta(days=2)),
        "reference-count": 0,
        "publisher": work.publisher,
        "issue": work.issue,
        "content-domain": {"domain": [], "crossmark-restriction": False},
        "short-container-title": [],
        "DOI": work.doi.lower(),
        "type": work.type,
        "created": _moment(made),
        "page": work.page,
        "article-number": work.article_number,
        "source": "Crossref",
        "is-referenced-by-count": work.cited_by,
        "title": [work.title],
        "prefix": work.doi.partition("/")[0],
        "volume": work.volume,
        "author": [_author(person, place) for place, person in enumerate(work.authors)] or None,
        "container-title": [work.container] if work.container and not preprint else [],
        "original-title": [],
        "language": None if preprint else "en",
        "deposited": _moment(made + timedelta(days=30)),
        "score": score,
        "resource": {
            "primary": {"URL": work.landing_page or f"https://publisher.example/{quote(work.doi)}"}
        },
        "subtitle": [],
        "short-title": [],
        "issued": parts,
        "references-count": 0,
        "alternative-id": [work.pii] if work.pii else None,
        "URL": f"https://doi.org/{quote(work.doi.lower(), safe='/:;()')}",
        "relation": {"has-preprint": [_preprint(work.preprint)]} if work.preprint else {},
        "ISSN": [work.issn] if work.issn else None,
        "issn-type": [{"type": "print", "value": work.issn}] if work.issn else None,
        "subject": [],
        "published": parts,
        "posted" if preprint else "published-online": parts,
        "subtype": "preprint" if preprint else None,
        "institution": [{"name": work.container}] if work.container and preprint else None,
    }
    return {key: value for key, value in (fields | work.extra).items() if value is not None}


def _author(person: Person, place: int) -> dict[str, Any]:
    names = {
        "given": person.given,
        "family": person.family,
        "name": person.name,
        "suffix": person.suffix,
    }
    author: dict[str, Any] = {key: value for key, value in names.items() if value is not None}
    if person.orcid:
        author |= {"ORCID": f"https://orcid.org/{person.orcid}", "authenticated-orcid": False}
    return author | {"sequence": "additional" if place else "first", "affiliation": []}


def _preprint(written: str) -> dict[str, str]:
    scheme: Literal["doi", "arxiv"] = "doi" if written.startswith("10.") else "arxiv"
    return {"id-type": scheme, "id": written, "asserted-by": "subject"}


def _moment(when: datetime) -> dict[str, Any]:
    stamp = int(when.timestamp() * 1000)
    day = [[when.year, when.month, when.day]]
    return {"date-parts": day, "date-time": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "timestamp": stamp}


def _filters(request: Request) -> list[tuple[str, str | None]]:
    """Split the filter parameter at every comma: one in a DOI leaves a piece without a colon."""
    pieces = [piece.partition(":") for piece in request.parameter("filter").split(",") if piece]
    return [(key, value if colon else None) for key, colon, value in pieces]


def _refused(request: Request, world: World) -> Response | None:
    """Return the validation failure of a list: one bad piece rejects the whole filter."""
    for name in request.query:
        if name not in _LIST_PARAMETERS:
            message = f"Parameter {name} specified but there is no such parameter."
            return _error(400, "unknown-parameter", message, name)
    rows = request.parameter("rows", "20")
    if not (rows.isdecimal() and int(rows) <= 1000):
        limit = "must be a positive integer less than or equal to 1000."
        return _error(400, "integer-not-valid", f"Integer specified as {rows} but {limit} ", rows)
    for key, value in _filters(request):
        if value is None or value in world.malformed:
            return _error(
                400, "pair-list-form-invalid", "The filter is not a list of key:value.", key
            )
        if key not in {"doi", "alternative-id"}:
            message = f"Filter '{key}' specified but there is no such filter for this route."
            return _error(400, "filter-not-available", message, key)
    return None


def _pool(request: Request) -> Literal["public", "polite"]:
    identified = request.parameter("mailto") or "mailto:" in request.headers.get("user-agent", "")
    return "polite" if identified else "public"


def _limit_headers(request: Request) -> dict[str, str]:
    rate, concurrent = _LIMITS[_pool(request), request.route]
    return {
        "x-rate-limit-limit": str(rate),
        "x-rate-limit-interval": "1s",
        "x-concurrency-limit": str(concurrent),
        "x-api-pool": f"{_pool(request)}-{request.route}",
    }


def _ok(kind: str, message: dict[str, Any]) -> Response:
    return JSONResponse(
        {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}
    )


def _error(
    code: int, kind: str, text: str, value: str | None = None, status: str = "failed"
) -> Response:
    if value is None:
        return JSONResponse(
            {"status": status, "message-type": kind, "message-version": "1.0.0", "message": text},
            code,
        )
    message = [{"type": kind, "value": value, "message": text}]
    content = {"status": status, "message-type": "validation-failure", "message": message}
    return JSONResponse(content, code, {"content-type": "application/json;charset=utf-8"})


def _not_found(doi: str) -> Response:
    """Plain text; for what is no DOI at all it is labelled as JSON, which it is not."""
    kind = "text/plain" if re.match(r"10\.\d+/.", doi) else "application/json"
    return Response(b"Resource not found.", 404, {"content-type": kind})
