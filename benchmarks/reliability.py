"""What becomes of a run when a source fails: every kind of fault, at every source, at each place.

    python benchmarks/reliability.py
    python benchmarks/reliability.py bad-hours [NAME...]    # only these

Claims, held for each case of tests/scenarios/faults.py:
- one bad answer to the first, a middle or the last request: the dataset is that of a run without
  faults, after this run or the next
- bad answers from that request to the end of a night: exit 3, every value of the night before is
  kept, and the next night's dataset is that of three nights without faults
- a source down from the first request on, with the default settings: the same, in under 60 s
- the bad hours of tests/scenarios/bad_hours.py, each with its own claims

Each case is a row of docs/reliability.csv; docs/reliability.md has a summary.
"""

from __future__ import annotations

import csv
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from benchmarks import _report
from tests.fakes import FakeServices, Fault
from tests.scenarios import bad_hours
from tests.scenarios.faults import (
    FAULTS,
    ONLY,
    PARTIAL,
    SETUPS,
    SOURCES,
    UNREACHABLE,
    Case,
    Expected,
    Outcome,
    cases,
    failures_to_the_end,
    lost_values,
    one_failure,
    quick,
    without_faults,
)
from tests.support.runs import published
from tests.support.settings import NIGHTLY, environment, service_keys

LIMIT = 60.0  # seconds of a night on which a source is down
PATIENT = FAULTS | {  # for nights with default settings, which are more patient
    "429 with Retry-After: 40": {"kind": "429", "retry_after": 40},
    "an answer byte by byte": {"kind": "drip", "seconds": 0.5},
}
DOWN = (*(kind for kind in PATIENT if kind != PARTIAL), *UNREACHABLE)


def down(case: Case, folder: Path, expected: Expected) -> Outcome:
    """Run the program with default settings on a night on which a source fails all the time."""
    shutil.copytree(expected.folder, folder)
    with FakeServices(case.setup.world()) as fakes:
        if case.kind not in UNREACHABLE:
            fakes.world.faults = [Fault(case.service, **PATIENT[case.kind])]
        daily = {f"HARVEST_FRESH_{key.upper()}": "0" for key in msgspec.structs.asdict(NIGHTLY)}
        env = environment(fakes, case.setup.token, **daily, **service_keys(interval=0))
        if case.kind in UNREACHABLE:
            refused = case.kind == "connection refused"
            address = "http://127.0.0.1:9/" if refused else "https://localhost.invalid/"
            env[f"HARVEST_{case.service.upper()}_URL"] = address
            # Only a loopback address may be asked without pauses.
            del env[f"HARVEST_{case.service.upper()}_INTERVAL"]
        began = time.monotonic()
        command = [sys.executable, "-m", "harvest", "refresh", str(expected.list), "--quiet"]
        ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
        seconds = time.monotonic() - began
        problems = lost_values(published(folder / "output"), *expected.nights[:2])
        if ended.returncode != 3:
            problems.append(f"exit {ended.returncode}: {ended.stderr.decode()[-300:]}")
        if seconds >= LIMIT:
            problems.append(f"{seconds:.0f} s")
        return Outcome(1, fakes.count(case.service), seconds, tuple(problems))


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    if sys.argv[1:2] == ["bad-hours"]:
        only_bad_hours(sys.argv[2:])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(32) as threads:
        folder = Path(name)
        with quick():
            expected = {
                setup: without_faults(folder / f"expected{number}", setup)
                for number, setup in enumerate(SETUPS)
            }
        nights = [Case(s, kind, "first") for kind in DOWN for s in ONLY.get(kind, SOURCES)]
        waiting = []
        for number, case in enumerate(nights):
            waiting.append(
                threads.submit(down, case, folder / f"down{number}", expected[case.setup])
            )
            time.sleep(1)  # they wait most of their time, but each starts an interpreter
        outages = {case: job.result() for case, job in zip(nights, waiting, strict=True)}
        with ProcessPoolExecutor(4, initializer=_silent) as pool:
            jobs = [(way, case) for way in (one_failure, failures_to_the_end) for case in cases()]
            folders = [folder / f"case{number}" for number in range(len(jobs))]
            results = pool.map(_run, jobs, folders, [expected[case.setup] for _, case in jobs])
            outcomes = dict(zip(jobs, results, strict=True))
        hours = play_bad_hours(folder)
    report(outcomes, outages, hours)
    problems = {
        (way.__name__, *case): o.problems for (way, case), o in outcomes.items() if o.problems
    }
    problems |= {("down", *case): o.problems for case, o in outages.items() if o.problems}
    for key, texts in problems.items():
        print("MISSED", *key, *texts[:3], sep=" | ")
    seconds = time.monotonic() - began
    verdict = "MISSED" if problems else "ok"
    print(
        f"{len(outcomes) + len(outages)} cases, {len(problems)} missed, {seconds:.0f} s: {verdict}"
    )
    sys.exit(bool(problems))


