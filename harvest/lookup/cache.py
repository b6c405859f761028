"""The answers of the sources in one SQLite file: nothing is asked twice, a kill loses nothing.

A row is what is known of one identifier at one source: the last answer, and the tries since. A
failure is no answer: it is noted beside the last one and replaces nothing. "Not found" is an
answer, but leaves the payload from before it, since what a registry drops may come back. A partial
answer, the first of two, is kept beside both for a run that goes on where another was killed.
Payloads are JSON text; nothing is ever pickled.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Collection, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from harvest.errors import PublicationError
from harvest.http.sanitize import Sanitizer
from harvest.lookup import database
from harvest.lookup.mirror import DumpAnswer, Mirror
from harvest.models import Identifier, Outcome, Reply

PARTIAL_LIFETIME = timedelta(hours=12)  # longer than a night, shorter than a day

log = logging.getLogger(__name__)

_SELECT = """
    SELECT outcome, payload, retrieved_at, tried_at, etag, attempts, error, missing_since, begun,
        begun_at
    FROM known WHERE source = ? AND identifier = ?
"""
_SELECT_OLD = """
    SELECT source, identifier FROM known WHERE identifier IN
        (SELECT identifier FROM known GROUP BY identifier HAVING max(tried_at) < ?)
"""
_SELECT_STATE = """
    SELECT source, identifier, outcome, payload, retrieved_at, etag, attempts, error,
        missing_since, begun, begun_at, tried_at
    FROM known WHERE source != ? ORDER BY source, identifier
"""
_NOTE_FAILURE = """
    INSERT INTO known (source, identifier, attempts, tried_at, error) VALUES (?1, ?2, 1, ?3, ?4)
    ON CONFLICT DO UPDATE SET attempts = attempts + 1, tried_at = ?3, error = ?4
"""
_NOTE_SILENCE = "UPDATE known SET error = ?3 WHERE source = ?1 AND identifier = ?2"
_PUT_PARTIAL = """
    INSERT INTO known (source, identifier, tried_at, begun, begun_at) VALUES (?1, ?2, ?3, ?4, ?3)
    ON CONFLICT DO UPDATE SET begun = ?4, begun_at = ?3
"""
_PUT = """
    INSERT INTO known (source, identifier, outcome, payload, retrieved_at, etag, tried_at,
        missing_since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, CASE ?3 WHEN 'not_found' THEN ?5 END)
    ON CONFLICT DO UPDATE SET
        outcome = ?3, payload = coalesce(?4, payload), retrieved_at = ?5, etag = ?6, attempts = 0,
        tried_at = ?5, error = NULL, begun = NULL, begun_at = NULL,
        missing_since = CASE ?3 WHEN 'not_found' THEN coalesce(missing_since, ?5) END
"""
_PUT_UNFINISHED = _PUT.replace("begun = NULL, begun_at = NULL,", "")
_SANITIZE = """
    UPDATE known SET payload = stored(payload), begun = stored(begun), error = message(error)
