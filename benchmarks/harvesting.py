"""200 DOIs, 200 arXiv ids and 200 repositories cold, again, and paced, beside plain libraries.

    python benchmarks/harvesting.py

The services are the fakes of tests/, on loopback, at 50 ms an answer. Claims: cold without pacing
under 1 s and at most 20 requests; a second run under 0.5 s without a request; cold at the pace of
the real services under 8 s, and under 25 s at 1.3 s an answer, which is what a list of 50 DOIs took
at the real Crossref; `--help` under 0.25 s. Each time is the best of a few whole runs of the
program, from its start to its exit.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.fakes import FakeServices, World
from tests.support.runs import write_whole_list
from tests.support.settings import environment, service_keys

COUNT, RUNS = 200, 8
SLOW = 1.3  # seconds to an answer
SLOW_TITLE = f"harvest, cold, at the pace of the services and {SLOW} s an answer"
Row = tuple[str, str, int, str]  # what, seconds, requests, claim


def harvest(folder: Path, env: dict[str, str], *arguments: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "harvest", *arguments]
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


class Bench:
    """Takes times, counts requests, and holds both against a claim."""

    def __init__(self, fakes: FakeServices) -> None:
        self.fakes = fakes
        self.rows: list[Row] = []
        self.missed = 0

    def run(
        self, title: str, work: Callable[[int], float], limit: float, most: int, runs: int = RUNS
    ) -> None:
        """Take the best time of some runs."""
        counts, times = [], []
        for number in range(runs):
            before = self.fakes.count()
            times.append(work(number))
            counts.append(self.fakes.count() - before)
        seconds, requests = min(times), max(counts)
        ok = seconds < limit and requests <= most
        self.missed += not ok
        self.note(title, seconds, requests, f"under {limit:g} s, at most {most}")
        verdict = "ok" if ok else "MISSED"
        print(f"{verdict}: {title}: {seconds:.2f} s of {limit:g}, {requests} requests of {most}")

    def note(self, title: str, seconds: float, requests: int, claim: str = "") -> None:
        """Add a row to the table."""
        self.rows.append((title, f"{seconds:.2f} s", requests, claim))


def plain(bench: Bench, world: World) -> None:
    """Ask as a script would that uses the libraries as their documentation shows."""
    import arxiv
    import github
    import habanero

    fakes = bench.fakes
    crossref = habanero.Crossref(base_url=fakes.urls["crossref"], timeout=30)
    client = arxiv.Client(delay_seconds=0)
    client.query_url_format = fakes.urls["arxiv"] + "?{}"
    hub = github.Github(
        auth=github.Auth.Token("t"),
        base_url=fakes.urls["github"],
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    loops: dict[str, Callable[[], object]] = {
        "habanero `works(ids=)`, 200 DOIs": lambda: [
            crossref.works(ids=doi) for doi in world.works
        ],
        "arxiv `Search(id_list=)`, 200 ids, no delay": lambda: [
            next(client.results(arxiv.Search(id_list=[value], max_results=1)))
            for value in world.preprints
        ],
        "PyGithub `get_repo`, 200 repositories, no delay": lambda: [
            hub.get_repo(host.name) for host in world.repositories.values()
        ],
    }
    for title, loop in loops.items():
        before, start = fakes.count(), time.perf_counter()
        loop()
        bench.note(title, time.perf_counter() - start, fakes.count() - before)
    hub.close()


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    world = World.random(COUNT, COUNT, COUNT)
    world.latency = 0.05
    world.pacing = False
    with FakeServices(world) as fakes, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_whole_list(folder / "list.md", world)
        paced = environment(fakes, HARVEST_MAILTO="bench@example.org")
        unpaced = {**paced, **service_keys(interval=0)}
        bench = Bench(fakes)

        def refresh(env: dict[str, str], own: str) -> float:
            return harvest(
                folder,
                env,
                "refresh",
                "list.md",
                "--quiet",
                "--cache",
                f"c{own}",
                "--output",
                f"o{own}",
            )

        harvest(folder, unpaced, "--help")  # compiles the modules
        bench.run("`harvest --help`", lambda _: harvest(folder, unpaced, "--help"), 0.25, 0)
        bench.run(
            "harvest, cold, without pacing", lambda number: refresh(unpaced, f"{number}"), 1.0, 20
        )
        bench.run("harvest, second run", lambda number: refresh(unpaced, f"{number}"), 0.5, 0)
        time.sleep(
            world.arxiv_interval
        )  # the runs before were another client, as far as arXiv can tell
        world.pacing = True
        bench.run(
            "harvest, cold, at the pace of the services",
            lambda _: refresh(paced, "paced"),
            8.0,
            20,
            runs=1,
        )
        world.latency = SLOW
        time.sleep(world.arxiv_interval)
        bench.run(SLOW_TITLE, lambda _: refresh(paced, "slow"), 25.0, 20, runs=1)
        world.latency = 0.05
        if fakes.violations:
            print(f"MISSED: limits broken: {len(fakes.violations)} {fakes.violations[:3]}")
        world.pacing = False
        plain(bench, world)
        missed = bench.missed + len(fakes.violations)
    lines = _report.table(["600 records", "time", "requests", "claim"], bench.rows)
    print("\n".join(lines))
    text = "200 DOIs, 200 arXiv ids and 200 repositories at 50 ms an answer, "
    text += "from the start of the program to its exit."
    _report.put(
        "benchmarks.md", "Harvesting", [*_report.wrapped(text), "", *lines, "", _report.measured()]
    )
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
