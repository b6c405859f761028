"""What sources answered, in one SQLite file, so that nothing is asked twice and a killed run loses nothing.

A row is what we know of one identifier at one source: the last answer, and what became of the tries since. A failure
is no answer: it is noted beside the last one and replaces nothing. "Not found" is one, but leaves the payload that was
found before it, since what a registry drops may come back. The answer to the first of two questions is kept beside
both, for a run that goes on where another was killed. Payloads are JSON text; nothing is ever pickled.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from harvest.errors import PublicationError, UsageError
from harvest.models import Answer, Identifier, Outcome

FILE = "harvest.sqlite"
# Each step takes the schema from its place in the list to the next one; PRAGMA user_version is the place.
MIGRATIONS = (
    """
    CREATE TABLE answer (
        source TEXT NOT NULL,
        identifier TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('found', 'not_found')),
        payload TEXT,
        retrieved_at TEXT NOT NULL,
        PRIMARY KEY (source, identifier)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE known (
        source TEXT NOT NULL,
        identifier TEXT NOT NULL,
        outcome TEXT CHECK (outcome IN ('found', 'not_found')),
        payload TEXT,
        retrieved_at TEXT,
        etag TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        tried_at TEXT NOT NULL,
        error TEXT,
        PRIMARY KEY (source, identifier)
    ) WITHOUT ROWID;
    INSERT INTO known
    SELECT source, identifier, outcome, payload, retrieved_at, NULL, 0, retrieved_at, NULL FROM answer;
    DROP TABLE answer;
    """,
    """
    ALTER TABLE known ADD COLUMN missing_since TEXT;
    UPDATE known SET missing_since = retrieved_at WHERE outcome = 'not_found';
    """,
    """
    ALTER TABLE known ADD COLUMN begun TEXT;
    ALTER TABLE known ADD COLUMN begun_at TEXT;
    """,
)

BEGUN = timedelta(
    hours=12
)  # for how long the first of two answers is good: longer than a night, shorter than a day

LOCK_TIMEOUT = 2.0  # seconds that a reader waits for a lock; a run holds one for a moment only

log = logging.getLogger(__name__)


class CacheEntry(msgspec.Struct, frozen=True):
    """What is known of an identifier: the last answer, when it was given, and the tries since (times aware, UTC).

    `outcome` is None when every try failed; `attempts` counts the failures since the last answer, `error` is the last.
    `payload` is the last that was found, also where the outcome is "not found", first said at `missing_since`.
    `begun` is what a source has said of an answer to come, at `begun_at`.
    """

    outcome: Outcome | None
    payload: dict[str, Any] | None
    retrieved_at: datetime | None
    tried_at: datetime
    etag: str | None = None
    attempts: int = 0
    error: str | None = None
    missing_since: datetime | None = None
    begun: dict[str, Any] | None = None
    begun_at: datetime | None = None

    def age(self, now: datetime) -> timedelta | None:
        """Tell how old the answer is; None without one, and for one from the future, which a wrong clock has dated."""
        if self.retrieved_at is None or self.retrieved_at > now + timedelta(days=1):
            return None
        return max(now - self.retrieved_at, timedelta(0))

    def first_half(self, now: datetime) -> dict[str, Any] | None:
        """Give what a source has said of an answer to come, if it is of this night."""
        return self.begun if self.begun_at and abs(now - self.begun_at) < BEGUN else None


class Cache:
    """The answers kept in `folder`; in memory, with a warning, where the folder cannot be written.

    `readonly` is for commands that ask nobody: the file stays as it is. If it is locked or broken,
    nothing is found in it, and a warning says so.
    """

    def __init__(self, folder: Path, *, readonly: bool = False) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._readonly = readonly
        self._db = self._open_readonly() if readonly else self._open()

    def get(self, source: str, identifiers: Iterable[Identifier]) -> dict[Identifier, CacheEntry]:
        """Give what is known of these identifiers, however old."""
        kept: dict[Identifier, CacheEntry] = {}
        query = (
            "SELECT outcome, payload, retrieved_at, tried_at, etag, attempts, error, missing_since, begun, begun_at"
            " FROM known WHERE source = ? AND identifier = ?"
        )
        with self._lock:
            try:
                for identifier in identifiers:
                    row = self._db.execute(query, (source, str(identifier))).fetchone()
                    if row:
                        kept[identifier] = _kept(row)
            except sqlite3.DatabaseError as error:  # a page that is broken shows when it is read
                if self._readonly:
                    self._db.close()
                    self._db = self._nothing(error)
                    return {}
                if isinstance(error, sqlite3.OperationalError):  # locked, or the disk is away
                    raise PublicationError(
                        f"{self._folder / FILE}: {error}; the last output stands"
                    ) from error
                self._db.close()
                self._db = self._afresh(error)
                return {}
        return kept

    def put(self, source: str, answers: Iterable[Answer], now: datetime) -> None:
        """Keep answers; one that failed is noted beside the last answer. Raises PublicationError on a full disk."""
        rows = [_row(source, answer, now) for answer in answers]
        with self._lock:
            try:
                try:
                    self._write(rows)
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError as error:  # some pages are touched by writing alone
                    self._db.close()
                    self._db = self._afresh(error)
                    self._write(rows)
            except sqlite3.Error as error:
                raise PublicationError(
                    f"{self._folder / FILE}: {error}; the last output stands"
                ) from error

    def prune(self, before: datetime, wanted: Collection[Identifier] = ()) -> int:
        """Forget what nobody asked for since then and nobody wants now; gives the number of rows.

        The file stays bounded that way. Nothing is forgotten when all of it is so old: then the clock is wrong, or the
        program has slept. A file that cannot be cleaned up is left as it is.
        """
        keep = set(map(str, wanted))
        with self._lock:
            try:
                with self._db:
                    (newest,) = self._db.execute("SELECT max(tried_at) FROM known").fetchone()
                    if newest is None or newest < before.isoformat():
                        return 0
                    old = self._db.execute(
                        "SELECT source, identifier FROM known WHERE tried_at < ?",
                        (before.isoformat(),),
                    ).fetchall()
                    gone = [row for row in old if row[1] not in keep]
                    self._db.executemany(
                        "DELETE FROM known WHERE source = ? AND identifier = ?", gone
                    )
                    return len(gone)
            except sqlite3.Error as error:
                log.warning("%s: %s; old answers stay in it", self._folder / FILE, error)
                return 0

    def counts(self) -> dict[str, int]:
        """Give the number of answers by source."""
        with self._lock:
            return dict(
                self._db.execute(
                    "SELECT source, count(*) FROM known GROUP BY source ORDER BY source"
                )
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _write(self, rows: Iterable[tuple[str, tuple[str | None, ...]]]) -> None:
        with self._db:
            for statement, values in rows:
                self._db.execute(statement, values)

    def _open(self) -> sqlite3.Connection:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _connect(self._folder / FILE)
        except (OSError, sqlite3.OperationalError) as error:
            log.warning(
                "%s: %s; answers of this run are not kept. Name a folder with --cache.",
                self._folder,
                error,
            )
            return _connect(":memory:")
        except sqlite3.DatabaseError as error:
            return self._afresh(error)

    def _open_readonly(self) -> sqlite3.Connection:
        path = self._folder / FILE
        if not path.exists():
            return _connect(":memory:")
        try:
            return _connect_readonly(path)
        except sqlite3.DatabaseError as error:
            return self._nothing(error)

    def _nothing(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        path = self._folder / FILE
        log.warning("%s: %s; nothing is known of its answers", path, error)
        return _connect(":memory:")

    def _afresh(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Set a broken file aside and begin a new one."""
        path = self._folder / FILE
        aside = path.with_suffix(".broken")
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        log.warning(
            "%s: %s; it was set aside as %s, and a new one is begun", path, error, aside.name
        )
        return _connect(path)


