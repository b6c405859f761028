"""Answers from dumps, behind the cache, as if the registry had given them on their day.

A dump denies nothing: what it lacks may have come later. Of two records of an identifier the one
that was changed last stands.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import needs
from harvest.entries import fold_case
from harvest.errors import UsageError
from harvest.mirror import manifest
from harvest.models import Identifier
from harvest.sources.base import chunks

if TYPE_CHECKING:
    import duckdb

QUERY_SIZE = 2_000  # identifiers in one query
CONFIG: dict[str, Any] = {"memory_limit": "500MB", "threads": 2}
QUERY = "SELECT identifier, changed, file, payload FROM read_parquet(?) WHERE identifier IN ({})"

log = logging.getLogger(__name__)


class DumpAnswer(msgspec.Struct, frozen=True):
    """A payload as JSON, and the beginning of the day on which the registry gave it."""

    text: bytes
    moment: datetime


class Mirror:
    """The dumps in `folder`. Raises UsageError if there are none, or none that can be read."""

    def __init__(self, folder: Path) -> None:
        needs.packages("a mirror")
        self._folder = folder
        self._files = manifest.read(folder)
        if not self._files:
            advice = "`harvest mirror add` makes one, and without the setting `mirror` none is used"
            raise UsageError(f"{folder}: no mirror; {advice}")
        self._lock = threading.Lock()
        self._db: duckdb.DuckDBPyConnection | None = None

    def get(self, source: str, identifiers: Iterable[Identifier]) -> dict[Identifier, DumpAnswer]:
        """Return what the dumps of a source say of these identifiers.

        A record that cannot be read is none, with a warning. Raises UsageError for a broken file.
        """
        if source not in self._files:
            return {}
        names: dict[str, list[Identifier]] = {}
        for identifier in identifiers:
            names.setdefault(str(fold_case(identifier)), []).append(identifier)
        answers = {}
        for name, day, payload in self._newest(source, sorted(names)):
            try:
                msgspec.json.decode(payload, type=dict[str, msgspec.Raw])  # which builds nothing
            except msgspec.DecodeError as error:
                log.warning("%s: the dump of %s has a broken record: %s", name, day, error)
                continue
            answer = DumpAnswer(payload.encode(), manifest.moment(day))
            answers.update(dict.fromkeys(names[name], answer))
        return answers

    def _newest(self, source: str, names: list[str]) -> Iterator[tuple[str, str, str]]:
        """Yield the name of each newest record, the day of its dump, and its payload."""
        for chunk in chunks(names, QUERY_SIZE):
            newest: dict[str, tuple[str, str, str]] = {}
            for name, changed, day, payload in self._rows(source, chunk):
                rank = (changed, day, payload)  # the last only makes the choice always the same
                newest[name] = max(rank, newest.get(name, rank))
            yield from ((name, day, payload) for name, (_, day, payload) in newest.items())

    def _rows(self, source: str, names: Iterable[str]) -> list[tuple[str, str, str, str]]:
        """Return name, last change, day of the dump and payload of every record of some names.

        A table may hold records of files that were replaced, which are none.
        """
        import duckdb

        names = list(names)
        days = {file.digest: file.day for file in self._files[source]}
        tables = sorted({file.table for file in self._files[source]})
        paths = [str(self._folder / source / table) for table in tables]
        query = QUERY.format(", ".join("?" * len(names)))
        with self._lock:
            try:
                self._db = self._db or duckdb.connect(config=CONFIG)
                rows = self._db.execute(query, [paths, *names]).fetchall()
            except duckdb.Error as error:
                advice = f"`harvest mirror add {source}` with the same dump mends it"
                raise UsageError(f"{self._folder}: {error}; {advice}") from error
        return [
            (name, changed, days[file], payload)
            for name, changed, file, payload in rows
            if file in days
        ]

    def close(self) -> None:
        """Close the connection."""
        if self._db is not None:
            self._db.close()
