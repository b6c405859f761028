"""What Spark is refused for, each with what to do next, before any work is done."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from harvest.bulk import engines
from harvest.bulk.engines import spark
from harvest.errors import UsageError
from tests.bulk.cluster import Cluster, cluster
from tests.bulk.conftest import SHIPPED_WAIT, need_spark
from tests.bulk.test_engines import MEMORY, write

SOON = 4  # seconds in the place of WAIT


def refusal(on: str, scratch: Path) -> str:
    """Return why an engine does not start."""
    with pytest.raises(UsageError) as error, engines.start(on, MEMORY, 1, scratch):
        pass
    return str(error.value)


pytestmark = pytest.mark.posix


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"spark://127.0.0.1:{server.getsockname()[1]}"


def test_a_minute_is_not_waited() -> None:
    assert SHIPPED_WAIT == 30


def test_missing_pyspark_is_reported_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    assert refusal("local[1]", tmp_path).endswith(
        "needs pyspark: pip install 'harvest[bulk,spark]'"
    )


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # a pipe of pyspark's
def test_missing_java_is_reported_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_spark()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "apt install default-jre-headless" in refusal("local[1]", tmp_path)
    gc.collect()


@pytest.mark.parametrize("address", ["spark://", "spark://127.0.0.1:1", "spark://127.0.0.1:x"])
def test_an_address_without_master_is_reported_at_once(address: str, tmp_path: Path) -> None:
    need_spark()
    assert refusal(address, tmp_path).startswith(f"{address}: no Spark master answers there (")


def test_a_master_that_does_not_answer_is_not_waited_for(
    silent: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_spark()
    monkeypatch.setattr(spark, "WAIT", SOON)
    assert f"answers within {SOON} s: start one" in refusal(silent, tmp_path)


def test_a_master_without_workers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_spark()
    monkeypatch.setattr(spark, "FIRST", SOON)
    with cluster(tmp_path / "cluster", workers=0) as lonely:
        assert "no worker took a task within" in refusal(lonely.url, tmp_path)


def test_a_first_worker_may_come_later(tmp_path: Path) -> None:
    need_spark()
    with cluster(tmp_path / "cluster", workers=0) as lonely:
        late = Timer(2 * SOON, lonely.add_worker)
        late.start()
        with engines.start(lonely.url, MEMORY, 1, tmp_path) as engine:
            assert list(engine.each(partial(write, tmp_path / "t"), [3])) == [6]
        late.join()


def test_a_python_that_workers_lack_is_reported(
    spark_cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", "/nowhere/python")
    message = refusal(spark_cluster.url, tmp_path)
    assert 'Cannot run program "/nowhere/python"' in message
    assert "whose path PYSPARK_PYTHON names" in message


def test_without_a_session_none_is_used(tmp_path: Path) -> None:
    need_spark()
    assert "none is active in this process" in refusal(spark.ACTIVE, tmp_path)


def test_the_active_session_is_used_and_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_spark()
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    )
    try:
        assert "--on session" in refusal("local[1]", tmp_path)
        session.sql("SELECT 7 AS n").createOrReplaceTempView("t")
        with engines.start(spark.ACTIVE, MEMORY, 1, tmp_path) as engine:
            assert list(engine.each(partial(write, tmp_path / "t"), [3])) == [6]
            assert sorted(engine.rows("SELECT n FROM t", {"t": [tmp_path / "t"]})) == [(3,), (13,)]
        assert session.sql("SELECT n FROM t").collect() == [(7,)]
    finally:
        session.stop()
        spark._end_java()
