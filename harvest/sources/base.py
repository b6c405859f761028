"""The contract of a source: a class in one module of this package, found by discovery.

A source has two methods. `fetch` does the asking and nothing else; `read` is pure. Between them lies the payload, as
JSON, which is what the cache keeps. Three answers are possible and never two: found, not_found, failed. Where one takes
two questions, it is given as `begun` after the first, so that a run that is killed has but one request to repeat.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec

from harvest.config import Settings
from harvest.errors import GarbledError, MalformedError, NotAskedError, SourceError
from harvest.http.clients import Http
from harvest.models import Answer, Identifier, Record, RepositoryRecord

# What probes ask for because it will not go away: a DOI of the default list.
PROBE_DOI = "10.1038/s41598-022-05539-7"

T = TypeVar("T")
A = TypeVar("A")  # an answer

SERIES = 8  # versions that are each asked for: papers have fewer, programs and data sets on Zenodo hundreds


class ProbeResult(msgspec.Struct, frozen=True):
    """What a source's answer to one cheap request shows, and what to do unless all is well."""

    state: Literal["ok", "warning", "problem"]
    text: str
    advice: str = ""


class Source(ABC):
    """One API that we ask. Instances hold no state.

    `rank` orders sources where several know a value: the lowest wins. `schemes` are the schemes of
    the identifiers that it resolves. `after` names sources that are asked before: this one is asked
    only for identifiers that all of them deny, as far as they resolve the scheme. `registry` is True
    for an authority: its answers are cached, and its "not found" is believed. `route` is the route
    that most of its requests take, "" for a source without requests. `list_size` is the number of
    identifiers in one request.
    """

    name: str
    rank: int
    schemes: frozenset[str]
    after: frozenset[str] = frozenset()
    registry: bool = True
    route: str
    list_size: int = 1

    def batch_size(self, settings: Settings) -> int:
        """Return the number of identifiers in one request of a run with these settings."""
        return self.list_size

    @abstractmethod
    def fetch(
        self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
    ) -> Iterator[Answer]:
        """Ask for the identifiers and yield an answer for each, as they come; raises nothing.

        The value of an identifier is the payload of its `begun` answer if an earlier run was killed
        after that, None otherwise.
        """

    @abstractmethod
    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record | RepositoryRecord:
        """Read one payload into our shape. Raises MalformedError for an undocumented shape."""

    @abstractmethod
    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Make one cheap request, without retries. Raises SourceError for no usable answer."""


class SearchableSource(Source):
    """A source that can be asked for what has no identifier of its own.

    `search_rank` orders such sources: a title is searched at the lowest first.
    """

    search_rank: int

    @abstractmethod
    def question(self, title: str, authors: str | None, year: int | None) -> Identifier | None:
        """Return what to search for, as an identifier of scheme `title`; None for a useless search."""

    @abstractmethod
    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Answer]:
        """Search and yield an answer for each question (a title, a PII, a version of a preprint).

        Raises nothing. A payload holds the items, each readable by `read`, by the value of their
        identifier (`items`), and whether the source could not tell the first two apart (`tie`).
        """


def failed(identifier: Identifier, why: SourceError) -> Answer:
    """Give the answer of a source that did not answer."""
    return Answer(
        identifier=identifier,
        outcome="failed",
        error=why.message,
        asked=not isinstance(why, NotAskedError),
    )


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def ask_lists(
    http: Http, route: str, lists: Iterable[Sequence[T]], call: Callable[[Sequence[T]], A]
) -> Iterator[tuple[Sequence[T], A | SourceError]]:
    """Ask for lists as `http.ask_all` does, and for the halves of those whose answer nobody can read.

    One broken record spoils its list, every night anew: so it comes to stand alone and to fail alone.
    """
    waiting = list(lists)
    yield from http.ask_all(route, [batch for batch in waiting if len(batch) == 1], call)
    waiting = [batch for batch in waiting if len(batch) > 1]
    while waiting:
        halves: list[Sequence[T]] = []
        for batch, answer in http.ask_all(route, waiting, call, unless=GarbledError):
            if len(batch) > 1 and isinstance(answer, GarbledError | MalformedError):
                halves += chunks(batch, -(-len(batch) // 2))
            else:
                yield batch, answer
        waiting = halves


def skip_lookup(versions: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Give those of many versions whose records would add nothing: all but the first and the last.

    The first has the date on which the work became public, the last its present form. Registries count up.
    """
    ordered = sorted(set(versions), key=lambda version: (len(version.value), version.value))
    return tuple(sorted(ordered[1:-1])) if len(ordered) > SERIES else ()


def expect(source: str, value: object, kind: type[T], what: str) -> T:
    """Give `value` if it is of the documented type; raises MalformedError that names the field otherwise."""
    if not isinstance(value, kind):
        raise MalformedError(
            source, f"{what}: {kind.__name__} expected, {type(value).__name__} found"
        )
    return value


def optional(source: str, value: object, kind: type[T], what: str) -> T | None:
    """Give `value` if it is None or of the documented type; raises MalformedError otherwise."""
    return None if value is None else expect(source, value, kind, what)
