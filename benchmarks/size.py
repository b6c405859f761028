"""A list of 100,000 works and 20,000 repositories: every command, and the memory that it takes.

    python benchmarks/size.py [WORKS [FOLDER]]

Claims: CLAIMS, on two cores, for services that answer at once. Each command is a process of its
own, from its start to its exit; the services run beside it. Memory is that of its largest process:
a refresh has formats written by a second one. The claims are not held against fewer WORKS. A FOLDER
is left as it is at the end, to look into.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.fakes import FakeServices, World
from tests.support.settings import environment, service_keys

WORKS, REPOSITORIES = 100_000, 20_000  # a repository for each fifth work
CHANGED = 100  # one row and one answer of so many are others in the end
SECTION = 200  # works under a heading
MEGABYTES = 1_200  # of each refresh
CLAIMS = {  # seconds
    "refresh, cold": 60,
    "refresh, nothing new": 12,
    "refresh, 1 % changed": 30,
    "extract": 6,
    "lint": 15,
    "status": 3,
    "refresh --dry-run": 3,
    "show ID": 0.5,
    "show --why ID": 3,
    "diff": 4,
    "export csv": 4,
    "harvest.load": 4,
}
LOAD = "import harvest; harvest.load('output').works"


class Row(NamedTuple):
    """What one command took: seconds by the clock and of the processor, and megabytes at most."""

    name: str
    seconds: float
    cpu: float
    megabytes: float

    @property
    def ok(self) -> bool:
        """Return True if it keeps its claim."""
        is_small = self.megabytes <= MEGABYTES or not self.name.startswith("refresh, ")
        return self.seconds <= CLAIMS[self.name] and is_small


class Bench:
    """Runs commands in a folder beside the services."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env
        self.rows: list[Row] = []

    def run(self, name: str, *arguments: str) -> None:
        """Run `harvest` with these arguments, and print what it took."""
        self._measure(name, ["-m", "harvest", *arguments])

    def load(self) -> None:
        """Load the dataset as a program does."""
        self._measure("harvest.load", ["-c", LOAD])

    def _measure(self, name: str, arguments: list[str]) -> None:
        began = time.perf_counter()
        child = os.fork()
        if child == 0:
            os.chdir(self.folder)
            for number, file in ((1, "out.txt"), (2, "err.txt")):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            os.execve(sys.executable, [sys.executable, *arguments], self.env)  # noqa: S606  # arguments of ours, no shell
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status) not in ((0, 1) if name == "lint" else (0,)):
            sys.exit(f"{name}: {(self.folder / 'err.txt').read_text('utf-8')[-2000:]}")
        row = Row(name, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        self.rows.append(row)
        claim = f"{seconds:.1f} s of {CLAIMS[name]:g}, {row.cpu:.1f} of the processor"
        print(f"{name}: {claim}, {row.megabytes:.0f} MB", flush=True)


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0], flush=True)
    works = int(sys.argv[1]) if sys.argv[1:] else WORKS
    world = World.random(works // 2, works // 2, works // 5)
    names = [f"https://doi.org/{doi}" for doi in world.works]
    names += [f"https://arxiv.org/abs/{value}" for value in world.preprints]
    with FakeServices(world) as fakes, tempfile.TemporaryDirectory() as temporary:
        world.pacing = False
        folder = Path(sys.argv[2]) if sys.argv[2:] else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        env = {**environment(fakes), **service_keys(interval=0)}
        bench = Bench(folder, env)
        _measure_all(bench, world)
    _write_table(bench.rows, works)
    if works < WORKS:
        return
    ok = all(it.ok for it in bench.rows)
    print("ok" if ok else "MISSED: " + ", ".join(it.name for it in bench.rows if not it.ok))
    sys.exit(not ok)


def _write_table(rows: list[Row], works: int) -> None:
    cells = []
    for row in rows:
        claim, times = f"{CLAIMS[row.name]:g} s", [f"{row.seconds:.1f} s", f"{row.cpu:.1f} s"]
        cells.append([row.name, claim, *times, f"{row.megabytes:.0f} MB"])
    header = ["command", f"claim at {WORKS:,} works", "time", "of the processor", "memory"]
    load = os.getloadavg()[1]
    text = (
        f"A list of {works:,} works and {works // 5:,} repositories, services that answer at once "
        f"and run beside, at a load of {load:.0f}."
    )
    lines = [*_report.wrapped(text), "", *_report.table(header, cells), "", _report.measured()]
    _report.put("benchmarks.md", "At size", lines)


def _measure_all(bench: Bench, world: World) -> None:
    folder = bench.folder
    _write_list(folder / "list.md", world, skip=0)
    bench.run("refresh, cold", "refresh", "list.md", "--quiet")
    bench.run("refresh, nothing new", "refresh", "list.md", "--quiet")
    shutil.copytree(folder / "output", folder / "before", dirs_exist_ok=True)
    bench.run("extract", "extract", "list.md")
    bench.run("lint", "lint", "list.md")
    bench.run("status", "status")
    bench.run("refresh --dry-run", "refresh", "list.md", "--dry-run")
    name = f"doi:{list(world.works)[2]}"
    bench.run("show ID", "show", name)
    bench.run("show --why ID", "show", "--why", name)
    bench.run("export csv", "export", "csv")
    bench.load()
    _change(folder, world)
    bench.run("refresh, 1 % changed", "refresh", "list.md", "--quiet")
    bench.run("diff", "diff", "before", "output")


def _write_list(path: Path, world: World, skip: int) -> None:
    """Write all works in sections, without those whose number, from `skip` on, is one of CHANGED."""
    links = [(f"https://doi.org/{doi}", work.title) for doi, work in world.works.items()]
    links += [(f"https://arxiv.org/abs/{it.id}", it.title) for it in world.preprints.values()]
    hosts = [host.name for host in world.repositories.values()]
    lines = ["# List", ""]
    for number, (link, title) in enumerate(links):
        if number % SECTION == 0:
            lines += ["", f"## Section {number // SECTION}", ""]
        code = f" [Code](https://github.com/{hosts[number // 5]})" if number % 5 == 0 else ""
        if number % CHANGED != skip:
            lines.append(f"- **{title}**. [Paper]({link}){code}")
    path.write_text("\n".join([*lines, ""]), "utf-8")


def _change(folder: Path, world: World) -> None:
    """Replace one row of CHANGED, and let one answer of CHANGED fall due that will be another."""
    _write_list(folder / "list.md", world, skip=1)
    chosen = [f"doi:{doi}" for doi in list(world.works)[2::CHANGED]]
    for name in chosen:
        world.works[name.removeprefix("doi:")].cited_by += 1000
    chosen += [f"arxiv:{value}" for value in list(world.preprints)[2::CHANGED]]
    chosen += [f"github:{host.name}" for host in list(world.repositories.values())[2::CHANGED]]
    with sqlite3.connect(folder / "cache" / "harvest.sqlite") as db:
        query = "UPDATE known SET retrieved_at = '2020-01-01T00:00:00+00:00' WHERE identifier = ?"
        db.executemany(query, [(name,) for name in chosen])


if __name__ == "__main__":
    main()
