"""One file of a dump into one Parquet file: a function of the file alone, run in any process."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from functools import cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest import sources
from harvest.garbage import without_gc
from harvest.mirror import dumps, tables
from harvest.mirror.dumps import BrokenError, DumpPart
from harvest.mirror.manifest import DumpFile
from harvest.mirror.tables import Member
from harvest.new_files import replacing
from harvest.sources.base import DumpedSource, DumpRecord

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 5_000  # records that are held at once
MAX_REJECTED = 0.01  # of the records; more means that this is something else
MAX_TEXT = 500  # characters of a rejected line that are kept


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


def ingest(job: tuple[DumpPart, DumpFile | None], source: str, folder: Path) -> DumpFile:
    """Write the records of a part into a folder, unless they are there; return what they are.

    With a part comes what the mirror has under its name. A file that is refused is returned with an
    `error` and leaves nothing. Raises OSError for a folder that cannot be written.
    """
    part, before = job
    try:
        entry = DumpFile(name=part.name, digest=dumps.digest(part), bytes=part.size)
        for table in {entry.table, before.table if before else entry.table}:
            for member in tables.contents(folder / table):
                if member.file.digest == entry.digest:
                    pack = "" if table == entry.table else Path(table).stem
                    return msgspec.structs.replace(member.file, name=part.name, pack=pack)
        return _write(part, entry, dumped()[source], folder)
    except BrokenError as error:
        return DumpFile(name=part.name, digest="", bytes=part.size, error=str(error))


@without_gc()
def _write(part: DumpPart, entry: DumpFile, source: DumpedSource, folder: Path) -> DumpFile:
    with (
        tables.writing(folder / entry.table) as (writer, members),  # last in place: for both
        replacing(folder / entry.rejects) as new,
        new.open("wb") as rejects,
    ):
        reading, groups = Reading(part, source, rejects), 0
        with closing(reading.read()) as records:
            while batch := list(islice(records, BATCH)):
                writer.write_table(_table(batch))
                groups += 1
        entry = reading.checked(entry)
        members.append(Member(entry, groups))
    return entry


class Reading:
    """The records of a part, with their count, the rejected ones and the newest day in them."""

    def __init__(self, part: DumpPart, source: DumpedSource, rejects: Any) -> None:
        self.part = part
        self.source = source
        self.rejects = rejects
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

    def read(self) -> Generator[DumpRecord, None, None]:
        """Yield the records. Raises BrokenError."""
        read = self.source.from_dump
        with closing(dumps.records(self.part)) as rows:
            for line, text in rows:
                try:
                    record = read(text)
                except dumps.RECORD_ERRORS as error:
                    self._reject(line, text, error)
                    continue
                self.records += 1
                self.newest = max(self.newest, record.changed)
                yield record

    def _reject(self, line: int, text: bytes, error: Exception) -> None:
        self.rejected += 1
        start = text[:MAX_TEXT].decode(errors="replace")
        rejected = Rejected(self.part.name, line, str(error) or type(error).__name__, start)
        self.rejects.write(msgspec.json.encode(rejected) + b"\n")


def _table(records: list[DumpRecord]) -> pa.Table:
    import pyarrow as pa

    columns = (list(map(itemgetter(place), records)) for place in range(len(DumpRecord._fields)))
    return pa.Table.from_arrays(
        [pa.array(column, pa.string()) for column in columns], schema=tables.schema()
    )
