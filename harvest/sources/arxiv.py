"""arXiv: metadata of preprints, a hundred ids a request.

Entries come in any order and with versions, so they are joined by id. An entry that was not
requested is an error, and a page with fewer entries than it counts is halved. An id without an
entry is begun, and requested once more before it is called not found, because arXiv now and then
sends an empty page for papers that exist. The second request names a preprint that exists, too: a
page without that one is no answer. One malformed id makes arXiv refuse the whole request and name
the id, which is then left out. A page that is refused for another reason is halved.
https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.config import Service
from harvest.errors import (
    LIST_ERRORS,
    MalformedError,
    ShortPageError,
    SourceError,
    TransientError,
)
from harvest.http.clients import ARXIV_PAGE, Http
from harvest.http.rate_limit import Rate, Route
from harvest.identifiers import identify, url
from harvest.models import Identifier, IntegrityNotice, Record, Reply
from harvest.sources import base
from harvest.sources.base import (
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
from harvest.sources.withdrawals import find_withdrawal
from harvest.text import clean, join_title, make_author

if TYPE_CHECKING:
    import arxiv

NAME = "arxiv"
# The documented limit, as of 2026-11; see docs/decisions.md, "Limits".
ROUTE = Route("arxiv", Rate(3.0))
PROBE_ID = "2006.11239"  # the first paper on diffusion models: it will not go away
PROBE_TITLE = "Denoising Diffusion Probabilistic Models"
MAX_CANDIDATES = 5  # of a search
# The longest words of a title are searched for: each must be there, and lists misspell.
MAX_WORDS = 6
MIN_WORDS = 3

_LATEX = re.compile(r"\\[a-zA-Z]+|[${}]")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_ID = re.compile(r"\d{4}\.\d{4,5}")  # since April 2007
_BAD_ID = re.compile(r"incorrect[_ ]id[_ ]format[_ ]for[_ ]([\w./-]+)")


class _Submission(msgspec.Struct, gc=False):
    """A version of a preprint in the snapshot; `created` is a date as in an e-mail."""

    version: str
    created: str


class _Preprint(msgspec.Struct, rename={"journal_ref": "journal-ref"}, gc=False):
    """A line of the snapshot; each author is family name, given name, suffix and more."""

    id: str
    title: str
    versions: list[_Submission]
    authors_parsed: list[list[str]]
    abstract: str = ""
    doi: str | None = None
    comments: str | None = None
    journal_ref: str | None = None
    categories: str = ""
    update_date: str = ""


_PREPRINT = msgspec.json.Decoder(_Preprint)


class Arxiv(SearchableSource, DumpedSource):
    """arXiv, asked in lists of ids."""

    name = NAME
    rank = 20
    search_rank = 20
    searches = frozenset({"title", "arxiv"})
    search_scheme = "arxiv"
    service = Service(url="https://export.arxiv.org/api/query", backoff=30.0, patience=300.0)
    least_interval = 3.0
    route = ROUTE
    schemes = frozenset({"arxiv"})
    max_batch = ARXIV_PAGE
    examples = (
        Example("preprint", Identifier(NAME, PROBE_ID)),
        Example("preprint's first version", Identifier(NAME, "1706.03762v1"), searched=True),
        Example("title search", Identifier("title", PROBE_TITLE), searched=True),
    )

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each preprint; those without an entry are requested once more."""
        new = [identifier for identifier, payload in due.items() if payload is None]
        absent = [identifier for identifier, payload in due.items() if payload is not None]
        existing = PROBE_ID if Identifier(NAME, PROBE_ID) not in due else None
        for batch in base.chunks(new, self.max_batch):
            for first in _fetch_page(batch, http):
                if first.outcome == "not_found":
                    absent.append(first.identifier)
                    yield base.begun(first.identifier)
                    continue
                if first.outcome == "found":
                    existing = first.identifier.value
                yield first
        for batch in base.chunks(absent, self.max_batch - 1):
            yield from _fetch_page(batch, http, existing)

    def from_dump(self, text: bytes) -> DumpRecord:
        """Return a line of arXiv's snapshot in the shape of an entry of its feed.

        https://www.kaggle.com/datasets/Cornell-University/arxiv
        """
        line = _PREPRINT.decode(text)
        first, last = line.versions[0], line.versions[-1]
        address = f"http://arxiv.org/abs/{line.id}{last.version}"
        payload = {
            "id": address,
            "title": " ".join(line.title.split()),
            "authors": [_full_name(author) for author in line.authors_parsed],
            "published": _moment(first.created),
            "updated": _moment(last.created),
            "doi": line.doi,
            "comment": line.comments,
            "journal_ref": line.journal_ref,
            "categories": line.categories.split(),
            "summary": line.abstract,
            "withdrawn": find_withdrawal(line.comments, line.abstract),
        }
        name = f"{NAME}:{line.id}" if _ID.fullmatch(line.id) else _canonical(address)
        return DumpRecord(name, msgspec.json.encode(payload).decode(), line.update_date[:10])

    def read(self, identifier: Identifier, payload: Payload) -> Record:
        """Return the record of one entry of the feed, as `_payload` keeps it."""
        entry = Fields(NAME, payload)
        entry.need("authors", list)
        authors = (make_author(None, None, name) for name in entry.texts("authors"))
        integrity: tuple[IntegrityNotice, ...] = ()
        if entry.text("withdrawn") or find_withdrawal(entry.text("comment"), ""):
            day = entry.need("updated", str)[:10]
            integrity = (IntegrityNotice("withdrawal", None, day, NAME),)
        return Record(
            source=NAME,
            identifier=identifier,
            kind="preprint",
            type="posted-content",
            title=join_title([entry.need("title", str)]),
            authors=tuple(filter(None, authors)),
            date=entry.need("published", str)[:10],
            container="arXiv",
            publisher="arXiv",
            url=url(identifier),
            author_claims=tuple(_published_forms(entry.text("doi") or "")),
            version=identify(entry.text("id") or "").version,
            integrity=integrity,
            journal_ref=clean(entry.text("journal_ref") or "") or None,
            subjects=tuple(entry.texts("categories")),
            abstract=clean(entry.text("summary") or "") or None,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for one preprint."""
        http.ask(ROUTE, lambda: _request(http.arxiv(), [PROBE_ID]), unless=SourceError)
        return ProbeResult(
            "ok", "answers; it allows one request in 3 s and has no other limit to tell"
        )

    def question(self, title: str, authors: str | None, year: int | None) -> Identifier | None:
        """Return the longest words of the title, or None for a title too short to find."""
        plain = _LATEX.sub(" ", clean(title)).lower()
        words = dict.fromkeys(_LONG_WORD.findall(plain))
        longest = sorted(words, key=len, reverse=True)[:MAX_WORDS]
        if len(longest) < MIN_WORDS:
            return None
        return Identifier("title", " ".join(sorted(longest)))

    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Reply]:
        """Search titles, one a request, and look up versions (`2301.00001v1`) in lists."""
        yield from self._look_up_versions([q for q in questions if q.scheme == NAME], http)
        yield from _search_titles([q for q in questions if q.scheme == "title"], http)

    def _look_up_versions(self, versions: Sequence[Identifier], http: Http) -> Iterator[Reply]:
        def request(batch: Sequence[Identifier]) -> dict[Identifier, Items]:
            ids = [version.value for version in batch]
            entries = _request(http.arxiv(), ids, versions=True)
            items: dict[Identifier, Items] = {}
            for version in batch:
                entry = entries.get(version.value)
                items[version] = {version.value: entry} if entry else {}
            return items

        batches = base.chunks(versions, self.max_batch)
        for version, items in base.ask_batches(http, ROUTE, batches, request):
            yield base.search_reply(version, items)


def _search_titles(titles: Sequence[Identifier], http: Http) -> Iterator[Reply]:
    def request(title: Identifier) -> Items:
        query = " AND ".join(f"ti:{word}" for word in title.value.split())
        return _entries(http.arxiv(), query=query, max_results=MAX_CANDIDATES)

    for title, entries in http.ask_all(ROUTE, titles, request):
        yield base.search_reply(title, entries)


def _fetch_page(
    batch: Sequence[Identifier],
    http: Http,
    existing: str | None = None,
    *,
    is_half: bool = False,
) -> Iterator[Reply]:
    """Yield a reply for each of the ids of one page.

    When arXiv names one as malformed, that one is not found and the others are requested again. An
    id that spoils its page comes to stand alone, and fails alone, at once.
    """
    waiting = {identifier.value: identifier for identifier in batch}
    request = partial(_request, http.arxiv(), waiting, existing=existing)
    while waiting:
        results: Mapping[str, Payload | SourceError]
        try:
            is_list = is_half or len(waiting) > 1
            results = http.ask(ROUTE, request, unless=LIST_ERRORS if is_list else ())
        except SourceError as error:
            bad = _BAD_ID.search(error.message)
            if bad and bad[1] in waiting:
                yield base.reply(waiting.pop(bad[1]), None)
                continue
            if len(waiting) > 1 and isinstance(error, LIST_ERRORS):
                for half in base.cut_in_two(list(waiting.values())):
                    yield from _fetch_page(half, http, existing, is_half=True)
                return
            results = dict.fromkeys(waiting, error)
        for name, identifier in waiting.items():
            yield base.reply(identifier, results.get(name))
        return


def _request(
    client: arxiv.Client,
    ids: Iterable[str],
    *,
    existing: str | None = None,
    versions: bool = False,
) -> Items:
    """Return the entries of some ids, and of one that exists.

    Raises MalformedError for an entry that was not requested, TransientError for a page that lacks
    the one that exists.
    """
    names = [*ids, existing] if existing else [*ids]
    entries = _entries(client, versions=versions, id_list=names, max_results=len(names))
    for name in entries:
        if name not in names:
            raise MalformedError(NAME, f"an entry that was not requested: {name}")
    if existing and existing not in entries:
        raise TransientError(NAME, f"a page without {existing}, which exists")
    return entries


def _entries(client: arxiv.Client, *, versions: bool = False, **search: Any) -> Items:
    """Return the entries that a search finds by their ids, with or without the version."""
    entries = {}
    for result in _first_page(client, **search):
        target = identify(result.entry_id)
        if target.identifier is None or target.identifier.scheme != NAME:
            raise MalformedError(NAME, f"an entry that is no preprint: {result.entry_id}")
        version = target.version if versions else None
        entries[target.identifier.value + (version or "")] = _payload(result)
    return entries


def _first_page(client: arxiv.Client, **search: Any) -> list[arxiv.Result]:
    """Return the first page of a search, of which nobody needs another.

    Raises ShortPageError for one with fewer entries than it counts. `results` of the package would
    turn the pages without the 3 s that arXiv asks for.
    """
    import arxiv

    size = ARXIV_PAGE if "id_list" in search else MAX_CANDIDATES
    try:
        address = client._format_url(arxiv.Search(**search), 0, size)  # noqa: SLF001  # see above
        feed = client._parse_feed(address)  # noqa: SLF001  # see above
    except arxiv.HTTPError as error:
        raise TransientError(NAME, f"HTTP {error.status}", status=error.status) from error
    except (arxiv.ArxivError, ValueError) as error:  # as an impossible date
        raise MalformedError(NAME, f"a feed that cannot be read: {error}") from error
    total = feed.header.total_results
    if len(feed.results) < min(total, size):
        message = f"a page of {len(feed.results)} entries that counts {total}"
        raise ShortPageError(NAME, message)
    return feed.results


def _payload(result: arxiv.Result) -> Payload:
    return {
        "id": result.entry_id,
        "title": result.title,
        "authors": [author.name for author in result.authors],
        "published": result.published.isoformat(),
        "updated": result.updated.isoformat(),
        "doi": result.doi,
        "comment": result.comment,
        "journal_ref": result.journal_ref,
        "categories": result.categories,
        "summary": result.summary,
        "withdrawn": find_withdrawal(result.comment, result.summary),
    }


def _canonical(address: str) -> str:
    """Return the identifier of a preprint. Raises MalformedError for another address."""
    identifier = identify(address).identifier
    if identifier is None or identifier.scheme != NAME:
        raise MalformedError(NAME, f"no preprint: {address}")
    return str(identifier)


def _full_name(author: Sequence[str]) -> str:
    """Return a name as the feed writes it; what follows the suffix is an affiliation."""
    last, first, suffix = (*author, "", "", "")[:3]
    return " ".join(filter(None, (first, last, suffix)))


def _moment(created: str) -> str:
    return parsedate_to_datetime(created).isoformat()


def _published_forms(dois: str) -> Iterator[Identifier]:
    """Yield the DOIs of published forms. Authors type several at once, with any separator."""
    for text in re.split(r"[\s,;]+", dois):
        for identifier in base.related("doi", text):
            if identifier.scheme == "doi":
                yield identifier
