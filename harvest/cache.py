"""What sources answered, in one SQLite file, so that nothing is asked twice and a killed run loses nothing.

A row is one payload by (source, identifier). Only found and not_found are kept: a failure is not an answer. Payloads
are JSON text; nothing is ever pickled.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from harvest.models import Answer, Identifier, Outcome

FILE = "harvest.sqlite"
_TABLE = """
CREATE TABLE IF NOT EXISTS answer (
    source TEXT NOT NULL,
    identifier TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('found', 'not_found')),
    payload TEXT,
    retrieved_at TEXT NOT NULL,
    PRIMARY KEY (source, identifier)
) WITHOUT ROWID
"""

log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True):
    """A cached answer; `retrieved_at` is when the source gave it (aware, UTC)."""

    outcome: Outcome
    payload: dict[str, Any] | None
    retrieved_at: datetime

    def age(self, now: datetime) -> timedelta:
        """Tell how old the answer is; never negative, so that a clock set back does not make it younger than new."""
        return max(now - self.retrieved_at, timedelta(0))


class Cache:
    """The answers kept in `folder`; in memory, with a warning, where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._db = self._open(folder)

    def get(self, source: str, identifiers: Iterable[Identifier]) -> dict[Identifier, Kept]:
        """Give what is kept of these identifiers, however old."""
        kept: dict[Identifier, Kept] = {}
        query = "SELECT outcome, payload, retrieved_at FROM answer WHERE source = ? AND identifier = ?"
        with self._lock:
            for identifier in identifiers:
                row = self._db.execute(query, (source, str(identifier))).fetchone()
                if row:
                    payload = msgspec.json.decode(row[1]) if row[1] is not None else None
                    kept[identifier] = Kept(row[0], payload, datetime.fromisoformat(row[2]))
        return kept

    def put(self, source: str, answers: Iterable[Answer], now: datetime) -> None:
        """Keep answers; those that failed are passed over, so that an older answer stays."""
        rows = [
            (
                source,
                str(answer.identifier),
                answer.outcome,
                msgspec.json.encode(answer.payload).decode() if answer.payload is not None else None,
                now.isoformat(),
            )
            for answer in answers
            if answer.outcome != "failed"
        ]
        with self._lock, self._db:
            self._db.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @staticmethod
    def _open(folder: Path) -> sqlite3.Connection:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(folder / FILE, timeout=30, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_TABLE)
        except (OSError, sqlite3.OperationalError) as error:
            log.warning("%s: %s; answers of this run are not kept. Name a folder with --cache.", folder, error)
            db = sqlite3.connect(":memory:", check_same_thread=False)
            db.execute(_TABLE)
        return db
