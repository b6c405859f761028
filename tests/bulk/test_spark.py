"""The verbs of an engine on a real cluster, which shows what one process would hide."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from harvest import __version__
from harvest.bulk import engines, refusals
from harvest.bulk.engines import spark
from harvest.bulk.engines.base import Engine
from harvest.errors import PublicationError, UsageError
from tests.bulk.cluster import Cluster, only_here

# The same tests as for every engine, with the engine of this module.
from tests.bulk.test_engines import (
    MEMORY,
    die,
    table,
    test_a_failed_query_leaves_nothing,
    test_a_full_disk_is_reported,
    test_a_query_becomes_a_table,
    test_a_table_has_a_folder_for_each_value,
    test_an_empty_table_has_its_columns,
    test_each_item_has_its_file_and_its_result,
    write,
)

__all__ = [
    "test_a_failed_query_leaves_nothing",
    "test_a_full_disk_is_reported",
    "test_a_query_becomes_a_table",
    "test_a_table_has_a_folder_for_each_value",
    "test_an_empty_table_has_its_columns",
    "test_each_item_has_its_file_and_its_result",
]


pytestmark = pytest.mark.posix


@pytest.fixture(scope="module")
def engine(spark_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    scratch = tmp_path_factory.mktemp("scratch")
    with engines.start(spark_cluster.url, MEMORY, 2, scratch) as engine:
        yield engine


def refuse(number: int) -> None:
    raise UsageError(f"not {number}")


def test_an_error_of_a_function_comes_here_as_it_is(engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"^not 1$"):
        list(engine.each(refuse, [1]))


def test_a_killed_process_of_a_worker_is_reported(engine: Engine) -> None:
    with pytest.raises(PublicationError, match=r"Python worker exited .*; the last lake stands"):
        list(engine.each(die, [1]))


def test_no_items_are_no_task(engine: Engine) -> None:
    assert list(engine.each(refuse, [])) == []


def test_paths_are_no_patterns(engine: Engine, tmp_path: Path) -> None:
    for name in ("a[1]", "a1", "b*{x,y}", "c d%20é:'\\"):
        table(tmp_path / name / "t.parquet", [len(name)])
    for name in ("a[1]", "b*{x,y}", "c d%20é:'\\"):
        assert list(engine.rows("SELECT n FROM t", {"t": [tmp_path / name]})) == [(len(name),)]
        engine.sql(tmp_path / name / "u", "SELECT n FROM t", {"t": [tmp_path / name]})
        assert list(engine.rows("SELECT n FROM t", {"t": [tmp_path / name / "u"]})) == [
            (len(name),)
        ]


# -- what workers must have ------------------------------------------------------------------------


def complaint(engine: Engine) -> str:
    """Return what is said of the workers."""
    with pytest.raises(UsageError) as error:
        spark._try_out(engine._session.sparkContext, "there")
    return str(error.value)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.modules['harvest'] = None", "ModuleNotFoundError"),
        ("import sys; sys.modules['pyarrow'] = None", "pip install 'harvest[bulk]'"),
        ("import harvest; harvest.__version__ = '0.0.1'", "one has harvest 0.0.1"),
    ],
)
def test_workers_need_this_harvest(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, reason: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(code)  # which Python runs first
    python = tmp_path / "python"
    path = f'PYTHONPATH="{tmp_path}:$PYTHONPATH"'
    python.write_text(f'#!/bin/sh\n{path} exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(engine._session.sparkContext, "pythonExec", str(python))
    message = complaint(engine)
    assert reason in message
    assert __version__ in message


def test_workers_need_this_python(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine._session.sparkContext, "pythonVer", "3.9")
    assert "[PYTHON_VERSION_MISMATCH]" in complaint(engine)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_workers_must_see_the_lake(engine: Engine, tmp_path: Path) -> None:
    refusals.refuse_unseen(engine, tmp_path / "seen", [])
    with only_here(tmp_path) as hidden, pytest.raises(UsageError, match="cannot see it: move it"):
        refusals.refuse_unseen(engine, hidden, [])


def test_functions_work_in_the_folder_of_the_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(engine.each(partial(write, Path("t")), [1])) == [2]
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["1.parquet"]
