"""manifest.json: which dump files a mirror holds, of which day, and how many records of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from harvest import __version__
from harvest.errors import UsageError
from harvest.new_files import replacing

FILE = "manifest.json"
SCHEMA = 1
PACKAGES = ("duckdb", "isal", "pyarrow")  # of the extra `bulk`


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
        """The name of the Parquet file with its records."""
        return f"{self.pack}.parquet" if self.pack else self.own_table

    @property
    def own_table(self) -> str:
        """The name of the Parquet file that it was read into."""
        return f"{self.digest[:32]}.parquet"

    @property
    def rejects(self) -> str:
        """The name of the file with the lines that could not be read."""
        return f"{self.digest[:32]}.rejected.jsonl"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The dump files by source. `harvest` is the version that wrote it."""

    schema: int = SCHEMA
    harvest: str = __version__
    sources: dict[str, list[DumpFile]] = {}


class Schema(msgspec.Struct, frozen=True):
    """The version of the shape of a manifest, alone."""

    schema: int = 0


@cache
def moment(day: str) -> datetime:
    """Return the beginning of a day."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def require_packages() -> None:
    """Raise UsageError, with the line to type, without the extra `bulk`."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise UsageError(f"a mirror needs {', '.join(missing)}: pip install 'harvest[bulk]'")


def read(folder: Path) -> Manifest:
    """Read the manifest of a mirror, which is empty where there is none.

    Raises UsageError for one that is broken or of another schema.
    """
    path, advice = folder / FILE, "remove the folder and add the dumps again"
    try:
        data = path.read_bytes()
        schema = msgspec.json.decode(data, type=Schema).schema
        if schema == SCHEMA:
            return msgspec.json.decode(data, type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); {advice}") from error
    if schema > SCHEMA:
        raise UsageError(f"{folder}: the mirror of a newer harvest: update this one")
    raise UsageError(f"{folder}: a mirror of another schema; {advice}")


def write(folder: Path, sources: dict[str, list[DumpFile]]) -> None:
    """Replace the manifest as a whole, and remove what it names no more. Raises OSError."""
    before = read(folder)
    content = msgspec.json.encode(Manifest(sources=sources))
    with replacing(folder / FILE) as new:
        new.write_bytes(msgspec.json.format(content) + b"\n")
    for source, files in {**before.sources, **sources}.items():
        current = _names(sources.get(source, []))
        obsolete = _names(before.sources.get(source, [])) | {file.own_table for file in files}
        for name in obsolete - current:
            (folder / source / name).unlink(missing_ok=True)


def _names(files: Iterable[DumpFile]) -> set[str]:
    """Return the names of what a mirror made of dump files."""
    return {name for file in files for name in (file.table, file.rejects)}
