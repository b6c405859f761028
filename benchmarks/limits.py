"""2,000 works and 500 repositories under the limits of the real services, which the fakes enforce.

    python benchmarks/limits.py

Claims: at most 1.15 times what the slowest service allows, at most 60 requests, and no limit
broken. The bound is arXiv's: 1,000 ids are ten requests three seconds apart, so 27 s. The program
runs as from the command line, cold.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.fakes import FakeServices, World
from tests.support.runs import published, write_whole_list
from tests.support.settings import environment

DOIS, ARXIV_IDS, REPOSITORIES = 1000, 1000, 500
# Requests at the best batch sizes, and the seconds between two that a service allows a client.
BOUNDS = {
    "crossref": (DOIS // 50, 1.0),
    "arxiv": (ARXIV_IDS // 100, 3.0),
    "github": (REPOSITORIES // 50, 0.25),
}
FACTOR, REQUESTS = 1.15, 60


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    world = World.random(DOIS, ARXIV_IDS, REPOSITORIES)
    world.latency, world.enforce = 0.05, True
    bound = max((requests - 1) * interval for requests, interval in BOUNDS.values())
    with FakeServices(world) as fakes, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_whole_list(folder / "list.md", world)
        command = [sys.executable, "-m", "harvest", "refresh", "list.md", "--quiet"]
        env = environment(fakes)
        began = time.monotonic()
        code = subprocess.run(command, cwd=folder, env=env, check=False).returncode
        seconds = time.monotonic() - began
        dataset = published(folder / "output") if code == 0 else None
        counts = {service: fakes.count(service) for service in BOUNDS}
        total, broken = fakes.count(), fakes.violations
    resolved = sum(work.status == "resolved" for work in dataset.works) if dataset else 0
    ok = code == 0 and seconds <= FACTOR * bound and total <= REQUESTS and not broken
    ok = ok and resolved == DOIS + ARXIV_IDS
    rows = []
    for service, (requests, interval) in BOUNDS.items():
        least = f"{requests} requests, {(requests - 1) * interval:.0f} s"
        rows.append([service, least, f"{counts[service]} requests"])
    whole = f"{total} requests, {seconds:.1f} s, {seconds / bound:.2f} times the bound"
    rows.append(["all", f"{bound:.0f} s", whole])
    lines = _report.table(["service", "bound", "harvest"], rows)
    print("\n".join(lines))
    print(f"limits broken: {len(broken)} {broken[:3] or ''}; resolved: {resolved}")
    text = (
        f"{DOIS:,} DOIs, {ARXIV_IDS:,} arXiv ids and {REPOSITORIES} repositories, cold, at the "
        "pace that the real services allow to one client without an e-mail address; "
        f"{len(broken)} limits broken."
    )
    section = [*_report.wrapped(text), "", *lines, "", _report.measured()]
    _report.put("benchmarks.md", "Under real limits", section)
    came = f"{seconds:.1f} s of {FACTOR * bound:.1f}, {total} of {REQUESTS} requests"
    print("ok" if ok else f"MISSED: exit {code}, {came}")
    sys.exit(not ok)


if __name__ == "__main__":
    main()
