"""What becomes of a run when a source fails: every kind of fault, at every source, at each place.

Three works, preprints and repositories of fifteen each do not exist, and requests ask for five at
a time. DataCite and doi.org are asked for a list of their own, of 15 DOIs that Crossref does not
have.
"""

from __future__ import annotations

import itertools
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

import msgspec

from harvest import pipeline
from harvest.config import Settings
from harvest.models import Dataset
from tests.fakes import FakeServices, Fault, Request, World
from tests.support.runs import night, no_waits, published, small_batches, write_list
from tests.support.settings import NIGHTLY, TOKEN, make_settings

SIZE, BATCH = 15, 5
ABSENT = (0, 7, 14)  # one in the first, the middle and the last batch
PLACES = ("first", "middle", "last")
SOURCES = ("crossref", "arxiv", "github GraphQL", "github REST", "datacite", "doi")
AGENCIES = ("datacite", "doi")  # asked for what Crossref does not have
SLOW = ("no answer", "an answer byte by byte")  # they last until the timeout

PARTIAL = "GraphQL partial data"  # the rest of it comes in smaller queries
FAULTS: dict[str, dict[str, Any]] = {  # the arguments of a Fault
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
UNREACHABLE = ("DNS failure", "connection refused")
MALFORMED = "one malformed id in a batch"
KINDS = (*FAULTS, *UNREACHABLE, MALFORMED)
ONLY = {  # what not every source does
    "secondary limit": ("github GraphQL", "github REST"),
    "RATE_LIMITED": ("github GraphQL",),
    PARTIAL: ("github GraphQL",),
    MALFORMED: ("crossref", "arxiv"),
}
When = Callable[[int], bool]  # picks requests by their running number, from 1


class Setup(NamedTuple):
    """A list and its world: the works of `agencies` beside Crossref, or those of other services.

    Without the `token` GitHub's REST interface is asked.
    """

    agencies: bool
    token: str | None

    def world(self) -> World:
        """Return the world, in which three of each kind do not exist."""
        world = World.random(SIZE, SIZE, SIZE)
        world.pacing = False
        for items in (world.works, world.preprints, world.repositories):
            for number in reversed(ABSENT):
                del items[list(items)[number]]
        for host in list(world.repositories.values())[::2]:  # their commits are counted
            host.pushed_at = f"{night(-30).date()}T12:00:00Z"
        if self.agencies:
            world.foreign, world.works = world.works, {}
            world.agencies = dict(zip(world.foreign, itertools.cycle(("datacite", "medra"))))
        return world

    def write_list(self, path: Path) -> None:
        """Write the list, of what exists and what does not."""
        whole = World.random(SIZE, SIZE, SIZE)
        if self.agencies:
            write_list(path, whole.works)
        else:
            hosts = (host.name for host in whole.repositories.values())
            write_list(path, whole.works, whole.preprints, hosts)

    def settings(
        self, folder: Path, fakes: FakeServices, path: Path, timeout: float = 10.0
    ) -> Settings:
        """Return the settings of its runs, which wait for an answer up to `timeout` seconds."""
        values = {"token": self.token, "fresh": NIGHTLY, "timeout": timeout, "patience": 60.0}
        return make_settings(folder, fakes, path, **values)


SETUPS = (Setup(False, TOKEN), Setup(False, None), Setup(True, TOKEN))  # noqa: FBT003  # a field


class Case(NamedTuple):
    """A fault at a place of a run: `place` is one of PLACES."""

    source: str
    kind: str
    place: str

    @property
    def service(self) -> str:
        """The service, of which GitHub has two interfaces."""
        return self.source.partition(" ")[0]

    @property
    def setup(self) -> Setup:
        """The setup in which a run asks the source."""
        return Setup(self.service in AGENCIES, None if self.source == "github REST" else TOKEN)

    def settings(self, folder: Path, fakes: FakeServices, path: Path) -> Settings:
        """Return the settings of its runs."""
        timeout = 0.5 if self.kind in SLOW else 10.0
        return self.setup.settings(folder, fakes, path, timeout)


class Outcome(NamedTuple):
    """What a case came to; `problems` is empty when every claim holds."""

    runs: int
    requests: int
    seconds: float
    problems: tuple[str, ...]


class Expected(NamedTuple):
    """Three nights without faults: their datasets and requests, and the folder after the first."""

    list: Path
    folder: Path
    nights: tuple[Dataset, ...]
    bytes: tuple[bytes, ...]
    requests: dict[str, int]


def cases() -> list[Case]:
    """Return every case that makes sense."""
    whole = itertools.product(SOURCES, KINDS, PLACES)
    return [Case(*case) for case in whole if case[0] in ONLY.get(case[1], SOURCES)]


@contextmanager
def quick() -> Iterator[None]:
    """Ask in small batches, and wait for nothing between requests."""
    with small_batches(BATCH), no_waits():
        yield


@contextmanager
def failing(fakes: FakeServices, case: Case, when: When) -> Iterator[None]:
    """Let the requests of a source that `when` picks go wrong."""
    world = fakes.world
    with ExitStack() as stack:
        if case.kind in FAULTS:
            before = fakes.count(case.service)

            def picks(request: Request) -> bool:
                return when(request.number - before)

            world.faults = [Fault(case.service, when=picks, **FAULTS[case.kind])]
        elif case.kind in UNREACHABLE:
            stack.enter_context(_unreachable(fakes, case, when))
        else:
            whole = World.random(SIZE, SIZE, SIZE)
            names = list(whole.works if case.source == "crossref" else whole.preprints)
            world.malformed = {names[ABSENT[PLACES.index(case.place)]]}
        try:
            yield
        finally:
            world.faults, world.malformed = [], set()


@contextmanager
def _unreachable(fakes: FakeServices, case: Case, when: When) -> Iterator[None]:
    """Let the system find no address for a service, or one where nobody listens."""
    port, lookup, number = urlsplit(fakes.urls[case.service]).port, socket.getaddrinfo, 0

    def getaddrinfo(host: Any, service: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal number
        if service == port:
            number += 1
            if when(number) and case.kind == "DNS failure":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if when(number):
                service = 9  # the discard service: closed wherever this runs
        return lookup(host, service, *args, **kwargs)

    fakes.world.keep_alive = False  # each request makes a connection, and so asks for the address
    with patch.object(socket, "getaddrinfo", getaddrinfo):
        yield
    fakes.world.keep_alive = True


def without_faults(folder: Path, setup: Setup) -> Expected:
    """Run three nights without a fault."""
    nights, raw = [], []
    first = folder.with_name(f"{folder.name}-first")
    path = folder.with_name(f"{folder.name}.md")
    setup.write_list(path)
    with FakeServices(setup.world()) as fakes:
        settings = setup.settings(folder, fakes, path)
        for number in (1, 2, 3):
            run = pipeline.refresh(settings, now=night(number))
            assert not run.degraded, run.degraded
            nights.append(published(settings))
            raw.append((Path(settings.output) / "dataset.json").read_bytes())
            if number == 1:
                shutil.copytree(folder, first)
                requests = {name: tally.requests for name, tally in run.sources.items()}
    return Expected(path, first, tuple(nights), tuple(raw), requests)


def one_failure(case: Case, folder: Path, expected: Expected) -> Outcome:
    """Let one request of a first night go wrong."""
    nth = _number(case.place, expected.requests[case.service])
    with FakeServices(case.setup.world()) as fakes:
        settings = case.settings(folder, fakes, expected.list)
        began = time.monotonic()
        with failing(fakes, case, lambda number: number == nth):
            run = pipeline.refresh(settings, now=night(1))
        seconds, requests, runs = time.monotonic() - began, run.sources[case.service].requests, 1
        problems = []
        if run.degraded and case.kind == MALFORMED:  # it will be so every night
            problems.append(f"degraded: {run.degraded}")
        dataset = Path(settings.output) / "dataset.json"
        if run.degraded or dataset.read_bytes() != expected.bytes[0]:
            runs, run = 2, pipeline.refresh(settings, now=night(1))
            requests += run.sources[case.service].requests
        if run.degraded:
            problems.append(f"still degraded: {run.degraded}")
        if dataset.read_bytes() != expected.bytes[0]:
            problems.append("another dataset than that of a run without faults")
        problems += fakes.violations
    return Outcome(runs, requests - expected.requests[case.service], seconds, tuple(problems))


def failures_to_the_end(case: Case, folder: Path, expected: Expected) -> Outcome:
    """Let every request of a second night go wrong from one on, and run a third night too."""
    nth = _number(case.place, expected.requests[case.service])
    shutil.copytree(expected.folder, folder)
    with FakeServices(case.setup.world()) as fakes:
        settings = case.settings(folder, fakes, expected.list)
        output = Path(settings.output) / "dataset.json"
        began = time.monotonic()
        with failing(fakes, case, lambda number: number >= nth):
            run = pipeline.refresh(settings, now=night(2))
        seconds = time.monotonic() - began
        problems = lost_values(published(settings), *expected.nights[:2])
        if not run.degraded and output.read_bytes() != expected.bytes[1]:
            problems.append("another dataset than without faults, and not degraded")
        pipeline.refresh(settings, now=night(3))
        if output.read_bytes() != expected.bytes[2]:
            problems.append("another dataset on the third night than without faults")
        problems += fakes.violations
    return Outcome(2, run.sources[case.service].requests, seconds, tuple(problems))


def lost_values(dataset: Dataset, *nights: Dataset) -> list[str]:
    """Return every value that is neither that of the night before nor tonight's without faults."""
    allowed: dict[str, list[dict[str, Any]]] = {}
    for one in nights:
        for record in (*one.works, *one.repositories):
            allowed.setdefault(record.id, []).append(msgspec.to_builtins(record))
    records = (*dataset.works, *dataset.repositories)
    absent = allowed.keys() - {record.id for record in records}
    problems = [f"{name} is not there" for name in absent]
    for record in records:
        for field, value in msgspec.to_builtins(record).items():
            values = [one[field] for one in allowed[record.id]]
            if field != "stale_since" and value not in values:
                problems.append(f"{record.id}: {field} is {value!r}")
    return problems


def _number(place: str, requests: int) -> int:
    return {"first": 1, "middle": (requests + 1) // 2, "last": requests}[place]
