"""The contract of a source: a class in one module of this package, found by discovery.

`fetch` makes requests and does nothing else; `read` is pure. Between them stands the payload, as
JSON, which is what the cache keeps. There are three outcomes, never two: found, not_found, failed.
Where a reply takes two requests, it is `begun` after the first. A run that is killed then has one
request to repeat.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from harvest.config import Service, Settings
from harvest.errors import LIST_ERRORS, MalformedError, NotAskedError, NotFoundError, SourceError
from harvest.http.clients import Http
from harvest.http.rate_limit import Route
from harvest.identifiers import identify
from harvest.models import (
    Identifier,
    ManifestationKind,
    Outcome,
    Record,
    Reply,
    RepositoryRecord,
)

T = TypeVar("T")
R = TypeVar("R")
Payload = dict[str, Any]
Items = dict[str, Payload]  # by the value of their identifiers
DuePayloads = Mapping[Identifier, Payload | None]  # the payload is that of a `begun` reply

PROBE_DOI = "10.1038/s41598-022-05539-7"  # in the default list: it will not go away
# Versions that are each looked up: papers have fewer, programs and data sets on Zenodo hundreds.
MAX_VERSIONS = 8
# The types of Crossref (https://api.crossref.org/types) whose records are texts of their own. The
# other documented ones are data sets, preprints, or no work (a journal, a grant, a part of an
# article). Other sources are read in the same words.
TEXTS = frozenset({
    "book", "book-chapter", "book-part", "book-section", "book-set", "book-track", "dissertation",
    "edited-book", "journal-article", "monograph", "proceedings", "proceedings-article",
    "reference-book", "reference-entry", "report", "report-component", "standard",
})  # fmt: skip
SCHEMES = frozenset({"doi", "arxiv"})  # of the identifiers that relations name
Health = Literal["ok", "warning", "problem"]


class ProbeResult(msgspec.Struct, frozen=True):
    """The result of one cheap request, and what to do unless all is well."""

    state: Health
    text: str
    advice: str = ""


class Example(msgspec.Struct, frozen=True):
    """Something that exists: `harvest doctor --deep` and tests/live ask a source for it.

    `fields` of its record have a value, those in `with_token` if GitHub is asked with a token.
    Where it is `searched`, the identifier is a question, or the title of one.
    """

    name: str
    identifier: Identifier
    fields: tuple[str, ...] = ("title", "authors", "date")
    with_token: tuple[str, ...] = ()
    searched: bool = False


class Source(ABC):
    """One API that we ask. Instances hold no state.

    `rank` orders sources where several know a value: the lowest wins. `schemes` are the schemes of
    the identifiers that it resolves. `after` names sources that are asked before: this one is asked
    only for identifiers that all of them deny, as far as they resolve the scheme.
    `hosts_repositories` is True for a code host, which is asked daily. `service` has the
    defaults of its settings, `least_interval` is the least time in seconds between two requests
    that its terms allow one user. `route` is the route that most of its requests take. `max_batch`
    is the number of identifiers in one request. `examples` has one of each kind that it answers.
    """

    name: str
    rank: int
    schemes: frozenset[str]
    after: frozenset[str] = frozenset()
    hosts_repositories: bool = False
    service: Service
    least_interval: float = 0.0
    route: Route
    max_batch: int = 1
    examples: tuple[Example, ...] = ()

    def batch_size(self, settings: Settings) -> int:
        """Return the number of identifiers in one request of a run with these settings."""
        return self.max_batch

    @abstractmethod
    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each identifier, as they come. Raises nothing.

        Those with a payload were begun in a run that was killed after that.
        """

    @abstractmethod
    def read(self, identifier: Identifier, payload: Payload) -> Record | RepositoryRecord:
        """Return the record of one payload. Raises MalformedError for an undocumented shape."""

    @abstractmethod
    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Make one cheap request, without retries. Raises SourceError for no usable response."""


class SearchableSource(Source):
    """A source that can be asked for what has no identifier of its own.

    `search_rank` orders such sources: a title is searched at the lowest first. `searches` are the
    schemes of the questions that it answers (`title`, `pii`, `arxiv` for versions of preprints),
    `search_scheme` is that of the identifiers which it finds.
    """

    search_rank: int
    searches: frozenset[str] = frozenset({"title"})
    search_scheme: str

    @abstractmethod
    def question(self, title: str, authors: str | None, year: int | None) -> Identifier | None:
        """Return what to search for, of scheme `title`; None where a search would be useless."""

    @abstractmethod
    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Reply]:
        """Yield a reply for each question (a title, a PII, a version of a preprint).

        Raises nothing. A payload holds the items, each readable by `read`, by the value of their
        identifier (`items`), and whether the source could not tell the first two apart (`tie`).
        """


class DumpRecord(NamedTuple):
    """One record of a dump: its identifier, its payload in JSON, and the day of its last change.

    The day is "" where the record tells none.
    """

    identifier: str
    payload: str
    changed: str


class DumpedSource(Source):
    """A source whose records are there as files, too: a public dump, or one's own export."""

    @abstractmethod
    def from_dump(self, text: bytes) -> DumpRecord:
        """Return one record of a dump, with a payload that `read` reads.

        Raises msgspec.DecodeError, MalformedError or one of SHAPE_ERRORS for anything else.
        """


