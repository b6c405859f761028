"""DuckDB and a pool of processes, on one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
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
BATCH = 100_000  # rows of a result that are held
NO_TABLE = ("Could not read enough bytes", "No files found")  # in an error of input and output
# By the process that others are copies of; pyarrow imports pandas if it is there.
IMPORTED = ("harvest.cli", "harvest.bulk.line", "pyarrow.parquet", "pandas")
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

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Run a function in processes."""
        with _failures():
            yield from processes.each(function, items, self._jobs, IMPORTED)

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
        """Do nothing: processes end with the call that started them."""

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