"""
Row = tuple[str, tuple[str | None, ...]]


class CacheEntry(msgspec.Struct, frozen=True):
    """The last answer that is cached for an identifier, and the tries since (times in UTC).

    `outcome` is None if every try failed; `attempts` counts the failures since the last answer,
    `error` is the last. `text` is the last payload found, as JSON, also if the outcome is "not
    found" since `missing_since`. `begun` is a partial answer of `begun_at`.
    """

    outcome: Outcome | None
    text: bytes | None
    retrieved_at: datetime | None
    tried_at: datetime
    etag: str | None = None
    attempts: int = 0
    error: str | None = None
    missing_since: datetime | None = None
    begun: dict[str, Any] | None = None
    begun_at: datetime | None = None
    from_mirror: bool = False  # no column: the last answer is that of a dump

    @property
    def payload(self) -> dict[str, Any] | None:
        """The last payload."""
        return msgspec.json.decode(self.text) if self.text else None

    def age(self, now: datetime) -> timedelta | None:
        """Return the age of the answer; None without one, and for one of a clock that was ahead."""
        if self.retrieved_at is None or self.retrieved_at > now + timedelta(days=1):
            return None
        return max(now - self.retrieved_at, timedelta(0))

    def partial(self, now: datetime) -> dict[str, Any] | None:
        """Return the partial answer, if it is of this night."""
        if self.begun_at is None or abs(now - self.begun_at) >= PARTIAL_LIFETIME:
            return None
        return self.begun


class Cache:
    """The answers in `folder`; in memory, with a warning, where the folder cannot be written.

    `readonly` is for commands that make no requests: the file stays as it is. `mirror` has answers
    from dumps, as if they had been cached on the day of the dump.
    """

    def __init__(
        self, folder: Path, *, readonly: bool = False, mirror: Mirror | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._readonly = readonly
        self._mirror = mirror
        opener = database.open_to_read if readonly else database.open_to_write
        self._db = opener(folder)
        self._files = 1  # how many were opened
        self._waiting: list[Row] = []

    def get(self, source: str, identifiers: Iterable[Identifier]) -> dict[Identifier, CacheEntry]:
        """Return the entries of these identifiers, however old.

        Raises PublicationError for a database that does not answer.
        """
        identifiers = list(identifiers)
        entries = self._rows(source, identifiers)
        if self._mirror:
            for identifier, answer in self._mirror.get(source, identifiers).items():
                entries[identifier] = _with_dump(answer, entries.get(identifier))
        return entries

    def _rows(self, source: str, identifiers: Iterable[Identifier]) -> dict[Identifier, CacheEntry]:
        entries: dict[Identifier, CacheEntry] = {}
        with self._lock:
            try:
                for identifier in identifiers:
                    row = self._db.execute(_SELECT, (source, str(identifier))).fetchone()
                    if row:
                        entries[identifier] = _entry(row)
            except sqlite3.DatabaseError as error:  # a broken page shows when it is read
                self._replace(error)
                return {}
        return entries

    def put(self, source: str, replies: Iterable[Reply], now: datetime) -> None:
        """Store replies; a failure is noted beside the last answer.

        One without a request, because the source was down, is no try: the others go first. Raises
        PublicationError on a full disk.
        """
        self.add(source, replies, now)
        self.commit()

    def add(self, source: str, responses: Iterable[Reply], now: datetime) -> None:
        """Note the same, for `commit` to store."""
        rows = [_row(source, response, now) for response in responses]
        with self._lock:
            self._waiting += rows

    def commit(self) -> None:
        """Store what was added, so that it outlives a kill. Raises PublicationError."""
        with self._lock:
            rows, self._waiting = self._waiting, []
            try:
                self._write(rows)
            except sqlite3.DatabaseError as error:  # some pages are touched by writing alone
                self._replace(error)
                self._write(rows)

    def state(self, without: str) -> tuple[bytes, float]:
        """Return a digest of all answers but those of a source, and the time of the oldest try.

        It is a Unix time, 0 where nothing was tried. Raises PublicationError for a database that
        does not answer.
        """
        total, moments = sha256(), set()
        with self._lock:
            try:
                for row in self._db.execute(_SELECT_STATE, (without,)):
                    total.update(msgspec.msgpack.encode(row))
                    moments.add(row[-1])
            except sqlite3.DatabaseError as error:
                self._replace(error)
                return b"", 0
        oldest = min(map(datetime.fromisoformat, moments), default=None)
        return total.digest(), oldest.timestamp() if oldest else 0

    def writes_of_others(self) -> tuple[int, int]:
        """Return what differs when another process has written, or the file was set aside.

        Raises PublicationError for a database that does not answer.
        """
        with self._lock:
            try:  # https://sqlite.org/pragma.html#pragma_data_version
                (version,) = self._db.execute("PRAGMA data_version").fetchone()
            except sqlite3.DatabaseError as error:
                self._replace(error)
                return self._files, 0
        return self._files, version

    def prune(self, before: datetime, current: Collection[Identifier] = ()) -> int:
        """Delete what was not looked up since then and is not `current`; return the number of rows.

        An identifier goes as a whole: the denial of one source says why another was asked. The file
        stays bounded that way. Nothing is deleted where all of it is so old: then the clock is
        wrong, or the program has slept. A file that cannot be pruned is left as it is.
        """
        names, moment = set(map(str, current)), before.isoformat()
        with self._lock:
            try:
                with self._db:
                    (newest,) = self._db.execute("SELECT max(tried_at) FROM known").fetchone()
                    if newest is None or newest < moment:
                        return 0
                    old = self._db.execute(_SELECT_OLD, (moment,)).fetchall()
                    rows = [row for row in old if row[1] not in names]
                    query = "DELETE FROM known WHERE source = ? AND identifier = ?"
                    self._db.executemany(query, rows)
                    return len(rows)
            except sqlite3.Error as error:
                log.warning("%s: %s; old answers stay in it", self._path, error)
                return 0

    def copy(self, folder: Path, sanitizer: Sanitizer) -> None:
        """Write the answers, without what is private, to a new file in a folder. Raises OSError."""
        folder.mkdir(parents=True)
        with self._lock, closing(sqlite3.connect(":memory:")) as copy:
            try:
                self._db.backup(copy)
                copy.create_function("stored", 1, lambda text: text and sanitizer.stored(text))
                copy.create_function("message", 1, lambda text: text and sanitizer.message(text))
                copy.execute(_SANITIZE)
                copy.commit()
                copy.execute("VACUUM INTO ?", [str(folder / database.FILE)])
            except sqlite3.Error as error:
                raise OSError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close the file and the mirror."""
        self._db.close()
        if self._mirror:
            self._mirror.close()

    @property
    def _path(self) -> Path:
        return self._folder / database.FILE

    def _write(self, rows: Iterable[Row]) -> None:
        try:
            with self._db:
                for statement, values in rows:
                    self._db.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        """Go on without a broken file. Raises PublicationError for one that is locked or away."""
        self._files += 1
        if self._readonly:
            self._db.close()
            self._db = database.empty(self._folder, error)
            return
        if isinstance(error, sqlite3.OperationalError):
            raise self._unusable(error) from error
        self._db.close()
        try:
            self._db = database.recreate(self._folder, error)
        except (OSError, sqlite3.Error) as second:
            raise self._unusable(second) from error

    def _unusable(self, error: Exception) -> PublicationError:
        advice = "the last output stands"
        if database.is_locked(error):
            advice = f"{database.LOCKED} ({advice})"
        return PublicationError(f"{self._path}: {error}; {advice}")


