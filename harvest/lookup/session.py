"""Sessions: the settings, scope and time of one run, with the cache and the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from harvest.config import Settings
from harvest.digests import digest
from harvest.http.clients import Budget, Http
from harvest.linking import overrides
from harvest.lookup import snapshot
from harvest.lookup.answers import AnyRecord
from harvest.lookup.cache import Cache
from harvest.lookup.memo import Memo, Table
from harvest.lookup.mirror import Mirror
from harvest.models import AnyDataset, Identifier
from harvest.sources import discover

T = TypeVar("T")
Progress = Callable[[str, int, int], None]  # source, identifiers answered, identifiers asked


class Scope(msgspec.Struct, frozen=True):
    """What a run may ask: nothing (`offline`), or one source (`only`).

    With `max_age` it asks again for answers that are older than that.
    """

    offline: bool = False
    only: str | None = None
    max_age: timedelta | None = None

    def includes(self, source: str) -> bool:
        """Return True if the run may ask a source."""
        return not self.offline and self.only in {None, source}

    def max_age_of(self, source: str) -> timedelta | None:
        """Return the age at which answers are renewed; None where the settings decide."""
        return self.max_age if self.only in {None, source} else None


class Session:
    """The settings, time, cache and services of a run; a context manager that closes them.

    `requests` counts the HTTP requests by cache name, so that searches are counted apart. A session
    that is `readonly` leaves the cache as it is. `http` stands in for the services.
    """

    def __init__(
        self,
        settings: Settings,
        scope: Scope,
        now: datetime,
        *,
        budget: Budget | None = None,
        progress: Progress = lambda *_: None,
        readonly: bool = False,
        http: Http | None = None,
    ) -> None:
        self.settings = settings
        self.overrides = overrides.read(settings)
        self.scope = scope
        self.now = now
        self.last: AnyDataset | None = None
        self.progress = progress
        self.sources = discover()
        self.requests: Counter[str] = Counter()
        self.http = http or Http(settings, budget=budget)
        mirror = Mirror(Path(settings.mirror)) if settings.mirror else None
        self.cache = Cache(Path(settings.cache), readonly=readonly, mirror=mirror)
        self.http.on_wait = self.cache.commit
        self.memo = Memo(Path(settings.cache), readonly=readonly)
        self._tables: dict[str, Table[Any]] = {}

    @property
    def today(self) -> str:
        """The day of the run."""
        return self.now.date().isoformat()

    @cached_property
    def snapshot(self) -> dict[Identifier, AnyRecord]:
        """The records of the starter snapshot. Raises UsageError for one that cannot be read."""
        return snapshot.load(Path(self.settings.starter))

    @property
    def files(self) -> list[Path]:
        """The files that a run reads beside the lists."""
        names = (self.settings.starter, self.settings.vocabulary)
        return [Path(name) for name in names if name]

    @cached_property
    def digest_of_files(self) -> bytes:
        """A digest of these files. A run that sees them changed meanwhile keeps nothing of it."""
        return digest(*(it.read_bytes() if it.is_file() else b"" for it in self.files))

    def table(self, name: str, kind: type[T]) -> Table[T]:
        """Return the results that were read of the answers cached under a name."""
        if name not in self._tables:
            self._tables[name] = Table(self.memo, name, kind)
        return self._tables[name]

    def save_tables(self) -> None:
        """Write all tables for the next run, and free their memory."""
        for table in self._tables.values():
            table.save()
        self._tables.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.cache.close()
