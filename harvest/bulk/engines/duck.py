"""DuckDB and a pool of processes, on one machine."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvest import processes
from harvest.bulk.engines import HERE
from harvest.bulk.engines.base import BEGIN, GO_ON, Engine, R, T, Tables, files
from harvest.errors import BrokenTableError, PublicationError
from harvest.new_files import replacing

if TYPE_CHECKING:
    import duckdb

SHARE = 0.3  # of the memory is the limit of DuckDB, which takes some 200 MB more
TASKS = 100  # of one process, whose memory only grows; a limit of the pool's own may hang it
BATCH = 100_000  # rows of a result that are held
NO_TABLE = ("Could not read enough bytes", "No files found")  # in an error of input and output
# By the process that others are copies of; pyarrow imports pandas if it is there.
IMPORTED = ("harvest.bulk.line", "pyarrow.parquet", "pandas")
OPTIONS = "format parquet, compression zstd"


class Duck(Engine):
    """The engine of one machine."""

    @classmethod
    def accepts(cls, on: str) -> bool:
        """Return True for this machine."""
        return on == HERE

    def __init__(self, on: str, room: int, jobs: int, scratch: Path) -> None:
        self._config: dict[str, Any] = {
            "memory_limit": f"{int(SHARE * room)}B",
            "threads": jobs,
            "temp_directory": str(scratch),
            "preserve_insertion_order": False,
        }
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._tasks = 0  # of the pool

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Run a function in the pool, or here if only one may run at a time."""
        with _failures():
            if self._jobs == 1:
                yield from map(function, items)
                return
            rest = iter(items)
            while some := list(islice(rest, TASKS * self._jobs)):
                pool = self._ready(len(some))
                for done in as_completed([pool.submit(function, item) for item in some]):
                    yield done.result()

    def _ready(self, tasks: int) -> ProcessPoolExecutor:
        """Return a pool for some more tasks, a new one where the old has done enough.

        Processes begin as copies of one that has imported all, where a system can.
        """
        self._tasks += tasks
        if self._pool is None or self._tasks > TASKS * self._jobs:
            self.close()
            can_copy = "forkserver" in multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("forkserver" if can_copy else "spawn")
            context.set_forkserver_preload(list(IMPORTED))
            self._pool = ProcessPoolExecutor(self._jobs, context, initializer=_prepare)
            self._tasks = tasks
        return self._pool

    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        """Write the result of a query."""
        with _failures(), replacing(target) as new, self._connected(tables) as db:
            place = str(new).replace("'", "''")
            if by is None:
                new.mkdir()
                db.execute(f"COPY ({query}) TO '{place}/0.parquet' ({OPTIONS})")
            else:
                db.execute(f"COPY ({query}) TO '{place}' ({OPTIONS}, partition_by ({by}))")
                new.mkdir(exist_ok=True)  # without rows there is none

    def rows(self, query: str, tables: Tables) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a result."""
        with _failures(), self._connected(tables) as db:
            db.execute(query)
            while rows := db.fetchmany(BATCH):
                yield from rows

    def close(self) -> None:
        """End the pool."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    @contextmanager
    def _connected(self, tables: Tables) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a database that knows the tables, and whose memory is free when it is closed."""
        import duckdb

        with duckdb.connect(config=self._config) as db:
            db.execute("SET enable_progress_bar = false")
            for name, paths in tables.items():
                places = ", ".join("'" + path.replace("'", "''") + "'" for path in files(paths))
                source = f"read_parquet([{places}], hive_partitioning = false)"
                db.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")  # noqa: S608 - ours
            yield db


def _prepare() -> None:
    """Prepare a process: it has no use for the collector of cycles, and ends with its parent."""
    gc.disable()
    processes.end_with_parent()


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what a table, a full disk or a killed process raises into an error for the user."""
    import duckdb

    of_disk = (duckdb.IOException, duckdb.OutOfMemoryException)
    try:
        yield
    except (OSError, BrokenProcessPool, duckdb.Error) as error:
        why, _, _ = str(error).partition("\n")
        is_of_table = type(error) in {duckdb.Error, duckdb.InvalidInputException}
        if is_of_table or any(words in why for words in NO_TABLE):
            raise BrokenTableError(f"{why}; {BEGIN}") from error
        if isinstance(error, duckdb.Error) and not isinstance(error, of_disk):
            raise  # a fault of ours
        if isinstance(error, BrokenProcessPool):
            why = "a process was killed"
        raise PublicationError(f"{why}; {GO_ON}") from error
