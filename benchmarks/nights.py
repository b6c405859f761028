"""Thirty nights over 5,000 works with a fake clock, while lists, works, repositories and services change.

    python benchmarks/nights.py

A seeded script adds and removes entries, raises numbers, drops works from registries, renames, deletes, blocks and
brings back repositories, lets services fail for a night or two, and gives some nights a small budget. Claims:
- no value is lost: whatever a source has once said of a listed work or repository is published every night since
- no limit is exceeded: lists, addresses, requests at once
- nothing starves: no answer gets older than it is good for and two nights, nothing new waits for more than two
- the cache holds no more than was asked in 400 days, and memory is flat from the fifth night on
"""

from __future__ import annotations

import gc
import logging
import random
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _lab, _report
from harvest import pipeline
from harvest.config import Fresh
from harvest.http.clients import Budget
from harvest.models import Dataset
from tests.fakes import FakeServices, Fault, Repository, Work, World, chance

WORKS, NIGHTS = 5000, 30
# Short enough that every answer falls due several times in thirty nights.
FRESH = Fresh(young=3.0, work=5.0, old=8.0, repository=0.8, not_found=4.0)
GRACE = timedelta(days=2)
MEMORY_GROWTH = 1.10  # resident memory for each entry of the list after the last night, beside that after the fifth
FIRST = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
BAD_NIGHTS = ("500", "429", "html", "truncated", "empty", "reset", "503")


