"""The arXiv API in the http formats of its old and new backends."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import PlainTextResponse, Response

from .world import Preprint, Request, ServiceName, Version, World, shuffled

_ID = re.compile(
    r"\d{4}\.\d{4,5}(v\d*)?|[a-z-]+(\.[A-Z]{2})?/\d{2}[01]\d{4}(v\d*)?"
)  # searched, so junk around passes
_CANONICAL = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+/\d{7})(v(?P<version>\d+))?")
_ATOM = "http://www.w3.org/2005/Atom"
_ARXIV = "http://arxiv.org/schemas/atom"
_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"

Entry = tuple[Preprint, int]
"""A preprint and the number of one of its versions, from 1."""


class Arxiv:
    """The fake for export.arxiv.org/api/query."""

    name: ServiceName = "arxiv"

    def __init__(self, world: World) -> None:
        self.world = world

    def route(self, request: Request) -> str:
        return "id_list" if _parameters(request).get("id_list") else "search"

    def answer(self, request: Request) -> Response:
        if request.path != "/api/query":
            return PlainTextResponse("Not Found", 404)
        parameters = _parameters(request)
        start, size = parameters.get("start", "0"), parameters.get("max_results", "10")
        if not (start.isdecimal() and size.isdecimal()):
            return self._error("max_results_must_be_an_integer", "max_results must be an integer")
        if int(size) == 0:
            return PlainTextResponse("Internal Server Error", 500)
        ids = _ids(parameters)
        for written in ids:
            if written in self.world.malformed or not _ID.search(written):
                return self._error(
                    f"incorrect_id_format_for_{written}", f"incorrect id format for {written}"
                )
        entries = self._by_id(ids) if ids else self._by_title(parameters.get("search_query", ""))
        return _atom(self._feed(parameters, entries, int(start), int(size)))

    def misuse(self, request: Request) -> Iterator[str]:
        parameters = _parameters(request)
        ids = _ids(parameters)
        if ids and parameters.get("start", "0") != "0":
            yield "an id_list is paged, though its order is not stable"
        size = parameters.get("max_results", "10")
        if size.isdecimal() and len(ids) > int(size):
            yield f"max_results is below the {len(ids)} ids asked"

    def overload(self, request: Request, earlier: list[Request]) -> Iterator[str]:
        if request.in_flight > 1:
            yield f"{request.in_flight} connections at once, more than 1"
        if not (self.world.pacing and earlier):
            return
        spacing = request.at - earlier[-1].at
        if spacing < self.world.arxiv_interval - self.world.tolerance:
            yield f"{spacing:.2f} s after the last request, less than {self.world.arxiv_interval:g}"

    def refusal(self) -> Response:
        return PlainTextResponse("Rate exceeded.", 429)

    def _by_id(self, ids: list[str]) -> list[Entry]:
        """Return what exists of the ids, once each; without a version it is the newest."""
        entries: dict[str, Entry] = {}
        for written in ids:
            match = _CANONICAL.fullmatch(written)
            preprint = self.world.preprints.get(match["id"]) if match else None
            if match and preprint:
                version = int(match["version"] or len(preprint.versions))
                if 1 <= version <= len(preprint.versions):
                    entries[f"{preprint.id}v{version}"] = (preprint, version)
        return shuffled(list(entries.values()), lambda entry: f"{entry[0].id}v{entry[1]}")

    def _by_title(self, query: str) -> list[Entry]:
        words = set(re.findall(r"\w+", re.sub(r"\b(ti|all|AND):?", " ", query).lower()))
        titled = [
            entry
            for preprint in self.world.preprints.values()
            for entry in [(preprint, len(preprint.versions))]
        ]
        matching = [
            entry
            for entry in titled
            if words and words <= set(re.findall(r"\w+", _title(entry).lower()))
        ]
        return shuffled(matching, lambda entry: entry[0].id)

    def _feed(
        self, parameters: dict[str, str], entries: list[Entry], start: int, size: int
    ) -> list[str]:
        query, ids = parameters.get("search_query", ""), parameters.get("id_list", "")
        query_string = f"search_query={query}&id_list={ids}&start={start}&max_results={size}"
        name = hashlib.sha256(query_string.encode()).hexdigest()[:27]
        counts = {"totalResults": len(entries), "startIndex": start, "itemsPerPage": size}
        page = [e for e in entries[start : start + size] if e[0].id not in self.world.lost]
        updated = self.world.today.strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.world.arxiv_format == "new":
            return [
                *_head_new(
                    f"https://arxiv.org/api/{name}", f"arXiv Query: {query_string}", updated, counts
                ),
                *(line for entry in page for line in _entry_new(entry)),
                "</feed>",
            ]
        return [
            *_head_old(query_string, name, updated.replace("Z", "-04:00"), counts),
            *(line for entry in page for line in _entry_old(entry)),
            "</feed>",
        ]

    def _error(self, name: str, text: str) -> Response:
        """One entry named Error: a 400 without dates today, a 200 of the old backend."""
        host = "https://arxiv.org" if self.world.arxiv_format == "new" else "http://arxiv.org"
        counts = {"totalResults": 1, "startIndex": 0, "itemsPerPage": 1}
        updated = self.world.today.strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.world.arxiv_format == "new":
            head = _head_new("https://arxiv.org/", "arXiv Search Results", updated, counts)
        else:
            head = _head_old(text, "error", updated, counts)
        address = f"{host}/api/errors#{name}"
        entry = [
            "<entry>",
            _element("id", address),
            _element("title", "Error"),
            _element("updated", updated),
            f"<link href={quoteattr(address)} rel='alternate' type='text/html'/>",
            _element("summary", text),
            "<author><name>arXiv api core</name></author>",
            "</entry>",
        ]
        return _atom([*head, *entry, "</feed>"], 400 if self.world.arxiv_format == "new" else 200)


def _head_new(name: str, title: str, updated: str, counts: dict[str, int]) -> list[str]:
    return [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<feed xmlns:opensearch="{_SEARCH}" xmlns:arxiv="{_ARXIV}" xmlns="{_ATOM}">',
        _element("id", name),
        _element("title", title),
        _element("updated", updated),
        *(f"<opensearch:{key}>{count}</opensearch:{key}>" for key, count in counts.items()),
    ]


def _head_old(query_string: str, name: str, updated: str, counts: dict[str, int]) -> list[str]:
    space = f' xmlns:opensearch="{_SEARCH}"'
    url = f"http://arxiv.org/api/query?{quote(query_string)}"
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="{_ATOM}">',
        f'<link href="{url}" rel="self" type="application/atom+xml"/>',
        f'<title type="html">{escape(f"ArXiv Query: {query_string}")}</title>',
        _element("id", f"http://arxiv.org/api/{name}"),
        _element("updated", updated),
        *(f"<opensearch:{key}{space}>{count}</opensearch:{key}>" for key, count in counts.items()),
    ]


def _entry_new(entry: Entry) -> Iterator[str]:
    preprint, number = entry
    name = f"{preprint.id}v{number}"
    yield "<entry>"
    yield _element("id", f"http://arxiv.org/abs/{name}")
    yield _element("title", _title(entry))
    yield _element("updated", preprint.versions[number - 1].date)
    yield f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
    pdf = f"https://arxiv.org/pdf/{name}"
    yield f'<link href="{pdf}" rel="related" type="application/pdf" title="pdf"/>'
    yield _element("summary", f"  {preprint.summary}")
    yield from (f'<category term="{term}" scheme="{_ARXIV}"/>' for term in preprint.categories)
    yield _element("published", preprint.versions[0].date)
    if comment := _version(entry).comment or preprint.comment:
        yield _element("arxiv:comment", comment)
    yield f'<arxiv:primary_category term="{preprint.categories[0]}"/>'
    if preprint.journal_ref:
        yield _element("arxiv:journal_ref", preprint.journal_ref)
    yield from _authors(preprint, "")
    if preprint.doi:
        yield _element("arxiv:doi", preprint.doi)
        yield f'<link rel="related" href="https://doi.org/{quote(preprint.doi)}" title="doi"/>'
    yield "</entry>"


def _entry_old(entry: Entry) -> Iterator[str]:
    preprint, number = entry
    name = f"{preprint.id}v{number}"
    space = f' xmlns:arxiv="{_ARXIV}"'
    yield "<entry>"
    yield _element("id", f"http://arxiv.org/abs/{name}")
    yield _element("updated", preprint.versions[number - 1].date)
    yield _element("published", preprint.versions[0].date)
    yield _element("title", _wrapped(_title(entry)))
    yield _element("summary", f"  {_wrapped(preprint.summary)}\n")
    yield from _authors(preprint, space)
    if preprint.doi:
        yield _element("arxiv:doi", preprint.doi, space)
        yield f'<link title="doi" href="http://dx.doi.org/{quote(preprint.doi)}" rel="related"/>'
    if comment := _version(entry).comment or preprint.comment:
        yield _element("arxiv:comment", _wrapped(comment), space)
    if preprint.journal_ref:
        yield _element("arxiv:journal_ref", _wrapped(preprint.journal_ref), space)
    yield f'<link href="http://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
    pdf = f"http://arxiv.org/pdf/{name}"
    yield f'<link title="pdf" href="{pdf}" rel="related" type="application/pdf"/>'
    yield f'<arxiv:primary_category{space} term="{preprint.categories[0]}" scheme="{_ARXIV}"/>'
    yield from (
        f'<category term="{term}" scheme="{_ARXIV}"/>'
        for term in [*preprint.categories, "68T07, 92C55"]
    )
    yield "</entry>"


def _authors(preprint: Preprint, space: str) -> Iterator[str]:
    for person in preprint.authors:
        place = (
            _element("arxiv:affiliation", preprint.affiliation, space)
            if preprint.affiliation
            else ""
        )
        yield f"<author>{_element('name', str(person))}{place}</author>"


def _version(entry: Entry) -> Version:
    return entry[0].versions[entry[1] - 1]


def _title(entry: Entry) -> str:
    return _version(entry).title or entry[0].title


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text)}</{name}>"


def _wrapped(text: str) -> str:
    """Text with the hard line breaks of the old backend."""
    return "\n  ".join(textwrap.wrap(text, 72))


def _parameters(request: Request) -> dict[str, str]:
    """Query and form parameters: the API takes long lists by POST."""
    form = parse_qs(request.body.decode("utf-8"), keep_blank_values=True)
    return {name: values[-1] for name, values in (request.query | form).items()}


def _ids(parameters: dict[str, str]) -> list[str]:
    return [
        written.strip() for written in parameters.get("id_list", "").split(",") if written.strip()
    ]


def _atom(lines: list[str], status: int = 200) -> Response:
    body = "\n".join(lines).encode("utf-8")
    return Response(
        body, status, {"content-type": "application/atom+xml"}
    )  # no charset, as from the real one
