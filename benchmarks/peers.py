"""What a user would pick instead: best-of, github-to-sqlite, manubot and bibtex-check.

    python benchmarks/peers.py

Needs ../shared/peers beside the checkout (a stub server, and a shim that sends the peers' calls to
it) and a package index: the peers are installed by name into a folder of their own, and run
unchanged. Without these the script says so and ends. Peers and harvest get the same identifiers and
50 ms an answer; the peers ask the stub, which knows no limits, harvest the stricter fakes of
tests/. No pacing anywhere. Claims: harvest is the fastest and asks the fewest in each task, cold
and again; with 30 % of Crossref's answers 429 it resolves everything; with one repository of ten
gone it ends well and keeps ten records.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.fakes import FakeServices, Fault, World, chance
from tests.support.runs import published, write_whole_list
from tests.support.settings import environment, service_keys

PEERS = Path(__file__).parents[2] / "shared" / "peers"
VENV = Path(tempfile.gettempdir()) / "harvest-peers"
PACKAGES = (
    "best-of==0.8.6",
    "github-to-sqlite==2.9.1",
    "manubot==0.6.1",
    "bibtex-updater==1.12.0",
    "bibtexparser<2",
)
COUNT, LATENCY = 100, 0.05
HOSTS = [f"owner{number}/project{number}" for number in range(COUNT)]


class Timing(NamedTuple):
    """One run of a program: exit code, seconds, requests."""

    code: int
    seconds: float
    requests: int


# -- the peers ---------------------------------------------------------------------------


def install() -> str | None:
    """Make the peers' environment; gives why that cannot be."""
    if not PEERS.is_dir():
        return "needs ../shared/peers beside the checkout"
    stamp = VENV / ".complete"
    if not stamp.exists():
        print(f"installing {', '.join(PACKAGES)} ...")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        command = [
            VENV / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        done = subprocess.run(
            [*command, *PACKAGES, "aiohttp"], check=False, capture_output=True, text=True
        )
        if done.returncode:
            return f"the peers could not be installed: {done.stderr.strip().splitlines()[-1]}"
        stamp.touch()
    return None


@contextmanager
def stub(**environ: str) -> Iterator[str]:
    """Run the stub; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {**os.environ, "PORT": str(port), "LAT": str(LATENCY), **environ}
    server = subprocess.Popen(
        [VENV / "bin" / "python", PEERS / "stub.py"], env=env, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while True:
            try:
                requests(address)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def requests(address: str) -> int:
    """Return how many requests the stub has had since it was asked last."""
    with urllib.request.urlopen(f"{address}/_stats?reset=1", timeout=5) as answer:  # noqa: S310  # loopback
        return int(json.load(answer)["total"])


def peer(address: str, folder: Path, *command: str) -> Timing:
    """Run a peer against the stub."""
    requests(address)
    env = {**os.environ, "STUB": address, "PYTHONPATH": str(PEERS / "shim"), "HOME": str(folder)}
    start = time.perf_counter()
    program = VENV / "bin" / command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=env, check=False, capture_output=True, timeout=280
    )
    return Timing(done.returncode, time.perf_counter() - start, requests(address))


def best_of(folder: Path, hosts: list[str]) -> list[str]:
    """Write what best-of reads; gives its command."""
    lines = [
        "configuration:",
        "  output_file: out.md",
        "  projects_history_folder: hist",
        "  min_stars: 0",
    ]
    lines += [
        "  min_projectrank: 0",
        "  require_license: false",
        "categories:",
        "  - category: c",
        "    title: C",
    ]
    lines += ["projects:"]
    lines += [
        f"  - {{name: {host.partition('/')[2]}, github_id: {host}, category: c}}" for host in hosts
    ]
    (folder / "best.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return ["best-of", "generate", "--github-key", "t", "best.yaml"]


def github_to_sqlite(folder: Path, hosts: list[str]) -> list[str]:
    """Write what github-to-sqlite reads; gives its command."""
    (folder / "auth.json").write_text('{"github_personal_token": "t"}', "utf-8")
    flags = [argument for host in hosts for argument in ("--repo", host)]
    return ["github-to-sqlite", "repos", "hub.db", "--auth", "auth.json", *flags]


def bibtex_check(folder: Path, dois: list[str]) -> list[str]:
    """Write what bibtex-check reads; gives its command."""
    entry = "@article{{k{0}, title={{A study numbered {1} of synthetic medical data}}, doi={{{1}}},"
    entry += " year={{2023}}, author={{Lovelace, Ada and Turing, Alan}}, journal={{J. of Tests}}}}"
    entries = [entry.format(number, doi) for number, doi in enumerate(dois)]
    (folder / "refs.bib").write_text("\n".join(entries) + "\n", "utf-8")
    files = ["--report", "report.json", "--cache-file", "cache.db"]
    return ["bibtex-check", "refs.bib", "--rate-limit", "100000", *files]


# -- harvest -----------------------------------------------------------------------------


def harvest(folder: Path, fakes: FakeServices, **environ: str) -> Timing:
    """Run harvest against the fakes, without pacing as the peers."""
    before, start = fakes.count(), time.perf_counter()
    env = environment(fakes, **service_keys(interval=0), **environ)
    command = [sys.executable, "-m", "harvest", "refresh", "list.md", "--quiet"]
    done = subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True)
    return Timing(done.returncode, time.perf_counter() - start, fakes.count() - before)


def listed(folder: Path, dois: int, arxiv_ids: int, hosts: int) -> World:
    """Write a list; gives a world that knows what is in it."""
    world = World.random(dois, arxiv_ids, hosts)
    world.latency, world.pacing = LATENCY, False
    write_whole_list(folder / "list.md", world)
    return world


# -- tasks -------------------------------------------------------------------------------


def speed(folder: Path) -> Iterator[tuple[str, str, Timing, Timing]]:
    """Time each task cold and again: task, program, both timings."""
    dois = [f"10.5555/peer.{number:06}" for number in range(COUNT)]
    ids = [f"2305.{10000 + number}" for number in range(COUNT)]
    mixed = [f"doi:{doi}" for doi in dois[: COUNT // 2]] + [
        f"arxiv:{value}" for value in ids[: COUNT // 2]
    ]
    manubot = ["manubot", "cite", "--allow-invalid-csl-data", "--output", "out.json", *mixed]
    tasks = [
        (
            f"{COUNT} repositories",
            (0, 0, COUNT),
            [best_of(folder, HOSTS), github_to_sqlite(folder, HOSTS)],
        ),
        (f"{COUNT // 2} DOIs and {COUNT // 2} arXiv ids", (COUNT // 2, COUNT // 2, 0), [manubot]),
        (f"{COUNT} DOIs", (COUNT, 0, 0), [bibtex_check(folder, dois)]),
    ]
    for task, counts, commands in tasks:
        place = folder / task.replace(" ", "-")
        place.mkdir()
        with FakeServices(listed(place, *counts)) as fakes:
            yield task, "harvest", harvest(place, fakes), harvest(place, fakes)
        with stub() as address:
            for command in commands:
                yield (
                    task,
                    command[0],
                    peer(address, folder, *command),
                    peer(address, folder, *command),
                )


def refusals(folder: Path) -> Iterator[tuple[str, str]]:
    """Let 30 % of Crossref's answers be 429: program, what it resolved of 60."""
    folder.mkdir()
    world = listed(folder, 60, 0, 0)
    world.faults = [Fault("crossref", "429", when=chance(0.3), retry_after=1)]
    with FakeServices(world) as fakes:
        code = harvest(folder, fakes).code
    resolved = sum(work.status == "resolved" for work in published(folder / "output").works)
    yield "harvest", f"{resolved} of 60 resolved, exit {code}"
    dois = [f"10.5555/peer.{number:06}" for number in range(60)]
    with stub(FAIL="429:api.crossref.org:0.3") as address:
        code = peer(address, folder, *bibtex_check(folder, dois)).code
    report = json.loads((folder / "report.json").read_text("utf-8"))
    verified = sum(entry["status"] == "verified" for entry in report["entries"])
    yield "bibtex-check", f"{verified} of 60 verified, exit {code}"


def gone(folder: Path) -> Iterator[tuple[str, str]]:
    """Let the fifth of ten repositories be gone: program, what it has of the ten in the end."""
    folder.mkdir()
    world = listed(folder, 0, 0, 10)
    with FakeServices(world) as fakes:
        harvest(folder, fakes)
        list(world.repositories.values())[4].state = "gone"
        ended = harvest(folder, fakes, HARVEST_FRESH_REPOSITORY="0")
    hosts = published(folder / "output").repositories
    stale = sum(host.stale_since is not None for host in hosts)
    yield (
        "harvest",
        f"{len(hosts) - stale} fresh, {stale} kept with its last values, exit {ended.code}",
    )
    with stub(GONE=HOSTS[4]) as address:
        code = peer(address, folder, *github_to_sqlite(folder, HOSTS[:10])).code
        with sqlite3.connect(folder / "hub.db") as db:
            (rows,) = db.execute("SELECT count(*) FROM repos").fetchone()
        yield "github-to-sqlite", f"{rows} rows, exit {code}"
        code = peer(address, folder, *best_of(folder, HOSTS[:10])).code
        page = (folder / "out.md").read_text("utf-8")
        shown = sum(f"github.com/{host}" in page for host in HOSTS[:10])
        yield "best-of", f"{shown} of 10 on its page, exit {code}"


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    if why := install():
        print(f"skipped: {why}")
        return
    folder = Path(tempfile.mkdtemp())
    try:
        times = list(speed(folder))
        faults = [
            ("30 % of Crossref's answers are 429", *row) for row in refusals(folder / "refusals")
        ]
        faults += [("one repository of ten is gone", *row) for row in gone(folder / "gone")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = []
    missed = 0
    for task, program, cold, again in times:
        ours = next(row for row in times if row[:2] == (task, "harvest"))
        ratios = [
            f"{theirs.seconds / mine.seconds:.1f}"
            for theirs, mine in zip((cold, again), ours[2:], strict=True)
        ]
        counts = f"{cold.requests} / {again.requests}"
        rows.append(
            [
                task,
                program,
                f"{cold.seconds:.2f} s",
                f"{again.seconds:.2f} s",
                counts,
                " / ".join(ratios),
            ]
        )
        faster = all(
            mine.seconds < theirs.seconds
            for theirs, mine in zip((cold, again), ours[2:], strict=True)
        )
        fewer = all(
            mine.requests < theirs.requests
            for theirs, mine in zip((cold, again), ours[2:], strict=True)
        )
        if program != "harvest" and not (faster and fewer):
            missed += 1
            print(f"MISSED: {task}: {program} is faster or asks less")
    results = {what: result for what, program, result in faults if program == "harvest"}
    for what, expected in EXPECTED.items():
        if results[what] != expected:
            missed += 1
            print(f"MISSED: {what}: {results[what]}")
    header = [
        "task",
        "program",
        "cold",
        "again",
        "requests cold / again",
        "time beside harvest's, cold / again",
    ]
    lines = [
        *_report.table(header, rows),
        "",
        *_report.table(["fault", "program", "what is left"], faults),
    ]
    print("\n".join(lines))
    put = [*_report.wrapped(INTRODUCTION), "", *lines, "", _report.measured()]
    _report.put("benchmarks.md", "Beside other programs", put)
    print("MISSED" if missed else "ok")
    sys.exit(bool(missed))


EXPECTED = {
    "30 % of Crossref's answers are 429": "60 of 60 resolved, exit 0",
    "one repository of ten is gone": "9 fresh, 1 kept with its last values, exit 0",
}
INTRODUCTION = (
    f"{', '.join(p for p in PACKAGES if '==' in p)}, unchanged, against a stub that answers after "
    "50 ms and knows no limits; harvest against the fakes of tests/, which judge each request, "
    "after the same 50 ms. No pacing. The programs do different work with what they ask: the table "
    "compares the way to the facts."
)

if __name__ == "__main__":
    main()
