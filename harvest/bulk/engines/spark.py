"""Spark: on this machine, on a standalone cluster, or in the session that is active."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from harvest import __version__, needs
from harvest.bulk.engines.base import BEGIN, GO_ON, Engine, R, T, Tables, files
from harvest.errors import BrokenTableError, HarvestError, PublicationError, UsageError
from harvest.new_files import replacing

ACTIVE = "session"  # the address of the active session
WAIT = 30  # seconds for the answer of a master
FIRST = 120  # seconds for a first task, before which workers start processes
TAG = "harvest-first-task"  # a session that was active may have jobs of others
SHARE = 0.4  # of the memory is the heap of the driver
LEAST = 512  # MB of heap: with less Spark does not start
JAVA = "-XX:TieredStopAtLevel=1"  # for short queries the second compiler takes half of the CPU
OPTIONS = {
    "spark.app.name": "harvest",
    "spark.driver.defaultJavaOptions": JAVA,  # before the extraJavaOptions of a user
    "spark.executor.defaultJavaOptions": JAVA,
    "spark.log.level": "OFF",  # a failure is told here, in a sentence
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
SHUFFLE = "spark.sql.shuffle.partitions"
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
        return on == ACTIVE or on.startswith(("spark://", "local["))

    def __init__(self, on: str, room: int, jobs: int, scratch: Path) -> None:
        if find_spec("pyspark") is None:
            raise UsageError(f"--on {on} needs pyspark: pip install 'harvest[bulk,spark]'")
        super().__init__(on, room, jobs, scratch)
        self._own = on != ACTIVE
        shared = _start(on, room) if self._own else _active()
        self._session = shared.newSession()  # with views and options of its own
        self._partitions = 4 * shared.sparkContext.defaultParallelism  # 200 would be for terabytes
        for name, value in (QUERIES | {SHUFFLE: str(self._partitions)}).items():
            self._session.conf.set(name, value)
        try:
            _try_out(shared.sparkContext, on)
        except UsageError:
            self.close()
            raise

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Run a function in tasks of several items: to start one takes as long as some items."""
        tasks = list(items)
        if not tasks:
            return
        with _failures():
            rdd = self._session.sparkContext.parallelize(tasks, min(len(tasks), self._partitions))
            for result in rdd.map(partial(_outcome, Path.cwd(), function)).collect():
                if isinstance(result, HarvestError | OSError):
                    raise result
                yield result

    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        """Write the result of a query, with `by` as one file for each value."""
        with _failures(), replacing(target) as new:
            self._know(tables)
            result = self._session.sql(query)
            writer = result.repartition(by).write.partitionBy(by) if by else result.write
            # A table holds no other files, such as _SUCCESS.
            writer = writer.option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
            writer.parquet(str(new))

    def close(self) -> None:
        """End the session and its Java, unless it was there before."""
        if self._own:
            self._session.stop()
            _end_java()

    def _know(self, tables: Tables) -> None:
        """Make tables known, with their columns: Spark would start a job to learn them."""
        import pyarrow as pa
        from pyarrow import parquet
        from pyspark.sql.pandas.types import from_arrow_schema

        for name, paths in tables.items():
            places = files(paths)
            try:
                schema = from_arrow_schema(parquet.read_schema(places[0]))
            except pa.ArrowInvalid as error:
                raise BrokenTableError(f"{places[0]}: {error}; {BEGIN}") from error
            reader = self._session.read.option("__globPaths__", "false")  # * and [ are names here
            reader.schema(schema).parquet(*places).createOrReplaceTempView(name)


