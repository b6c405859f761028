"""works.parquet and repositories.parquet."""

from __future__ import annotations

import io
import sys
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from harvest.dataset.publication import Publication
from harvest.errors import UsageError
from harvest.writers.parquet import ParquetWriter
from tests.support.exports import hostile, library
from tests.support.works import make_publication, make_repository, make_work

parquet = pytest.importorskip("pyarrow.parquet")


def read(content: Publication, name: str) -> Any:
    return parquet.read_table(io.BytesIO(ParquetWriter().write(content)[name]))


def plain(value: Any) -> Any:
    """Return a value of the table as dataset.json has it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], dict)
        and {*value[0]} == {"name", "value"}
    ):
        return {item["name"]: plain(item["value"]) for item in value}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def full(value: Any) -> Any:
    """Return a record with its defaults, and claims as text."""
    if isinstance(value, msgspec.Struct):
        values = {name: full(getattr(value, name)) for name in value.__struct_fields__}
        return values | ({"value": str(values["value"])} if "value" in values else {})
    if isinstance(value, dict):
        return {key: full(item) for key, item in value.items()}
    return [full(item) for item in value] if isinstance(value, list | tuple) else value


def same(one: Any, other: Any) -> bool:
    return (one or None) == (other or None) or str(one) == str(other)


@pytest.mark.parametrize("content", [library(), hostile()])
def test_every_value_is_that_of_the_dataset(content: Publication) -> None:
    for name, records in (("works", content.works), ("repositories", content.repositories)):
        rows = read(content, f"{name}.parquet").to_pylist()
        assert len(rows) == len(records)
        for row, record in zip(rows, records, strict=True):
            row.pop("date_from", None)
            expected = full(record)
            for field, value in row.items():
                assert same(plain(value), expected[field]), field


def test_types() -> None:
    works = read(library(), "works.parquet").schema
    types = {name: str(works.field(name).type) for name in works.names}
    assert (types["year"], types["date"], types["date_from"]) == ("int64", "string", "date32[day]")
    assert types["stale_since"] == "date32[day]"
    repositories = read(library(), "repositories.parquet").schema
    assert str(repositories.field("pushed_at").type) == "timestamp[ms, tz=UTC]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023", date(2023, 1, 1)),
        ("2023-05", date(2023, 5, 1)),
        ("2023-05-06", date(2023, 5, 6)),
        (None, None),
    ],
)
def test_the_first_day_of_a_date(text: str | None, expected: date | None) -> None:
    content = make_publication(make_work(1, date=text))
    assert read(content, "works.parquet").to_pylist()[0]["date_from"] == expected


def test_columns_are_compressed_and_bytes_are_the_same() -> None:
    content = make_publication(make_work(1), repositories=[make_repository("o/n")])
    files = ParquetWriter().write(content)
    assert files == ParquetWriter().write(content)
    row_group = parquet.ParquetFile(io.BytesIO(files["works.parquet"])).metadata.row_group(0)
    assert row_group.column(0).compression == "ZSTD"


def test_without_pyarrow_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="harvest\\[parquet\\]"):
        ParquetWriter().write(make_publication())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023", date(2023, 1, 1)),
        ("2023-05", date(2023, 5, 1)),
        ("2023-05-06", date(2023, 5, 6)),
        ("0000", None),
        (None, None),
    ],
)
def test_date_from_is_the_first_day(text: str | None, expected: date | None) -> None:
    content = make_publication(make_work(1, date=text))
    assert read(content, "works.parquet")["date_from"].to_pylist() == [expected]
