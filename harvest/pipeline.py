"""The whole line, from seeds to the published dataset."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harvest import __version__, changes, checks, dataset, facets, history, matching, memory, writers
from harvest.cache import FILE, Cache
from harvest.checks import report
from harvest.config import Settings
from harvest.errors import UsageError
from harvest.harvester import FORGOTTEN, Choice, Harvest, Harvester, Progress, Tally, cost
from harvest.identifiers import identify
from harvest.linking import overrides
from harvest.linking.identity import Linked, Listing, Pair, link, listing
from harvest.linking.match import Verdict
from harvest.linking.merge import merge
from harvest.linking.overrides import Overrides
from harvest.matching import Matcher, Matches
from harvest.models import Dataset, Identified, Identifier, Mention, Reading, Record, RepositoryRecord
from harvest.readers import Remote, read_seeds
from harvest.remote_seeds import RemoteSeeds
from harvest.sources import discover
from harvest.transport import Budget, Wire

log = logging.getLogger(__name__)

# The fields of one line of `harvest extract`, in their order; `raw` follows where the line was repaired.
EXTRACT = (
    "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version", "title", "authors",
    "date", "columns",
)  # fmt: skip


UNREAD = frozenset({"unreadable", "linked-file-unread"})  # files whose entries this run does not know


class Run(msgspec.Struct, kw_only=True):
    """What a run did: everything that has a time or depends on the day. run.json holds it.

    `mentions` adds up: total = identified + placeholders + other. `findings` and `changes` are counted, in total and
    by code or kind; findings.json and changes.json hold them. `good_at` is when the last run started that was not
    degraded: this one, or one before it; None if there was none.
    """

    run_id: str
    version: str
    started_at: str
    seconds: float = 0.0
    seeds: tuple[str, ...] = ()
    mentions: dict[str, int] = {}
    works: dict[str, int] = {}
    repositories: dict[str, int] = {}
    sources: dict[str, Tally] = {}
    findings: dict[str, int] = {}
    changes: dict[str, int] = {}
    degraded: list[str] = []
    good_at: str | None = None


def refresh(
    settings: Settings,
    *,
    choice: Choice | None = None,
    budget: Budget | None = None,
    progress: Progress = lambda *_: None,
    wait: bool = False,
    run_id: str | None = None,
    now: datetime | None = None,
) -> Run:
    """Read the seeds, ask the sources, link what they say and publish the dataset.

    Raises UsageError for seeds or settings that cannot be used, PublicationError when the last output must stand, and
    LockedError when another run works on the same output (with `wait`, that run is waited for).
    """
    started = time.monotonic()
    now = now or datetime.now(UTC)
    output, vocabulary, decided = Path(settings.output), facets.load(settings.vocabulary), overrides.read(settings)
    with dataset.lock(output, wait=wait):
        last = dataset.load(output)
        wire, cache, sources = Wire(settings, budget=budget), Cache(Path(settings.cache)), discover()
        try:
            remote = RemoteSeeds(wire, cache, now, offline=choice is not None and choice.offline)
            pairs, reading = extract(settings.seeds, remote)
            harvester = Harvester(settings, sources, cache, wire, now, choice, progress)
            listed, harvest, matches = look_up(harvester, pairs, last, now.date().isoformat(), decided)
            if choice is None or choice == Choice(max_age=choice.max_age):
                cache.prune(now - FORGOTTEN, harvest.wanted)
        finally:
            wire.close()
            cache.close()
        ranks = {name: source.RANK for name, source in sources.items()}
        linked = _linked(listed, harvest, matches, decided)
        new = merge(listed, harvest.records, harvest.missing, settings.activity, last, ranks, linked)
        facets.classify(new, (mention for mention, _ in pairs), vocabulary)
        dataset.check(new, last, settings.floor)
        known = _known(listed, harvest)
        said = [*reading.findings, *matches.findings, *overrides.unused(decided, known, known)]
        findings = [r.finding for r in checks.check(reading.files, pairs, said, vocabulary, new)]
        news = changes.between(last, new) if last else changes.Changes()
        run = _report(settings, now, run_id, pairs, new, harvest.tallies)
        run.findings = _counted(finding.code for finding in findings)
        run.changes = _counted(change.kind for change in (*news.works, *news.repositories))
        run.degraded += remote.stale
        run.degraded += [f"{f.seed}:{f.line}: {f.message}" for f in reading.findings if f.code in UNREAD]
        run.good_at = _good_at(run, last_run(output))
        run.seconds = round(time.monotonic() - started, 3)
        files = _files(new, run, harvest, output) | {"findings.json": report.findings(findings)}
        dataset.publish(files | _news(news, files[dataset.FILE], output), output)
    return run


def plan(
    settings: Settings, choice: Choice | None = None, now: datetime | None = None
) -> dict[str, tuple[int, int, float]]:
    """Tell by source how many identifiers a run (at `now`) would ask, in how many requests and seconds; asks nobody."""
    now = now or datetime.now(UTC)
    wire, cache, sources = Wire(settings), Cache(Path(settings.cache)), discover()
    try:
        pairs, _ = extract(settings.seeds, RemoteSeeds(wire, cache, now, offline=True))
        listed = listing(pairs)
        harvester = Harvester(settings, sources, cache, wire, now, choice)
        due = harvester.plan([*listed.works, *listed.repositories.values()])
        return {name: (count, *cost(sources[name], count, wire)) for name, count in due.items()}
    finally:
        wire.close()
        cache.close()


def last_run(output: Path) -> Run | None:
    """Read what the last run left in a folder; None, with a warning for a file that is broken, where there is none."""
    path = output / "run.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Run)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s: %s; taken for none", path, error)
        return None


def remembered(settings: Settings, pairs: list[Pair]) -> Dataset | None:
    """Link what the cache holds of registries' answers; None where there is nothing. Asks nobody, publishes nothing."""
    listed, harvest, matches = _from_cache(settings, pairs)
    harvest.records = [record for record in harvest.records if not record.provisional]
    ranks = {name: source.RANK for name, source in discover().items()}
    linked = _linked(listed, harvest, matches, overrides.read(settings))
    new = merge(listed, harvest.records, harvest.missing, settings.activity, None, ranks, linked)
    return new if harvest.records else None


