"""A lake takes the place of the last one, and what tells that nothing is to be done for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harvest.bulk.engines.base import replacing
from harvest.dataset import lake, store
from harvest.dataset.lake import Manifest, Part
from harvest.errors import PublicationError


class Mark(msgspec.Struct, frozen=True):
    """What the last lake was made of, as a digest, and its files with their sizes in bytes."""

    key: str
    sizes: dict[str, int]


def parts(folder: Path, table: str) -> Iterator[Part]:
    """Yield the parts of a table."""
    for path in lake.paths(folder, table):
        yield Part(path.name, lake.length(path), lake.digest(path))


def publish(new: Path, manifest: Manifest, folder: Path) -> None:
    """Put a new lake in the place of the last one. Raises PublicationError."""
    try:
        for remains in new.rglob(".*"):  # of a kill
            remains.unlink()
        content = msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"
        with replacing(new / lake.FILE) as file:
            file.write_bytes(content)
        store.swap(new, folder)
        store.confirm(folder)
    except OSError as error:
        why = error.strerror or error
        raise PublicationError(f"{folder}: {why}; the last lake stands") from error


def mark(path: Path, key: str, folder: Path) -> None:
    """Write what a lake was made of."""
    path.write_bytes(msgspec.json.encode(Mark(key, _sizes(folder))))


def is_current(path: Path, key: str, folder: Path) -> bool:
    """Return True if a lake was made of this, and none of its files is gone or cut."""
    try:
        last = msgspec.json.decode(path.read_bytes(), type=Mark)
    except (OSError, msgspec.DecodeError):
        return False
    return last.key == key and last.sizes.items() <= _sizes(folder).items()


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
