"""One file of a dump into one Parquet file: a function of the file alone, run in any process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import sources
from harvest.garbage import uncollected
from harvest.mirror import dumps
from harvest.mirror.dumps import BrokenError, Part
from harvest.mirror.manifest import DumpFile
from harvest.sources.base import DumpedSource, DumpRecord

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 5_000  # records that are held at once
MAX_REJECTED = 0.01  # of the records; more means that this is something else
MAX_TEXT = 500  # characters of a rejected line that are kept
KEY = b"harvest"  # of our entry in the metadata of a Parquet file


class Rejected(msgspec.Struct, frozen=True):
    """A line that could not be read, and why."""

    file: str
    line: int
    reason: str
    text: str


@cache
def dumped() -> dict[str, DumpedSource]:
    """Return the sources whose dumps can be read, by name."""
    everything = sources.discover().items()
    return {name: source for name, source in everything if isinstance(source, DumpedSource)}


def ingest(part: Part, source: str, folder: Path) -> DumpFile:
    """Write the records of a part into a folder, unless they are there; return what they are.

    A file that is refused is returned with an `error` and leaves nothing. Raises OSError for a
    folder that cannot be written.
    """
    try:
        entry = DumpFile(name=part.name, digest=dumps.digest(part), bytes=part.size)
        return _existing(entry, folder) or _write(part, entry, dumped()[source], folder)
    except BrokenError as error:
        return DumpFile(name=part.name, digest="", bytes=part.size, error=str(error))


def _existing(entry: DumpFile, folder: Path) -> DumpFile | None:
    """Return what the whole Parquet file of an earlier run says of itself, under the present name.

    One that is missing or broken is made anew.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.read_metadata(folder / entry.table).metadata
        earlier = msgspec.json.decode(metadata[KEY], type=DumpFile)
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, msgspec.DecodeError):
        return None
    return msgspec.structs.replace(earlier, name=entry.name)


@uncollected()
def _write(part: Part, entry: DumpFile, source: DumpedSource, folder: Path) -> DumpFile:
    from pyarrow import parquet

    new, new_rejects = (folder / f".{name}.new" for name in (entry.table, entry.rejects))
    pages = {"compression": "zstd", "use_dictionary": ["changed"], "write_statistics": ["changed"]}
    try:
        with (
            new_rejects.open("wb") as rejects,
            parquet.ParquetWriter(new, _schema(), **pages) as file,
        ):
            count = Counts()
            records = _records(part, source, count, rejects)
            while batch := list(islice(records, BATCH)):
                file.write_table(_table(batch))
            entry = count.checked(entry)
            file.add_key_value_metadata({KEY: msgspec.json.encode(entry)})
        new_rejects.replace(folder / entry.rejects)
        new.replace(folder / entry.table)  # last: it stands for both
    finally:
        new.unlink(missing_ok=True)
        new_rejects.unlink(missing_ok=True)
    return entry


class Counts:
    """The records of a file so far, those that could not be read, and the newest day in them."""

    def __init__(self) -> None:
        self.records = 0
        self.rejected = 0
        self.newest = ""

    def checked(self, entry: DumpFile) -> DumpFile:
        """Return an entry with the counts. Raises BrokenError for too many rejected lines."""
        total = self.records + self.rejected
        if self.rejected > MAX_REJECTED * total:
            raise BrokenError(f"has {self.rejected} of {total} lines that cannot be read")
        return msgspec.structs.replace(
            entry, records=self.records, rejected=self.rejected, newest=self.newest
        )


def _records(part: Part, source: DumpedSource, count: Counts, rejects: Any) -> Iterator[DumpRecord]:
    with closing(dumps.records(part)) as rows:
        for line, text in rows:
            try:
                record = source.from_dump(text)
            except dumps.RECORD_ERRORS as error:
                count.rejected += 1
                start = text[:MAX_TEXT].decode(errors="replace")
                rejected = Rejected(part.name, line, str(error) or type(error).__name__, start)
                rejects.write(msgspec.json.encode(rejected) + b"\n")
                continue
            count.records += 1
            count.newest = max(count.newest, record.changed)
            yield record


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in DumpRecord._fields])


def _table(records: list[DumpRecord]) -> pa.Table:
    import pyarrow as pa

    columns = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
    return pa.Table.from_arrays(columns, schema=_schema())
