"""Time and memory of the exports: 5,000 works in all formats, 100,000 in CSV, JSON Lines, Parquet, SQLite."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

LARGE = ("csv", "jsonl", "parquet", "db")
BOUNDS = {5_000: (10, 500), 100_000: (60, 1000)}  # works: seconds, MB


def measure(works: int) -> None:
    from harvest.dataset.publication import Publication
    from harvest.models import Dataset
    from harvest.writers import discover
    from tests.support.exports import library
    from tests.support.works import make_work

    content = library()
    more = [
        make_work(n, key=f"work{n}", title=f"A GAN for signal {n}", facets={"method": ["GAN"]})
        for n in range(1000, 1000 + works)
    ]
    content = Publication(
        dataset=Dataset([*content.works, *more], content.repositories), settings=content.settings
    )
    writers = {name: it for name, it in discover().items() if works < 10_000 or name in LARGE}
    total, processor = 0.0, time.process_time()
    for name, writer in writers.items():
        start = time.perf_counter()
        size = sum(map(len, writer.write(content).values()))
        seconds = time.perf_counter() - start
        total += seconds
        print(f"  {name:<12} {seconds:6.2f} s {size / 1e6:8.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    limit, memory = BOUNDS[works]
    print(
        f"{works} works in {len(writers)} formats: {total:.1f} s, of the processor {time.process_time() - processor:.1f} s (bound {limit}), {peak:.0f} MB (bound {memory})"
    )
    if total > limit or peak > memory:
        sys.exit("MISSED")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        for count in BOUNDS:
            subprocess.run([sys.executable, __file__, str(count)], check=True)