_NOTE = """
    INSERT INTO known (source, identifier, attempts, tried_at, error) VALUES (?1, ?2, 1, ?3, ?4)
    ON CONFLICT DO UPDATE SET attempts = attempts + 1, tried_at = ?3, error = ?4
"""
_BEGIN = """
    INSERT INTO known (source, identifier, tried_at, begun, begun_at) VALUES (?1, ?2, ?3, ?4, ?3)
    ON CONFLICT DO UPDATE SET begun = ?4, begun_at = ?3
"""
_KEEP = """
    INSERT INTO known (source, identifier, outcome, payload, retrieved_at, etag, tried_at, missing_since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, CASE ?3 WHEN 'not_found' THEN ?5 END)
    ON CONFLICT DO UPDATE SET
        outcome = ?3, payload = coalesce(?4, payload), retrieved_at = ?5, etag = ?6, attempts = 0, tried_at = ?5,
        error = NULL, missing_since = CASE ?3 WHEN 'not_found' THEN coalesce(missing_since, ?5) END,
        begun = NULL, begun_at = NULL
"""


def _row(source: str, answer: Answer, now: datetime) -> tuple[str, tuple[str | None, ...]]:
    """Give the statement that keeps an answer, and its values."""
    name, moment, payload = str(answer.identifier), now.isoformat(), _text(answer.payload)
    match answer.outcome:
        case "failed":
            return _NOTE, (source, name, moment, answer.error)
        case "begun":
            return _BEGIN, (source, name, moment, payload)
        case outcome:
            return _KEEP, (source, name, outcome, payload, moment, answer.etag)