class Fields:
    """A JSON object of a response or payload, whose fields are read by their documented types.

    Each method raises MalformedError, which names the field, for another type. A field that is
    absent, null or empty is the same.
    """

    def __init__(self, source: str, value: object, name: str = "payload") -> None:
        self.source = source
        self.value: Payload = expect(source, value, dict, name)

    def need(self, key: str, kind: type[T]) -> T:
        """Return a field that must be there."""
        return expect(self.source, self.value.get(key), kind, key)

    def get(self, key: str, kind: type[T]) -> T | None:
        """Return a field, or None without one."""
        value = self.value.get(key)
        return None if value is None else expect(self.source, value, kind, key)

    def text(self, key: str) -> str | None:
        """Return a text, or None without one."""
        return self.get(key, str)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; a single text is a list of one."""
        value = self.value.get(key)
        if not value:  # as most are
            return []
        texts = [value] if isinstance(value, str) else expect(self.source, value, list, key)
        return [expect(self.source, text, str, key) for text in texts]

    def child(self, key: str) -> Fields:
        """Return an object, without fields if it is absent."""
        return Fields(self.source, self.value.get(key) or {}, key)

    def children(self, key: str) -> list[Fields]:
        """Return a list of objects, which is empty if it is absent."""
        value = self.value.get(key)
        return objects(self.source, value, key) if value else []

    def pick(self, keys: Iterable[str]) -> Payload:
        """Return a payload with those of some fields that are there."""
        return {key: self.value[key] for key in keys if key in self.value}


def expect(source: str, value: object, kind: type[T], name: str) -> T:
    """Return a value of the documented type. Raises MalformedError, which names it, for another."""
    if isinstance(value, kind):
        return value
    raise MalformedError(source, f"{name}: {kind.__name__} expected, {type(value).__name__} found")


def objects(source: str, value: object, name: str) -> list[Fields]:
    """Return the objects of a list. Raises MalformedError for anything else."""
    return [Fields(source, item, name) for item in expect(source, value, list, name)]


def kind_of(type_: str | None) -> ManifestationKind:
    """Return what a record of a type is; a type that is not documented is `other`."""
    if type_ in TEXTS:
        return "version_of_record"
    if type_ == "posted-content":
        return "preprint"
    return "dataset" if type_ in {"dataset", "database"} else "other"


def related(kind: object, value: object) -> set[Identifier]:
    """Return the DOI or arXiv id at one end of a relation.

    Ids of other kinds and texts that are no ids occur, and mean nothing here.
    """
    kind = str(kind).lower()
    if kind not in SCHEMES or not isinstance(value, str):
        return set()
    if kind == "arxiv" and not value.lower().startswith("arxiv:"):
        value = f"arXiv:{value}"
    identifier = identify(value).identifier
    return {identifier} if identifier and identifier.scheme in SCHEMES else set()


def skip_lookup(versions: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Return those of many versions whose records add nothing: all but the first and the last.

    The first has the date on which the work became public, the last its present form. Registries
    count up.
    """
    ordered = sorted(set(versions), key=lambda version: (len(version.value), version.value))
    if len(ordered) <= MAX_VERSIONS:
        return ()
    return tuple(sorted(ordered[1:-1]))


