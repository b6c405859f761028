"""One file of a dump into one Parquet file, and many small ones of these into one."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import sources
from harvest.digests import digest
from harvest.garbage import without_gc
from harvest.mirror import dumps
from harvest.mirror.dumps import BrokenError, DumpPart
from harvest.mirror.manifest import DumpFile
from harvest.new_files import replacing
from harvest.sources.base import DumpedSource, DumpRecord, chunks

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

BATCH = 5_000  # records that are held at once
MAX_REJECTED = 0.01  # of the records; more means that this is something else
MAX_TEXT = 500  # characters of a rejected line that are kept
KEY = b"harvest"  # of our entry in the metadata of a table
PACK = 32  # files whose tables become one: 3,000 tables take 1 s to find a record
FEW = ["changed", "file"]  # columns with few values


@cache
def dumped() -> dict[str, DumpedSource]:
    """Return the sources whose dumps can be read, by name."""
    everything = sources.discover().items()
    return {name: source for name, source in everything if isinstance(source, DumpedSource)}


def ingest(job: tuple[DumpPart, DumpFile | None], source: str, folder: Path) -> DumpFile:
    """Write the records of a part into a folder, unless they are there; return what they are.

    With a part comes what the mirror has under its name. A file that is refused is returned with an
    `error` and leaves nothing. Raises OSError for a folder that cannot be written.
    """
    part, before = job
    try:
        new = DumpFile(name=part.name, digest=dumps.digest(part), bytes=part.size)
        if before and before.digest == new.digest and _metadata(folder / before.table) is not None:
            return before
        if data := (_metadata(folder / new.table) or {}).get(KEY):
            return msgspec.structs.replace(msgspec.json.decode(data, type=DumpFile), name=part.name)
        return _write(part, new, dumped()[source], folder)
    except BrokenError as error:
        return DumpFile(name=part.name, digest="", bytes=part.size, error=str(error))


def _metadata(path: Path) -> dict[bytes, bytes] | None:
    """Return what a table says of itself, None of one that is missing or broken."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return None


@without_gc()
def _write(part: DumpPart, file: DumpFile, source: DumpedSource, folder: Path) -> DumpFile:
    """Write a table, and before it the lines that cannot be read. Raises BrokenError."""
    newest, rejected, total = "", 0, 0
    with (
        replacing(folder / file.table) as new,
        _writer(new) as writer,
        replacing(folder / file.rejects) as path,
        path.open("wb") as rejects,
        closing(dumps.records(part)) as texts,
    ):
        while batch := list(islice(texts, BATCH)):
            records = list[DumpRecord]()
            for line, text in batch:
                try:
                    records.append(source.from_dump(text))
                except dumps.RECORD_ERRORS as error:
                    rejects.write(_rejected(part, line, text, error))
            newest = max([newest, *(record.changed for record in records)])
            rejected += len(batch) - len(records)
            total += len(batch)
            writer.write_batch(_batch(records, file.digest))
        if rejected > MAX_REJECTED * total:
            raise BrokenError(f"has {rejected} of {total} lines that cannot be read")
        counts = {"records": total - rejected, "rejected": rejected, "newest": newest}
        file = msgspec.structs.replace(file, **counts)
        writer.add_key_value_metadata({KEY: msgspec.json.encode(file)})
    return file


def _rejected(part: DumpPart, line: int, text: bytes, error: Exception) -> bytes:
    """Return a line that could not be read, and why, as a line of JSON."""
    rejected = {
        "file": part.name,
        "line": line,
        "reason": str(error) or type(error).__name__,
        "text": text[:MAX_TEXT].decode(errors="replace"),
    }
    return msgspec.json.encode(rejected) + b"\n"


def _writer(path: Path) -> ParquetWriter:
    from pyarrow import parquet

    return parquet.ParquetWriter(
        path, _schema(), compression="zstd", use_dictionary=FEW, write_statistics=FEW
    )


@cache
def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in (*DumpRecord._fields, "file")])


def _batch(records: list[DumpRecord], file: str) -> pa.RecordBatch:
    import pyarrow as pa

    columns: list[Any] = [*zip(*records, strict=True)] or [()] * len(DumpRecord._fields)
    arrays = [pa.array(column, pa.string()) for column in (*columns, [file] * len(records))]
    return pa.RecordBatch.from_arrays(arrays, schema=_schema())


def pack(folder: Path, files: list[DumpFile]) -> list[DumpFile]:
    """Make one table of each PACK that have their own; return all files, with their tables.

    A file that is replaced leaves its records in a pack, which count no more.
    """
    from pyarrow import parquet

    alone = [file for file in files if not file.pack]
    result = {file.name: file for file in files}
    for some in chunks(alone, PACK):
        if len(some) < PACK:
            break
        name = digest(*(file.digest.encode() for file in some)).hex()
        with replacing(folder / f"{name}.parquet") as new, _writer(new) as writer:
            for file in some:
                with parquet.ParquetFile(folder / file.table) as table:
                    for batch in table.iter_batches(BATCH, use_threads=False):
                        writer.write_batch(batch)
                result[file.name] = msgspec.structs.replace(file, pack=name)
    return list(result.values())