def _row(source: str, reply: Reply, now: datetime) -> Row:
    name, moment, outcome = str(reply.identifier), now.isoformat(), reply.outcome
    if outcome == "failed" and not reply.asked:
        return _NOTE_SILENCE, (source, name, reply.error)
    if outcome == "failed":
        return _NOTE_FAILURE, (source, name, moment, reply.error)
    payload = None
    if reply.payload is not None:
        payload = msgspec.json.encode(reply.payload).decode()
    if outcome == "begun":
        return _PUT_PARTIAL, (source, name, moment, payload)
    statement = _PUT if reply.asked else _PUT_UNFINISHED  # the partial answer stays
    return statement, (source, name, outcome, payload, moment, reply.etag)


def _with_dump(dump: DumpAnswer, entry: CacheEntry | None) -> CacheEntry:
    """Return what would be cached if the answer of a dump had come on its day; the newer stands."""
    text = dump.text
    answer = CacheEntry("found", text, dump.moment, dump.moment, from_mirror=True)
    if entry is None or entry.tried_at < dump.moment:
        return answer
    if entry.retrieved_at is None or entry.retrieved_at < dump.moment:  # later tries have failed
        return msgspec.structs.replace(
            entry,
            outcome="found",
            text=text,
            retrieved_at=dump.moment,
            etag=None,
            missing_since=None,
            from_mirror=True,
        )
    return msgspec.structs.replace(entry, text=entry.text or text)  # it was denied since


def _entry(row: tuple[Any, ...]) -> CacheEntry:
    values = dict(zip(CacheEntry.__struct_fields__[:-1], row, strict=True))
    values["text"] = values["text"] and values["text"].encode()
    values["begun"] = values["begun"] and msgspec.json.decode(values["begun"])
    for name in ("retrieved_at", "tried_at", "missing_since", "begun_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    return CacheEntry(**values)
