"""The rows of every table between two steps, which have one shape."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zlib import crc32

import msgspec

from harvest.bulk.engines.base import BEGIN, files
from harvest.errors import BrokenTableError
from harvest.new_files import replacing

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000  # rows that are written at once
T = TypeVar("T")
META = b"harvest"  # of our entry in the metadata of a Parquet file


class Row(NamedTuple):
    """What a step says of `key`, an identifier or another name.

    `own` is the number of the key, by which rows without an edge find their shard; in a table that
    a query made by parts of works or repositories it is that of the part. `other` is another name,
    `place` a number, `body` JSON or text, `file` the list that says so.
    """

    kind: str
    key: str
    own: int
    other: str = ""
    place: int = 0
    body: str = ""
    file: str = ""


def number(key: str) -> int:
    """Return a number of a key that is the same on every machine and day."""
    return crc32(key.encode())


def row(
    kind: str, key: object, other: object = "", place: int = 0, body: Any = "", file: str = ""
) -> Row:
    """Return a row; a body that is no text becomes JSON."""
    text = body if isinstance(body, str) else msgspec.json.encode(body).decode()
    name = str(key)
    return Row(kind, name, number(name), str(other), place, text, file)


def write(
    target: Path,
    rows: Iterable[Row],
    about: object = None,
    others: Iterable[pa.RecordBatch] = (),
) -> None:
    """Write a table as one file, of rows and of batches of another one, with what is told of it."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = iter(rows)
    with replacing(target) as new, parquet.ParquetWriter(new, schema(), compression="zstd") as file:
        for batch in others:
            file.write_batch(batch)
        while batch_rows := list(islice(rows, BATCH)):
            columns = zip(schema(), zip(*batch_rows, strict=True), strict=True)
            arrays = [pa.array(column, field.type) for field, column in columns]
            file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema()))
        file.write_table(schema().empty_table())
        file.add_key_value_metadata({META: msgspec.json.encode(about)})


def some(path: Path, column: str, values: Collection[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file with one of some values, in batches. Raises BrokenTableError."""
    import pyarrow as pa
    from pyarrow import compute

    chosen = pa.array(values, pa.string())
    for batch in _batches(path):
        yield batch.filter(compute.is_in(batch.column(column), chosen))


def read(*paths: Path) -> Iterator[Row]:
    """Yield the rows of files, and of those in folders; one that is not there has none.

    Raises BrokenTableError.
    """
    for path in files(path for path in paths if path.exists()):
        yield from chain.from_iterable(map(_of_batch, _batches(Path(path))))


def _of_batch(batch: pa.RecordBatch) -> Iterator[Row]:
    columns = [column.to_pylist() for column in batch.columns]
    return map(Row._make, zip(*columns, strict=True))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH, columns=[*Row._fields], use_threads=False)
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None) is not None:  # of the system
            raise
        raise BrokenTableError(f"{path}: {error}; {BEGIN}") from error


def about(path: Path, kind: type[T]) -> T | None:
    """Return what is told of a table; None of one that is broken, or not there."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        content = (parquet.read_metadata(path).metadata or {})[META]
        return msgspec.json.decode(content, type=kind)
    except (OSError, KeyError, pa.ArrowInvalid, msgspec.DecodeError):
        return None


@cache
def schema() -> pa.Schema:
    """Return the columns of a row."""
    import pyarrow as pa

    numbers = {"own", "place"}
    return pa.schema([(it, pa.int64() if it in numbers else pa.string()) for it in Row._fields])
