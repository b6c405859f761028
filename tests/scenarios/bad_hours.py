"""Bad hours that were seen at the real services, each played from outside: the program itself runs.

Services keep the pace that they have for everybody, unless an hour is about something else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harvest.commands.schedule import PATIENCE
from harvest.dataset.run import Run, read
from harvest.models import Dataset
from tests.fakes import FakeServices, Fault, World, chance
from tests.fakes.world import within
from tests.support.runs import published, write_list, write_whole_list
from tests.support.settings import ROOT, environment, service_keys

MAX_SECONDS = 60.0  # of a night on which a source is down, at a terminal
MAX_SLOWDOWN = 1.3  # by 1 % of refusals
REFUSALS = 0.01
MANY_DOIS = 10_000
MAILTO = {"HARVEST_MAILTO": "bench@example.org"}
UNPACED = service_keys(interval=0)
ODD_STATUSES = ("202", "203", "206")


@dataclass
class Night:
    """How one run ended."""

    code: int
    seconds: float
    run: Run | None
    stderr: str


@dataclass
class Hour:
    """A folder with a list, the services, and what went wrong so far."""

    folder: Path
    fakes: FakeServices
    nights: list[Night] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    requests: int = 0  # to the source of the hour

    @property
    def dataset(self) -> Dataset:
        """What stands published."""
        return published(self.folder / "output")

    @property
    def raw(self) -> bytes:
        """The bytes of what stands published."""
        return (self.folder / "output" / "dataset.json").read_bytes()

    def play(self, code: int, *arguments: str, limit: float = 3600.0, **env: str) -> Night:
        """Run the program, which must end with a code within a time."""
        lists = ("list.md",) if (self.folder / "list.md").exists() else ()
        command = [sys.executable, "-m", "harvest", "refresh", *lists, "--quiet", *arguments]
        began = time.monotonic()
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.fakes, **env),
            capture_output=True,
            check=False,
            timeout=3600,
        )
        stderr = ended.stderr.decode("utf-8", "replace")
        output = self.folder / "output"
        night = Night(ended.returncode, time.monotonic() - began, read(output), stderr)
        self.nights.append(night)
        number = len(self.nights)
        self.expect(f"night {number}: exit {night.code}: {stderr[-200:]}", night.code == code)
        self.expect(f"night {number}: a traceback", "Traceback" not in stderr)
        self.expect(f"night {number}: {night.seconds:.0f} s", night.seconds < limit)
        return night

    def expect(self, problem: str, claim: object) -> None:
        """Note a problem where a claim does not hold."""
        if not claim:
            self.problems.append(problem)

    def expect_all(self, status: str, scheme: str, count: int) -> None:
        """Expect so many works with an identifier of a scheme in a status."""
        works = [work for work in self.dataset.works if work.identifiers[scheme]]
        number = sum(work.status == status for work in works)
        self.expect(f"{number} of {count} works with {scheme} are {status}", number == count)


def both_forms(hour: Hour) -> None:
    """A1: a first night without arXiv takes two forms for two works, and the next joins them."""
    world = hour.fakes.world
    for (doi, work), preprint in zip(world.works.items(), world.preprints.values(), strict=True):
        preprint.doi, preprint.title, preprint.authors = doi, work.title, work.authors
    write_whole_list(hour.folder / "list.md", world)
    world.faults = [Fault("arxiv", "429")]
    hour.play(3, limit=MAX_SECONDS)
    first = len(hour.dataset.works)
    world.faults = []
    hour.play(0)
    hour.expect("the forms are not joined", len(hour.dataset.works) == first // 2)
    before = hour.raw
    hour.play(0)
    hour.expect("a third night gives other bytes", hour.raw == before)


def busy_histories(hour: Hour) -> None:
    """A2: GitHub answers 200 without data for the commits of busy repositories."""
    hour.fakes.world.busy_answer = "null-data"
    _count_commits(hour)


def too_busy_to_count(hour: Hour) -> None:
    """One repository in five is too busy to count: all facts, one run, no source left."""
    _count_commits(hour)


def _count_commits(hour: Hour) -> None:
    world = hour.fakes.world
    pushed = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    world.busy_limit = 0
    for number, host in enumerate(world.repositories.values()):
        host.pushed_at, host.busy = pushed, number % 5 == 0
    write_whole_list(hour.folder / "list.md", world)
    night = hour.play(0, **UNPACED)
    facts = [
        one for one in hour.dataset.repositories if one.status == "ok" and one.stars is not None
    ]
    counts = [one for one in facts if one.commits_last_year is not None]
    total = len(world.repositories)
    hour.expect(f"{len(facts)} of {total} have facts", len(facts) == total)
    hour.expect(f"{len(counts)} are counted", len(counts) == total - len(range(0, total, 5)))
    hour.expect(f"degraded: {night.run}", night.run and not night.run.degraded)


def odd_statuses(hour: Hour) -> None:
    """A3: arXiv answers with 202, 203 and 206; no other source suffers, nor the next night."""
    world = hour.fakes.world
    write_whole_list(hour.folder / "list.md", world)
    for status in ODD_STATUSES:
        shutil.rmtree(hour.folder / "output", ignore_errors=True)
        shutil.rmtree(hour.folder / "cache", ignore_errors=True)
        world.faults = [Fault("arxiv", status)]  # type: ignore[arg-type]  # one of FaultKind
        hour.play(3, limit=MAX_SECONDS)
        hour.expect_all("resolved", "doi", len(world.works))
    world.faults = []
    hour.play(0)
    hour.expect_all("resolved", "arxiv", len(world.preprints))


def short_pages(hour: Hour) -> None:
    """A3: each page of arXiv counts an entry that it does not have: one preprint has no answer."""
    world = hour.fakes.world
    write_whole_list(hour.folder / "list.md", world)
    world.lost = {list(world.preprints)[3]}
    hour.play(3)
    hour.expect_all("resolved", "arxiv", len(world.preprints) - 1)
    world.lost = set()
    hour.play(0)
    hour.expect_all("resolved", "arxiv", len(world.preprints))


def refused_at_first(hour: Hour) -> None:
    """A4: arXiv answers 429 for its first 50 s, at a terminal: no more than preprints wait."""
    world = hour.fakes.world
    write_whole_list(hour.folder / "list.md", world)
    world.faults = [Fault("arxiv", "429", within(50))]
    hour.play(3, limit=MAX_SECONDS)
    hour.expect_all("resolved", "doi", len(world.works))
    world.faults = []
    hour.play(0)
    hour.expect_all("resolved", "arxiv", len(world.preprints))


def first_night_of_the_lists(hour: Hour) -> None:
    """The five lists' first night, arXiv at 429 for its first minute, at the schedule's patience."""
    for name in ("harvest.toml", "seeds"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, hour.folder / name)
    hour.fakes.world.faults = [Fault("arxiv", "429", within(60))]
    night = hour.play(0, f"--patience={PATIENCE}")
    hour.expect(f"degraded: {night.run}", night.run and not night.run.degraded)
    hour.expect("preprints are missing", _resolved_preprints(hour.dataset))


def _resolved_preprints(dataset: Dataset) -> bool:
    works = [work for work in dataset.works if work.identifiers["arxiv"]]
    return bool(works) and all(work.status == "resolved" for work in works)


def refusals(hour: Hour) -> None:
    """A5: 1 % of Crossref's answers are 429, beside a calm night."""
    world = hour.fakes.world
    write_list(hour.folder / "list.md", world.works)
    seconds = []
    for faults in ([], [Fault("crossref", "429", chance(REFUSALS))]):
        shutil.rmtree(hour.folder / "cache", ignore_errors=True)
        shutil.rmtree(hour.folder / "output", ignore_errors=True)
        before = len(hour.fakes.log)
        world.faults = faults
        seconds.append(hour.play(0, **MAILTO).seconds)
        hour.expect_all("resolved", "doi", len(world.works))
    refused = sum(request.status == 429 for request in hour.fakes.log[before:])
    hour.expect("nothing was refused", refused)
    calm, bad = seconds
    hour.expect(f"{bad:.0f} s beside {calm:.0f} s", bad <= MAX_SLOWDOWN * calm)


