"""What Spark costs beside DuckDB, from the same tables, on one machine.

    python benchmarks/spark.py [records of each source [lists]]

Made-up lists are read and dumps mirrored once. Then the rest of the line runs on DuckDB and on a
standalone cluster of two workers on loopback (tests/bulk/cluster.py), each from those tables.
Claims: both lakes have the same bytes, and Spark takes at most four times as long.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from benchmarks import _report
from benchmarks.bulk import world
from harvest.bulk import engines, line
from harvest.bulk.line import Options
from harvest.config import Settings
from harvest.mirror import keeping
from tests.bulk.cluster import cluster
from tests.support.settings import make_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STEPS = ".{}.steps"


def digest(folder: Path) -> str:
    """Return a digest of all files of a lake."""
    result = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            result.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return result.hexdigest()


def run(settings: Settings, folder: Path, on: str, shards: int) -> tuple[float, str]:
    """Return the wall of the line after its lists, and a digest of the lake."""
    options = Options(on=on, jobs=2, shards=shards)
    began = time.perf_counter()
    line.run(settings, settings.seeds, folder, NOW, options)
    return time.perf_counter() - began, digest(folder)


def main(records: int = 20_000, lists: int = 2_000) -> None:
    with tempfile.TemporaryDirectory() as name, cluster(Path(name) / "cluster") as running:
        folder = Path(name)
        for source in ("crossref", "arxiv", "github"):
            count = records // 5 if source == "github" else records
            paths = world.write_dump(source, count, folder / source)
            keeping.add(folder / "mirror", source, paths, NOW)
        world.write_lists(lists, records, folder / "lists")
        settings = make_settings(folder, {}, folder / "lists", mirror=str(folder / "mirror"))
        shards = max(8, records // 500)
        run(settings, folder / "first", engines.HERE, shards)  # reads the lists
        made = msgspec.json.decode((folder / "first" / "manifest.json").read_bytes())
        results = {}
        for engine, on in {"duck": engines.HERE, "spark": running.url}.items():
            tables = folder / STEPS.format("first") / "lists"
            shutil.copytree(tables, folder / STEPS.format(engine) / "lists")
            results[engine] = run(settings, folder / engine, on, shards)
            print(engine, *results[engine], flush=True)
    (duck, expected), (spark, actual) = results.values()
    works = sum(made["counts"]["works"].values())
    load = os.getloadavg()[0]
    text = (
        f"{lists:,} made-up lists, {works:,} works, {shards} shards, from tables of their rows on:"
        f" DuckDB {duck:.0f} s, Spark {spark:.0f} s with the start of a session on two workers of one"
        f" core and 1 GB, {spark / duck:.1f} times as long, the same bytes. Load {load:.0f}."
    )
    print(text)
    _report.put("benchmarks.md", "Spark", _report.wrapped(f"{text} {_report.measured()}"))
    missed = ["other bytes"] * (expected != actual)
    missed += [f"wall: {spark / duck:.1f} > 4"] * (spark > 4 * duck)
    if missed:
        sys.exit("MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
