"""The tables of a lake, part by part."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvest.bulk.engines.base import replacing
from harvest.dataset import change_log, frames, lake
from harvest.models import Finding
from harvest.writers import csv

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 5_000  # rows of a row group


def write(folder: Path, table: str, shard: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a part of a table, sorted, and to the disk. Raises OSError."""
    import pyarrow as pa
    from pyarrow import parquet

    name = "id" if table != lake.FINDINGS else "seed"
    by_name = sorted(rows, key=lambda row: str(row[name]))
    content = pa.Table.from_pylist(by_name, schema=_schema(table))
    with replacing(folder / table / f"{shard:05}.parquet") as new:
        parquet.write_table(content, new, compression="zstd", row_group_size=GROUP)
        with new.open("r+b") as file:
            os.fsync(file.fileno())


def _schema(table: str) -> pa.Schema:
    import pyarrow as pa

    columns = {
        lake.WORKS: (*csv.WORK, "record"),
        lake.REPOSITORIES: (*csv.REPOSITORY, "record"),
        lake.FINDINGS: (*Finding.__struct_fields__[:-1], "level"),
        lake.CHANGES: change_log.COLUMNS,
    }[table]
    types = dict.fromkeys(frames.TYPES["Int64"], pa.int64())
    types |= dict.fromkeys(frames.TYPES["boolean"], pa.bool_())
    return pa.schema([(name, types.get(name, pa.string())) for name in columns])
