"""DuckDB and a pool of processes, on one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from harvest import processes
from harvest.bulk.engines import HERE
from harvest.bulk.engines.base import BEGIN, GO_ON, Engine, R, T, Tables, files
from harvest.errors import BrokenTableError, PublicationError
from harvest.new_files import replacing

SHARE = 0.3  # of the memory is the limit of DuckDB, which takes some 200 MB more
NO_TABLE = ("Could not read enough bytes", "No files found")  # in an error of input and output
# By the process that others are copies of; pyarrow imports pandas if it is there.
IMPORTED = ("harvest.cli", "harvest.bulk.line", "pyarrow.parquet", "pandas", "duckdb")
OPTIONS = "format parquet, compression zstd"


class Duck(Engine):
    """The engine of one machine."""

    @classmethod
    def accepts(cls, on: str) -> bool:
        """Return True for this machine."""
        return on == HERE

    def __init__(self, on: str, room: int, jobs: int, scratch: Path) -> None:
        super().__init__(on, room, jobs, scratch)
        self._jobs = jobs
        self._config: dict[str, Any] = {
            "memory_limit": f"{int(SHARE * room)}B",
            "threads": jobs,
            "temp_directory": str(scratch),
            "preserve_insertion_order": False,
        }

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Run a function in processes."""
        try:
            yield from processes.each(function, items, self._jobs, IMPORTED)
        except OSError as error:
            raise PublicationError(f"{error}; {GO_ON}") from error

    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        """Write the result of a query; of several jobs, in a process that frees its memory.

        A process that is killed leaves what it began, and what DuckDB put into `scratch`.
        """
        list(self.each(partial(_write, self._config, target, tables, by), [query]))


def _write(
    config: dict[str, Any], target: Path, tables: Tables, by: str | None, query: str
) -> None:
    import duckdb

    with _failures(), replacing(target) as new, duckdb.connect(config=config) as db:
        db.execute("SET enable_progress_bar = false")
        for name, paths in tables.items():
            source = f"read_parquet([{_quoted(*files(paths))}], hive_partitioning = false)"
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")  # noqa: S608 - ours
        if by is None:
            new.mkdir()
            db.execute(f"COPY ({query}) TO {_quoted(f'{new}/0.parquet')} ({OPTIONS})")
        else:
            db.execute(f"COPY ({query}) TO {_quoted(f'{new}')} ({OPTIONS}, partition_by ({by}))")
            new.mkdir(exist_ok=True)  # without rows there is none


def _quoted(*texts: str) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


@contextmanager
def _failures() -> Iterator[None]:
    """Raise BrokenTableError for a table that cannot be read, OSError for a disk that is full."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        why, _, _ = str(error).partition("\n")
        is_of_table = type(error) in {duckdb.Error, duckdb.InvalidInputException}
        if is_of_table or any(words in why for words in NO_TABLE):
            raise BrokenTableError(f"{why}; {BEGIN}") from error
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise OSError(why) from error
        raise
