"""Nights with a clock that is set forward, while lists, works, repositories and services change.

A seeded script adds and removes entries, raises numbers, drops works from registries, renames,
deletes, blocks and brings back repositories, lets services fail for a night or two, and gives some
nights a small budget.
"""

from __future__ import annotations

import gc
import random
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from harvest import pipeline
from harvest.config import Fresh
from harvest.http.clients import Budget
from harvest.models import Dataset, Repository, Work
from tests.fakes import FakeServices, Fault, World, chance
from tests.fakes import Repository as Host
from tests.support.runs import published, write_list
from tests.support.settings import TOKEN, make_settings

# Short enough that every answer falls due several times in thirty nights.
FRESH = Fresh(young=3.0, work=5.0, old=8.0, repository=0.8, not_found=4.0)
GRACE = timedelta(days=2)  # how long an answer that is due may wait
FIRST = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
FAULTS = ("500", "429", "html", "truncated", "empty", "reset", "503")


@dataclass
class Script:
    """The seeded story: the list, the services, and since which night each entry is listed."""

    works: int
    seed: int = 1
    world: World = field(init=False)
    dois: list[str] = field(init=False)
    arxiv_ids: list[str] = field(init=False)
    repositories: list[str] = field(init=False)
    listed_since: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        half, hosts = self.works * 6 // 10, max(20, self.works // 10)
        self.random = random.Random(self.seed)  # noqa: S311  # repeatable is the point
        self.world = World.random(half, half, hosts, self.seed)
        self.world.pacing = False
        self.spare_dois, self.spare_ids = list(self.world.works), list(self.world.preprints)
        self.dois = [self.spare_dois.pop() for _ in range(self.works // 2)]
        self.arxiv_ids = [self.spare_ids.pop() for _ in range(self.works // 2)]
        self.repositories = [host.name for host in self.world.repositories.values()]
        self.hidden: list[Host] = []
        self.since_failure = {"crossref": 0, "arxiv": 0, "github": 0}  # nights by service

    @property
    def entries(self) -> dict[str, list[str]]:
        """What is listed, by scheme."""
        return {"doi": self.dois, "arxiv": self.arxiv_ids, "github": self.repositories}

    def step(self, number: int) -> Budget | None:
        """Let the day before a night pass, and return the night's budget."""
        if number > 1:
            self._change_list()
            self._change_works()
            self._change_repositories(number)
        for name in (*self.dois, *self.arxiv_ids, *self.repositories):
            self.listed_since.setdefault(name, number)
        self._fail_services(number)
        return Budget(requests=max(3, self.works // 125)) if number % 7 == 4 else None

    def _change_list(self) -> None:
        for entries, spare in ((self.dois, self.spare_dois), (self.arxiv_ids, self.spare_ids)):
            for _ in range(self.random.randint(0, max(1, self.works // 250))):
                if spare:
                    entries.append(spare.pop(0))
            for _ in range(self.random.randint(0, max(1, self.works // 500))):
                removed = entries.pop(self.random.randrange(len(entries)))
                spare.append(removed)
                self.listed_since.pop(removed, None)

    def _change_works(self) -> None:
        for work in self.random.sample(list(self.world.works.values()), max(1, self.works // 100)):
            work.cited_by += 1
        dropped = self.random.choice(self.dois)  # the registry drops a work that is listed
        self.world.works.pop(dropped, None)

    def _change_repositories(self, number: int) -> None:
        hosts = [host for host in self.world.repositories.values() if host.state == "ok"]
        moved, blocked, deleted, *starred = self.random.sample(hosts, max(4, len(hosts) // 4))
        for host in starred:
            host.stars += 1
        del self.world.repositories[moved.name.lower()]
        moved.former.append(moved.name)
        moved.name = f"moved-{number}/{moved.name.partition('/')[2]}"
        self.world.add(moved)
        blocked.state, deleted.state = self.random.choice(["dmca", "blocked"]), "gone"
        self.hidden += [blocked, deleted]
        while len(self.hidden) > 6:
            self.hidden.pop(0).state = "ok"

    def _fail_services(self, number: int) -> None:
        self.world.faults = []
        for service, nights in self.since_failure.items():
            self.since_failure[service] = nights + 1
            if number > 1 and nights > 1 and self.random.random() < 0.25:
                self.since_failure[service] = 0
                share = self.random.choice([0.3, 1.0, 1.0])
                kind = self.random.choice(FAULTS)
                fault = Fault(service, kind, when=chance(share, number))
                self.world.faults.append(fault)


@dataclass
class Truth:
    """Everything that services ever answered: what is published must be one of these."""

    titles: dict[str, str] = field(default_factory=dict)
    stars: dict[str, set[int]] = field(default_factory=dict)
    published_works: set[str] = field(default_factory=set)
    published_repositories: set[str] = field(default_factory=set)

    def add(self, world: World) -> None:
        """Add what the services answer on a night."""
        self.titles |= {f"doi:{doi}": work.title for doi, work in world.works.items()}
        self.titles |= {f"arxiv:{name}": one.title for name, one in world.preprints.items()}
        for host in world.repositories.values():
            for name in (host.name, *host.former):
                self.stars.setdefault(f"github:{name}", set()).add(host.stars)

    def check(self, dataset: Dataset, script: Script) -> list[str]:
        """Return every value that is lost or invented on a night."""
        works = {name: work for work in dataset.works for name in (work.id, *work.aliases)}
        hosts = {name: host for host in dataset.repositories for name in (host.id, *host.aliases)}
        problems = []
        for name in (f"doi:{value}" for value in script.dois):
            problems += self._check_work(name, works.get(name))
        for name in (f"arxiv:{value}" for value in script.arxiv_ids):
            problems += self._check_work(name, works.get(name))
        for name in (f"github:{value}" for value in script.repositories):
            problems += self._check_repository(name, hosts.get(name))
        return problems

    def _check_work(self, name: str, work: Work | None) -> list[str]:
        if work is None:
            return [f"{name} is not there"]
        if work.status == "resolved":
            self.published_works.add(name)
            return [] if work.title == self.titles[name] else [f"{name}: title {work.title!r}"]
        lost = name in self.published_works
        return [f"{name}: was resolved, is {work.status}"] if lost else []

    def _check_repository(self, name: str, repository: Repository | None) -> list[str]:
        if repository is None:
            return [f"{name} is not there"]
        if repository.stars is not None:
            self.published_repositories.add(name)
            real = repository.stars in self.stars[name]
            return [] if real else [f"{name}: {repository.stars} stars were never there"]
        return [f"{name}: its stars are lost"] if name in self.published_repositories else []


@dataclass
class Report:
    """What the nights came to; the lists hold a number for each night."""

    problems: list[str] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # bytes
    cache_bytes: list[int] = field(default_factory=list)
    cache_rows: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    degraded: int = 0  # nights
    oldest: float = 0.0  # days past the age for which an answer was good

    def measure(self, cache: Path) -> None:
        """Add the memory of this process and the size of the cache."""
        gc.collect()
        pages = 0
        if sys.platform == "linux":
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        self.memory.append(pages * 4096)
        self.cache_bytes.append(sum(file.stat().st_size for file in cache.glob("harvest.sqlite*")))
        with sqlite3.connect(cache / "harvest.sqlite") as db:
            self.cache_rows += db.execute("SELECT count(*) FROM known").fetchone()


def run(folder: Path, works: int, nights: int) -> Report:
    """Play the script for so many nights, and one night more than 400 days later."""
    script, truth, report = Script(works), Truth(), Report()
    path = folder / "list.md"
    with FakeServices(script.world) as fakes:
        settings = make_settings(folder, fakes, path, token=TOKEN, fresh=FRESH, patience=2)
        cache = Path(settings.cache)
        for number in range(1, nights + 1):
            budget = script.step(number)
            truth.add(script.world)
            report.entries.append(sum(map(len, script.entries.values())))
            write_list(path, script.dois, script.arxiv_ids, script.repositories)
            now = FIRST + timedelta(days=number - 1)
            began = time.monotonic()
            outcome = pipeline.refresh(settings, budget=budget, now=now)
            report.seconds.append(time.monotonic() - began)
            report.degraded += bool(outcome.degraded)
            report.requests.append(fakes.count())
            problems = truth.check(published(settings), script)
            problems += starving(cache, script, now, number, report)
            report.problems += [f"night {number}: {p}" for p in (*problems, *fakes.violations)]
            report.measure(cache)
            fakes.log.clear()
            fakes.violations.clear()
        script.world.faults = []
        pipeline.refresh(settings, now=FIRST + timedelta(days=nights + 401))
        report.measure(cache)
    return report


def starving(cache: Path, script: Script, now: datetime, number: int, report: Report) -> list[str]:
    """Return what has no answer, or one that is too old."""
    with sqlite3.connect(cache / "harvest.sqlite") as db:
        query = "SELECT identifier, outcome, retrieved_at FROM known WHERE retrieved_at IS NOT NULL"
        answers = {row[0]: (row[1], datetime.fromisoformat(row[2])) for row in db.execute(query)}
    problems = []
    for scheme, values in script.entries.items():
        for value in values:
            name, since = f"{scheme}:{value}", script.listed_since[value]
            overdue = timedelta(days=number - since)
            if name in answers:
                outcome, at = answers[name]
                past = now - at - timedelta(days=good_for(name, outcome, script, now))
                # An entry that was removed and came back is as new as a new one.
                overdue = min(past, now - FIRST - timedelta(days=since - 1))
            report.oldest = max(report.oldest, overdue / timedelta(days=1))
            if overdue > GRACE:
                problems.append(f"{name} waits since {overdue}")
    return problems


def good_for(name: str, outcome: str, script: Script, now: datetime) -> float:
    """Return for how many days an answer is good at most, by the rule of the settings."""
    scheme, _, value = name.partition(":")
    if scheme == "github":
        return FRESH.repository
    if outcome == "not_found":
        return FRESH.not_found
    day = "2018"
    if value in script.world.works:
        day = script.world.works[value].date
    elif scheme == "arxiv":
        day = script.world.preprints[value].versions[0].date
    years = now.year - int(day[:4])
    if years < 1 or day[:10] > str(date.fromordinal(now.date().toordinal() - 365)):
        return FRESH.young
    return FRESH.old if years > 5 else FRESH.work