def verdicts(settings: Settings) -> list[Verdict]:
    """Give every verdict on what was searched or looks alike, from the cache. Asks nobody."""
    pairs, _ = extract(settings.seeds)
    listed, harvest, matches = _from_cache(settings, pairs)
    return [*matches.verdicts, *_linked(listed, harvest, matches, overrides.read(settings)).verdicts]


def _from_cache(settings: Settings, pairs: list[Pair]) -> tuple[Listing, Harvest, Matches]:
    folder = Path(settings.cache)
    if not (folder / FILE).is_file():
        return listing(pairs), Harvest(), Matches()
    wire, cache = Wire(settings), Cache(folder)
    try:
        harvester = Harvester(settings, discover(), cache, wire, datetime.now(UTC), Choice(offline=True))
        return _found(harvester, pairs, None, overrides.read(settings))
    finally:
        wire.close()
        cache.close()


def look_up(
    harvester: Harvester, pairs: list[Pair], last: Dataset | None, today: str, decided: Overrides
) -> tuple[Listing, Harvest, Matches]:
    """Ask for everything that is listed; where sources are silent, remember what the last dataset knew."""
    listed, harvest, matches = _found(harvester, pairs, last, decided)
    harvester.run(memory.doubtful(harvest, listed, last))
    memory.settle(harvest, listed, last)
    memory.recount(last, harvest)
    harvest.records += memory.works(last, harvest, today)
    harvest.records += memory.repositories(last, harvest, today)
    harvest.missing = memory.confirmed(last, harvest, today)
    for name, tally in matches.tallies.items():  # the requests of a search are counted there alone
        harvest.tallies[name.removesuffix(matching.SEARCH)].requests -= tally.requests
    harvest.tallies |= matches.tallies
    return listed, harvest, matches


def _found(
    harvester: Harvester, pairs: list[Pair], last: Dataset | None, decided: Overrides
) -> tuple[Listing, Harvest, Matches]:
    """Ask for what is listed, search for what has no identifier of a registry, and ask for what that found."""
    listed = listing(pairs)
    harvest = harvester.run([*listed.works, *listed.repositories.values(), *decided.companions(listed.works)])
    wanted = matching.subjects(pairs, listed, harvest.records, harvest.missing, decided)
    matches = Matcher(harvester).run(wanted, last)
    if matches.pairs:
        named = {place: Identified("identifier", found) for place, found in matches.pairs.items()}
        listed = listing((mention, named.get(place, identified)) for place, (mention, identified) in enumerate(pairs))
    harvester.run([*matches.pairs.values(), *(found for _, found in matches.edges)])
    return listed, harvest, matches


