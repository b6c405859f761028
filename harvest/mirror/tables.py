"""The Parquet tables of a mirror: one of each dump file, until many small ones become one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.digests import digest
from harvest.errors import UsageError
from harvest.mirror.manifest import DumpFile
from harvest.new_files import replacing
from harvest.sources.base import DumpRecord, chunks

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

KEY = b"harvest"  # of our entry in the metadata of a Parquet file
PACK = 32  # files whose tables become one: 3,000 tables take 1 s to find a record
OPTIONS = {"compression": "zstd", "use_dictionary": ["changed"], "write_statistics": ["changed"]}


class Member(msgspec.Struct, frozen=True):
    """A dump file in a table, and the number of its row groups, in their order."""

    file: DumpFile
    groups: int


def schema() -> pa.Schema:
    """Return the columns of a record."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in DumpRecord._fields])


@contextmanager
def writing(path: Path) -> Iterator[tuple[ParquetWriter, list[Member]]]:
    """Yield a writer of a new table, and the members that it is to have."""
    from pyarrow import parquet

    members: list[Member] = []
    with replacing(path) as new, parquet.ParquetWriter(new, schema(), **OPTIONS) as writer:
        yield writer, members
        writer.add_key_value_metadata({KEY: msgspec.json.encode(members)})


def contents(path: Path) -> list[Member]:
    """Return what a table has; nothing for one that is missing or broken."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.read_metadata(path).metadata
        return msgspec.json.decode(metadata[KEY], type=list[Member])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, msgspec.DecodeError):
        return []


def pack(folder: Path, files: Iterable[DumpFile]) -> list[DumpFile]:
    """Make one table of many small ones of a day; return the files, each with its table.

    Of a table with files that were replaced, the others go into another one. Raises UsageError for
    a table that cannot be read.
    """
    by_table: dict[str, list[DumpFile]] = defaultdict(list)
    for file in files:
        by_table[file.table].append(file)
    result, others = list[DumpFile](), defaultdict[str, list[DumpFile]](list)
    for table, its in by_table.items():
        is_whole = not its[0].pack or len(its) == len(contents(folder / table))
        if its[0].pack and is_whole and len({file.day for file in its}) == 1:
            result += its
        else:
            for file in its:
                others[file.day].append(file)
    for some in chain.from_iterable(chunks(its, PACK) for _, its in sorted(others.items())):
        is_due = len(some) == PACK or any(file.pack for file in some)
        result += _pack(folder, list(some)) if is_due else some
    return result


def _pack(folder: Path, files: list[DumpFile]) -> list[DumpFile]:
    name = digest(*(file.digest.encode() for file in files)).hex()
    packed = [msgspec.structs.replace(file, pack=name) for file in files]
    with writing(folder / packed[0].table) as (writer, members):
        for file in files:
            members.append(Member(file, _copy(folder / file.table, file, writer)))
    return packed


def _copy(path: Path, file: DumpFile, writer: Any) -> int:
    """Copy the row groups of a dump file; return their number."""
    import pyarrow as pa
    from pyarrow import parquet

    start = 0
    for member in contents(path):
        if member.file.digest == file.digest:
            break
        start += member.groups
    else:
        advice = f"drop the mirror of {path.parent.name}, and add its dumps again"
        raise UsageError(f"{path}: cannot be read; {advice}")
    try:
        with parquet.ParquetFile(path) as table:
            for number in range(start, start + member.groups):
                writer.write_table(table.read_row_group(number))
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"{path}: cannot be read ({error}); add the same dumps again") from error
    return member.groups
