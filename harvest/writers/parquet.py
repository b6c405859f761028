"""works.parquet and repositories.parquet: dataset.json with types, for DuckDB, pandas and the like.

Lists and structs stay nested; an object is a list of `name` and `value`. Instants are timestamps in
UTC, days are dates. A date that may be a year or month stays text, and `date_from` is its first
day. A value that is text or a number (of a claim) is text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

import msgspec

from harvest import models
from harvest.dataset.publication import Publication
from harvest.errors import UsageError
from harvest.models import Repository, Work
from harvest.writers.base import Writer

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 10_000  # of a row group
HINT = "parquet needs pyarrow: pip install 'harvest[parquet]'"


SIMPLE: dict[Any, tuple[str, Callable[[Any], Any]]] = {
    bool: ("bool", bool),
    int: ("int64", int),
    models.PositiveInt: ("int64", int),
    models.NonNegativeInt: ("int64", int),
    models.Day: ("date32", date.fromisoformat),
    models.Instant: ("instant", datetime.fromisoformat),
}


class Converter(NamedTuple):
    """The type of a value, and a function that makes it of one of the dataset that is not null."""

    type: pa.DataType
    convert: Callable[[Any], Any]


class ParquetWriter(Writer):
    """works.parquet and repositories.parquet."""

    name = "parquet"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return both files. Raises UsageError without pyarrow."""
        try:
            import pyarrow as pa
        except ImportError as error:
            raise UsageError(HINT) from error
        works = _struct(Work)
        fields = [*works.type, pa.field("date_from", pa.date32())]
        rows = [works.convert(work) | {"date_from": _first_day(work)} for work in publication.works]
        repositories = _struct(Repository)
        others = [repositories.convert(it) for it in publication.repositories]
        return {
            "works.parquet": _encode(pa.schema(fields), rows),
            "repositories.parquet": _encode(pa.schema(list(repositories.type)), others),
        }


def _encode(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            writer.write_table(pa.Table.from_pylist(part, schema=schema))
    return out.getvalue()


def _first_day(work: Work) -> date | None:
    """Return the first day that a date may mean; None for the year 0, which has no day."""
    if not work.date or work.date.startswith("0000"):
        return None
    return date.fromisoformat(f"{work.date}-01-01"[:10])


def _struct(struct: type[msgspec.Struct]) -> Converter:
    import pyarrow as pa

    columns = {field.name: _column(field.type) for field in msgspec.structs.fields(struct)}

    def convert(record: Any) -> dict[str, Any]:
        values = {}
        for name, column in columns.items():
            value = getattr(record, name)
            values[name] = None if value is None else column.convert(value)
        return values

    fields = [(name, column.type) for name, column in columns.items()]
    return Converter(pa.struct(fields), convert)


def _column(annotation: Any) -> Converter:
    import pyarrow as pa

    if annotation in SIMPLE:
        name, convert = SIMPLE[annotation]
        instant = pa.timestamp("ms", tz="UTC")
        return Converter(instant if name == "instant" else pa.type_for_alias(name), convert)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in {list, tuple}:
        return _list(_column(parts[0]))
    if origin is dict:
        return _pairs(_column(parts[1]))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _struct(annotation)
    if type(None) in parts:
        return _column(parts[0])
    return Converter(pa.string(), str)


def _list(item: Converter) -> Converter:
    import pyarrow as pa

    return Converter(pa.list_(item.type), lambda values: [item.convert(value) for value in values])


def _pairs(item: Converter) -> Converter:
    import pyarrow as pa

    pair = pa.struct([("name", pa.string()), ("value", item.type)])

    def convert(values: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"name": name, "value": item.convert(value)} for name, value in values.items()]

    return Converter(pa.list_(pair), convert)
