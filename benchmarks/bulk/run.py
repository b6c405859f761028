"""What `harvest bulk` costs: CPU by step, memory of the process tree, growth, and what is done again.

    python -m benchmarks.bulk [SCALE [KILLS]]

A scale of 1 is 1,000,000 records of Crossref and of arXiv, 200,000 repositories and 100,000 lists.
All bounds are ratios of CPU seconds taken in this run, for machines are shared. Claims:
- the whole process tree (PSS) stays within 1.5 GB
- linking and merging in shards takes at most 2.2 times the CPU of linking and merging the same facts
  in one process, whose bytes it equals
- a tenth of it all takes at least a tenth of the CPU, less 15 %
- with nothing changed a run takes 10 s at scale 1, and with 1 % of the lists changed 35 % of the first
- after kills while each table is made the bytes are those of a run that was never killed, and no
  finished file was made again
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import _report
from benchmarks.bulk import world
from harvest import pipeline
from harvest.bulk import line, lists
from harvest.bulk.line import Line, Options
from harvest.bulk.workspace import Workspace
from harvest.config import Settings
from harvest.dataset import facets, keys
from harvest.lookup.session import Scope, Session
from harvest.mirror import keeping
from harvest.readers.walk import read_lists
from harvest.writers import json
from tests.support.settings import make_settings

SCALE, KILLS = 0.005, 13
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")
MB = 1e6


def tree(root: int | None = None) -> list[int]:
    """Return the processes below one, with itself."""
    parents: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            parents[int(fields[1])].append(int(path.name))
    pids, rest = [], [root or os.getpid()]
    while rest:
        pids.append(rest.pop())
        rest += parents[pids[-1]]
    return pids


def cpu() -> float:
    """Return the CPU seconds of the tree, with those of processes that have ended."""
    total = 0
    for pid in tree():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def pss() -> float:
    """Return the memory of the tree in MB, shared pages divided among those that share them."""
    total = 0
    for pid in tree():
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += int(next(it for it in lines if it.startswith("Pss:")).split()[1])
    return total * 1024 / MB


class Meter:
    """The CPU seconds and the peak of memory of each step of a run."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = defaultdict(float)
        self.peaks: dict[str, float] = defaultdict(float)
        self.step = "begin and end"
        self._last = cpu()
        self._over = threading.Event()

    def enter(self, step: str) -> None:
        """Begin a step."""
        now = cpu()
        self.steps[self.step] += now - self._last
        self.step, self._last = step, now

    @contextlib.contextmanager
    def measuring(self) -> Iterator[None]:
        """Look at the memory while a run goes on."""
        sampler = threading.Thread(target=self._sample)
        sampler.start()
        try:
            yield
        finally:
            self.enter("end")
            self._over.set()
            sampler.join()

    def _sample(self) -> None:
        while not self._over.wait(0.2):
            self.peaks[self.step] = max(self.peaks[self.step], pss())


STEPS = {
    "extract": ("lists",),
    "last lake": ("last", "last-hosts"),
    "look up": ("names", "dumps", "answers"),
    "relate": ("unanswered", "restored", "looks", "common", "hosts"),
    "rows by shard": ("shards",),
    "link and merge": ("merged",),
    "keys and repositories": ("pieces", "united"),
    "publish": ("news", "lake"),
}


# During which runs are killed: one of each kind of step.
TABLES = (
    "lists", "names-0", "dumps-0", "answers-0", "looks", "homes", "shards", "merged", "pieces",
    "united", "news", "lake", "dataset.json",
)  # fmt: skip


def step_of(table: str) -> str:
    name = table.partition("/")[0]
    for step, tables in STEPS.items():
        if name in tables or name.rpartition("-")[0] in tables:
            return step
    return table


