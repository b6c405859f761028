"""The SQLite file of the cache: its schema, and how it is opened to write and to read."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from harvest.errors import UsageError

FILE = "harvest.sqlite"
WRITE_TIMEOUT = 30.0  # seconds that a run waits for a lock
READ_TIMEOUT = 2.0  # seconds that a reader waits; a run holds a lock for a moment only
LOCKED = "another program uses it; run again when that has ended"
# Each step takes the schema to the next version, which PRAGMA user_version holds.
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
    SELECT source, identifier, outcome, payload, retrieved_at, NULL, 0, retrieved_at, NULL
    FROM answer;
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

log = logging.getLogger(__name__)


def open_to_write(folder: Path) -> sqlite3.Connection:
    """Open the file in a folder, or memory, with a warning, where the folder cannot be written.

    Raises UsageError for a file of a newer harvest.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _connect(folder / FILE)
    except (OSError, sqlite3.OperationalError) as error:
        advice = LOCKED if is_locked(error) else "name a folder with --cache"
        log.warning("%s: %s; answers of this run are not kept: %s", folder, error, advice)
        return _connect(":memory:")
    except sqlite3.DatabaseError as error:
        return recreate(folder, error)


def recreate(folder: Path, error: sqlite3.DatabaseError) -> sqlite3.Connection:
    """Set a broken file aside and open a new one."""
    path = folder / FILE
    aside = path.with_suffix(".broken")
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    log.warning("%s: %s; it was set aside as %s, and a new one is begun", path, error, aside.name)
    return _connect(path)


def open_to_read(folder: Path) -> sqlite3.Connection:
    """Open the file in a folder without changing it; nothing is in a file that is not there.

    Of one that is locked or broken nothing is read, with a warning. Raises UsageError for a file of
    a newer harvest.
    """
    path = folder / FILE
    if not path.exists():
        return _connect(":memory:")
    try:
        return _connect_readonly(path)
    except sqlite3.DatabaseError as error:
        return empty(folder, error)


def is_locked(error: Exception) -> bool:
    """Return True if another program holds a database for longer than we wait."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def empty(folder: Path, error: sqlite3.DatabaseError) -> sqlite3.Connection:
    """Return an empty database in place of one that cannot be read, with a warning."""
    log.warning("%s: %s; nothing is known of its answers", folder / FILE, error)
    return _connect(":memory:")


def _connect(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=WRITE_TIMEOUT, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _connect_readonly(path: Path) -> sqlite3.Connection:
    """Open a file of any schema; an older one is migrated in memory."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        db, version = _open(uri)
    except sqlite3.OperationalError as error:
        if is_locked(error):
            raise
        # WAL mode needs a file for its locks, even to read. In a read-only folder nobody writes.
        db, version = _open(f"{uri}&immutable=1")
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


def _open(uri: str) -> tuple[sqlite3.Connection, int]:
    db = sqlite3.connect(uri, uri=True, timeout=READ_TIMEOUT, check_same_thread=False)
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
        advice = "update this one or name another --cache"
        raise UsageError(f"{path}: a newer harvest keeps its answers there; {advice}")
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
