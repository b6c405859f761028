"""What becomes of a run when a source fails: every kind of fault, at every source, at each place.

    python benchmarks/reliability.py

Claims, held for each case of tests/scenarios/faults.py:
- one bad answer to the first, a middle or the last request: the dataset is that of a run without
  faults, after this run or the next
- bad answers from that request to the end of a night: exit 3, every value of the night before is
  kept, and the next night's dataset is that of three nights without faults
- a source down from the first request on, with the default settings: the same, in under 60 s

The tables go to docs/reliability.md.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from benchmarks import _report
from tests.fakes import FakeServices, Fault
from tests.scenarios.faults import (
    FAULTS,
    KINDS,
    ONLY,
    PARTIAL,
    PLACES,
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
    report(outcomes, outages)
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


def _silent() -> None:
    logging.disable(logging.CRITICAL)


def _run(job: tuple[Callable[..., Outcome], Case], folder: Path, expected: Expected) -> Outcome:
    way, case = job
    with quick():
        return way(case, folder, expected)


def report(
    outcomes: dict[tuple[Callable[..., Outcome], Case], Outcome], outages: dict[Case, Outcome]
) -> None:
    """Write the tables and print them."""

    def cell(way: Callable[..., Outcome], source: str, kind: str) -> str:
        results = [outcomes.get((way, Case(source, kind, place))) for place in PLACES]
        words = {
            place: _words(way, outcome)
            for place, outcome in zip(PLACES, results, strict=True)
            if outcome
        }
        if len(set(words.values())) == 1:
            return words["first"]
        return "<br>".join(f"{place}: {text}" for place, text in words.items()) or "-"

    for way, title in (
        (one_failure, "One bad answer"),
        (failures_to_the_end, "Bad answers to the end of the night"),
    ):
        rows = [[kind, *(cell(way, source, kind) for source in SOURCES)] for kind in KINDS]
        put(title, INTRODUCTIONS[title], _report.table(["fault", *SOURCES], rows))
    cases_ = [[outages.get(Case(source, kind, "first")) for source in SOURCES] for kind in DOWN]
    rows = [
        [kind, *(_words(down, o) if o else "-" for o in row)]
        for kind, row in zip(DOWN, cases_, strict=True)
    ]
    title = "A source that is down all night"
    put(title, INTRODUCTIONS[title], _report.table(["fault", *SOURCES], rows))


INTRODUCTIONS = {
    "One bad answer": (
        "The first, a middle or the last request of a first night goes wrong, without pauses. When "
        "the dataset has the bytes of one without faults, what that cost in further requests, and "
        "how long the run took. It takes a second run where GitHub asks for a longer wait than the "
        "test allows."
    ),
    "Bad answers to the end of the night": (
        "From the first, a middle or the last request of a second night on, every request to a "
        "source goes wrong. The requests made to it, and the time of that night. Every value of "
        "the first night is kept, and the third night's dataset has the bytes of three nights "
        "without faults."
    ),
    "A source that is down all night": (
        "The program with its default settings but for pauses, from its start to its exit code. "
        "Every value of the night before is kept. A secondary limit of GitHub asks for a minute "
        "without requests, which a source that has not answered yet does not get."
    ),
}


def _words(way: Callable[..., Outcome], outcome: Outcome) -> str:
    if outcome.problems:
        return f"**missed**: {outcome.problems[0]}"
    if way is one_failure:
        runs = "the second run" if outcome.runs > 1 else "the same run"
        return f"{runs}, {outcome.requests:+}, {outcome.seconds:.0f} s"
    exit_code = "exit 3, " if way is down else ""
    return f"{exit_code}{outcome.requests} requests, {outcome.seconds:.0f} s"


def put(title: str, introduction: str, lines: list[str]) -> None:
    print(f"\n{title}\n" + "\n".join(lines))
    _report.put("reliability.md", title, [*_report.wrapped(introduction), "", *lines])


if __name__ == "__main__":
    main()
