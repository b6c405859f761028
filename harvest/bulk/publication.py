"""The parts of a lake, how it takes the place of the last one, and what it was made of."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import checks
from harvest.bulk import rows
from harvest.bulk.workspace import MERGED, Task
from harvest.dataset import change_log, encoding, frames, lake, store
from harvest.dataset.changes import Change
from harvest.dataset.lake import Manifest, TableFile
from harvest.digests import digest, sha256_of
from harvest.garbage import without_gc
from harvest.lookup import memo
from harvest.models import Finding, Repository, Work
from harvest.new_files import replacing
from harvest.writers import csv

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 5_000  # rows of a row group
LAKE = "lake"  # the folder of the new lake among the tables of its run
FILE = "done"  # beside the tables of a run

Cells = Mapping[str, Any]  # of a row, by column


def works(task: Task, shard: int) -> Iterator[Cells]:
    """Yield the works of a shard, each with its key."""
    assigned = {it.key: it.other for it in task.rows("news", shard) if it.kind == "key"}
    for it in task.rows("merged", shard):
        if it.kind == "work":
            work = msgspec.json.decode(it.body, type=Work)
            work.key = work.key or assigned[work.id]
            yield csv.work_row(work) | {"record": msgspec.json.encode(work).decode()}


def unchanged_works(
    task: Task, shard: int, last: Path, changed: set[Any]
) -> Iterator[pa.RecordBatch]:
    """Yield the works in a part of the last lake that were not merged anew."""
    members = rows.some(task.folder / MERGED / f"{shard}.parquet", "kind", ["member"])
    every = chain.from_iterable(batch.column("key").to_pylist() for batch in members)
    unchanged = {*every} - changed
    if unchanged:
        yield from lake.some(last, unchanged)


def repositories(task: Task, shard: int) -> Iterator[Cells]:
    """Yield the repositories of a shard."""
    for it in task.rows("united", shard):
        if it.kind == "repository":
            repository = msgspec.json.decode(it.body, type=Repository)
            yield csv.repository_row(repository) | {"record": it.body}


def findings(task: Task, shard: int) -> Iterator[Cells]:
    """Yield the findings of some lists, but for those that a line is spared."""
    its_rows = [it for it in task.rows("news", shard) if it.kind in {"finding", "ignore"}]
    spared = {(it.key, it.place, it.other) for it in its_rows if it.kind == "ignore"}
    every = {
        Finding(it.key, it.place, it.other, it.body) for it in its_rows if it.kind == "finding"
    }
    for it in sorted(every):
        if (it.seed, it.line, it.code) not in spared:
            yield msgspec.structs.asdict(it) | {"level": checks.rules()[it.code].level}


def changes(task: Task, shard: int) -> Iterator[Cells]:
    """Yield the log of changes of some works and repositories, with those of this run."""
    its_rows = sorted(task.rows("news", shard), key=lambda it: it.place)
    log = [
        change_log.parse_row(msgspec.json.decode(it.body)) for it in its_rows if it.kind == "logged"
    ]
    news = [msgspec.json.decode(it.body, type=Change) for it in its_rows if it.kind == "change"]
    news.sort(key=lambda change: (change.id, change.kind))
    day = task.now.date().isoformat()
    for cells in [*map(msgspec.structs.asdict, log), *change_log.new_rows(log, news, day)]:
        yield {it: None if cells[it] is None else str(cells[it]) for it in change_log.COLUMNS}


# What is in each table, the column by which it is sorted, and all columns.
TABLES: dict[str, tuple[Callable[[Task, int], Iterable[Cells]], str, tuple[str, ...]]] = {
    lake.WORKS: (works, "id", (*csv.WORK, "record")),
    lake.REPOSITORIES: (repositories, "id", (*csv.REPOSITORY, "record")),
    lake.FINDINGS: (findings, "seed", (*Finding.__struct_fields__[:-1], "level")),
    lake.CHANGES: (changes, "id", change_log.COLUMNS),
}


def places(shards: int) -> dict[str, tuple[str, int]]:
    """Return the table and the shard of each part of a lake, by its name."""
    return {f"{table}/{shard:05}": (table, shard) for table in TABLES for shard in range(shards)}


@without_gc()
def write(task: Task, place: tuple[Path, tuple[str, int]]) -> None:
    """Write a part of a lake, sorted, and to the disk. Raises OSError."""
    import pyarrow as pa
    from pyarrow import parquet

    target, (table, shard) = place
    make, name, columns = TABLES[table]
    schema = _schema(columns)
    made = list(make(task, shard))
    batches = pa.Table.from_pylist(made, schema=schema).to_batches()
    if table == lake.WORKS:
        last = task.lake / table / target.name
        batches += unchanged_works(task, shard, last, {cells["id"] for cells in made})
    content = pa.Table.from_batches(batches, schema=schema).sort_by(name).combine_chunks()
    with replacing(target) as new:
        parquet.write_table(content, new, compression="zstd", row_group_size=GROUP)
        with new.open("r+b") as file:
            os.fsync(file.fileno())


def _schema(columns: Iterable[str]) -> pa.Schema:
    import pyarrow as pa

    types = dict.fromkeys(frames.TYPES["Int64"], pa.int64())
    types |= dict.fromkeys(frames.TYPES["boolean"], pa.bool_())
    return pa.schema([(name, types.get(name, pa.string())) for name in columns])


def write_document(folder: Path) -> None:
    """Write the dataset.json of a new lake. Raises OSError."""
    records = (lake.records(folder, table) for table in (lake.WORKS, lake.REPOSITORIES))
    with replacing(folder / store.FILE) as new, new.open("wb") as file:
        file.writelines(encoding.document(*records))


def parts(folder: Path) -> dict[str, list[TableFile]]:
    """Return the parts of each table."""
    return {
        table: [
            TableFile(path.name, lake.length(path), sha256_of(path))
            for path in lake.paths(folder, table)
        ]
        for table in lake.TABLES
    }


def count(folder: Path, table: str, column: str) -> dict[str, int]:
    """Return how often a column of a table has each value."""
    values = (lake.column(part, column) for part in lake.paths(folder, table))
    return dict(sorted(Counter(chain.from_iterable(values)).items()))


def publish(new: Path, manifest: Manifest, folder: Path) -> None:
    """Put a new lake in the place of the last one. Raises OSError."""
    for remains in new.rglob(".*"):  # of a kill
        remains.unlink()
    with replacing(new / lake.FILE) as file:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    store.swap(new, folder)
    store.confirm(folder)


def _mark(folder: Path) -> bytes:
    """Return a digest of this program, of the manifest of a lake, and of the sizes of its files."""
    files = (path for path in folder.rglob("*") if path.is_file())
    sizes = sorted((path.relative_to(folder).as_posix(), path.stat().st_size) for path in files)
    manifest = (folder / lake.FILE).read_bytes()
    return digest(memo.version(), manifest, msgspec.json.encode(sizes))


def is_marked(work: Path, folder: Path) -> bool:
    """Return True if this program made the lake in a folder, and nothing was lost."""
    return (work / FILE).is_file() and (work / FILE).read_bytes() == _mark(folder)


def write_mark(task: Task, folder: Path) -> None:
    """Mark a lake, keep what was merged for it, and forget its other tables."""
    shutil.rmtree(task.former, ignore_errors=True)
    (task.folder / MERGED).rename(task.former)
    with replacing(task.folder.parent / FILE) as new:
        new.write_bytes(_mark(folder))
    shutil.rmtree(task.folder, ignore_errors=True)
