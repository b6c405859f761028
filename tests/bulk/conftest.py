"""A real Spark cluster for the tests that need one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from harvest.bulk.engines import spark
from tests.bulk.cluster import Cluster, cluster

SHIPPED_WAIT = spark.WAIT


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than users have to: a machine that runs all tests at once starts Java slowly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spark, "WAIT", 10 * spark.WAIT)
        patch.setattr(spark, "FIRST", 5 * spark.FIRST)
        yield


def need_spark() -> None:
    """Skip without pyspark or Java, and say so; where HARVEST_SPARK is set, fail."""
    java = os.environ.get("JAVA_HOME") or shutil.which("java")
    if find_spec("pyspark") is None or not java:
        message = (
            "needs pyspark and a Java: pip install -e '.[spark]', apt install default-jre-headless"
        )
        pytest.fail(message) if os.environ.get("HARVEST_SPARK") else pytest.skip(message)


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers on loopback, until the tests end."""
    need_spark()
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as running:
        yield running
