"""Kill a run with SIGKILL at random moments, start it again, and look at what it left.

    python benchmarks/kill.py

Claims, held for 50 moments (the same in every run of this script), a third of them while the output is published:
- after the kill, the output folder holds the last output or the new one, whole: never a mixture, never half a file
- after the next run the dataset has the bytes of one that was never killed, and nothing is left lying about
- both runs together ask no more than the whole run and one batch a source; a batch costs two requests at GitHub, the
  facts and the commits, and two at arXiv if its ids are absent, which is confirmed by a second question

The program runs as from the command line over the five default seeds, against stand-ins that take a while to answer.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _lab, _report
from harvest import dataset
from tests.standins import Standins, World

KILLS = 50
LATENCY = 0.05  # seconds an answer
TIMED = {"run.json", "changes.json"}  # they tell of a run: of its time, and of the output that it found
# Requests that a batch costs at most, at the sources that the default seeds need.
BATCHES = {"crossref": 1, "arxiv": 2, "github": 2, "datacite": 1, "doi": 1}


class Whole(NamedTuple):
    """A run that nobody killed: how long, how many requests by source, and what it published."""

    seconds: float
    requests: dict[str, int]
    files: dict[str, bytes]


def prepare(folder: Path) -> None:
    """Publish an older output: what a run finds that was killed before its end must be this."""
    folder.mkdir(parents=True)
    world = World.of_seeds()
    world.pacing = False
    for repository in world.repositories.values():
        repository.stars += 1
    for work in world.works.values():
        work.cited_by += 1
    with Standins(world) as standins:
        assert start(folder, standins).wait() == 0
    shutil.rmtree(folder / "cache")


def start(folder: Path, standins: Standins) -> subprocess.Popen[bytes]:
    """Start the program in a folder of its own, as a cron job would."""
    env = _lab.environment(standins, _lab.TOKEN, **_lab.everywhere(standins, interval=0))
    command = [sys.executable, "-m", "harvest", "refresh", "--config", str(_lab.ROOT / "harvest.toml"), "--quiet"]
    command += ["--cache", "cache", "--output", "output"]
    return subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL)


def files(output: Path) -> dict[str, bytes]:
    """Read an output folder, without what tells of a run."""
    return {path.name: path.read_bytes() for path in output.iterdir() if path.name not in TIMED}


def whole(older: Path, folder: Path) -> Whole:
    """Run once without a kill."""
    shutil.copytree(older, folder)
    with Standins(_world()) as standins:
        began = time.monotonic()
        assert start(folder, standins).wait() == 0
        seconds = time.monotonic() - began
        return Whole(seconds, {name: standins.count(name) for name in BATCHES}, files(folder / "output"))


def killed(older: Path, folder: Path, expected: Whole, moment: Callable[[Path], None]) -> list[str]:
    """Kill a run at a moment and run again; gives what is wrong, which should be nothing."""
    shutil.copytree(older, folder)
    with Standins(_world()) as standins:
        running = start(folder, standins)
        moment(folder)
        running.kill()
        running.wait()
        problems = [f"{name} after the kill" for name in _broken(folder / "output", files(older / "output"), expected)]
        code = start(folder, standins).wait()
        if code:
            problems.append(f"exit {code}")
        problems += [f"{name} after the next run" for name in _different(files(folder / "output"), expected.files)]
        problems += [f"{name} is left" for name in _left(folder)]
        for source, spare in BATCHES.items():
            asked = standins.count(source)  # type: ignore[arg-type]  # one of the three
            if asked > expected.requests[source] + spare:
                problems.append(f"{asked} requests to {source}, more than {expected.requests[source]} and {spare}")
        problems += [
            broken for broken in standins.violations if "at once" not in broken
        ]  # the dead one's are still open
    return problems


def _world() -> World:
    world = World.of_seeds()
    world.pacing, world.latency = False, LATENCY
    return world


def _broken(output: Path, old: dict[str, bytes], expected: Whole) -> list[str]:
    """Name the files that are neither all of the old output nor all of the new one."""
    dataset.load(output)  # raises for one that cannot be read
    found = files(output)
    return [] if _different(found, old) == [] else _different(found, expected.files)


def _different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name not in {"cache", "output", ".output.lock"})


def moments(count: int, seconds: float) -> Iterator[Callable[[Path], None]]:
    """Give moments to kill: two thirds spread over the run, and a third while the output is published."""
    generator = random.Random(20261121)  # noqa: S311  # repeatable is the point
    for number in range(count):
        if number % 3:
            yield partial(_during, generator.uniform(0, seconds))
        else:
            yield partial(_publishing, generator.uniform(0, 0.03))


def _during(wait: float, _: Path) -> None:
    time.sleep(wait)


def _publishing(wait: float, folder: Path) -> None:
    """Wait until a run begins to publish, and so many seconds more."""
    deadline = time.monotonic() + 60
    while not (folder / ".output.new").exists() and time.monotonic() < deadline:
        time.sleep(0.0005)
    time.sleep(wait)


def run(folder: Path, kills: int, threads: int) -> tuple[Whole, list[list[str]]]:
    """Kill so many runs; gives a run that was not, and the problems of each that was."""
    prepare(folder / "older")
    expected = whole(folder / "older", folder / "whole")
    with ThreadPoolExecutor(threads) as pool:
        jobs = [
            pool.submit(killed, folder / "older", folder / f"kill{number}", expected, moment)
            for number, moment in enumerate(moments(kills, expected.seconds))
        ]
        return expected, [job.result() for job in jobs]


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        expected, results = run(Path(name), KILLS, os.cpu_count() or 1)
        seconds = time.monotonic() - began
    missed = [problems for problems in results if problems]
    for problems in missed:
        print("MISSED", *problems, sep=" | ")
    whole_run = " + ".join(f"{count} {name}" for name, count in expected.requests.items())
    rows = [
        ["moments", len(results)],
        ["broken or mixed outputs, leftovers, other bytes, too many requests", len(missed)],
        ["requests of the run that was not killed", whole_run],
    ]
    lines = _report.table(["kill -9 during a run over the five default seeds", "number"], rows)
    print("\n".join(lines))
    _report.put("reliability.md", "Killed runs", [*_report.wrapped(INTRODUCTION), "", *lines])
    print(f"{len(results)} kills, {len(missed)} missed, {seconds:.0f} s: {'MISSED' if missed else 'ok'}")
    sys.exit(bool(missed))


INTRODUCTION = (
    "A run is killed at a moment, and a second one goes on. After the kill the output is the last or the new one, "
    "whole. After the second run it has the bytes of a run that was never killed, nothing else is left, and both runs "
    "together ask each source at most one batch more than one run would."
)

if __name__ == "__main__":
    main()
