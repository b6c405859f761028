"""A dataset as Parquet in parts, which `harvest bulk` publishes: its manifest, and its records.

`works` and `repositories` have the columns of the CSV tables and, as `record`, the line of
dataset.json. In each part rows are sorted by id.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import __version__, needs
from harvest.dataset import change_log, encoding, tables
from harvest.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "manifest.json"
SCHEMA = 1
WORKS, REPOSITORIES, FINDINGS, CHANGES = "works", "repositories", "findings", "changes"
TABLES = (WORKS, REPOSITORIES, FINDINGS, CHANGES)
BATCH = 500  # rows that are held of each part
ADVICE = "remove the folder, or name another one, and run `harvest bulk` again"


class TableFile(msgspec.Struct, frozen=True):
    """A file of a table: its name, its rows, and the SHA-256 of its bytes."""

    name: str
    rows: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of a lake, and what they were made of.

    `harvest` is the version that wrote it on `day`. `inputs` are digests and names, `settings`
    those that matter. `degraded` has a sentence on each source that owes answers, and on lists that
    cannot be read. The dataset does not depend on the number of `shards`.
    """

    lake: int = SCHEMA
    harvest: str = __version__
    day: str
    shards: int
    counts: dict[str, dict[str, int]]
    inputs: dict[str, Any]
    settings: dict[str, Any]
    tables: dict[str, list[TableFile]]
    degraded: list[str] = []


def is_lake(folder: Path) -> bool:
    """Return True if a folder holds a lake, whatever its schema."""
    try:
        content = (folder / FILE).read_bytes()
        return "lake" in msgspec.json.decode(content, type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return False


def read(folder: Path) -> Manifest:
    """Read the manifest of a lake. Raises UsageError for a broken one or another schema."""
    return needs.manifest(folder / FILE, Manifest, ("lake", SCHEMA), ADVICE)


def files(folder: Path) -> dict[str, bytes]:
    """Return the lake as the files of an output folder that consumers read. Raises UsageError."""
    read(folder)
    findings = sorted(_all_rows(folder, FINDINGS), key=itemgetter("seed", "line", "code"))
    log = sorted(_all_rows(folder, CHANGES), key=_order)
    works, repositories = records(folder, WORKS), records(folder, REPOSITORIES)
    return {
        "dataset.json": b"".join(encoding.document(works, repositories)),
        "findings.json": encoding.rows(findings) + b"\n" if findings else b"[]\n",
        change_log.FILE: tables.encode(change_log.COLUMNS, log),
    }


def _order(change: Mapping[str, Any]) -> tuple[str, bool, str, str]:
    return change["date"], change["id"].startswith("github:"), change["id"], change["kind"]


def records(folder: Path, table: str) -> Iterator[bytes]:
    """Yield the JSON of the records of a table, by id, holding a batch of each part."""
    parts = [_pairs(path) for path in paths(folder, table)]
    return (record.encode() for _, record in heapq.merge(*parts, key=itemgetter(0)))


def paths(folder: Path, table: str) -> list[Path]:
    """Return the parts of a table."""
    return sorted((folder / table).glob("*.parquet"))


def length(part: Path) -> int:
    """Return the number of rows of a part."""
    return sum(batch.num_rows for batch in _batches(part, []))


def column(part: Path, name: str) -> Iterator[str]:
    """Yield a column of a part."""
    for batch in _batches(part, [name]):
        yield from batch.column(0).to_pylist()


def some(
    part: Path, ids: Collection[str], columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the records of a part with one of some ids, in batches."""
    import pyarrow as pa
    from pyarrow import compute

    chosen = pa.array(sorted(ids), pa.string())
    for batch in _batches(part, columns):
        yield batch.filter(compute.is_in(batch.column("id"), chosen))


def rows(part: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part."""
    for batch in _batches(part):
        yield from batch.to_pylist()


def _all_rows(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    return chain.from_iterable(map(rows, paths(folder, table)))


def _pairs(part: Path) -> Iterator[tuple[str, str]]:
    for batch in _batches(part, ["id", "record"]):
        names = batch.column("id").to_pylist()
        yield from zip(names, batch.column("record").to_pylist(), strict=True)


def _batches(part: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield a part in batches. Raises UsageError for one that is broken, or without pyarrow."""
    needs.packages("a lake", "pyarrow")
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(part) as file:
            yield from file.iter_batches(BATCH, columns=columns, use_threads=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"{part}: cannot be read ({error}); {ADVICE}") from error
