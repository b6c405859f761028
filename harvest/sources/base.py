"""The contract of a source: one module of this package, found by discovery.

A source has two functions. `fetch` does the asking and nothing else; `read` is pure. Between them lies the payload, as
JSON, which is what the cache keeps. Three answers are possible and never two: found, not_found, failed. Where one takes
two questions, it is given as `begun` after the first, so that a run that is killed has but one request to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from harvest.config import Settings
from harvest.errors import GarbledError, MalformedError, NotAskedError, SourceError
from harvest.http.clients import Http
from harvest.models import Answer, Identifier, Record, RepositoryRecord

T = TypeVar("T")
A = TypeVar("A")  # an answer

SERIES = 8  # versions that are each asked for: papers have fewer, programs and data sets on Zenodo hundreds


class Source(Protocol):
    """What a module of this package offers.

    `RANK` orders sources where several know a value: the lowest wins. `SCHEMES` are the identifiers that it resolves.
    `REGISTRY` is True for an authority: its answers are cached, and its "no such thing" is believed. `ROUTE` is the one
    of pace.RATES that most of its requests take, "" for a source without requests. `AFTER` are sources that are
    asked before: this one is asked only for identifiers that all of them, as far as they resolve the scheme, deny.
    """

    NAME: str
    RANK: int
    REGISTRY: bool
    ROUTE: str
    SCHEMES: frozenset[str]
    AFTER: frozenset[str]

    def batch_size(self, settings: Settings) -> int:
        """Tell how many identifiers go into one request."""
        ...

    def fetch(
        self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
    ) -> Iterator[Answer]:
        """Ask for the identifiers and give an answer for each, as they come; raises nothing.

        Beside an identifier stands the payload of its `begun` answer, if another run was killed after that.
        """
        ...

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record | RepositoryRecord:
        """Read one payload into our shape. Raises MalformedError for a shape that the source does not document."""
        ...


class Searchable(Source, Protocol):
    """A source that can be asked for what has no identifier of its own."""

    def question(self, title: str, authors: str | None, year: int | None) -> Identifier | None:
        """Give what to search for, as an identifier of scheme `title`; None where a search would be of no use."""
        ...

    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Answer]:
        """Search and give an answer for each question (a title, a PII, a version of a preprint); raises nothing.

        The payload holds what was found, each readable by `read`, by the value of its identifier (`items`), and
        whether the source could not tell the first two apart (`tie`).
        """
        ...


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