def _linked(listed: Listing, harvest: Harvest, matches: Matches, decided: Overrides) -> Linked:
    records = (record for record in harvest.records if isinstance(record, Record))
    return link(listed.works, records, decided, matches.edges)


def _known(listed: Listing, harvest: Harvest) -> set[Identifier]:
    """Give every identifier of this run: listed, answered for, or named by an answer."""
    records = [record for record in harvest.records if isinstance(record, Record)]
    named = {other for record in records for other in record.same_work}
    return {*listed.works, *listed.repositories, *(record.identifier for record in records), *named}


def extract(seeds: Sequence[str], remote: Remote | None = None) -> tuple[list[Pair], Reading]:
    """Read seeds into mentions with what each is; gives the reading itself beside them."""
    if not seeds:
        raise UsageError("no seeds: name a list (harvest refresh my-list.md) or set `seeds` in harvest.toml")
    reading = read_seeds(seeds, remote=remote)
    return [(mention, identify(mention.url)) for mention in reading.mentions], reading


def row(mention: Mention, identified: Identified) -> dict[str, Any]:
    """Give a mention as one line of `harvest extract`."""
    line = msgspec.to_builtins(mention)
    raw = line.pop("raw")
    identifier = str(identified.identifier) if identified.identifier else None
    line |= {"kind": identified.kind, "identifier": identifier, "version": identified.version}
    ordered = {key: line[key] for key in EXTRACT}
    return ordered if raw is None else {**ordered, "raw": raw}


def _report(
    settings: Settings,
    now: datetime,
    run_id: str | None,
    pairs: list[Pair],
    new: Dataset,
    tallies: dict[str, Tally],
) -> Run:
    kinds = Counter(identified.kind for _, identified in pairs)
    return Run(
        run_id=run_id or uuid.uuid4().hex,
        version=__version__,
        started_at=now.isoformat(timespec="seconds"),
        seeds=settings.seeds,
        mentions={
            "total": len(pairs),
            "identified": kinds["identifier"],
            "placeholders": kinds["placeholder"],
            "other": kinds["link"],
        },
        works={"total": len(new.works), **Counter(work.status for work in new.works)},
        repositories={"total": len(new.repositories), **Counter(r.status for r in new.repositories)},
        sources=tallies,
        degraded=[_degraded(name, tally) for name, tally in tallies.items() if tally.degraded],
    )


def _good_at(run: Run, before: Run | None) -> str | None:
    if not run.degraded:
        return run.started_at
    return before.good_at if before else None


def _degraded(name: str, tally: Tally) -> str:
    """Say in a sentence what a source owes."""
    parts = []
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.deferred:
        parts.append(f"{tally.deferred} not asked")
    if tally.stale:
        parts.append(f"{tally.stale} of them keep their last answer")
    parts[-1] += f" ({tally.error})"
    return f"{name}: {', '.join(parts)}"


def _files(new: Dataset, run: Run, harvest: Harvest, output: Path) -> dict[str, bytes]:
    stars = output / history.FILE
    hosts = [record for record in harvest.records if isinstance(record, RepositoryRecord)]
    files = {
        "run.json": msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n",
        history.FILE: history.extend(stars.read_bytes() if stars.is_file() else None, hosts),
    }
    for writer in writers.discover().values():
        if writer.PUBLISHED:
            files.update(writer.write(new))
    return files


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return {"total": counts.total(), **dict(sorted(counts.items()))}


def _news(news: changes.Changes, written: bytes, output: Path) -> dict[str, bytes]:
    """Give changes.json; it stays as it is until something changes again, so that a quiet night changes no byte."""
    if not news and (output / changes.FILE).is_file():
        return {}
    last = output / dataset.FILE
    news.before = changes.digest(last.read_bytes()) if last.is_file() else None
    news.after = changes.digest(written)
    return {changes.FILE: changes.encode(news)}
