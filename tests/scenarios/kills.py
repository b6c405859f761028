"""Kill a run with SIGKILL at random moments, start it again, and look at what it left.

The program runs as from the command line over the five default lists, against fakes that take a
while to answer. Some works are not there, some are another agency's, and half of the repositories
have commits to count, so that each source has answers that take two questions. Without an e-mail
address each is asked one thing at a time; with one, Crossref takes three at once, and a kill costs
as many.
"""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from harvest.dataset import store
from tests.fakes import FakeServices, World
from tests.support.runs import night
from tests.support.settings import FILE, SERVICE_NAMES, environment, service_keys

SEED = 20261121
LATENCY = 0.05  # seconds an answer
OF_A_RUN = {"run.json", "changes.json"}  # files that hold its time, and what it changed
SPARE = 1  # requests to a source that a kill may cost
Files = dict[str, bytes]


class Expected(NamedTuple):
    """A run that nobody killed: how long, how many requests by source, and what it published."""

    seconds: float
    requests: dict[str, int]
    files: Files


def prepare(folder: Path) -> Expected:
    """Publish an older output in `folder`, and run over it without a kill."""
    publish_older(folder / "older")
    return undisturbed(folder / "older", folder / "whole")


def kill_runs(
    folder: Path, expected: Expected, count: int, threads: int, seed: int = SEED
) -> list[list[str]]:
    """Kill so many runs over a prepared folder. Return the problems of each."""
    with ThreadPoolExecutor(threads) as pool:
        jobs = [
            pool.submit(killed, folder / "older", folder / f"kill{number}", expected, moment)
            for number, moment in enumerate(moments(count, expected.seconds, seed))
        ]
        return [job.result() for job in jobs]


def publish_older(folder: Path) -> None:
    """Publish an older output: what a run finds that is killed before its end must be this."""
    folder.mkdir(parents=True)
    world = _world()
    world.latency = 0.0
    for repository in world.repositories.values():
        repository.stars += 1
    for work in world.works.values():
        work.cited_by += 1
    with FakeServices(world) as fakes:
        assert _start(folder, fakes).wait() == 0
    shutil.rmtree(folder / "cache")


def undisturbed(older: Path, folder: Path) -> Expected:
    """Run once without a kill."""
    shutil.copytree(older, folder)
    with FakeServices(_world()) as fakes:
        began = time.monotonic()
        assert _start(folder, fakes).wait() == 0
        seconds = time.monotonic() - began
        requests = {name: fakes.count(name) for name in SERVICE_NAMES}
    return Expected(seconds, requests, files(folder / "output"))


def killed(
    older: Path, folder: Path, expected: Expected, moment: Callable[[Path], None]
) -> list[str]:
    """Kill a run at a moment and run again. Return the problems, of which there should be none."""
    shutil.copytree(older, folder)
    output = folder / "output"
    with FakeServices(_world()) as fakes:
        process = _start(folder, fakes)
        moment(folder)
        process.kill()
        process.wait()
        damaged = broken(output, files(older / "output"), expected)
        problems = [f"{name} after the kill" for name in damaged]
        code = _start(folder, fakes).wait()
        if code:
            problems.append(f"exit {code}")
        changed = _different(files(output), expected.files)
        problems += [f"{name} after the next run" for name in changed]
        problems += [f"{name} is left" for name in _leftovers(folder)]
        for source, most in expected.requests.items():
            count = fakes.count(source)
            if count > most + SPARE:
                problems.append(f"{count} requests to {source}, more than {most} and {SPARE}")
        # The requests of the killed run are still open.
        problems += [text for text in fakes.violations if "at once" not in text]
    return problems


def files(output: Path) -> Files:
    """Return the files of an output folder, without those that are about one run."""
    return {path.name: path.read_bytes() for path in output.iterdir() if path.name not in OF_A_RUN}


def broken(output: Path, old: Files, expected: Expected) -> list[str]:
    """Return the names of files that are neither all of the old output nor all of the new one."""
    store.load(output)  # raises for one that cannot be read
    now = files(output)
    return _different(now, expected.files) if _different(now, old) else []


def moments(count: int, seconds: float, seed: int = SEED) -> Iterator[Callable[[Path], None]]:
    """Yield moments to kill: two thirds during the run, and a third while it publishes."""
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


def _world() -> World:
    world = World.of_seeds()
    world.pacing, world.latency = False, LATENCY
    for items in (world.works, world.preprints):
        for name in list(items)[::20]:
            del items[name]
    for name, agency in zip(list(world.works)[::20], itertools.cycle(("datacite", "medra"))):
        world.foreign[name], world.agencies[name] = world.works.pop(name), agency
    for repository in list(world.repositories.values())[::2]:
        repository.pushed_at = f"{night(-30).date()}T12:00:00Z"
    return world


def _start(folder: Path, fakes: FakeServices) -> subprocess.Popen[bytes]:
    """Start the program in a folder of its own, as a cron job would."""
    command = [sys.executable, "-m", "harvest", "refresh", "--config", str(FILE), "--quiet"]
    command += ["--cache", "cache", "--output", "output"]
    env = environment(fakes, **service_keys(interval=0))
    return subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL)


def _different(one: Files, other: Files) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _leftovers(folder: Path) -> list[str]:
    usual = {"cache", "output", ".output.lock"}
    return sorted(path.name for path in folder.iterdir() if path.name not in usual)