def _connect(path: Path | str) -> sqlite3.Connection:
    """Open a file and bring it to the newest schema.

    Raises sqlite3.DatabaseError for a file that is broken, and UsageError for one of a newer harvest.
    """
    db = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _connect_readonly(path: Path) -> sqlite3.Connection:
    """Open a file of any schema without changing it.

    Raises sqlite3.DatabaseError for a file that is broken or locked, and UsageError for one of a
    newer harvest.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        db, version = _open_uri(uri)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise
        # WAL mode needs a file for its locks, even to read. In a read-only folder nobody writes.
        db, version = _open_uri(f"{uri}&immutable=1")
    if version == len(MIGRATIONS):
        return db
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        db.backup(copy)
        _migrate(copy, path)
    except BaseException:
        copy.close()
        raise
    finally:
        db.close()
    return copy


def _open_uri(uri: str) -> tuple[sqlite3.Connection, int]:
    """Return a connection, and the number of the schema."""
    db = sqlite3.connect(uri, uri=True, timeout=LOCK_TIMEOUT, check_same_thread=False)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except BaseException:
        db.close()
        raise
    return db, version


def _migrate(db: sqlite3.Connection, path: Path | str) -> None:
    """Bring a database to the newest schema. Raises UsageError for one of a newer harvest."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise UsageError(
            f"{path}: a newer harvest keeps its answers there; update this one or name another --cache"
        )
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")


def _kept(row: tuple[Any, ...]) -> CacheEntry:
    (
        outcome,
        payload,
        retrieved_at,
        tried_at,
        etag,
        attempts,
        error,
        missing_since,
        begun,
        begun_at,
    ) = row
    return CacheEntry(
        outcome,
        _payload(payload),
        _moment(retrieved_at),
        datetime.fromisoformat(tried_at),
        etag,
        attempts,
        error,
        _moment(missing_since),
        _payload(begun),
        _moment(begun_at),
    )


def _text(payload: dict[str, Any] | None) -> str | None:
    return msgspec.json.encode(payload).decode() if payload is not None else None


def _payload(text: str | None) -> dict[str, Any] | None:
    return msgspec.json.decode(text, type=dict[str, Any]) if text is not None else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
