"""Results of earlier runs, each under a digest of everything that it depends on.

They stand in files beside the answers. A file that is missing, broken or of another version of the
program means that the work is done anew, with the same result: the folder is safe to delete.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from harvest import __version__
from harvest.digests import SIZE, digest
from harvest.models import Identifier
from harvest.new_files import replacing

FOLDER = "memo"
DAY = 24 * 60 * 60.0  # seconds
LIFETIME = 30 * DAY  # of what no run uses: other lists may share the folder

T = TypeVar("T")
log = logging.getLogger(__name__)


class Memo:
    """A folder of results, each by its key; `readonly` leaves the folder as it is."""

    def __init__(self, folder: Path, *, readonly: bool = False) -> None:
        self._folder = folder / FOLDER
        self._readonly = readonly
        self._current: set[str] = set()

    def get(self, key: str, kind: type[T]) -> T | None:
        """Return a result; None where there is none, or a broken one."""
        self._current.add(key)
        try:
            data = (self._folder / key).read_bytes()
            if data[:SIZE] == digest(data[SIZE:]):
                return msgspec.msgpack.decode(memoryview(data)[SIZE:], type=kind)
        except (OSError, msgspec.DecodeError):
            return None
        return None

    def holds(self, key: str) -> bool:
        """Return True if there is a result, maybe a broken one."""
        return (self._folder / key).is_file()

    def put(self, key: str, result: object) -> None:
        """Keep a result. Where that fails, it will be made anew."""
        self._current.add(key)
        if self._readonly:
            return
        content = msgspec.msgpack.encode(result)
        target = self._folder / key
        try:
            with replacing(target) as new, new.open("wb") as file:
                file.writelines((digest(content), content))
        except OSError as error:
            log.info("%s: %s; it will be made anew", target, error)

    def prune(self, now: float) -> None:
        """Delete what no run has used for long, so that the folder does not grow for ever.

        `now` is a Unix time. The time of a file tells when it was used, to a day. What cannot be
        deleted stays: another process may hold it open, or be deleting it too.
        """
        if self._readonly or not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            with suppress(OSError):
                age = now - path.stat().st_mtime
                if path.name in self._current and age > DAY:
                    os.utime(path, (now, now))
                elif age > LIFETIME:
                    path.unlink()


class Table(Generic[T]):
    """Results of one kind by identifier, in one file that is read at once and written at the end.

    A result counts while the `fingerprint`, a digest of what it was made of, is the same.
    """

    def __init__(self, memo: Memo, name: str, kind: type[T]) -> None:
        self._memo = memo
        self._key = f"{name}-{digest(version(), name.encode()).hex()}"
        self._last: dict[str, tuple[bytes, T]] = memo.get(self._key, _rows(kind)) or {}
        self._current: dict[str, tuple[bytes, T]] = {}

    def get(self, identifier: Identifier, fingerprint: bytes) -> T | None:
        """Return the result of an identifier, None without one of this `fingerprint`."""
        name = str(identifier)
        entry = self._current.get(name) or self._last.get(name)
        if entry is None or entry[0] != fingerprint:
            return None
        self._current[name] = entry
        return entry[1]

    def put(self, identifier: Identifier, fingerprint: bytes, result: T) -> None:
        """Keep a result."""
        self._current[str(identifier)] = fingerprint, result

    def save(self) -> None:
        """Write the results that this run used, if they differ from those that were read."""
        if self._current != self._last:
            self._memo.put(self._key, self._current)


def _rows(kind: type[T]) -> type[dict[str, tuple[bytes, T]]]:
    return dict[str, tuple[bytes, kind]]  # type: ignore[valid-type]  # a type made at run time


@cache
def version() -> bytes:
    """Return a digest of the program's files and packages, which changes with any of them."""
    states = []
    for folder, _, names in os.walk(Path(__file__).parents[1]):
        for name in names:
            if not name.endswith(".pyc"):
                state = os.stat(f"{folder}/{name}")  # noqa: PTH116  # of hundreds of files
                states.append((name, state.st_size, state.st_mtime_ns))
    text = f"{__version__} {sys.version} {_packages()} {sorted(states)}"
    return digest(text.encode())


def _packages() -> list[str]:
    """Return the installed packages with their versions, since each may shape a result.

    The names of their folders tell both, at a hundredth of what it takes to read their metadata
    (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
    """
    names: set[str] = set()
    for folder in sys.path:
        with suppress(OSError):  # zipped, or not there
            files = os.listdir(folder or ".")  # noqa: PTH208  # names alone
            names.update(name for name in files if name.endswith(".dist-info"))
    return sorted(names)