@dataclass
class Script:
    """The seeded story: what is listed, what the services know, and what was ever true of each record."""

    works: int
    seed: int = 1
    world: World = field(init=False)
    dois: list[str] = field(init=False)
    arxiv_ids: list[str] = field(init=False)
    names: list[str] = field(init=False)
    listed_since: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        half, hosts = self.works * 6 // 10, max(20, self.works // 10)
        self.random = random.Random(self.seed)  # noqa: S311  # repeatable is the point
        self.world = World.random(half, half, hosts, self.seed)
        self.world.pacing = False
        self.spare_dois, self.spare_ids = list(self.world.works), list(self.world.preprints)
        self.dois = [self.spare_dois.pop() for _ in range(self.works // 2)]
        self.arxiv_ids = [self.spare_ids.pop() for _ in range(self.works // 2)]
        self.names = [host.name for host in self.world.repositories.values()]
        self.gone: list[Repository] = []
        self.quiet = {"crossref": 0, "arxiv": 0, "github": 0}  # nights since a service failed

    def step(self, number: int) -> Budget | None:
        """Let the day before a night pass; gives the night's budget."""
        if number > 1:
            self._change_list()
            self._change_works()
            self._change_repositories(number)
        for name in (*self.dois, *self.arxiv_ids, *self.names):
            self.listed_since.setdefault(name, number)
        self._change_weather(number)
        return Budget(requests=max(3, self.works // 125)) if number % 7 == 4 else None

    def _change_list(self) -> None:
        for listed, spare in ((self.dois, self.spare_dois), (self.arxiv_ids, self.spare_ids)):
            for _ in range(self.random.randint(0, max(1, self.works // 250))):
                if spare:
                    listed.append(spare.pop(0))
            for _ in range(self.random.randint(0, max(1, self.works // 500))):
                removed = listed.pop(self.random.randrange(len(listed)))
                spare.append(removed)
                self.listed_since.pop(removed, None)

    def _change_works(self) -> None:
        for work in self.random.sample(list(self.world.works.values()), max(1, self.works // 100)):
            work.cited_by += 1
        dropped = self.random.choice(self.dois)  # the registry forgets a work that is listed
        self.world.works.pop(dropped, None)

    def _change_repositories(self, number: int) -> None:
        hosts = [host for host in self.world.repositories.values() if host.state == "ok"]
        moved, hidden, deleted, *starred = self.random.sample(hosts, max(4, len(hosts) // 4))
        for host in starred:
            host.stars += 1
        del self.world.repositories[moved.name.lower()]
        moved.former.append(moved.name)
        moved.name = f"moved-{number}/{moved.name.partition('/')[2]}"
        self.world.add(moved)
        hidden.state, deleted.state = self.random.choice(["dmca", "blocked"]), "gone"  # type: ignore[assignment]
        self.gone += [hidden, deleted]
        while len(self.gone) > 6:
            self.gone.pop(0).state = "ok"

    def _change_weather(self, number: int) -> None:
        self.world.faults = []
        for service in self.quiet:
            if number > 1 and self.quiet[service] > 1 and self.random.random() < 0.25:
                self.quiet[service] = 0
                share = self.random.choice([0.3, 1.0, 1.0])
                kind = self.random.choice(BAD_NIGHTS)
                fault = Fault(service, kind, when=chance(share, number))  # type: ignore[arg-type]  # of the two literals
                self.world.faults.append(fault)
            else:
                self.quiet[service] += 1


@dataclass
class Truth:
    """Everything that was ever said of a record, by field: what is published must be one of these."""

    titles: dict[str, str] = field(default_factory=dict)
    stars: dict[str, set[int]] = field(default_factory=dict)
    seen_works: set[str] = field(default_factory=set)
    seen_repositories: set[str] = field(default_factory=set)
    gone_nights: dict[str, int] = field(default_factory=dict)

    def learn(self, world: World) -> None:
        """Note what the services know on a night."""
        self.titles |= {f"doi:{work.doi}": work.title for work in world.works.values()}
        self.titles |= {
            f"arxiv:{preprint.id}": preprint.title for preprint in world.preprints.values()
        }
        for host in world.repositories.values():
            for name in (host.name, *host.former):
                self.stars.setdefault(f"github:{name}", set()).add(host.stars)

    def check(self, found: Dataset, script: Script) -> list[str]:
        """Name every value that is lost or invented on a night."""
        problems = []
        works = {name: work for work in found.works for name in (work.id, *work.aliases)}
        for name in (f"doi:{doi}" for doi in script.dois):
            problems += self._check_work(name, works.get(name))
        for name in (f"arxiv:{value}" for value in script.arxiv_ids):
            problems += self._check_work(name, works.get(name))
        hosts = {name: host for host in found.repositories for name in (host.id, *host.aliases)}
        for name in (f"github:{name}" for name in script.names):
            host = hosts.get(name)
            if host is None:
                problems.append(f"{name} is not there")
            elif host.stars is not None:
                self.seen_repositories.add(name)
                if host.stars not in self.stars[name]:
                    problems.append(f"{name}: {host.stars} stars were never there")
            elif name in self.seen_repositories:
                problems.append(f"{name}: its stars are lost")
        return problems

    def _check_work(self, name: str, work: object) -> list[str]:
        if work is None:
            return [f"{name} is not there"]
        title, status = getattr(work, "title", None), getattr(work, "status", None)
        if status == "resolved":
            self.seen_works.add(name)
            if title != self.titles[name]:
                return [f"{name}: the title is {title!r}"]
        elif name in self.seen_works:
            return [f"{name}: was resolved, is {status}"]
        return []


@dataclass
class Nights:
    """What the nights came to."""

    problems: list[str] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    cache_bytes: list[int] = field(default_factory=list)
    cache_rows: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    degraded: int = 0
    seconds: list[float] = field(default_factory=list)
    oldest: float = 0.0  # days past the age for which an answer was good


def run(folder: Path, works: int, nights: int) -> Nights:
    """Play the script for so many nights, and one night more than 400 days later."""
    script, truth, came = Script(works), Truth(), Nights()
    path = folder / "list.md"
    with FakeServices(script.world) as fakes:
        settings = _lab.settings(folder, fakes, path, fresh=FRESH, patience=2)
        for number in range(1, nights + 1):
            budget = script.step(number)
            truth.learn(script.world)
            came.listed.append(sum(map(len, _listed(script).values())))
            _lab.write_list(path, script.dois, script.arxiv_ids, script.names)
            now = FIRST + timedelta(days=number - 1)
            began = time.monotonic()
            ended = pipeline.refresh(settings, budget=budget, now=now)
            came.seconds.append(time.monotonic() - began)
            came.degraded += bool(ended.degraded)
            came.requests.append(fakes.count())
            found = _lab.published(settings.output)
            came.problems += [f"night {number}: {text}" for text in truth.check(found, script)]
            came.problems += [
                f"night {number}: {text}"
                for text in _starving(settings.cache, script, now, number, came)
            ]
            came.problems += [f"night {number}: {text}" for text in fakes.violations]
            _measure(Path(settings.cache), came)
            fakes.log.clear()
            fakes.violations.clear()
        script.world.faults = []
        pipeline.refresh(settings, now=FIRST + timedelta(days=nights + 401))
        _measure(Path(settings.cache), came)
    return came


def _starving(cache: str, script: Script, now: datetime, number: int, came: Nights) -> list[str]:
    """Name what has no answer, or one that is too old."""
    with sqlite3.connect(Path(cache) / "harvest.sqlite") as db:
        query = "SELECT identifier, outcome, retrieved_at FROM known WHERE retrieved_at IS NOT NULL"
        known = {
            identifier: (outcome, datetime.fromisoformat(at))
            for identifier, outcome, at in db.execute(query)
        }
    problems = []
    for name in (f"{s}:{v}" for s, values in _listed(script).items() for v in values):
        value = name.partition(":")[2]
        if name in known:
            outcome, at = known[name]
            past = now - at - timedelta(days=_good_for(name, outcome, script, now))
            since = FIRST + timedelta(days=script.listed_since[value] - 1)
            past = min(
                past, now - since
            )  # one that was taken out and came back is as new as the new
        else:
            past = timedelta(days=number - script.listed_since[value])
        came.oldest = max(came.oldest, past / timedelta(days=1))
        if past > GRACE:
            problems.append(f"{name} waits since {past}")
    return problems


def _listed(script: Script) -> dict[str, list[str]]:
    return {"doi": script.dois, "arxiv": script.arxiv_ids, "github": script.names}


def _good_for(name: str, outcome: str, script: Script, now: datetime) -> float:
    """Tell for how many days an answer is good at most, by the rule of the settings."""
    scheme, _, value = name.partition(":")
    if scheme == "github":
        return FRESH.repository
    if outcome == "not_found":
        return FRESH.not_found
    known: Work | None = script.world.works.get(value)
    day = (
        known.date
        if known
        else script.world.preprints[value].versions[0].date
        if scheme == "arxiv"
        else "2018"
    )
    years = now.year - int(day[:4])
    if years < 1 or day[:10] > str(date.fromordinal(now.date().toordinal() - 365)):
        return FRESH.young
    return FRESH.old if years > 5 else FRESH.work


def _measure(cache: Path, came: Nights) -> None:
    gc.collect()
    pages = (
        int(Path("/proc/self/statm").read_text("ascii").split()[1])
        if sys.platform == "linux"
        else 0
    )
    came.memory.append(pages * 4096)
    came.cache_bytes.append(sum(path.stat().st_size for path in cache.glob("harvest.sqlite*")))
    with sqlite3.connect(cache / "harvest.sqlite") as db:
        came.cache_rows += db.execute("SELECT count(*) FROM known").fetchone()


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        came = run(Path(name), WORKS, NIGHTS)
    seconds = time.monotonic() - began
    growth = came.memory[NIGHTS - 1] / came.memory[4] * came.listed[4] / came.listed[NIGHTS - 1]
    if growth > MEMORY_GROWTH:
        came.problems.append(f"memory grew by {growth:.2f}")
    for problem in came.problems[:20]:
        print("MISSED", problem, sep=" | ")
    megabytes = 1e6
    rows = [
        ["entries listed on the first night, and on the last", f"{came.listed[0]:,}, {came.listed[-1]:,}"],
        ["nights with a failure or a budget that was spent (exit 3)", came.degraded],
        ["requests on the first night, and on the median of the others",
         f"{came.requests[0]}, {sorted(came.requests[1:])[len(came.requests) // 2 - 1]}"],
        ["values lost, limits exceeded, works starved", len(came.problems)],
        ["longest wait of a work past the age for which its answer was good", f"{came.oldest:.1f} days"],
        ["answers kept after the first night, the last, and one 400 days later",
         f"{came.cache_rows[0]:,}, {came.cache_rows[-2]:,}, {came.cache_rows[-1]:,}"],
        ["size of the cache on these nights, MB",
         ", ".join(f"{came.cache_bytes[n] / megabytes:.1f}" for n in (0, -2, -1))],
        ["memory for each entry after the last night, beside the fifth", f"{growth:.2f}"],
        ["time of the first night and of the slowest of the others, without waits",
         f"{came.seconds[0]:.1f} s, {max(came.seconds[1:]):.1f} s"],
    ]  # fmt: skip
    lines = _report.table(["thirty nights", "measured"], rows)
    print("\n".join(lines))
    _report.put("reliability.md", "Thirty nights", [*_report.wrapped(INTRODUCTION), "", *lines])
    print(
        f"{NIGHTS} nights, {len(came.problems)} missed, {seconds:.0f} s: {'MISSED' if came.problems else 'ok'}"
    )
    sys.exit(bool(came.problems))


INTRODUCTION = (
    "A clock that is set forward, and a script that is the same every time: entries come and go, works are dropped by "
    "registries, repositories are renamed, deleted, blocked and brought back, services fail for a night, and every "
    "seventh night has a small budget. Answers are good for 3 to 8 days, so that all fall due several times."
)

if __name__ == "__main__":
    main()
