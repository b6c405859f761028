"""What becomes of a run when a source misbehaves: every kind of fault, at every source, at each place of a run.

    python benchmarks/reliability.py

Claims, held for each case:
- one bad answer to the first, a middle or the last request: the dataset is that of a calm run, after this run or the
  next
- bad answers from that request to the end of a night: exit 3, every value of the night before is kept, and the next
  night's dataset is that of three calm nights
- a source down from the first request on, with the default settings: the same, in under 60 s

The services are the stand-ins of tests/; a list of 15 DOIs, 15 arXiv ids and 15 repositories, of which three each do
not exist, is asked in batches of five. DataCite and doi.org are asked for a list of their own, of 15 DOIs that Crossref
does not have. The tables go to docs/reliability.md.
"""

from __future__ import annotations

import itertools
import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from benchmarks import _lab, _report
from harvest import pipeline
from harvest.http import clients
from harvest.models import Dataset
from tests.fakes import FakeServices, Fault, Request, World

SIZE, BATCH = 15, 5
ABSENT = (0, 7, 14)  # one in the first, the middle and the last batch
PLACES = ("first", "middle", "last")
SOURCES = ("crossref", "arxiv", "github GraphQL", "github REST", "datacite", "doi")
AGENCIES = ("datacite", "doi")  # asked for what Crossref does not have
LIMIT = 60.0  # seconds of a night on which a source is down
# Small enough that a case ends in seconds, large enough that a try is not cut short on a busy machine.
QUICK = {"timeout": 0.4, "patience": 2.5}

PARTIAL = "GraphQL partial data"  # the rest of it comes in smaller queries
FAULTS: dict[str, dict[str, Any]] = {  # the arguments of a Fault of the stand-ins
    "429 without Retry-After": {"kind": "429"},
    "429 with Retry-After: 1": {"kind": "429", "retry_after": 1},
    "secondary limit": {"kind": "secondary-limit"},
    "RATE_LIMITED": {"kind": "rate-limited", "retry_after": 1},
    "500": {"kind": "500"},
    "502": {"kind": "502"},
    "503": {"kind": "503"},
    "504": {"kind": "504"},
    "HTML with status 200": {"kind": "html"},
    "empty body with status 200": {"kind": "empty"},
    "truncated answer": {"kind": "truncated"},
    "connection reset": {"kind": "reset"},
    "no answer": {"kind": "hang"},
    "an answer byte by byte": {"kind": "drip", "seconds": 0.05},
    "wrong content type": {"kind": "content-type"},
    PARTIAL: {"kind": "partial"},
}
NIGHTLY = FAULTS | {  # for nights with default settings, which are more patient
    "429 with Retry-After: 40": {"kind": "429", "retry_after": 40},
    "an answer byte by byte": {"kind": "drip", "seconds": 0.5},
}
UNREACHABLE = ("DNS failure", "connection refused")
MALFORMED = "one malformed id in a batch"
KINDS = (*FAULTS, *UNREACHABLE, MALFORMED)
DOWN = (*(kind for kind in NIGHTLY if kind != PARTIAL), *UNREACHABLE)
ONLY = {  # what not every source does
    "secondary limit": ("github GraphQL", "github REST"),
    "RATE_LIMITED": ("github GraphQL",),
    PARTIAL: ("github GraphQL",),
    MALFORMED: ("crossref", "arxiv"),
}
When = Callable[[int], bool]  # picks requests by their running number, from 1


class Case(NamedTuple):
    """A fault at a place of a run: `place` is one of PLACES."""

    source: str
    kind: str
    place: str

    @property
    def service(self) -> str:
        """Name the service, of which GitHub has two interfaces."""
        return self.source.partition(" ")[0]

    @property
    def lot(self) -> Lot:
        """Give the list that makes a run ask the source."""
        return Lot(self.service in AGENCIES, None if self.source == "github REST" else _lab.TOKEN)


class Lot(NamedTuple):
    """A list and its world: the works of `agencies` beside Crossref, or those of the three other services.

    Without the `token` GitHub's REST interface is asked.
    """

    agencies: bool
    token: str | None

    def world(self) -> World:
        """Make the world, in which three of each kind do not exist."""
        made = World.random(SIZE, SIZE, SIZE)
        made.pacing = False
        for known in (made.works, made.preprints, made.repositories):
            for number in reversed(ABSENT):
                del known[list(known)[number]]
        for host in list(made.repositories.values())[
            ::2
        ]:  # commits are counted where something was pushed
            host.pushed_at = f"{_lab.night(-30).date()}T12:00:00Z"
        if self.agencies:
            made.foreign, made.works = made.works, {}
            made.agencies = dict(zip(made.foreign, itertools.cycle(("datacite", "medra"))))
        return made

    def write_list(self, path: Path) -> None:
        """Write the list, of what exists and what does not."""
        whole = World.random(SIZE, SIZE, SIZE)
        if self.agencies:
            _lab.write_list(path, whole.works)
        else:
            _lab.write_list(
                path, whole.works, whole.preprints, (r.name for r in whole.repositories.values())
            )


