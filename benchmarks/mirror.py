"""What a mirror costs: reading dumps, and looking into them.

    python benchmarks/mirror.py [records [records of the look-up]]

Made-up dumps of four sources (benchmarks/bulk/world.py) are added to a mirror. All bounds are ratios
of CPU seconds that are taken in this run, for machines are shared. Claims: reading Crossref's files
takes at most 1.3 times the CPU of zcat on them and 5 times that of decoding them with isal; 2,000
identifiers are looked up in a million within 0.5 s CPU.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from isal import igzip

from benchmarks import _report
from benchmarks.bulk import world
from harvest.lookup.mirror import Mirror
from harvest.mirror import keeping
from harvest.models import Identifier

RECORDS, LARGE = 20_000, 1_000_000


def cpu() -> float:
    """Return the CPU seconds of this process and of those that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def cost(work: Callable[[], object]) -> float:
    before = cpu()
    work()
    return cpu() - before


def decode(paths: list[Path]) -> None:
    for path in paths:
        with igzip.open(path) as file:
            while file.read(1 << 20):
                pass


def zcat(paths: list[Path]) -> None:
    subprocess.run(["zcat", *map(str, paths)], stdout=subprocess.DEVNULL, check=True)


def slim(folder: Path, count: int) -> list[Path]:
    """Write small Crossref records, for the time of a look-up depends on their number."""
    import gzip

    paths = []
    for start in range(0, count, 50_000):
        rows = (
            f'{{"DOI":"{world.doi(n)}","title":["{n} {n * 7919}"]}}\n'
            for n in range(start, min(count, start + 50_000))
        )
        paths.append(folder / f"{start}.jsonl.gz")
        paths[-1].write_bytes(gzip.compress("".join(rows).encode(), 1))
    return paths


def main(records: int = RECORDS, large: int = LARGE) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, rows, missed = Path(name), [], []
        now = datetime.now(UTC)
        for source in world.MAKERS:
            paths = world.write_dump(source, records, folder / source)
            size = sum(path.stat().st_size for path in paths)
            zcat_cost, isal_cost = cost(lambda: zcat(paths)), cost(lambda: decode(paths))  # noqa: B023  # called at once
            keeping.add(folder / "warm", source, paths[:1], now, jobs=1)
            ours = cost(lambda: keeping.add(folder / "mirror", source, paths, now, jobs=1))  # noqa: B023  # called at once
            tables = sum(path.stat().st_size for path in (folder / "mirror" / source).iterdir())
            cells = [
                source,
                f"{size / records:,.0f} B",
                f"{tables / records:,.0f} B",
                f"{records / ours:,.0f}",
            ]
            rows.append([*cells, f"{ours / zcat_cost:.2f}", f"{ours / isal_cost:.1f}"])
            print(rows[-1], flush=True)
            if source == "crossref":
                missed += [f"zcat: {ours / zcat_cost:.2f} > 1.3"] * (ours > 1.3 * zcat_cost)
                missed += [f"isal: {ours / isal_cost:.1f} > 5"] * (ours > 5 * isal_cost)
        again = cost(
            lambda: keeping.add(folder / "mirror", "crossref", [folder / "crossref"], now, jobs=1)
        )
        (folder / "slim").mkdir()
        keeping.add(
            folder / "large", "crossref", slim(folder / "slim", large), now, day=world.DAY, jobs=1
        )
        wanted = [Identifier("doi", world.doi(n * (large // 2000)).lower()) for n in range(2000)]
        mirror = Mirror(folder / "large")
        mirror.get("crossref", wanted[:1])
        time.sleep(0.1)
        look_up = cost(lambda: mirror.get("crossref", wanted))
        hits = len(mirror.get("crossref", wanted))
        mirror.close()
        missed += [f"look-up: {look_up:.2f} s > 0.5"] * (look_up > 0.5)
        missed += [f"{hits} of {len(wanted)} found"] * (hits < len(wanted))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"again {again:.2f} s, look-up of 2,000 in {large:,}: {look_up:.2f} s CPU, peak {peak:.0f} MB"
        )
    lines = _report.wrapped(
        f"{records:,} made-up records of each source, one process, CPU seconds."
    )
    header = [
        "source",
        "dump, a record",
        "mirror, a record",
        "records a CPU second",
        "zcat = 1",
        "isal = 1",
    ]
    lines += ["", *_report.table(header, rows), ""]
    text = f"Adding the same Crossref files again: {again:.2f} s. 2,000 identifiers in {large:,} records: {look_up:.2f} s. "
    lines += _report.wrapped(f"{text}Peak memory {peak:.0f} MB. {_report.measured()}")
    _report.put("benchmarks.md", "Mirror", lines)
    if missed:
        sys.exit("MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
