"""Seeds on GitHub, each with its last copy: a list that cannot be fetched tonight is read as it was."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from datetime import datetime

from harvest.errors import SeedError, SourceError
from harvest.http.clients import Http
from harvest.lookup.cache import Cache, CacheEntry
from harvest.models import Answer, Identifier
from harvest.readers import github
from harvest.sources.github import ROUTE

SOURCE = "seed"

log = logging.getLogger(__name__)


class RemoteLists:
    """Fetches remote seeds for `readers.walk.read_lists`; `stale` says which of them are old copies, and why."""

    def __init__(self, http: Http, cache: Cache, now: datetime, *, offline: bool) -> None:
        self.stale: list[str] = []
        self._wire = http
        self._cache = cache
        self._now = now
        self._offline = offline

    def __call__(self, seed: str) -> tuple[str, bytes]:
        """Give the path of a seed in its repository and its bytes. Raises SeedError when there is not even a copy."""
        identifier = Identifier(SOURCE, seed)
        kept = self._cache.get(SOURCE, [identifier]).get(identifier)
        if self._offline:
            return self._last(seed, kept, SourceError("github", "offline"))
        try:
            copy = self._wire.ask(
                ROUTE,
                lambda: github.fetch(seed, self._wire.github(), kept.etag if kept else None),
            )
        except SourceError as error:
            return self._last(seed, kept, error)
        if copy is None:
            same = _copy(kept)
            if same is None or kept is None:
                return self._last(
                    seed, None, SourceError("github", "not modified, but no copy is kept")
                )
            answer = Answer(
                identifier=identifier, outcome="found", payload=kept.payload, etag=kept.etag
            )
            self._cache.put(SOURCE, [answer], self._now)  # it is as good as new
            return same
        payload = {"path": copy.path, "data": b64encode(copy.data).decode()}
        answer = Answer(identifier=identifier, outcome="found", payload=payload, etag=copy.etag)
        self._cache.put(SOURCE, [answer], self._now)
        return copy.path, copy.data

    def _last(self, seed: str, kept: CacheEntry | None, error: SourceError) -> tuple[str, bytes]:
        copy = _copy(kept)
        if copy is None or kept is None or kept.retrieved_at is None:
            raise SeedError(
                seed, f"cannot be read: {error.message}, and no copy of an earlier run is kept"
            ) from error
        self.stale.append(
            f"{seed}: the copy of {kept.retrieved_at.date()} was read ({error.message})"
        )
        return copy


def _copy(kept: CacheEntry | None) -> tuple[str, bytes] | None:
    if kept is None or kept.payload is None:
        return None
    return kept.payload["path"], b64decode(kept.payload["data"])