LOTS = (
    Lot(agencies=False, token=_lab.TOKEN),
    Lot(agencies=False, token=None),
    Lot(agencies=True, token=_lab.TOKEN),
)


class Outcome(NamedTuple):
    """What a case came to; `problems` is empty when every claim holds."""

    runs: int
    requests: int
    seconds: float
    problems: tuple[str, ...]


class Calm(NamedTuple):
    """Three nights without faults: what each published, what they asked, and the folder as the first one left it."""

    list: Path
    folder: Path
    nights: tuple[Dataset, ...]
    bytes: tuple[bytes, ...]
    requests: dict[str, int]


def cases() -> list[Case]:
    """Give every case that makes sense."""
    return [
        Case(source, kind, place)
        for source in SOURCES
        for kind in KINDS
        for place in PLACES
        if source in ONLY.get(kind, SOURCES)
    ]


# -- the world and its faults --------------------------------------------------------------------------------------


@contextmanager
def quick() -> Iterator[None]:
    """Ask in small batches, and give an unreachable source up sooner."""
    with _lab.batches_of(BATCH), patch.object(clients, "OFFLINE_PATIENCE", 2.0):
        yield


@contextmanager
def misbehaving(fakes: FakeServices, case: Case, when: When) -> Iterator[None]:
    """Let the requests of a source that `when` picks go wrong."""
    there = fakes.world
    with ExitStack() as stack:
        if case.kind in FAULTS:
            first = fakes.count(case.service)  # type: ignore[arg-type]  # one of theirs

            def picks(request: Request) -> bool:
                return when(request.number - first)

            there.faults = [Fault(case.service, when=picks, **FAULTS[case.kind])]  # type: ignore[arg-type]  # same
        elif case.kind in UNREACHABLE:
            stack.enter_context(_unreachable(fakes, case, when))
        else:
            whole = World.random(SIZE, SIZE, SIZE)
            known = list(whole.works if case.source == "crossref" else whole.preprints)
            there.malformed = {known[ABSENT[PLACES.index(case.place)]]}
        try:
            yield
        finally:
            there.faults, there.malformed = [], set()


