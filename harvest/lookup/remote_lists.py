"""Lists on GitHub, each with its last copy, which is read where it cannot be fetched."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from harvest.errors import NotFoundError, SeedError, SourceError
from harvest.lookup.ask import Endpoint, ask
from harvest.lookup.cache import CacheEntry
from harvest.lookup.session import Session
from harvest.models import Identifier, Outcome, Reply
from harvest.readers import github
from harvest.sources.github import ROUTE

SCHEME = "seed"


class ListCopy(NamedTuple):
    """The path of a list in its repository, and its bytes."""

    path: str
    data: bytes


class RemoteLists:
    """Fetches remote lists; `stale` says which of them are old copies, and why."""

    def __init__(self, session: Session) -> None:
        self.stale: list[str] = []
        self._session = session

    def __call__(self, seed: str) -> tuple[str, bytes]:
        """Return the path of a list and its bytes. Raises SeedError without even a copy."""
        (answer,) = ask(ListEndpoint(SCHEME, "github"), [Identifier(SCHEME, seed)], self._session)
        if answer.value is None:
            cause = NotFoundError if answer.state == "not_found" else SourceError
            why = f"cannot be read: {answer.error}, and no copy of an earlier run is kept"
            raise SeedError(seed, why) from cause("github", answer.error or "")
        if answer.state != "found":
            self.stale.append(f"{seed}: the copy of {answer.day} was read ({answer.error})")
        return answer.value


class ListEndpoint(Endpoint[ListCopy]):
    """Lists, which are always asked for; one that has not changed costs no rate limit."""

    def may_ask(self, session: Session) -> bool:
        """Return True unless offline: a run with `--only` reads the lists all the same."""
        return not session.scope.offline

    def fetch(self, due: Mapping[Identifier, Any], session: Session) -> Iterator[Reply]:
        """Fetch each list, if it has changed."""
        entries = session.cache.get(self.name, due)
        for identifier in due:
            yield _fetch(identifier, entries.get(identifier), session)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> ListCopy:
        """Return the copy."""
        return ListCopy(payload["path"], b64decode(payload["data"]))

    def lifetime(
        self, identifier: Identifier, value: ListCopy | None, session: Session
    ) -> timedelta:
        """Return zero: GitHub is asked each night whether a list has changed."""
        return timedelta(0)


def _fetch(identifier: Identifier, entry: CacheEntry | None, session: Session) -> Reply:
    http, payload = session.http, entry.payload if entry else None
    etag = entry.etag if entry and payload else None
    try:
        copy = http.ask(ROUTE, lambda: github.fetch(identifier.value, http.github(), etag))
    except SourceError as error:
        is_denied = isinstance(error, NotFoundError) and payload is None  # a copy keeps its day
        outcome: Outcome = "not_found" if is_denied else "failed"
        return Reply(identifier=identifier, outcome=outcome, error=error.message)
    if copy:  # without one, it is what the tag stands for
        etag = copy.etag
        payload = {"path": copy.path, "data": b64encode(copy.data).decode()}
    return Reply(identifier=identifier, outcome="found", payload=payload, etag=etag)
