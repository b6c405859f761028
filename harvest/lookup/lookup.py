"""What to ask whom: from the cache what is fresh, from the sources the rest, side by side, and nothing twice.

Records name further identifiers of the same work (the DOI under which a preprint was published), which are asked in a
next round. What was tried longest ago is asked first, so that a run with a budget goes on where the last one stopped
and nothing starves. A source that fails leaves the last answer standing, however old.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from harvest.config import Fresh, Settings
from harvest.errors import SHAPE_ERRORS, MalformedError
from harvest.http.clients import Http
from harvest.lookup.cache import Cache, CacheEntry
from harvest.models import Answer, Identifier, Record, RepositoryRecord
from harvest.sources.base import Source

log = logging.getLogger(__name__)

ROUNDS = (
    3  # listed identifiers, their other forms, and the forms of those: longer chains are not known
)
FORGOTTEN = timedelta(
    days=400
)  # what nobody asked for so long leaves the cache: longer than any answer is good
NEVER = datetime.min.replace(tzinfo=UTC)
_OBEYED: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Record, RepositoryRecord)
}
Progress = Callable[[str, int, int], None]  # source, identifiers answered, identifiers asked


class Tally(msgspec.Struct, kw_only=True):
    """What became of the identifiers of one source.

    Each identifier is counted once: asked = found + not_found + failed, and beside it from_cache and deferred (not
    asked: offline, over the budget, or the source was down already). `stale` of them keep an older answer.
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

    def put_off(self, due: int) -> None:
        """Enter what a run without a network leaves to the next one."""
        if due:
            self.deferred += due
            self.error = "offline"


class Harvest(msgspec.Struct):
    """What the sources say: records, the identifiers that a registry does not know, and a tally by source.

    `wanted` are all identifiers that were looked up: the listed ones and those that records named. `former` are records
    of what a source had once and denies now, stale since it first did. `denied` has the day of the last denial of each
    identifier, `silent` are those that were asked for in vain. `overdue` are those of the records that should have
    been renewed, but this run was not to ask for.
    """

    records: list[Record | RepositoryRecord] = []
    former: list[Record | RepositoryRecord] = []
    overdue: list[Record | RepositoryRecord] = []
    missing: set[Identifier] = set()
    wanted: set[Identifier] = set()
    denied: dict[Identifier, str] = {}
    silent: set[Identifier] = set()
    tallies: dict[str, Tally] = {}


class Scope(msgspec.Struct, frozen=True):
    """What a run may ask: nobody (`offline`), one source (`only`), and whatever is older than `max_age`."""

    offline: bool = False
    only: str | None = None
    max_age: timedelta | None = None

    def may_ask(self, source: str) -> bool:
        """Tell whether a run may ask a source."""
        return not self.offline and self.only in (None, source)

    def oldest(self, source: str) -> timedelta | None:
        """Give the age at which a run renews the answers of a source, None where the settings tell it."""
        return self.max_age if self.only in (None, source) else None


