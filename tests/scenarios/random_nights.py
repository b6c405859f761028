"""Nights of which everything is left to chance: what fails, what may be asked, what changes.

Works are of every registry. After each night, nothing that an earlier one published is missing,
and a run without a network changes no byte.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec

from harvest import pipeline
from harvest.config import Settings
from harvest.dataset import store
from harvest.http.clients import Budget
from harvest.lookup.session import Scope
from harvest.models import Dataset, Repository, Work
from tests.fakes import FakeServices, ServiceName
from tests.fakes import Work as Published
from tests.fakes.world import Fault, FaultKind, World, chance
from tests.scenarios.nights import FIRST, FRESH, Script
from tests.support.runs import no_waits, published, write_list
from tests.support.settings import TOKEN, make_settings

# Those that take long, and those that one route alone can have.
NARROW = {"hang", "drip", "drip-headers", "partial", "partial-unsaid", "short-page"}
OF_GITHUB: tuple[FaultKind, ...] = tuple(k for k in get_args(FaultKind) if k not in NARROW)
KINDS: tuple[FaultKind, ...] = (
    "429", "500", "502", "503", "504", "html", "empty", "truncated", "reset", "content-type",
    "empty-page", "denied",
)  # fmt: skip
SERVICES: tuple[ServiceName, ...] = get_args(ServiceName)
AGENCIES = ("datacite", "datacite", "medra")
FIELDS = ("title", "authors", "date", "type", "container", "publisher", "cited_by")


@dataclass
class RandomScript(Script):
    """The story of `Script`, with works of other agencies and preprints that name a DOI.

    Some of DataCite's are versions of a concept, as at Zenodo, and come and go in the list.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._add_foreign(self.world)
        for preprint in self.random.sample(list(self.world.preprints.values()), self.works // 10):
            preprint.doi = self.random.choice([*self.world.works, *self.world.foreign])

    def _add_foreign(self, world: World) -> None:
        for number in range(self.works // 3):
            doi = f"10.5072/zenodo.{number:04}"
            world.foreign[doi] = Published(
                doi=doi,
                title=f"Foreign data of the {number}th kind",
                date=f"20{10 + number % 15}-02-03",
                type="Dataset",
                cited_by=number,
            )
            world.agencies[doi] = self.random.choice(AGENCIES)
        owned = [doi for doi, agency in world.agencies.items() if agency == "datacite"]
        for concept, version in zip(owned[::4], owned[1::4], strict=False):
            world.foreign[version].extra = {"relatedIdentifiers": [_version_of(concept)]}
        spare = owned[2::4]
        self.spare_dois += spare
        self.dois += [doi for doi in world.foreign if doi not in spare]

    def _change_works(self) -> None:
        super()._change_works()
        if len(self.world.foreign) > self.works // 6:  # an agency drops one, too
            doi = self.random.choice(list(self.world.foreign))
            del self.world.foreign[doi], self.world.agencies[doi]

    def faults(self, number: int) -> list[Fault]:
        """Return what goes wrong on a night: at none to all of the services."""
        if self.random.random() < 0.3:
            return []
        services = self.random.sample(SERVICES, self.random.randint(1, len(SERVICES)))
        faults = []
        for service in services:
            share = self.random.choice([0.1, 0.5, 1.0])
            kind = self.random.choice(OF_GITHUB if service == "github" else KINDS)
            faults.append(Fault(service, kind, chance(share, number)))
        return faults

    def limits(self) -> dict[str, Any]:
        """Return what a night may ask: the options of a run."""
        only = self.random.choice([None, None, *SERVICES])
        max_age = self.random.choice([None, None, timedelta(0), timedelta(days=2)])
        scope = Scope(offline=self.random.random() < 0.1, only=only, max_age=max_age)
        budget = self.random.choice([
            *[None] * 6, Budget(requests=self.random.randint(0, 8)), Budget(seconds=0.05),
        ])  # fmt: skip
        return {"scope": scope, "budget": budget}


def _version_of(concept: str) -> dict[str, str]:
    return {
        "relationType": "IsVersionOf",
        "relatedIdentifierType": "DOI",
        "relatedIdentifier": concept,
    }


@dataclass
class Memory:
    """What the last night published of each listed name."""

    values: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=dict)  # the identifiers of its work
    registered: set[str] = field(default_factory=set)  # names that a registry ever answered for

    def forget(self, listed: set[str]) -> None:
        """Forget what was taken out of the list, and what shared a work with it."""
        removed = self.values.keys() - listed
        names = [name for name in self.values if not removed.isdisjoint(self.forms[name] | {name})]
        for name in names:
            del self.values[name]

    def check(self, dataset: Dataset, listed: set[str]) -> list[str]:
        """Return what the last night published and this one lacks, and remember this one."""
        works = {name: work for work in dataset.works for name in (work.id, *work.curies)}
        hosts = {name: host for host in dataset.repositories for name in (host.id, *host.aliases)}
        problems = []
        for name in sorted(listed):
            values = _work_values(works.get(name)) | _repository_values(hosts.get(name))
            if lost := self.values.get(name, set()) - values:
                problems.append(f"{name} lost {', '.join(sorted(lost))}")
            asserted = (
                {one.identifier for one in works[name].assertions} if name in works else set()
            )
            if name in self.registered - asserted:
                problems.append(f"{name} is listed again, without what its registry said")
            self.registered |= asserted
            self.values[name] = values
            self.forms[name] = set(works[name].curies) if name in works else set()
        return problems


def _work_values(work: Work | None) -> set[str]:
    """Return what registries gave to a work: its fields, and the forms that have a date."""
    if work is None or work.status != "resolved":
        return set()
    values = {
        "resolved",
        *(f"the date of {form.identifier}" for form in work.manifestations if form.date),
    }
    for name in FIELDS:
        if name in work.provenance and work.provenance[name].source != "list":
            values.add(name)
    return values


def _repository_values(repository: Repository | None) -> set[str]:
    """Return what the host gave to a repository."""
    if repository is None:
        return set()
    values = {
        name for name in repository.__struct_fields__ if getattr(repository, name) is not None
    }
    return values - {"stale_since", "missing_since"}


def files(settings: Settings) -> dict[str, bytes]:
    """Return what is published, without what tells one run from another."""
    content = {path.name: path.read_bytes() for path in Path(settings.output).iterdir()}
    report = json.loads(content["run.json"])
    for name in ("run_id", "started_at", "seconds", "good_at"):
        del report[name]
    return content | {"run.json": json.dumps(report).encode()}


def repeat(settings: Settings, now: datetime, folder: Path) -> dict[str, bytes]:
    """Return what a run without a network and without a memo publishes."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(settings.cache, folder / "cache", ignore=lambda *_: {"memo"})
    shutil.copytree(settings.output, folder / "output")
    copy = msgspec.structs.replace(
        settings, cache=str(folder / "cache"), output=str(folder / "output")
    )
    pipeline.refresh(copy, scope=Scope(offline=True), now=now)
    return files(copy)


def run(folder: Path, works: int, nights: int, seed: int) -> list[str]:
    """Play so many nights, the last of them calm, and return what was lost."""
    script, memory, problems = RandomScript(works, seed), Memory(), list[str]()
    path = folder / "list.md"
    with FakeServices(script.world) as fakes, no_waits():
        settings = make_settings(
            folder, fakes, path, token=TOKEN, fresh=FRESH, patience=2, timeout=2, floor=0.0
        )
        dataset = Path(settings.output) / store.FILE
        for number in range(1, nights + 1):
            script.step(number)
            listed = {f"{scheme}:{one}" for scheme, of in script.entries.items() for one in of}
            memory.forget(listed)
            script.world.faults = [] if number in {1, nights} else script.faults(number)
            limits = {} if number in {1, nights} else script.limits()
            write_list(path, script.dois, script.arxiv_ids, script.repositories)
            now = FIRST + timedelta(days=number - 1)
            pipeline.refresh(settings, now=now, **limits)
            lost = memory.check(published(settings), listed)
            before = dataset.read_bytes()
            pipeline.refresh(settings, scope=Scope(offline=True), now=now)
            if dataset.read_bytes() != before:
                lost.append("a run without a network changes the dataset")
            anew = repeat(settings, now, folder / "anew")
            pipeline.refresh(settings, scope=Scope(offline=True), now=now)
            if files(settings) != anew:
                lost.append("a run that makes nothing anew differs")
            faults = [f"{f.service} {f.kind}" for f in script.world.faults]
            problems += [f"seed {seed}, night {number} {limits} {faults}: {p}" for p in lost]
    return problems
