"""What to ask whom: from the cache what is fresh, from the sources the rest, side by side, and nothing twice.

Records name further identifiers of the same work (the DOI under which a preprint was published), which are asked in a
next round. A source that fails leaves the last answer standing, however old.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec

from harvest.cache import Cache, Kept
from harvest.config import Settings
from harvest.errors import MalformedError
from harvest.models import Answer, Identifier, Record, RepositoryRecord
from harvest.sources.base import Source
from harvest.transport import Wire

log = logging.getLogger(__name__)

ROUNDS = 3  # listed identifiers, their other forms, and the forms of those: longer chains are not known
Progress = Callable[[str, int, int], None]  # source, identifiers answered, identifiers asked


class Tally(msgspec.Struct, kw_only=True):
    """What became of the identifiers of one source.

    Each identifier is counted once: asked = found + not_found + failed, and beside it from_cache and deferred (not
    asked, because the run is offline). `stale` of them were served by an answer older than it should be.
    """

    asked: int = 0
    found: int = 0
    not_found: int = 0
    failed: int = 0
    from_cache: int = 0
    deferred: int = 0
    stale: int = 0
    requests: int = 0
    error: str | None = None

    @property
    def degraded(self) -> bool:
        """Tell whether something that was due has no new answer."""
        return bool(self.failed or self.deferred)


class Harvest(msgspec.Struct):
    """What the sources say: records, the identifiers that a registry does not know, and a tally by source."""

    records: list[Record | RepositoryRecord] = []
    missing: set[Identifier] = set()
    tallies: dict[str, Tally] = {}


class Harvester:
    """Asks the sources for identifiers, through the cache."""

    def __init__(
        self,
        settings: Settings,
        sources: dict[str, Source],
        cache: Cache,
        wire: Wire,
        now: datetime,
        offline: bool = False,
        progress: Progress = lambda *_: None,
    ) -> None:
        self.settings = settings
        self.sources = sources
        self.cache = cache
        self.wire = wire
        self.now = now
        self.offline = offline
        self.progress = progress
        self.harvest = Harvest(tallies={name: Tally() for name in sources})

    def run(self, identifiers: Iterable[Identifier]) -> Harvest:
        """Resolve the identifiers and, in further rounds, those that their records name."""
        known: set[Identifier] = set()
        wanted = set(identifiers)
        for _ in range(ROUNDS):
            known |= wanted
            self._round(sorted(wanted))
            named = {other for r in self.harvest.records if isinstance(r, Record) for other in r.same_work}
            wanted = named - known
            if not wanted:
                break
        for name, tally in self.harvest.tallies.items():
            tally.requests = self.wire.requests[name]
        return self.harvest

    def _round(self, wanted: list[Identifier]) -> None:
        """Ask all sources side by side; the first unexpected error of any of them ends the run."""
        with ThreadPoolExecutor(len(self.sources)) as pool:
            jobs = [
                pool.submit(self._source, source, [i for i in wanted if i.scheme in source.SCHEMES])
                for source in self.sources.values()
            ]
        for job in jobs:
            job.result()

    def _source(self, source: Source, wanted: list[Identifier]) -> None:
        tally = self.harvest.tallies[source.NAME]
        kept = self.cache.get(source.NAME, wanted) if source.REGISTRY else {}
        due = [identifier for identifier in wanted if not self._fresh(identifier, kept.get(identifier))]
        for identifier in wanted:
            if identifier in kept and identifier not in due and not self._take(source, kept[identifier], identifier):
                due.append(identifier)  # the way a payload is read has changed since it was kept
        tally.from_cache += len(wanted) - len(due)
        if self.offline and source.REGISTRY:
            tally.deferred += len(due)
            self._fall_back(source, due, kept)
            return
        failed = self._ask(source, due, tally) if due else []
        self._fall_back(source, failed, kept)

    def _ask(self, source: Source, due: list[Identifier], tally: Tally) -> list[Identifier]:
        """Ask for identifiers and keep each answer as it comes; gives those that failed."""
        failed: list[Identifier] = []
        tally.asked += len(due)
        for done, answer in enumerate(source.fetch(due, self.wire, self.now), 1):
            self.progress(source.NAME, done, len(due))
            if answer.outcome != "failed":
                fresh = Kept(answer.outcome, answer.payload, self.now)
                if self._take(source, fresh, answer.identifier):
                    self._count(source, answer, tally)
                    continue
                answer.error = "an answer in an unknown shape"
            failed.append(answer.identifier)
            tally.failed += 1
            tally.error = tally.error or answer.error
        return failed

    def _count(self, source: Source, answer: Answer, tally: Tally) -> None:
        if source.REGISTRY:
            self.cache.put(source.NAME, [answer], self.now)
        if answer.outcome == "found":
            tally.found += 1
        else:
            tally.not_found += 1

    def _take(self, source: Source, kept: Kept, identifier: Identifier) -> bool:
        """Read an answer into the harvest; tells whether it could be read."""
        if kept.outcome == "not_found":
            if source.REGISTRY:
                self.harvest.missing.add(identifier)
            return True
        try:
            self.harvest.records.append(source.read(identifier, kept.payload or {}))
        except MalformedError as error:
            log.warning("%s: %s", identifier, error)
            return False
        return True

    def _fall_back(self, source: Source, identifiers: list[Identifier], kept: dict[Identifier, Kept]) -> None:
        """Let the last answers stand for those that have no new one."""
        for identifier in identifiers:
            if identifier in kept and self._take(source, kept[identifier], identifier):
                self.harvest.tallies[source.NAME].stale += 1

    def _fresh(self, identifier: Identifier, kept: Kept | None) -> bool:
        if kept is None:
            return False
        fresh = self.settings.fresh
        if kept.outcome == "not_found":
            days = fresh.not_found
        else:
            days = fresh.repository if identifier.scheme == "github" else fresh.work
        return kept.age(self.now) < timedelta(days=days)