class Harvester:
    """Asks the sources for identifiers, through the cache."""

    def __init__(
        self,
        settings: Settings,
        sources: dict[str, Source],
        cache: Cache,
        http: Http,
        now: datetime,
        scope: Scope | None = None,
        progress: Progress = lambda *_: None,
    ) -> None:
        self.settings = settings
        self.sources = sources
        self.cache = cache
        self.http = http
        self.now = now
        self.scope = scope or Scope()
        self.progress = progress
        self.harvest = Harvest(tallies={name: Tally() for name in sources})
        self._denied: dict[Identifier, set[str]] = {}

    def run(self, identifiers: Iterable[Identifier]) -> Harvest:
        """Resolve the identifiers and, in further rounds, those that their records name."""
        wanted = set(identifiers) - self.harvest.wanted
        for _ in range(ROUNDS):
            self.harvest.wanted |= wanted
            for wave in waves(self.sources):
                self._round(wave, sorted(wanted))
            self.harvest.missing |= {
                identifier for identifier in wanted if self._is_missing(identifier)
            }
            known = (*self.harvest.records, *self.harvest.former)
            named = {
                name
                for r in known
                if isinstance(r, Record)
                for name in set(r.same_work).difference(r.skip_lookup)
            }
            wanted = named - self.harvest.wanted
            if not wanted:
                break
        for name, tally in self.harvest.tallies.items():
            tally.requests = self.http.requests[name]
        return self.harvest

    def _round(self, sources: list[Source], wanted: list[Identifier]) -> None:
        """Ask sources side by side; an unexpected error of any of them ends the run, and so does Ctrl-C.

        The one with the most requests goes first, since client libraries are imported one after the other.
        """
        shares = [(source, self._own(source, wanted)) for source in sources]
        shares.sort(
            key=lambda share: len(share[1]) / share[0].batch_size(self.settings), reverse=True
        )
        with ThreadPoolExecutor(len(sources)) as pool:
            jobs = [pool.submit(self._source, source, own) for source, own in shares]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                self.http.stop("the run was interrupted")
                raise

    def _own(self, source: Source, wanted: list[Identifier]) -> list[Identifier]:
        """Give the identifiers that are for a source: those of its schemes that everybody before it denies."""
        own = [identifier for identifier in wanted if identifier.scheme in source.schemes]
        return (
            [identifier for identifier in own if self._is_missing(identifier, source.after)]
            if source.after
            else own
        )

    def _is_missing(self, identifier: Identifier, names: Collection[str] | None = None) -> bool:
        """Tell whether every registry that resolves an identifier (or every one of these) says that it is not there."""
        asked = {
            source.name
            for source in self.sources.values()
            if source.registry
            and identifier.scheme in source.schemes
            and (names is None or source.name in names)
        }
        return bool(asked) and asked <= self._denied.get(identifier, set())

    def _source(self, source: Source, wanted: list[Identifier]) -> None:
        tally = self.harvest.tallies[source.name]
        kept = self.cache.get(source.name, wanted) if source.registry else {}
        due = [
            identifier
            for identifier in wanted
            if not self._serve(source, identifier, kept.get(identifier))
        ]
        tally.from_cache += len(wanted) - len(due)
        if source.registry and not self.scope.may_ask(source.name):
            if self.scope.offline:
                tally.put_off(len(due))
            unanswered = due
        else:
            unanswered = (
                self._ask(source, stalest_first(due, kept, self.now), kept, tally) if due else []
            )
        for identifier in unanswered:
            if identifier in kept:
                tally.stale += self._fall_back(source, identifier, kept[identifier])

    def _serve(self, source: Source, identifier: Identifier, kept: CacheEntry | None) -> bool:
        """Take a fresh answer from the cache; tells whether there was one that could be read."""
        if kept is None or kept.outcome is None:
            return False
        record = self._read(source, identifier, kept)
        if record is None and kept.outcome == "found":
            return False  # the way a payload is read has changed since it was kept
        if not self._is_fresh(source, identifier, kept, record):
            return False
        self._take(source, identifier, record, kept, kept.retrieved_at)
        return True

    def _ask(
        self,
        source: Source,
        due: list[Identifier],
        kept: Mapping[Identifier, CacheEntry],
        tally: Tally,
    ) -> list[Identifier]:
        """Ask for identifiers and keep each answer as it comes; gives those without one."""
        unanswered: list[Identifier] = []
        begun = {i: kept[i].first_half(self.now) if i in kept else None for i in due}
        done = 0
        for raw in source.fetch(begun, self.http, self.now):
            if raw.outcome == "begun":
                self.cache.put(source.name, [raw], self.now)
                continue
            done += 1
            self.progress(source.name, done, len(due))
            answer, record = self._judge(source, raw)
            if source.registry and answer.asked:
                self.cache.put(source.name, [answer], self.now)
            count(tally, answer)
            if answer.outcome == "failed":
                unanswered.append(answer.identifier)
                if answer.asked or source.name in self.http.down:
                    self.harvest.silent.add(answer.identifier)
            else:
                self._take(source, answer.identifier, record, kept.get(answer.identifier))
        return unanswered

    def _judge(
        self, source: Source, answer: Answer
    ) -> tuple[Answer, Record | RepositoryRecord | None]:
        """Read an answer; one in an unknown shape is a failure."""
        if answer.outcome != "found":
            return answer, None
        record = self._read(
            source, answer.identifier, CacheEntry("found", answer.payload, self.now, self.now)
        )
        if record is None:
            answer = msgspec.structs.replace(
                answer, outcome="failed", error="an answer in an unknown shape"
            )
        return answer, record

    def _read(
        self, source: Source, identifier: Identifier, kept: CacheEntry
    ) -> Record | RepositoryRecord | None:
        """Read an answer; None, with a warning, for one in an unknown shape, and for "not found"."""
        return (
            self._parse(source, identifier, kept.payload or {}) if kept.outcome == "found" else None
        )

    def _parse(
        self, source: Source, identifier: Identifier, payload: dict[str, Any]
    ) -> Record | RepositoryRecord | None:
        try:
            record = source.read(identifier, payload)
            _OBEYED[type(record)].decode(msgspec.json.encode(record))
        except MalformedError as error:
            log.warning("%s: %s", identifier, error)
        except (
            msgspec.ValidationError
        ) as error:  # a day or number that cannot be: it would keep all from publication
            log.warning(
                "%s: %s: a value that no record can have: %s", identifier, source.name, error
            )
        except SHAPE_ERRORS as error:
            log.warning("%s: %s: a payload in an unknown shape: %r", identifier, source.name, error)
        else:
            return record
        return None

    def _take(
        self,
        source: Source,
        identifier: Identifier,
        record: Record | RepositoryRecord | None,
        kept: CacheEntry | None = None,
        given: datetime | None = None,
    ) -> None:
        """Enter an answer, which was `given` now or earlier; `kept` is what was known before it."""
        if record is not None:
            self.harvest.records.append(record)
        elif source.registry:
            self.harvest.denied[identifier] = (given or self.now).date().isoformat()
            self._denied.setdefault(identifier, set()).add(source.name)
            self._recall(source, identifier, kept)

    def _recall(self, source: Source, identifier: Identifier, kept: CacheEntry | None) -> None:
        """Read what a source had once and denies now: the last dataset may not know it any more."""
        record = self._parse(source, identifier, kept.payload) if kept and kept.payload else None
        if record is None or kept is None:
            return
        day = (kept.missing_since or self.now).date().isoformat()
        record.stale_since = day
        if isinstance(record, RepositoryRecord):
            told = {"source": source.name, "stale_since": day, "missing_since": day}
            record.repository = msgspec.structs.replace(record.repository, **told)
        self.harvest.former.append(record)

    def _fall_back(self, source: Source, identifier: Identifier, kept: CacheEntry) -> bool:
        """Let the last answer stand for one that did not come; tells whether there is one.

        That a repository is gone must be confirmed by a new answer, so an old "not found" says nothing of it.
        """
        record = self._read(source, identifier, kept)
        if record is not None and kept.retrieved_at is not None:
            if identifier in self.harvest.silent:
                record.stale_since = kept.retrieved_at.date().isoformat()
            else:
                self.harvest.overdue.append(record)
            self._take(source, identifier, record)
            return True
        if kept.outcome != "not_found":
            return False
        if identifier.scheme == "github":
            self._recall(source, identifier, kept)
            return False
        self._take(source, identifier, None, kept, kept.retrieved_at)
        return True

    def _is_fresh(
        self,
        source: Source,
        identifier: Identifier,
        kept: CacheEntry,
        record: Record | RepositoryRecord | None,
    ) -> bool:
        age = kept.age(self.now)
        if age is None:
            return False
        if (oldest := self.scope.oldest(source.name)) is not None:
            return age < oldest
        days = _good_for(self.settings.fresh, identifier, record, self.now)
        return age < timedelta(days=days * spread(identifier))


