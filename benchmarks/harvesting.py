"""Cold and warm runs over 200 DOIs, 200 arXiv ids and 200 repositories at 50 ms an answer, beside the plain libraries.

The services are the stand-ins of tests/, on loopback. Claims: cold under 1.5 s and at most 24 requests with pacing off,
under 8 s with the pacing of the real services; a second run without a request under 1 s; `--help` under 0.25 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.standins import Standins, World

COUNT = 200
UNPACED = {f"HARVEST_{service}_INTERVAL": "0" for service in ("CROSSREF", "ARXIV", "GITHUB")}


def harvest(folder: Path, *arguments: str, **environ: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "harvest", *arguments], cwd=folder, env={**os.environ, **environ}, check=True,
        capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - start


def write_list(folder: Path, world: World) -> None:
    lines = ["# Benchmark", "", "## Works", ""]
    for doi, arxiv, repository in zip(world.works, world.preprints, world.repositories.values(), strict=True):
        lines.append(f"- [Paper](https://doi.org/{doi}) [Code](https://github.com/{repository.name})")
        lines.append(f"- [Preprint](https://arxiv.org/abs/{arxiv})")
    (folder / "list.md").write_text("\n".join(lines) + "\n", "utf-8")


def run(title: str, limit: float, most: int, work: Callable[[], float], standins: Standins) -> None:
    before = standins.count()
    seconds = work()
    requests = standins.count() - before
    verdict = "ok" if seconds < limit and requests <= most else "MISSED"
    print(f"{title:44} {seconds:7.2f} s  {requests:4} requests   limit {limit:g} s, {most}   {verdict}")


def plain(standins: Standins, world: World) -> None:
    """Ask as a script would that uses the three libraries as their documentation shows, without waits of its own."""
    import arxiv
    import github
    import habanero

    crossref = habanero.Crossref(base_url=standins.crossref_url)
    client = arxiv.Client(delay_seconds=0)
    client.query_url_format = standins.arxiv_url + "?{}"
    hub = github.Github(
        auth=github.Auth.Token("t"), base_url=standins.github_url, seconds_between_requests=0, seconds_between_writes=0
    )
    loops: dict[str, Callable[[], object]] = {
        "habanero works(ids=) one by one": lambda: [crossref.works(ids=doi) for doi in world.works],
        "arxiv Search(id_list=) one by one, no delay": lambda: [
            next(client.results(arxiv.Search(id_list=[value], max_results=1))) for value in world.preprints
        ],
        "PyGithub get_repo one by one, no delay": lambda: [hub.get_repo(r.name) for r in world.repositories.values()],
    }
    for title, loop in loops.items():
        before, start = standins.count(), time.perf_counter()
        loop()
        print(f"{title:44} {time.perf_counter() - start:7.2f} s  {standins.count() - before:4} requests")
    hub.close()


def main() -> None:
    world = World.random(dois=COUNT, arxiv=COUNT, repositories=COUNT, seed=1)
    world.latency = 0.05
    world.pacing = False
    with Standins(world) as standins, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_list(folder, world)
        env = {**standins.env("t"), **UNPACED, "HARVEST_MAILTO": "bench@example.org"}
        arguments = ("refresh", "list.md", "--quiet")
        harvest(folder, "--help")  # compiles the modules
        run("harvest --help", 0.25, 0, lambda: min(harvest(folder, "--help") for _ in range(5)), standins)
        cold = (*arguments, "--cache", "cold", "--output", "cold-output")
        run("harvest, cold, pacing off", 1.5, 24, lambda: harvest(folder, *cold, **env), standins)
        run("harvest, second run", 1.0, 0, lambda: harvest(folder, *cold, **env), standins)
        world.pacing = True
        paced = {key: value for key, value in env.items() if key not in UNPACED}
        again = (*arguments, "--cache", "paced", "--output", "paced-output")
        run("harvest, cold, real pacing", 8.0, 24, lambda: harvest(folder, *again, **paced), standins)
        print(f"limits broken: {len(standins.violations)} {standins.violations[:3] or ''}")
        world.pacing = False
        plain(standins, world)


if __name__ == "__main__":
    main()