# -- replies ---------------------------------------------------------------------------------------


def begun(identifier: Identifier, payload: Payload | None = None) -> Reply:
    """Return the reply after the first of two requests."""
    return Reply(identifier=identifier, outcome="begun", payload=payload or {})


def reply(identifier: Identifier, result: Payload | SourceError | None) -> Reply:
    """Return the reply for an identifier: failed, found with a payload, or not found."""
    if isinstance(result, SourceError):
        was_asked = not isinstance(result, NotAskedError)
        return Reply(identifier=identifier, outcome="failed", error=result.message, asked=was_asked)
    outcome: Outcome = "found" if result else "not_found"
    return Reply(identifier=identifier, outcome=outcome, payload=result)


def single_reply(identifier: Identifier, result: Payload | SourceError) -> Reply:
    """Return the reply to a request for one identifier, where HTTP 404 means "not found"."""
    return reply(identifier, None if isinstance(result, NotFoundError) else result)


def search_reply(question: Identifier, items: Items | SourceError, *, tie: bool = False) -> Reply:
    """Return the reply to a search; `tie` means that the first two items fit equally well."""
    if isinstance(items, SourceError):
        return reply(question, items)
    outcome: Outcome = "found" if items else "not_found"
    return Reply(identifier=question, outcome=outcome, payload={"items": items, "tie": tie})


# -- batches ---------------------------------------------------------------------------------------


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def cut_in_two(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Return the halves of a sequence of two or more."""
    return chunks(items, -(-len(items) // 2))


def batches(identifiers: Collection[Identifier], size: int) -> list[Sequence[Identifier]]:
    """Cut identifiers into lists of at most `size` for a service that splits lists at each comma.

    An identifier with a comma stands alone.
    """
    whole = [identifier for identifier in identifiers if "," not in identifier.value]
    alone = [[identifier] for identifier in identifiers if "," in identifier.value]
    return [*chunks(whole, size), *alone]


def ask_batches(
    http: Http,
    route: Route,
    batches: Iterable[Sequence[Identifier]],
    call: Callable[[Sequence[Identifier]], Mapping[Identifier, R]],
) -> Iterator[tuple[Identifier, R | SourceError]]:
    """Ask for lists; yield the result of each identifier, as `http.ask_all` does.

    The halves of a list that is unreadable, or refused as a whole, are asked. One broken record
    spoils its list, every night anew: it comes to stand alone and to fail alone.
    """
    batches = list(batches)
    waiting = [batch for batch in batches if len(batch) > 1]
    answers = http.ask_all(route, [batch for batch in batches if len(batch) == 1], call)
    while True:
        halves: list[Sequence[Identifier]] = []
        for batch, results in answers:
            if len(batch) > 1 and isinstance(results, LIST_ERRORS):
                halves += cut_in_two(batch)
            elif isinstance(results, SourceError):
                yield from ((identifier, results) for identifier in batch)
            else:
                yield from results.items()
        waiting = waiting + halves
        if not waiting:
            return
        answers, waiting = http.ask_all(route, waiting, call, unless=LIST_ERRORS), []