def waves(sources: Mapping[str, Source]) -> list[list[Source]]:
    """Order sources so that each comes after those whose answers it waits for; those of a wave work side by side."""
    ordered: list[list[Source]] = []
    waiting = dict(sources)
    while waiting:
        wave = [source for source in waiting.values() if source.after.isdisjoint(waiting)]
        if not wave:
            raise ValueError(f"sources wait for each other: {', '.join(sorted(waiting))}")
        ordered.append(wave)
        waiting = {name: source for name, source in waiting.items() if source not in wave}
    return ordered


def stalest_first(
    due: Iterable[Identifier], kept: Mapping[Identifier, CacheEntry], now: datetime
) -> list[Identifier]:
    """Order by the last try, the never tried first; a try in the future, which a wrong clock has dated, is none."""

    def tried_at(identifier: Identifier) -> datetime:
        last = kept[identifier].tried_at if identifier in kept else NEVER
        return last if last <= now else NEVER

    return sorted(due, key=tried_at)


def count(tally: Tally, answer: Answer) -> None:
    """Enter an answer into a tally."""
    tally.asked += answer.asked
    if answer.outcome == "found":
        tally.found += 1
    elif answer.outcome == "not_found":
        tally.not_found += 1
    else:
        tally.error = tally.error or answer.error
        tally.failed += answer.asked
        tally.deferred += not answer.asked


def _good_for(
    fresh: Fresh, identifier: Identifier, record: Record | RepositoryRecord | None, now: datetime
) -> float:
    """Tell for how many days an answer is good: by its outcome, and for a work by how old the work is."""
    if identifier.scheme.startswith("github"):
        return fresh.repository
    if record is None:
        return fresh.not_found
    if not isinstance(record, Record) or record.date is None:
        return fresh.work
    years = now.year - int(record.date[:4])
    if years < 1 or record.date > (now - timedelta(days=365)).date().isoformat():
        return fresh.young
    return fresh.old if years > 5 else fresh.work


def spread(identifier: Identifier) -> float:
    """Give a factor of 0.85 to 1, always the same for an identifier, so that a big list does not fall due at once."""
    if identifier.scheme.startswith("github"):
        return 1.0
    return 0.85 + 0.15 * hashlib.sha256(str(identifier).encode()).digest()[0] / 255


def cost(source: Source, count: int, http: Http, size: int | None = None) -> tuple[int, float]:
    """Estimate the requests and seconds that `count` identifiers cost at a source, absentees and faults aside.

    `size` is how many go into one request, None for as many as the source takes.
    """
    requests = -(-count // (size or source.batch_size(http.settings)))
    return requests, max(0, requests - 1) * http.rate(source.route).interval