def _active() -> Any:
    """Return the session that is active in this process. Raises UsageError."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        raise UsageError(f"--on {ACTIVE}: none is active in this process: name a spark:// address")
    return session


def _start(on: str, room: int) -> Any:
    """Start Java and a session. Raises UsageError."""
    import pyspark
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    if SparkContext._gateway:  # noqa: SLF001 - a process has one
        raise UsageError(f"Spark was started in this process already: use it by --on {ACTIVE}")
    address = _address(on)
    options = OPTIONS | {
        "spark.master": on,
        "spark.driver.memory": f"{max(LEAST, int(SHARE * room / 2**20))}m",
        "spark.driver.host": address,
        "spark.driver.bindAddress": address,
    }
    conf = SparkConf(loadDefaults=False).setAll(list(options.items()))
    try:
        with Path(os.devnull).open("wb") as nowhere:
            gateway = launch_gateway(conf, {"stderr": nowhere})
    except PySparkRuntimeError as error:
        advice = "apt install default-jre-headless, or set JAVA_HOME to one"
        raise UsageError(f"Spark needs Java 17 or newer: {advice}") from error
    late = f"{on}: no Spark {pyspark.__version__} answers within {WAIT} s: start one"
    try:
        with _limit(WAIT, gateway.proc.kill, late, f"{on}: Spark does not start"):
            context = SparkContext(conf=conf, gateway=gateway)
    except UsageError:
        _end_java()
        raise
    if context.pythonExec == "python3":  # if PYSPARK_PYTHON does not say otherwise
        context.pythonExec = sys.executable
    return SparkSession(context)


def _end_java() -> None:
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway  # noqa: SLF001 - Spark keeps it until Python ends
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 - or the next session uses it
    gateway.shutdown()
    with gateway.proc:
        gateway.proc.terminate()


def _address(on: str) -> str:
    """Return the address by which the master, and so its workers, can reach this machine."""
    if on.startswith("local["):
        return "127.0.0.1"
    url = urlsplit(on)
    try:
        with socket.create_connection((f"{url.hostname}", url.port or 7077), WAIT) as connection:
            return str(connection.getsockname()[0])
    except (OSError, ValueError) as error:
        advice = "mend the address (spark://HOST:PORT), or start one"
        raise UsageError(f"{on}: no Spark master answers there ({error}): {advice}") from error


def _try_out(context: Any, on: str) -> None:
    """Run a first small task. Raises UsageError where the workers cannot do ours."""
    count = 2 * context.defaultParallelism
    late = f"{on}: no worker took a task within {FIRST} s: start one with a free core and 1 GB"
    ours = f"harvest[bulk] {__version__} and Python {sys.version_info[0]}.{sys.version_info[1]}"
    failed = f"{on}: workers need {ours}, whose path PYSPARK_PYTHON names"
    task = partial(_outcome, Path.cwd(), _introduce)
    context.addJobTag(TAG)
    with _limit(FIRST, partial(context.cancelJobsWithTag, TAG), late, failed):
        answers = set(context.parallelize(range(count), count).map(task).collect())
    context.removeJobTag(TAG)
    for answer in answers - {__version__}:
        if isinstance(answer, OSError):
            advice = "start where all machines see the folder under one path"
            raise UsageError(f"{on}: a worker cannot work there: {answer}: {advice}")
        problem = answer if isinstance(answer, HarvestError) else f"one has harvest {answer}"
        raise UsageError(f"{failed} ({problem})")


def _introduce(_: int) -> str:
    """Return which harvest a worker has."""
    time.sleep(0.1)  # long enough for each worker to have a task
    needs.packages("a worker", "pyarrow")
    return __version__


def _outcome(here: Path, function: Callable[[T], R], item: T) -> R | HarvestError | OSError:
    """Return a result, or an error that another try would not mend."""
    try:
        os.chdir(here)  # for paths that are relative
        return function(item)
    except (HarvestError, OSError) as error:
        return error


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what a table, a full disk or a lost cluster raises into one error."""
    try:
        yield
    except _errors() as error:
        if "FAILED_READ_FILE" in str(error):
            raise BrokenTableError(f"{_why(error)}; {BEGIN}") from error
        raise PublicationError(f"{_why(error)}; {GO_ON}") from error


@contextmanager
def _limit(seconds: float, stop: Callable[[], object], late: str, failed: str) -> Iterator[None]:
    """Stop what takes longer. Raises UsageError for that, and for what fails."""
    is_late = Event()

    def stop_late() -> None:
        is_late.set()
        stop()

    timer = Timer(seconds, stop_late)
    timer.start()
    try:
        yield
    except _errors() as error:
        raise UsageError(late if is_late.is_set() else f"{failed} ({_why(error)})") from error
    finally:
        timer.cancel()


def _errors() -> tuple[type[Exception], ...]:
    """Return what pyspark raises, and a disk."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return OSError, Py4JError, PySparkException


def _why(error: Exception) -> str:
    """Return the line of an error of Java or of a worker that tells the cause."""
    cause = re.search(r"(?m)^(?:.*: )?([\w.$]+(?:Error|Exception): .+)$", str(error))
    return cause[1] if cause else str(error).strip().partition("\n")[0]