@dataclass(frozen=True)
class Scene:
    """A bad hour, its source, and its world: numbers of DOIs, arXiv ids and repositories."""

    play: Callable[[Hour], None]
    source: str
    size: tuple[int, int, int] | None = (40, 40, 40)  # None: that of the five lists

    @property
    def title(self) -> str:
        """What happens, in a line."""
        return " ".join((self.play.__doc__ or "").split())

    def world(self) -> World:
        """Return the services of the hour."""
        world = World.random(*self.size) if self.size else World.of_seeds()
        world.pacing = False  # rates are judged by other benchmarks
        return world


SCENES = (
    Scene(both_forms, "arxiv"),
    Scene(busy_histories, "github", (0, 0, 300)),
    Scene(odd_statuses, "arxiv"),
    Scene(short_pages, "arxiv"),
    Scene(refused_at_first, "arxiv"),
    Scene(refusals, "crossref", (MANY_DOIS, 0, 0)),
    Scene(first_night_of_the_lists, "arxiv", None),
    Scene(too_busy_to_count, "github", (0, 0, 1000)),
)


def play(scene: Scene, folder: Path) -> Hour:
    """Play a bad hour in a folder of its own."""
    folder.mkdir()
    with FakeServices(scene.world()) as fakes:
        hour = Hour(folder, fakes)
        scene.play(hour)
        hour.requests = fakes.count(scene.source)
    return hour
