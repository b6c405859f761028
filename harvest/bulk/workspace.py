"""The tables of a run: Parquet files in a folder, each made once by a query or by a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from harvest.bulk import rows, statements
from harvest.bulk.engines.base import Engine
from harvest.bulk.rows import Row
from harvest.config import Settings
from harvest.garbage import without_gc
from harvest.lookup.memo import Memo
from harvest.lookup.session import Progress

MERGED = "merged"  # the table of a run that stays for the next


class Task(msgspec.Struct, frozen=True):
    """What every step is told. The tables are in `folder`; `settings` have no token.

    `lake` is the folder of the last one, if there is one. `rules` is a digest of what decides on
    merging beside the facts.
    """

    folder: Path
    settings: Settings
    now: datetime
    shards: int
    lake: Path
    rules: bytes

    @property
    def former(self) -> Path:
        """The folder with what was merged for the last lake, if anything."""
        return self.folder.parent / MERGED

    def rows(self, name: str, shard: int) -> Iterator[Row]:
        """Yield the rows of a shard in a table that a query or a step made, and its levels."""
        places = (f"{name}/shard={shard}", f"{name}/{shard}.parquet")
        return rows.read(*chain.from_iterable(map(self.folder.glob, places)))

    def memo(self, step: str) -> Memo:
        """Return what a step has remembered in other runs."""
        return Memo(self.folder.parent / "memo" / step)


Make = Callable[[Task, Any], Iterable[Row]]  # what a step says of a shard or another item


class Workspace:
    """Makes the tables of a `task` that are not there yet, in a folder of the work folder.

    `files` has those of each table by its name.
    """

    task: Task

    def __init__(self, folder: Path, engine: Engine, progress: Progress) -> None:
        self.folder = folder
        self.engine = engine
        self.progress = progress
        self.files: dict[str, list[Path]] = {}

    def put(self, name: str, some: Iterable[Row]) -> None:
        """Make a small table of rows."""
        target = self.task.folder / f"{name}.parquet"
        rows.write(target, some)
        self.files[name] = [target]

    def query(self, name: str, query: str, **others: list[Path]) -> None:
        """Make a table of a query. `others` are tables under other names."""
        target = self.task.folder / name
        self.files[name] = [target]
        if not target.exists():
            text = query.replace("{shards}", str(self.task.shards))
            sources = {it: others.get(it) or self.files[it] for it in statements.tables(query)}
            self.engine.sql(target, text, sources, "shard" if "AS shard" in query else None)

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a small result."""
        return self.engine.rows(query, {it: self.files[it] for it in statements.tables(query)})

    def each(
        self, name: str, make: Make, items: Mapping[str, Any] | None = None, *, here: bool = False
    ) -> None:
        """Make a table of what a step says of each item, as `run` does."""
        self.run(name, partial(write, self.task, make), items, here=here)

    def run(
        self,
        name: str,
        function: Callable[[tuple[Path, Any]], None],
        items: Mapping[str, Any] | None = None,
        *,
        here: bool = False,
    ) -> None:
        """Make a file of each item by a function of both, unless it is there.

        It runs in the engine or `here`. `items` have the names of the files; by default they are
        the shards.
        """
        if items is None:
            items = {str(shard): shard for shard in range(self.task.shards)}
        if not items:
            self.put(name, ())  # so that the table has its columns
            return
        folder = self.task.folder / name
        self.files[name] = [folder]
        paths = {folder / f"{stem}.parquet": item for stem, item in items.items()}
        due = [(path, item) for path, item in paths.items() if not path.exists()]
        results = map(function, due) if here else self.engine.each(function, due)
        for count, _ in enumerate(results, 1):
            self.progress(name, count, len(due))

    def shards_of(self, name: str) -> dict[str, int]:
        """Return the shards that have rows in a table of a query."""
        names = (it.name.removeprefix("shard=") for it in (self.task.folder / name).glob("shard=*"))
        return {name: int(name) for name in sorted(names, key=int)}


@without_gc()
def write(task: Task, make: Make, place: tuple[Path, Any]) -> None:
    """Write what a step says of an item."""
    target, item = place
    rows.write(target, make(task, item))