@contextmanager
def _unreachable(fakes: FakeServices, case: Case, when: When) -> Iterator[None]:
    """Let the system find no address for a service, or one where nobody listens."""
    url = getattr(fakes, f"{case.service}_url")
    port, ask, number = urlsplit(url).port, socket.getaddrinfo, 0

    def getaddrinfo(host: Any, service: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal number
        if service == port:
            number += 1
            if when(number) and case.kind == "DNS failure":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if when(number):
                return ask(
                    host, 9, *args, **kwargs
                )  # the discard service: closed wherever this runs
        return ask(host, service, *args, **kwargs)

    fakes.world.keep_alive = False  # each request makes a connection, and so asks for the address
    with patch.object(socket, "getaddrinfo", getaddrinfo):
        yield
    fakes.world.keep_alive = True


# -- calm nights and stormy ones -----------------------------------------------------------------------------------


def calm(folder: Path, lot: Lot) -> Calm:
    """Run three nights without a fault."""
    nights, raw = [], []
    kept = folder.with_name(f"{folder.name}-first")
    list_ = folder.with_name(f"{folder.name}.md")
    lot.write_list(list_)
    with FakeServices(lot.world()) as fakes:
        chosen = _lab.settings(folder, fakes, list_, token=lot.token, **QUICK)
        for number in (1, 2, 3):
            run = pipeline.refresh(chosen, now=_lab.night(number))
            assert not run.degraded, run.degraded
            nights.append(_lab.published(chosen.output))
            raw.append((Path(chosen.output) / "dataset.json").read_bytes())
            if number == 1:
                shutil.copytree(folder, kept)
                requests = {name: tally.requests for name, tally in run.sources.items()}
    return Calm(list_, kept, tuple(nights), tuple(raw), requests)


def once(case: Case, folder: Path, expected: Calm) -> Outcome:
    """Let one request of a first night go wrong."""
    nth = _number(case.place, expected.requests[case.service])
    with FakeServices(case.lot.world()) as fakes:
        chosen = _lab.settings(folder, fakes, expected.list, token=case.lot.token, **QUICK)
        output = Path(chosen.output) / "dataset.json"
        began = time.monotonic()
        with misbehaving(fakes, case, lambda number: number == nth):
            run = pipeline.refresh(chosen, now=_lab.night(1))
        seconds, requests, runs = time.monotonic() - began, run.sources[case.service].requests, 1
        problems = []
        if run.degraded and case.kind == MALFORMED:  # it will be so every night
            problems.append(f"degraded: {run.degraded}")
        if run.degraded:
            runs, run = 2, pipeline.refresh(chosen, now=_lab.night(1))
            requests += run.sources[case.service].requests
        if run.degraded:
            problems.append(f"still degraded: {run.degraded}")
        if output.read_bytes() != expected.bytes[0]:
            problems.append("another dataset than that of a calm run")
        problems += fakes.violations
    return Outcome(runs, requests - expected.requests[case.service], seconds, tuple(problems))


def onwards(case: Case, folder: Path, expected: Calm) -> Outcome:
    """Let every request of a second night go wrong from one on, and look at the third night too."""
    nth = _number(case.place, expected.requests[case.service])
    shutil.copytree(expected.folder, folder)
    with FakeServices(case.lot.world()) as fakes:
        chosen = _lab.settings(folder, fakes, expected.list, token=case.lot.token, **QUICK)
        output = Path(chosen.output) / "dataset.json"
        began = time.monotonic()
        with misbehaving(fakes, case, lambda number: number >= nth):
            run = pipeline.refresh(chosen, now=_lab.night(2))
        seconds = time.monotonic() - began
        problems = lost(_lab.published(chosen.output), *expected.nights[:2])
        if not run.degraded and output.read_bytes() != expected.bytes[1]:
            problems.append("another dataset than on a calm night, and no word of it")
        pipeline.refresh(chosen, now=_lab.night(3))
        if output.read_bytes() != expected.bytes[2]:
            problems.append("another dataset on the third night than after three calm ones")
        problems += fakes.violations
    return Outcome(2, run.sources[case.service].requests, seconds, tuple(problems))


def lost(found: Dataset, *calm_nights: Dataset) -> list[str]:
    """Name every value that is neither that of the night before nor what tonight would have brought."""
    allowed: dict[str, list[dict[str, Any]]] = {}
    for calm_night in calm_nights:
        for record in (*calm_night.works, *calm_night.repositories):
            allowed.setdefault(record.id, []).append(msgspec.to_builtins(record))
    problems = [
        f"{name} is not there"
        for name in allowed.keys() - {r.id for r in (*found.works, *found.repositories)}
    ]
    for record in (*found.works, *found.repositories):
        for field, value in msgspec.to_builtins(record).items():
            if field != "stale_since" and value not in [
                calm_record[field] for calm_record in allowed[record.id]
            ]:
                problems.append(f"{record.id}: {field} is {value!r}")
    return problems


def _number(place: str, requests: int) -> int:
    return {"first": 1, "middle": (requests + 1) // 2, "last": requests}[place]


# -- down all night, as the command line and its exit code show it ---------------------------------------------------


def down(case: Case, folder: Path, expected: Calm) -> Outcome:
    """Run the program with default settings on a night on which a source answers nothing but the fault."""
    shutil.copytree(expected.folder, folder)
    with FakeServices(case.lot.world()) as fakes:
        if case.kind not in UNREACHABLE:
            fakes.world.faults = [Fault(case.service, **NIGHTLY[case.kind])]  # type: ignore[arg-type]  # one of theirs
        daily = {f"HARVEST_FRESH_{key.upper()}": "0" for key in msgspec.structs.asdict(_lab.DAILY)}
        env = _lab.environment(fakes, case.lot.token, **daily, **_lab.everywhere(fakes, interval=0))
        if case.kind in UNREACHABLE:
            host = "127.0.0.1:9" if case.kind == "connection refused" else "localhost.invalid"
            scheme = "http" if case.kind == "connection refused" else "https"
            env[f"HARVEST_{case.service.upper()}_URL"] = f"{scheme}://{host}/"
            del env[
                f"HARVEST_{case.service.upper()}_INTERVAL"
            ]  # none may be switched off but for loopback
        began = time.monotonic()
        command = [sys.executable, "-m", "harvest", "refresh", str(expected.list), "--quiet"]
        ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
        seconds = time.monotonic() - began
        problems = lost(_lab.published(folder / "output"), *expected.nights[:2])
        if ended.returncode != 3:
            problems.append(f"exit {ended.returncode}: {ended.stderr.decode()[-300:]}")
        if seconds >= LIMIT:
            problems.append(f"{seconds:.0f} s")
        return Outcome(1, fakes.count(case.service), seconds, tuple(problems))  # type: ignore[arg-type]  # same


# -- all of it -----------------------------------------------------------------------------------------------------


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(32) as threads:
        folder = Path(name)
        with quick():
            expected = {lot: calm(folder / f"calm{number}", lot) for number, lot in enumerate(LOTS)}
        nights = [Case(s, kind, "first") for kind in DOWN for s in ONLY.get(kind, SOURCES)]
        waiting = []
        for number, case in enumerate(nights):
            waiting.append(threads.submit(down, case, folder / f"down{number}", expected[case.lot]))
            time.sleep(1)  # they wait most of their time, but each starts an interpreter
        asleep = {case: job.result() for case, job in zip(nights, waiting, strict=True)}
        with ProcessPoolExecutor(4, initializer=_silent) as pool:
            jobs = [(way, case) for way in (once, onwards) for case in cases()]
            folders = [folder / f"case{number}" for number in range(len(jobs))]
            results = pool.map(_run, jobs, folders, [expected[case.lot] for _, case in jobs])
            outcomes = dict(zip(jobs, results, strict=True))
    report(outcomes, asleep)
    problems = {
        (way.__name__, *case): o.problems for (way, case), o in outcomes.items() if o.problems
    }
    problems |= {("down", *case): o.problems for case, o in asleep.items() if o.problems}
    for key, texts in problems.items():
        print("MISSED", *key, *texts[:3], sep=" | ")
    seconds = time.monotonic() - began
    verdict = "MISSED" if problems else "ok"
    print(
        f"{len(outcomes) + len(asleep)} cases, {len(problems)} missed, {seconds:.0f} s: {verdict}"
    )
    sys.exit(bool(problems))


def _silent() -> None:
    logging.disable(logging.CRITICAL)


def _run(job: tuple[Callable[..., Outcome], Case], folder: Path, expected: Calm) -> Outcome:
    way, case = job
    with quick():
        return way(case, folder, expected)


def report(
    outcomes: dict[tuple[Callable[..., Outcome], Case], Outcome], asleep: dict[Case, Outcome]
) -> None:
    """Write the tables and print them."""

    def cell(way: Callable[..., Outcome], source: str, kind: str) -> str:
        found = [outcomes.get((way, Case(source, kind, place))) for place in PLACES]
        words = {
            place: _words(way, outcome)
            for place, outcome in zip(PLACES, found, strict=True)
            if outcome
        }
        if len(set(words.values())) == 1:
            return words["first"]
        return "<br>".join(f"{place}: {text}" for place, text in words.items()) or "-"

    for way, title in ((once, "One bad answer"), (onwards, "Bad answers to the end of the night")):
        rows = [[kind, *(cell(way, source, kind) for source in SOURCES)] for kind in KINDS]
        put(title, INTRODUCTIONS[title], _report.table(["fault", *SOURCES], rows))
    cases_ = [[asleep.get(Case(source, kind, "first")) for source in SOURCES] for kind in DOWN]
    rows = [
        [kind, *(_words(down, o) if o else "-" for o in row)]
        for kind, row in zip(DOWN, cases_, strict=True)
    ]
    title = "A source that is down all night"
    put(title, INTRODUCTIONS[title], _report.table(["fault", *SOURCES], rows))


INTRODUCTIONS = {
    "One bad answer": (
        "The first, a middle or the last request of a first night goes wrong, without pacing and waits of ours. "
        "When the dataset has the bytes of a calm one, what that cost in further requests, and how long the run took. "
        "It takes a second run where GitHub asks for a longer wait than the test allows."
    ),
    "Bad answers to the end of the night": (
        "From the first, a middle or the last request of a second night on, every request to a source goes wrong. The "
        "requests made to it, and the time of that night. Every value of the first night is kept, and the third "
        "night's dataset has the bytes of three calm nights."
    ),
    "A source that is down all night": (
        "The program with its default settings but for pacing, from its start to its exit code. Every value of the "
        "night before is kept. A secondary limit of GitHub asks for a minute without requests, which a source that is "
        "of no use yet does not get."
    ),
}


def _words(way: Callable[..., Outcome], outcome: Outcome) -> str:
    if outcome.problems:
        return f"**missed**: {outcome.problems[0]}"
    if way is once:
        runs = "the second run" if outcome.runs > 1 else "the same run"
        return f"{runs}, {outcome.requests:+}, {outcome.seconds:.0f} s"
    exit_code = "exit 3, " if way is down else ""
    return f"{exit_code}{outcome.requests} requests, {outcome.seconds:.0f} s"


def put(title: str, introduction: str, lines: list[str]) -> None:
    print(f"\n{title}\n" + "\n".join(lines))
    _report.put("reliability.md", title, [*_report.wrapped(introduction), "", *lines])


if __name__ == "__main__":
    main()
