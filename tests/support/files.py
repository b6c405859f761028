"""Files and folders that a test makes hard to use."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

NOBODY = 65534  # the user id of `nobody`


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Lock an SQLite file against readers too, as a program with it in exclusive mode does."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def folder_of_all() -> Iterator[Path]:
    """Make a folder that every user can read; those of pytest are closed to others."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def is_root() -> bool:
    """Return True for a user whom no mode of a file stops."""
    return sys.platform != "win32" and os.geteuid() == 0


@contextmanager
def readonly(folder: Path) -> Iterator[None]:
    """Let nobody write to a folder and its files; root gives up its rights for the time."""
    paths = [folder, *folder.iterdir()]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        for path, mode in modes.items():
            path.chmod(mode)
