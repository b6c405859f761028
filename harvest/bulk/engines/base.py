"""What an engine does: two verbs, over tables that are Parquet files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# The files or folders of each table by its name in a query; those of one table have one schema.
Tables = Mapping[str, Sequence[Path]]

# What becomes of a run that failed.
GO_ON = "the last lake stands; the same line again goes on where this one stopped"
BEGIN = "the last lake stands; the same line again makes all tables anew"


class Engine(ABC):
    """Runs functions and queries; a context manager that ends what it started.

    Queries keep to what every engine has, with the same result: select, join, union, group by,
    count, min, max, window, exists, in, concat, cast, coalesce and `%`. What differs is Python's:
    hashes, JSON, lists, and the order of rows.
    """

    @classmethod
    @abstractmethod
    def accepts(cls, on: str) -> bool:
        """Return True if the engine runs at this address, without a look at it."""

    @abstractmethod
    def __init__(self, on: str, room: int, jobs: int, scratch: Path) -> None:
        """Start. Raises UsageError, with what to do next, where it cannot."""
        self.scratch = scratch

    @abstractmethod
    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield the results of a function of each item, in any order.

        The function is one of a module, or a partial of one; items and results are small and can be
        pickled. It reads files, and writes one by `replacing`. Raises PublicationError for a disk
        or a process that failed, and what the function raises on purpose.
        """

    @abstractmethod
    def sql(self, target: Path, query: str, tables: Tables, by: str | None = None) -> None:
        """Write the result of a query as the files of a new folder, all or none.

        With `by`, an integer column, the rows of each value are in a folder `by=value`, without
        that column; there is no folder where there are no rows. Raises PublicationError, and
        BrokenTableError for a table that cannot be read.
        """

    def rows(self, query: str, tables: Tables) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a small result: edges and counts, no records."""
        from pyarrow import parquet

        self.scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.scratch) as folder:
            target = Path(folder) / "rows"
            self.sql(target, query, tables)
            for path in files([target]):
                with parquet.ParquetFile(path) as file:
                    for batch in file.iter_batches(use_threads=False):
                        columns = (column.to_pylist() for column in batch.columns)
                        yield from zip(*columns, strict=True)

    def close(self) -> None:  # noqa: B027  # not every engine has what must be ended
        """End what was started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def files(paths: Iterable[Path]) -> list[str]:
    """Return the Parquet files at and below some paths, sorted."""
    result: list[Path] = []
    for path in paths:
        result += path.rglob("*.parquet") if path.is_dir() else [path]
    return sorted(map(str, result))