@contextlib.contextmanager
def watched(meter: Meter) -> Iterator[None]:
    """Let the meter know which table is being made."""
    watched_: list[tuple[Any, str, Callable[[Any], str]]] = [
        (Workspace, "query", lambda args: step_of(args[1])),
        (Workspace, "run", lambda args: step_of(args[1])),
        (Line, "_part", lambda _: "relate"),
        (Line, "_write", lambda _: "publish"),
        (Line, "_manifest", lambda _: "publish"),
        (lists, "read_all", lambda _: "extract"),
    ]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in watched_]

    def watch(function: Callable[..., Any], step: Callable[[Any], str]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            outer = meter.step
            meter.enter(step(args))
            result = function(*args, **options)
            meter.enter(outer)
            return result

        return call

    try:
        for owner, name, step in watched_:
            setattr(owner, name, watch(getattr(owner, name), step))
        yield
    finally:
        for owner, name, function in originals:
            setattr(owner, name, function)


def prepare(folder: Path, scale: float) -> Settings:
    """Make dumps, their mirror, and lists."""
    records = max(1_000, int(1_000_000 * scale))
    for source, count in (("crossref", records), ("arxiv", records), ("github", records // 5)):
        paths = world.write_dump(source, count, folder / source)
        keeping.add(folder / "mirror", source, paths, NOW)
        shutil.rmtree(folder / source)
    world.write_lists(max(100, int(100_000 * scale)), records, folder / "lists")
    return make_settings(folder, {}, folder / "lists", mirror=str(folder / "mirror"))


Steps = tuple[dict[str, float], dict[str, float]]


def bulk(settings: Settings, folder: Path, **options: Any) -> tuple[line.Manifest, Steps]:
    """Run in a process of its own; return what was published, CPU and memory by step."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(run, settings, folder, options).result()


def run(settings: Settings, folder: Path, options: dict[str, Any]) -> tuple[line.Manifest, Steps]:
    """Run, and look at it."""
    meter = Meter()
    with meter.measuring(), watched(meter):
        made = line.run(settings, settings.seeds, folder, NOW, Options(**options))
    return made, (dict(meter.steps), dict(meter.peaks))


def in_one_process(settings: Settings) -> tuple[bytes, float]:
    """Return what linking and merging all facts at once publishes, and its CPU seconds."""
    with Session(settings, Scope(offline=True), NOW, readonly=True) as session:
        mentions = read_lists(settings.seeds).mentions
        lookups = pipeline.look_up(mentions, session)
        before = time.process_time()
        lookups = pipeline.add_titles(
            mentions, lookups.listing, lookups.answers, lookups.matches, session
        )
        dataset = pipeline.link(lookups, session).dataset
        facets.classify(dataset, mentions, facets.load(None))
        keys.assign(dataset, None)
        content = json.encode(dataset)
        return content, time.process_time() - before


def change(folder: Path) -> None:
    """Add a row to one list in a hundred, most of a work that others have."""
    for number, path in enumerate(sorted(folder.rglob("*.md"))[::100]):
        row = f"- [{world.title('crossref', number)}](https://doi.org/{world.doi(number)})\n"
        path.write_text(path.read_text("utf-8") + row, "utf-8")


def is_begun(steps: Path, table: str) -> bool:
    """Return True if a run has begun to make a table."""
    for folder in (steps, steps / "run", steps / "run" / "lake"):
        with contextlib.suppress(OSError):
            if any(table in path.name for path in folder.iterdir()):
                return True
    return False


def finished(steps: Path) -> dict[Path, int]:
    """Return when each file was made that is whole, by functions and by queries."""
    paths = (path for path in (steps / "run").glob("*/**/*.parquet"))
    whole = (path for path in paths if "/." not in str(path.relative_to(steps)))
    times = dict[Path, int]()
    for path in whole:
        with contextlib.suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return times


def killed(settings: Settings, folder: Path, expected: bytes, kills: int) -> tuple[int, int]:
    """Kill runs while each table is made in turn.

    Return how many ended with other bytes, and how many finished files were made again. A run goes
    on where the one before was killed, and the last of each turn is not killed.
    """
    command = [sys.executable, "-m", "harvest", "bulk", *settings.seeds, "--quiet", "--lake"]
    options = ["--mirror", str(settings.mirror), "--cache", settings.cache, "--json-limit=9999999"]
    arguments = [*command, str(folder), *options]
    steps = folder.with_name(f".{folder.name}.steps")
    dice, wrong, again = random.Random(world.SEED), 0, 0  # noqa: S311  # repeatable is the point
    for number in range(kills):
        table, before = TABLES[number % len(TABLES)], finished(steps)
        process = subprocess.Popen(arguments, start_new_session=True)
        while process.poll() is None and not is_begun(steps, table):
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.2))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        after = finished(steps)
        again += sum(after.get(path, moment) != moment for path, moment in before.items())
        print("killed" if process.wait() else "too late", table, again, flush=True)
        if table == TABLES[-1] or number == kills - 1:
            subprocess.run(arguments, check=True)
            wrong += (folder / "dataset.json").read_bytes() != expected
            shutil.rmtree(folder)
            shutil.rmtree(steps)
    return wrong, again


def main(scale: float = SCALE, kills: int = KILLS) -> None:
    missed = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        settings = prepare(folder, scale)
        small = prepare(folder / "small", scale / 10)
        began = time.monotonic()
        made, (steps, peaks) = bulk(settings, folder / "lake", json_limit=10**9)
        seconds = time.monotonic() - began
        rows = [
            [step, f"{seconds_:.1f}", f"{peaks.get(step, 0):.0f}"]
            for step, seconds_ in steps.items()
            if seconds_ >= 0.05
        ]
        whole, peak = sum(steps.values()), max(peaks.values())
        rows.append(["all", f"{whole:.1f}", f"{peak:.0f}"])
        for row in rows:
            print(*row, sep="\t", flush=True)
        missed += [f"memory: {peak:.0f} MB"] * (peak > 1_500)
        content = (folder / "lake" / "dataset.json").read_bytes()
        expected, alone = in_one_process(settings)
        ratio = steps["link and merge"] / alone
        missed += ["other bytes than one process"] * (content != expected)
        missed += [f"link and merge: {ratio:.2f} > 2.2"] * (ratio > 2.2)
        _, (tenth, _) = bulk(small, folder / "small" / "lake", json_limit=10**9)
        growth = whole / sum(tenth.values())
        _, (again, _) = bulk(settings, folder / "lake", json_limit=10**9)
        nothing = sum(again.values())
        wrong, repeated = killed(settings, folder / "killed", content, kills)
        missed += [f"{wrong} other bytes after kills"] * (wrong > 0)
        missed += [f"{repeated} files made again after kills"] * (repeated > 0)
        change(folder / "lists")
        _, (later, _) = bulk(settings, folder / "lake", json_limit=10**9)
        share = sum(later.values()) / whole
        print({step: round(value, 1) for step, value in later.items()}, flush=True)
        missed += [f"1 % of the lists: {share:.0%}"] * (share > 0.35)
    size = f"{sum(made.counts['works'].values()):,} works of {made.counts['lists']['mentions']:,} mentions in {made.counts['lists']['files']:,} lists"
    text = (
        f"{size}, scale {scale}, {made.shards} shards, {seconds:.0f} s. Linking and merging takes {ratio:.2f} times the CPU of one "
        f"process ({alone:.1f} s), with the same bytes. Ten times the input is {growth:.1f} times the CPU. Nothing changed: {nothing:.1f} s "
        f"of CPU; 1 % of the lists: {share:.0%} of the first run. {kills} kills: {wrong} other ends, {repeated} files made again. {_report.measured()}"
    )
    lines = [*_report.wrapped(text), "", *_report.table(["step", "CPU s", "peak MB (PSS)"], rows)]
    _report.put("benchmarks.md", "Bulk", lines)
    print("\n".join(lines))
    if missed:
        sys.exit("MISSED: " + "; ".join(missed))
