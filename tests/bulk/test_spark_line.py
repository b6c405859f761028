"""The line on Spark: each query has the rows that it has on DuckDB, and the lake the same bytes."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.bulk import world as made_up
from harvest.bulk import engines, line, statements
from harvest.bulk.engines.base import Engine, Tables
from harvest.bulk.engines.duck import Duck
from harvest.bulk.line import Options
from harvest.config import Settings
from harvest.dataset import lake, store
from harvest.errors import PublicationError, UsageError
from harvest.mirror import keeping
from tests.bulk.cluster import Cluster, end, only_here
from tests.bulk.test_engines import MEMORY
from tests.support.settings import make_settings

pytestmark = pytest.mark.posix
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEXT = NOON + timedelta(days=1)
SHARDS = 6
SOURCES = ("crossref", "arxiv", "github")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dumps")
    for source in SOURCES:
        paths = made_up.write_dump(source, 200, folder / source)
        keeping.add(folder / "mirror", source, paths, NOON, jobs=1)
    return folder / "mirror"


@pytest.fixture(scope="module")
def spark(spark_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engines.start(spark_cluster.url, MEMORY, 1, tmp_path_factory.mktemp("scratch")) as engine:
        yield engine


@pytest.fixture
def settings(tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with paths that are relative, as people write them."""
    made_up.write_lists(20, 250, tmp_path / "lists")
    monkeypatch.chdir(tmp_path)
    return make_settings(Path(), {}, "lists", mirror=str(mirror), floor=0.1)


def bulk(settings: Settings, folder: str, now: datetime = NOON) -> dict[str, bytes]:
    line.run(settings, settings.seeds, Path(folder), now, Options(jobs=1, shards=SHARDS))
    return content(Path(folder))


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a lake."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def edit(folder: Path) -> None:
    """Take rows out of lists, and put others in."""
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        lines = path.read_text("utf-8").split("\n")
        lines = [it for at, it in enumerate(lines) if (at + number) % 5 or it[:1] != "-"]
        lines.append(f"- [Another](https://doi.org/{made_up.doi(number)})")
        path.write_text("\n".join(lines), "utf-8")


@contextmanager
def running_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let runs use an engine that is there, and leave it running."""

    @contextmanager
    def start(*_: object) -> Iterator[Engine]:
        yield engine

    with monkeypatch.context() as patch:
        patch.setattr(engines, "start", start)
        yield


class Both(Duck):
    """DuckDB, with each query on Spark as well."""

    def __init__(self, spark: Engine, scratch: Path) -> None:
        super().__init__(engines.HERE, MEMORY, 1, scratch)
        self.spark = spark
        self.texts: list[str] = []

    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        super().sql(target, query, tables, by)
        other = target.with_name(f"{target.name}-on-spark")
        self.spark.sql(other, query, tables, by)
        assert parts(other) == parts(target), query
        self.texts.append(query)

    def rows(self, query: str, tables: Tables) -> Iterator[tuple[Any, ...]]:
        result = list(super().rows(query, tables))
        assert sorted(self.spark.rows(query, tables)) == sorted(result), query
        self.texts.append(query)
        yield from result


def parts(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of a table, by folder, in the order of the rows."""
    from pyarrow import parquet

    result: dict[str, list[tuple[Any, ...]]] = {}
    for path in folder.rglob("*.parquet"):
        table = parquet.ParquetFile(path).read()
        rows = zip(
            *(table.column(name).to_pylist() for name in sorted(table.column_names)), strict=True
        )
        result.setdefault(path.parent.relative_to(folder).as_posix(), []).extend(rows)
    return {name: sorted(rows) for name, rows in result.items()}


def test_every_statement_has_the_same_rows_on_both(
    settings: Settings, spark: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bulk(settings, "lake")
    first = [work.id for work in store.read(tmp_path / "lake").works]
    odd = ("doi:10.5555/a'b", "doi:10.5555/a\\n${b}")
    settings = msgspec.structs.replace(settings, same=((first[0], first[1]), odd))
    edit(tmp_path / "lists")
    both = Both(spark, tmp_path / "scratch")
    with running_on(both, monkeypatch):
        monkeypatch.setattr(line, "LARGEST", 2)
        with pytest.raises(PublicationError, match="of one work"):
            bulk(settings, "lake", NEXT)
        monkeypatch.setattr(line, "LARGEST", 1_000_000)
        bulk(settings, "lake", NEXT)  # which goes on
        (tmp_path / "empty.md").write_text("# Nothing yet\n", "utf-8")
        with pytest.raises(UsageError, match="nothing is listed"):
            bulk(msgspec.structs.replace(settings, seeds=("empty.md",)), "other", NEXT)
    texts = {name: it for name, it in vars(statements).items() if isinstance(it, str)}
    queries = {name: it for name, it in texts.items() if name[0].isupper()}
    assert len(queries) > 12
    ran = {text.replace(f"% {SHARDS}", "% {shards}") for text in both.texts}
    assert {name for name, query in queries.items() if query not in ran} == set()
    assert any("SELECT own, key, count" in text for text in ran)


def test_a_lake_has_the_same_bytes_on_spark(
    settings: Settings, spark: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = bulk(settings, "lake")
    shutil.copytree("lake", "other")
    edit(tmp_path / "lists")
    expected = bulk(settings, "lake", NEXT)
    assert expected["dataset.json"] != first["dataset.json"]
    with running_on(spark, monkeypatch):
        assert bulk(settings, "other", NEXT) == expected
    assert lake.read(Path("other")).counts["changes"]


def test_a_lost_worker_changes_no_bytes(
    settings: Settings,
    spark: Engine,
    spark_cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    expected = bulk(settings, "lake")
    loser = threading.Thread(target=lose_worker, args=(spark_cluster, tmp_path), daemon=True)
    with running_on(spark, monkeypatch):
        loser.start()
        assert bulk(settings, "other") == expected
    loser.join()
    assert len(spark_cluster.workers) == 1
    spark_cluster.add_worker()


def lose_worker(cluster: Cluster, folder: Path) -> None:
    """End a worker as soon as a first shard is merged, and before there is a lake."""
    while not (folder / "other").exists():
        if list(folder.glob(".other.steps/run/merged/*.parquet")):
            end(cluster.workers.pop())
            return
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_lists_that_workers_cannot_see_are_refused(
    settings: Settings, spark: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with only_here(tmp_path) as hidden, running_on(spark, monkeypatch):
        unseen = msgspec.structs.replace(settings, seeds=(str(hidden / "lists"),))
        with pytest.raises(UsageError, match="a worker cannot see it"):
            bulk(unseen, "lake")


@pytest.mark.parametrize("place", ["s3://bucket/lake", "gs://bucket", "hdfs://host:9000/lake"])
def test_object_storage_is_refused(settings: Settings, place: str) -> None:
    with pytest.raises(UsageError, match="object storage is neither read nor written"):
        bulk(settings, place)
    with pytest.raises(UsageError, match="name a folder"):
        bulk(msgspec.structs.replace(settings, mirror=place), "lake")
