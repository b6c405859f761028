"""manifest.json: which dump files a mirror holds, of which day, and how many records of each."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from harvest import __version__, needs
from harvest.new_files import replacing

FILE = "manifest.json"
SCHEMA = 2


class DumpFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a dump. `digest` is the SHA-256 of its `bytes`, as they lie on the disk.

    `newest` is the day on which the newest of its records was changed, "" if none tells; `day` is
    that of the dump. `pack` is the name of a table that it shares with others. `error` says why the
    file was refused, which is in no manifest.
    """

    name: str
    digest: str
    bytes: int = 0
    records: int = 0
    rejected: int = 0
    newest: str = ""
    day: str = ""
    pack: str = ""
    error: str = ""

    @property
    def table(self) -> str:
        """The name of the Parquet file with its records, whose column `file` has the digest."""
        return f"{self.pack or self.digest[:32]}.parquet"

    @property
    def rejects(self) -> str:
        """The name of the file with the lines that could not be read."""
        return f"{self.digest[:32]}.rejected.jsonl"


Sources = dict[str, list[DumpFile]]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The dump files by source. `harvest` is the version that wrote it."""

    schema: int = SCHEMA
    harvest: str = __version__
    sources: Sources = {}


@cache
def moment(day: str) -> datetime:
    """Return the beginning of a day."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def read(folder: Path) -> Sources:
    """Return the dump files by source; without a manifest there are none.

    Raises UsageError for a manifest that is broken or of another schema.
    """
    path, advice = folder / FILE, "remove the folder and add the dumps again"
    if not path.exists():
        return {}
    return needs.manifest(path, Manifest, ("schema", SCHEMA), advice).sources


def write(folder: Path, sources: Sources) -> None:
    """Replace the manifest as a whole. Raises OSError."""
    content = msgspec.json.encode(Manifest(sources=sources))
    with replacing(folder / FILE) as new:
        new.write_bytes(msgspec.json.format(content) + b"\n")
