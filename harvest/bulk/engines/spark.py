"""Spark: on this machine, on a standalone cluster, or in the session that is active."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harvest import __version__
from harvest.bulk import sessions
from harvest.bulk.engines.base import (
    BEGIN,
    GO_ON,
    Engine,
    R,
    T,
    Tables,
    files,
    is_of_table,
)
from harvest.bulk.sessions import errors, limit, why
from harvest.dataset.lake import require_packages
from harvest.errors import BrokenTableError, HarvestError, PublicationError, UsageError
from harvest.new_files import replacing

FIRST = 120  # seconds for a first task, before which workers start processes
LOST = 60  # seconds without any worker, after which none is waited for
LOOKS = 10  # in that time
TYPES = {"int32": "INT", "int64": "BIGINT", "string": "STRING"}
TAG = "harvest-first-task"
QUERIES = {
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # ${x} is text
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",  # more files take a job
}


class Spark(Engine):
    """The engine of a cluster, all of whose machines see the same files."""

    @classmethod
    def accepts(cls, on: str) -> bool:
        """Return True for `spark://HOST:PORT`, `local[N]` and `session`."""
        return on == sessions.ACTIVE or on.startswith(("spark://", "local["))

    def __init__(self, on: str, room: int, jobs: int, scratch: Path) -> None:
        shared = sessions.start(on, room)
        self._own = on != sessions.ACTIVE
        self._session = shared.newSession()  # with views and options of its own
        partitions = str(4 * shared.sparkContext.defaultParallelism)  # 200 would be for terabytes
        for name, value in (QUERIES | {"spark.sql.shuffle.partitions": partitions}).items():
            self._session.conf.set(name, value)
        try:
            _try_out(shared.sparkContext, on, scratch)
        except UsageError:
            self._end_session()
            raise
        self._watch = Watch(shared.sparkContext)  # no sooner: a first worker may take FIRST

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Run a function as a task for each item."""
        tasks = list(items)
        if not tasks:
            return
        with self._failures():
            rdd = self._session.sparkContext.parallelize(tasks, len(tasks))
            for result in rdd.map(partial(_outcome, Path.cwd(), function)).collect():
                if isinstance(result, HarvestError | OSError):
                    raise result
                yield result

    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        """Write the result of a query, with `by` as one file for each value."""
        with self._failures(), replacing(target) as new:
            self._know(tables)
            result = self._session.sql(query)
            writer = result.repartition(by).write.partitionBy(by) if by else result.write
            # A table holds no other files, such as _SUCCESS.
            writer = writer.option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
            writer.parquet(str(new))

    def rows(self, query: str, tables: Tables) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a result."""
        with self._failures():
            self._know(tables)
            for batch in self._session.sql(query).toArrow().to_batches():
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def close(self) -> None:
        """End the session and its Java, unless it was there before."""
        self._watch.end()
        self._end_session()

    def _end_session(self) -> None:
        if self._own:
            sessions.end(self._session)

    def _know(self, tables: Tables) -> None:
        for name, paths in tables.items():
            reader = self._session.read.option("__globPaths__", "false")  # * and [ are names here
            names = files(paths)
            reader.schema(_columns(names[0])).parquet(*names).createOrReplaceTempView(name)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn what a table, a full disk or a lost cluster raises into one error."""
        try:
            yield
        except errors() as error:
            if self._watch.is_lost:
                advice = "start one; the same line again goes on where this one stopped"
                raise UsageError(f"no worker is left, for {LOST} s: {advice}") from error
            if "FAILED_READ_FILE" in str(error):
                raise BrokenTableError(f"{why(error)}; {BEGIN}") from error
            raise PublicationError(f"{why(error)}; {GO_ON}") from error


class Watch:
    """Looks after the workers of a cluster, and cancels everything when none is left for long.

    Spark itself would wait for ever.
    """

    def __init__(self, context: Any) -> None:
        self.is_lost = False
        self._context = context
        self._is_over = threading.Event()
        if context.master.startswith("spark://"):
            threading.Thread(target=self._look, daemon=True).start()

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()

    def _look(self) -> None:
        looks = 0
        while not self._is_over.wait(LOST / LOOKS):
            try:  # the driver is one of them
                executors = self._context._jsc.sc().getExecutorMemoryStatus().size() - 1  # noqa: SLF001 - no other way
                looks = 0 if executors else looks + 1
                if looks >= LOOKS:
                    self.is_lost = True
                    self._context.cancelAllJobs()
            except errors():  # Java ends
                return


def _columns(path: str) -> str:
    """Return the columns of a table as Spark writes them: it would start a job to learn them."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        fields = parquet.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        if not is_of_table(error):
            raise
        raise BrokenTableError(f"{path}: {error}; {BEGIN}") from error
    return ", ".join(f"`{field.name}` {TYPES[str(field.type)]}" for field in fields)


def _try_out(context: Any, on: str, scratch: Path) -> None:
    """Run a first small task. Raises UsageError where the workers cannot do ours."""
    count = 2 * context.defaultParallelism
    late = f"{on}: no worker took a task within {FIRST} s: start one with a free core and 1 GB"
    ours = f"harvest[bulk] {__version__} and Python {sys.version_info[0]}.{sys.version_info[1]}"
    failed = f"{on}: workers need {ours}, whose path PYSPARK_PYTHON names"
    scratch.mkdir(parents=True, exist_ok=True)
    context.addJobTag(TAG)
    stop = partial(context.cancelJobsWithTag, TAG)
    with TemporaryDirectory(dir=scratch) as folder, limit(FIRST, stop, late, failed):
        task = partial(_outcome, Path.cwd(), partial(_introduce, Path(folder)))
        answers = context.parallelize(range(count), count).map(task).collect()
    context.removeJobTag(TAG)
    for answer in answers:
        if isinstance(answer, OSError):
            advice = "put the lake, and start, where all machines see it under one path"
            raise UsageError(f"{on}: a worker cannot work there: {answer}: {advice}")
        if isinstance(answer, HarvestError):
            raise UsageError(f"{failed} ({answer})")
        if answer != __version__:
            raise UsageError(f"{on}: workers have harvest {answer}, and here is {__version__}")


def _introduce(folder: Path, number: int) -> str:
    """Return which harvest a worker has, when it has written into a folder."""
    time.sleep(0.1)  # long enough for each worker to have a task
    (folder / str(number)).touch()
    require_packages("pyarrow")
    return __version__


def _outcome(here: Path, function: Callable[[T], R], item: T) -> R | HarvestError | OSError:
    """Return a result, or an error that another try would not mend."""
    try:
        os.chdir(here)  # for paths that are relative
        return function(item)
    except (HarvestError, OSError) as error:
        return error
