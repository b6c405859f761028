"""What must be so before a run writes a byte: packages, room on the disk, a manifest, a lock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from harvest import locks
from harvest.errors import LockedError, PublicationError, UsageError

BULK = ("duckdb", "isal", "pyarrow")  # of the extra `bulk`

T = TypeVar("T")


def packages(user: str, *names: str) -> None:
    """Raise UsageError, with the line to type, where a package of the extra `bulk` is missing."""
    missing = [name for name in names or BULK if find_spec(name) is None]
    if missing:
        raise UsageError(f"{user} needs {', '.join(missing)}: pip install 'harvest[bulk]'")


def room(folder: Path, need: float, what: str, option: str) -> None:
    """Raise UsageError for a disk that may not hold so many bytes more."""
    place = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if need > free:
        raise UsageError(
            f"{folder}: {what} may need {need / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free:"
            f" name a folder on another disk with {option}"
        )


def manifest(path: Path, kind: type[T], version: tuple[str, int], advice: str) -> T:
    """Decode a manifest. `version` is the name of the member with that of its schema, and ours.

    Raises UsageError for one that is broken or of another schema.
    """
    name, ours = version
    try:
        data = path.read_bytes()
        schema = msgspec.json.decode(data, type=dict[str, Any]).get(name)
        if schema == ours:
            return msgspec.json.decode(data, type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); {advice}") from error
    if isinstance(schema, int) and schema > ours:
        raise UsageError(f"{path.parent}: a newer harvest made it: update this one")
    raise UsageError(f"{path.parent}: is of another schema; {advice}")


@contextmanager
def lock(path: Path, busy: str, advice: str, *, wait: bool = False) -> Iterator[None]:
    """Hold a lock. Raises LockedError, and PublicationError for a folder that takes no file."""
    from filelock import Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = locks.acquire(path, timeout=-1 if wait else 0)
    except Timeout as error:
        raise LockedError(busy) from error
    except OSError as error:
        raise PublicationError(f"{path.parent}: {error.strerror}; {advice}") from error
    try:
        yield
    finally:
        file.release()