def only_bad_hours(names: list[str]) -> None:
    """Play all bad hours, or some, and put their rows in place of those of the last time."""
    by_name = {scene.play.__name__: scene for scene in bad_hours.SCENES}
    if unknown := set(names) - by_name.keys():
        sys.exit(f"no bad hour: {', '.join(sorted(unknown))}; there are {', '.join(by_name)}")
    scenes = [by_name[name] for name in names] or list(bad_hours.SCENES)
    with tempfile.TemporaryDirectory() as name:
        hours = play_bad_hours(Path(name), scenes)
    with (_report.DOCS / "reliability.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    new = {cells[1]: cells for cells in hours}
    others = [cells for cells in rows if cells[0] != BAD_HOUR]
    last = {cells[1]: cells for cells in rows if cells[0] == BAD_HOUR}
    titles = [scene.title for scene in bad_hours.SCENES if scene.title in last | new]
    write([*others, *((last | new)[title] for title in titles)])
    missed = [cells for cells in hours if cells[-1] != "ok"]
    for cells in missed:
        print("MISSED", *cells, sep=" | ")
    print("MISSED" if missed else "ok")
    sys.exit(bool(missed))


def play_bad_hours(
    folder: Path, scenes: Sequence[bad_hours.Scene] = bad_hours.SCENES
) -> list[list[object]]:
    """Play bad hours, which wait most of their time, and return a row for each."""
    folders = [folder / f"hour{number}" for number in range(len(scenes))]
    with ThreadPoolExecutor(4) as threads:
        hours = list(threads.map(bad_hours.play, scenes, folders))
    rows: list[list[object]] = []
    for scene, hour in zip(scenes, hours, strict=True):
        seconds = round(max(night.seconds for night in hour.nights))
        result = "; ".join(hour.problems) or "ok"
        cells = [len(hour.nights), hour.requests, seconds, result]
        rows.append([BAD_HOUR, scene.title, scene.source, "", *cells])
    return rows


def _silent() -> None:
    logging.disable(logging.CRITICAL)


def _run(job: tuple[Callable[..., Outcome], Case], folder: Path, expected: Expected) -> Outcome:
    way, case = job
    with quick():
        return way(case, folder, expected)


def report(
    outcomes: dict[tuple[Callable[..., Outcome], Case], Outcome],
    outages: dict[Case, Outcome],
    hours: list[list[object]],
) -> None:
    """Write a row for each case, and the summary."""
    rows = [row(WAYS[way], case, outcome) for (way, case), outcome in outcomes.items()]
    rows += [row(OUTAGE, case, outcome) for case, outcome in outages.items()]
    write([*rows, *hours])


def write(rows: list[list[object]]) -> None:
    """Write the rows, a summary of them, and the bad hours one by one."""
    with (_report.DOCS / "reliability.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["failure", "fault", "source", "place", "runs", *MEASURES, "result"])
        writer.writerows(rows)
    lines = summary(rows)
    print("\n".join(lines))
    _report.put("reliability.md", SECTION, [*_report.wrapped(INTRODUCTION), "", *lines])
    hours = [cells for cells in rows if cells[0] == BAD_HOUR]
    header = ["bad hour", "runs", "requests", "longest run", "result"]
    lines = _report.table(header, [[c[1], c[4], c[5], f"{c[6]} s", c[7]] for c in hours])
    print("\n".join(lines))
    _report.put("reliability.md", HOURS, [*_report.wrapped(ABOUT_HOURS), "", *lines])


def row(failure: str, case: Case, outcome: Outcome) -> list[object]:
    result = "; ".join(outcome.problems) or "ok"
    return [failure, case.kind, case.source, case.place, *outcome[:2], round(outcome[2]), result]


def summary(rows: list[list[object]]) -> list[str]:
    """Return a table with a row for each kind of failure."""
    lines = []
    for failure in (*WAYS.values(), OUTAGE, BAD_HOUR):
        cases_ = [cells for cells in rows if cells[0] == failure]
        missed = sum(cells[-1] != "ok" for cells in cases_)
        requests = max(int(str(cells[5])) for cells in cases_)
        seconds = max(int(str(cells[6])) for cells in cases_)
        lines.append([failure, len(cases_), missed, requests, f"{seconds} s"])
    header = ["failure", "cases", "lost values or other bytes", "most requests", "longest run"]
    return _report.table(header, lines)


ONE, REST, OUTAGE = "one request", "all later requests", "all night, default settings"
BAD_HOUR = "a bad hour"
WAYS = {one_failure: ONE, failures_to_the_end: REST}
MEASURES = ("requests", "seconds")
HOURS = "Bad hours"
ABOUT_HOURS = (
    "Hours that were seen at the real services, each played by the program as from the command line, "
    "with default settings. The requests are those to the source that has the bad hour, over all "
    "runs of it; the time is that of the longest run."
)
SECTION = "Failing services"
INTRODUCTION = (
    "A list of 15 DOIs, 15 arXiv ids and 15 repositories is looked up while a service fails: by "
    "refusals, server errors, broken, empty or slow responses, lost connections, or a wrong address. "
    "Three identifiers of each kind do not exist. Either one request fails (the first, a middle or "
    "the last one), or all requests from there to the end of the run, or the service is down all "
    "night. For one request, the table counts the additional requests; otherwise all requests to "
    "that service. [reliability.csv](reliability.csv) has a row for each case."
)


if __name__ == "__main__":
    main()
