"""The three verbs of an engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from harvest import processes
from harvest.bulk import engines, rows
from harvest.bulk.engines.base import Engine
from harvest.errors import BrokenTableError, PublicationError, UsageError
from harvest.new_files import replacing
from tests.support.disks import largest_file

MEMORY = 1_000_000_000


@pytest.fixture(params=[1, 2])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with engines.start(engines.HERE, MEMORY, request.param, tmp_path / "scratch") as engine:
        yield engine


def table(path: Path, numbers: list[int]) -> Path:
    with replacing(path) as new:
        parquet.write_table(pa.table({"n": numbers, "name": list(map(str, numbers))}), new)
    return path


def write(folder: Path, number: int) -> int:
    table(folder / f"{number}.parquet", [number, number + 10])
    return 2 * number


def die(number: int) -> None:
    if number == 1:
        os._exit(9)


def fill(number: int) -> None:
    raise OSError(28, f"No space left on device for {number}")


def test_each_item_has_its_file_and_its_result(engine: Engine, tmp_path: Path) -> None:
    assert sorted(engine.each(partial(write, tmp_path / "t"), range(5))) == [0, 2, 4, 6, 8]
    [row] = engine.rows("SELECT count(*), sum(n) FROM t", {"t": [tmp_path / "t"]})
    assert row == (10, 70)


def test_a_query_becomes_a_table(engine: Engine, tmp_path: Path) -> None:
    source = {"t": [table(tmp_path / "a'b.parquet", [1, 2]), table(tmp_path / "c.parquet", [3])]}
    engine.sql(tmp_path / "all", "SELECT n + 1 AS m FROM t WHERE n > 1", source)
    rows = engine.rows("SELECT m FROM u", {"u": [tmp_path / "all"]})
    assert sorted(rows) == [(3,), (4,)]
    assert not list(tmp_path.glob(".*"))


def test_an_empty_table_has_its_columns(engine: Engine, tmp_path: Path) -> None:
    source = {"t": [table(tmp_path / "a.parquet", [1])]}
    engine.sql(tmp_path / "none", "SELECT n FROM t WHERE n > 5", source)
    assert list(engine.rows("SELECT n FROM u", {"u": [tmp_path / "none"]})) == []
    engine.sql(tmp_path / "parts", "SELECT n, name FROM t WHERE n > 5", source, by="n")
    assert list((tmp_path / "parts").iterdir()) == []


def test_a_table_has_a_folder_for_each_value(engine: Engine, tmp_path: Path) -> None:
    source = {"t": [table(tmp_path / "a.parquet", [1, 2, 2])]}
    engine.sql(tmp_path / "parts", "SELECT n, name FROM t", source, by="n")
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["n=1", "n=2"]
    two = parquet.read_table(tmp_path / "parts" / "n=2", partitioning=None)
    assert two.to_pydict() == {"name": ["2", "2"]}


def test_a_failed_query_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no table")
    with pytest.raises(BrokenTableError, match="the last lake stands"):
        engine.sql(tmp_path / "all", "SELECT * FROM t", {"t": [tmp_path / "a.parquet"]})
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("spoil", ["cut", "pages", "gone"])
def test_a_spoiled_table_is_reported(engine: Engine, tmp_path: Path, spoil: str) -> None:
    path = table(tmp_path / "a.parquet", list(range(20_000)))
    data = path.read_bytes()
    if spoil == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if spoil == "cut" else data[:90] + data[900:])
    with pytest.raises(BrokenTableError, match="makes all tables anew"):
        engine.sql(tmp_path / "all", "SELECT * FROM t", {"t": [path]})


@pytest.mark.posix
@pytest.mark.parametrize("by", [None, "n"])
def test_a_query_that_fills_the_disk_breaks_no_table(tmp_path: Path, by: str | None) -> None:
    source = {"t": [table(tmp_path / "a.parquet", list(range(20_000)))]}
    query = "SELECT n % 2 AS n, name FROM t"
    with (
        engines.start(engines.HERE, MEMORY, 1, tmp_path / "scratch") as engine,
        largest_file(1_000),  # of this process, in which one job runs
        pytest.raises(PublicationError, match=r"File too large.*goes on") as caught,
    ):
        engine.sql(tmp_path / "all", query, source, by)
    assert not isinstance(caught.value, BrokenTableError)
    assert [path.name for path in tmp_path.glob("*all*")] == []


def test_a_wrong_query_breaks_no_table(engine: Engine, tmp_path: Path) -> None:
    source = {"t": [table(tmp_path / "a.parquet", [1])]}
    with pytest.raises(duckdb.BinderException, match="wrong"):
        engine.sql(tmp_path / "all", "SELECT wrong FROM t", source)


def test_a_file_that_the_system_cannot_open_is_no_broken_table(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows.write(path, [rows.row("name", "a")])
    with (
        patch.object(parquet, "ParquetFile", side_effect=OSError(24, "Too many open files")),
        pytest.raises(OSError, match="Too many"),
    ):
        list(rows.read(path))


def test_a_full_disk_is_reported(engine: Engine) -> None:
    with pytest.raises(PublicationError, match="No space left on device"):
        list(engine.each(fill, [1]))


def test_a_killed_process_is_reported(tmp_path: Path) -> None:
    with (
        engines.start(engines.HERE, MEMORY, 2, tmp_path) as engine,
        pytest.raises(PublicationError, match="a process was killed"),
    ):
        list(engine.each(die, range(4)))


def process(_: int) -> int:
    return os.getpid()


def test_processes_are_renewed_for_their_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many tasks, in one call or in several; all of them are done."""
    monkeypatch.setattr(processes, "TASKS", 3)
    with engines.start(engines.HERE, MEMORY, 2, tmp_path) as engine:
        first = list(engine.each(process, range(14)))
        assert len(first) == 14
        assert not {*engine.each(process, range(5))} & {*first}


def test_an_address_of_no_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing runs there"):
        engines.start("nowhere://x", MEMORY, 1, tmp_path)
