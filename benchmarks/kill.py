"""Kill a run with SIGKILL at random moments, start it again, and look at what it left.

    python benchmarks/kill.py [KILLS [SEED]]

Claims, held for 50 moments (the same in every run of this script), a third of them while the output is published:
- after the kill, the output folder holds the last output or the new one, whole: never a mixture, never half a file
- after the next run the dataset has the bytes of one that was never killed, and nothing is left lying about
- both runs together ask each source for no more than the whole run and one batch, which is one request

The program runs as from the command line over the five default seeds, against stand-ins that take a while to answer.
Some works are not there, some are another agency's, and half of the repositories have commits to count, so that each
source has answers that take two questions. Without an e-mail address each is asked one thing at a time; with one,
Crossref takes three at once, and a kill costs as many.
"""

from __future__ import annotations

import itertools
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
from harvest.dataset import store
from tests.fakes import FakeServices, World

KILLS = 50
SEED = 20261121
LATENCY = 0.05  # seconds an answer
TIMED = {
    "run.json",
    "changes.json",
}  # they tell of a run: of its time, and of the output that it found
SOURCES = ("crossref", "arxiv", "github", "datacite", "doi")
SPARE = 1  # requests to a source that a kill may cost


class Whole(NamedTuple):
    """A run that nobody killed: how long, how many requests by source, and what it published."""

    seconds: float
    requests: dict[str, int]
    files: dict[str, bytes]


def prepare(folder: Path) -> None:
    """Publish an older output: what a run finds that was killed before its end must be this."""
    folder.mkdir(parents=True)
    world = _world()
    world.latency = 0.0
    for repository in world.repositories.values():
        repository.stars += 1
    for work in world.works.values():
        work.cited_by += 1
    with FakeServices(world) as fakes:
        assert start(folder, fakes).wait() == 0
    shutil.rmtree(folder / "cache")


def start(folder: Path, fakes: FakeServices) -> subprocess.Popen[bytes]:
    """Start the program in a folder of its own, as a cron job would."""
    env = _lab.environment(fakes, _lab.TOKEN, **_lab.everywhere(fakes, interval=0))
    command = [
        sys.executable,
        "-m",
        "harvest",
        "refresh",
        "--config",
        str(_lab.ROOT / "harvest.toml"),
        "--quiet",
    ]
    command += ["--cache", "cache", "--output", "output"]
    return subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL)


def files(output: Path) -> dict[str, bytes]:
    """Read an output folder, without what tells of a run."""
    return {path.name: path.read_bytes() for path in output.iterdir() if path.name not in TIMED}


def whole(older: Path, folder: Path) -> Whole:
    """Run once without a kill."""
    shutil.copytree(older, folder)
    with FakeServices(_world()) as fakes:
        began = time.monotonic()
        assert start(folder, fakes).wait() == 0
        seconds = time.monotonic() - began
        return Whole(
            seconds, {name: fakes.count(name) for name in SOURCES}, files(folder / "output")
        )


def killed(older: Path, folder: Path, expected: Whole, moment: Callable[[Path], None]) -> list[str]:
    """Kill a run at a moment and run again; gives what is wrong, which should be nothing."""
    shutil.copytree(older, folder)
    with FakeServices(_world()) as fakes:
        running = start(folder, fakes)
        moment(folder)
        running.kill()
        running.wait()
        problems = [
            f"{name} after the kill"
            for name in _broken(folder / "output", files(older / "output"), expected)
        ]
        code = start(folder, fakes).wait()
        if code:
            problems.append(f"exit {code}")
        problems += [
            f"{name} after the next run"
            for name in _different(files(folder / "output"), expected.files)
        ]
        problems += [f"{name} is left" for name in _left(folder)]
        for source in SOURCES:
            asked = fakes.count(source)  # type: ignore[arg-type]  # its names
            if asked > expected.requests[source] + SPARE:
                problems.append(
                    f"{asked} requests to {source}, more than {expected.requests[source]} and {SPARE}"
                )
        problems += [
            broken for broken in fakes.violations if "at once" not in broken
        ]  # the dead one's are still open
    return problems


def _world() -> World:
    world = World.of_seeds()
    world.pacing, world.latency = False, LATENCY
    for known in (world.works, world.preprints):
        for name in list(known)[::20]:
            del known[name]
    for name, agency in zip(list(world.works)[::20], itertools.cycle(("datacite", "medra"))):
        world.foreign[name], world.agencies[name] = world.works.pop(name), agency
    for repository in list(world.repositories.values())[::2]:
        repository.pushed_at = f"{_lab.night(-30).date()}T12:00:00Z"
    return world


def _broken(output: Path, old: dict[str, bytes], expected: Whole) -> list[str]:
    """Name the files that are neither all of the old output nor all of the new one."""
    store.load(output)  # raises for one that cannot be read
    found = files(output)
    return [] if _different(found, old) == [] else _different(found, expected.files)


def _different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _left(folder: Path) -> list[str]:
    return sorted(
        p.name for p in folder.iterdir() if p.name not in {"cache", "output", ".output.lock"}
    )


def moments(count: int, seconds: float, seed: int = SEED) -> Iterator[Callable[[Path], None]]:
    """Give moments to kill: two thirds spread over the run, and a third while the output is published."""
    generator = random.Random(seed)  # noqa: S311  # repeatable is the point
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


def run(folder: Path, kills: int, threads: int, seed: int = SEED) -> tuple[Whole, list[list[str]]]:
    """Kill so many runs; gives a run that was not, and the problems of each that was."""
    prepare(folder / "older")
    expected = whole(folder / "older", folder / "whole")
    with ThreadPoolExecutor(threads) as pool:
        jobs = [
            pool.submit(killed, folder / "older", folder / f"kill{number}", expected, moment)
            for number, moment in enumerate(moments(kills, expected.seconds, seed))
        ]
        return expected, [job.result() for job in jobs]


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        kills, seed = (*map(int, sys.argv[1:]), *(KILLS, SEED)[len(sys.argv) - 1 :])
        expected, results = run(Path(name), kills, os.cpu_count() or 1, seed)
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
    if (kills, seed) == (KILLS, SEED):
        _report.put("reliability.md", "Killed runs", [*_report.wrapped(INTRODUCTION), "", *lines])
    print(
        f"{len(results)} kills, {len(missed)} missed, {seconds:.0f} s: {'MISSED' if missed else 'ok'}"
    )
    sys.exit(bool(missed))


INTRODUCTION = (
    "A run is killed at a moment, and a second one goes on. After the kill the output is the last or the new one, "
    "whole. After the second run it has the bytes of a run that was never killed, nothing else is left, and both runs "
    "together ask each source at most one request more than one run would."
)

if __name__ == "__main__":
    main()
