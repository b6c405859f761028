"""The whole line, from seeds to the published dataset."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harvest import __version__, checks, writers
from harvest.checks import report
from harvest.config import Settings
from harvest.dataset import changes, facets, stars, store
from harvest.entries import ListedWorks, group, listed_works
from harvest.errors import UsageError
from harvest.http.clients import Budget, Http
from harvest.linking import integrity, look_alikes, overrides
from harvest.linking.cluster import cluster
from harvest.linking.ledger import Verdict
from harvest.linking.merge import merge
from harvest.linking.overrides import Overrides
from harvest.lookup import carry_over, search
from harvest.lookup.cache import FILE, Cache
from harvest.lookup.lookup import FORGOTTEN, Harvest, Harvester, Progress, Scope, Tally, cost
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.search import Matcher
from harvest.models import (
    Dataset,
    Finding,
    Identifier,
    Mention,
    Reading,
    Record,
    RepositoryRecord,
    Target,
)
from harvest.readers.walk import Remote, read_lists
from harvest.sources import discover

log = logging.getLogger(__name__)

# The fields of one line of `harvest extract`, in their order; `raw` follows where the line was repaired.
EXTRACT = (
    "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version", "title", "authors",
    "date", "columns",
)  # fmt: skip


UNREAD = frozenset(
    {"unreadable", "linked-file-unread"}
)  # files whose entries this run does not know


class Run(msgspec.Struct, kw_only=True):
    """What a run did: everything that has a time or depends on the day. run.json holds it.

    `mentions` adds up: total = identified + placeholders + other. `findings` and `changes` are counted, in total and
    by code or kind; findings.json and changes.json hold them. `good_at` is when the last run started that asked every
    source and was not degraded: this one, or one before it; None if there was none.
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
    scope: Scope | None = None,
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
    output, vocabulary, decided = (
        Path(settings.output),
        facets.load(settings.vocabulary),
        overrides.read(settings),
    )
    with store.lock(output, wait=wait):
        last = store.load(output)
        with _opened(settings, now, scope, budget, progress) as harvester:
            remote = RemoteLists(
                harvester.http, harvester.cache, now, offline=harvester.scope.offline
            )
            reading = extract(settings.seeds, remote)
            if not reading.mentions and last is None:
                raise UsageError(
                    f"{', '.join(settings.seeds)}: nothing is listed there; `harvest extract` shows what is read"
                )
            view = assemble(harvester, reading.mentions, last, decided)
            if scope is None or scope == Scope(max_age=scope.max_age):
                harvester.cache.prune(now - FORGOTTEN, view.harvest.wanted)
        new, known = view.dataset, _known(view)
        facets.classify(new, reading.mentions, vocabulary)
        store.check(new, last, settings.floor)
        said = [
            *reading.findings,
            *view.findings,
            *overrides.unused(decided, known, view.harvest.missing),
        ]
        findings = checks.check(reading.files, view.mentions, said, vocabulary, new)
        news = changes.between(last, new) if last else changes.Changes()
        run = _report(settings, now, run_id, reading.mentions, new, view.harvest.tallies)
        run.findings = _counted(finding.code for finding in findings)
        run.changes = _counted(change.kind for change in (*news.works, *news.repositories))
        run.degraded += remote.stale
        run.degraded += [
            f"{f.seed}:{f.line}: {f.message}" for f in reading.findings if f.code in UNREAD
        ]
        run.good_at = _good_at(run, last_run(output), scope)
        run.seconds = round(time.monotonic() - started, 3)
        files = _files(new, run, view.harvest, output) | {
            "findings.json": report.findings_json(findings)
        }
        store.publish(files | _news(news, files[store.FILE], output), output)
    return run


def plan(
    settings: Settings, scope: Scope | None = None, now: datetime | None = None
) -> dict[str, tuple[int, int, float]]:
    """Tell by source how many identifiers a run (at `now`) would ask, in how many requests and seconds; asks nobody.

    It is what a run without a network would owe. For searches it is the most there can be, as any may be settled by the
    answers before it; for the others the least, as answers name further identifiers.
    """
    scope = scope or Scope()
    offline = Scope(offline=True, max_age=scope.max_age)
    with _opened(settings, now or datetime.now(UTC), offline, readonly=True) as harvester:
        reading = extract(
            settings.seeds,
            RemoteLists(harvester.http, harvester.cache, harvester.now, offline=True),
        )
        _, harvest, matcher = _look_up(harvester, reading.mentions, None, overrides.read(settings))
        due = {}
        for name, tally in (harvest.tallies | matcher.matches.tallies).items():
            source = harvester.sources[name.removesuffix(search.SEARCH)]
            count = tally.deferred if scope.only in {None, source.name} and not scope.offline else 0
            if source.registry:
                due[name] = (
                    count,
                    *cost(source, count, harvester.http, 1 if name != source.name else None),
                )
        return due


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


def remembered(settings: Settings, mentions: list[Mention] | None = None) -> View | None:
    """See lists (None: those of the settings) as the next run without a network will; None where no cache is.

    Asks nobody and publishes nothing.
    """
    if not (Path(settings.cache) / FILE).is_file():
        return None
    with _opened(settings, datetime.now(UTC), Scope(offline=True), readonly=True) as harvester:
        if mentions is None:
            remote = RemoteLists(harvester.http, harvester.cache, harvester.now, offline=True)
            mentions = extract(settings.seeds, remote).mentions
        output = Path(settings.output)
        last = store.read(output) if (output / store.FILE).is_file() else None
        return assemble(harvester, mentions, last, overrides.read(settings))


def verdicts(settings: Settings) -> list[Verdict]:
    """Give every verdict on what was searched or looks alike, from the cache. Asks nobody.

    Where the settings name no lists, those of the last run are read.
    """
    if not settings.seeds and (run := last_run(Path(settings.output))):
        settings = msgspec.structs.replace(settings, seeds=run.seeds)
    view = remembered(settings)
    return view.verdicts if view else []


class View(msgspec.Struct):
    """What lists and answers come to: the dataset without facets, and what linking has to say of it.

    `mentions` have the identifiers that a search found for them; `verdicts` are of what was
    searched or looks alike.
    """

    dataset: Dataset
    listed: ListedWorks
    mentions: list[Mention]
    harvest: Harvest
    findings: list[Finding]
    verdicts: list[Verdict]


def assemble(
    harvester: Harvester, mentions: list[Mention], last: Dataset | None, decided: Overrides
) -> View:
    """Ask for everything that is listed and link the answers; where sources are silent, remember the `last` dataset."""
    mentions, harvest, matcher = _look_up(harvester, mentions, last, decided)
    listed = listed_works(group(mentions))
    papers = [record for record in harvest.records if isinstance(record, Record)]
    linked = cluster(listed.works, papers, decided, matcher.matches.edges)
    matcher.add_former_titles(linked.groups, listed, papers, last)
    for (
        name,
        tally,
    ) in matcher.matches.tallies.items():  # the requests of a search are counted there alone
        source = name.removesuffix(search.SEARCH)
        harvest.tallies[source].requests = harvester.http.requests[source] - tally.requests
    harvest.tallies |= matcher.matches.tallies
    ranks = {name: source.rank for name, source in harvester.sources.items()}
    new = merge(
        listed, harvest.records, harvest.missing, harvester.settings.activity, last, ranks, linked
    )
    findings = [
        *matcher.matches.findings,
        *look_alikes.uncertain_matches(linked.verdicts, listed.works),
        *integrity.conflicts(new.works),
        *integrity.anomalies(new.works, papers),
    ]
    return View(
        new, listed, mentions, harvest, findings, [*matcher.matches.verdicts, *linked.verdicts]
    )


def _look_up(
    harvester: Harvester, mentions: list[Mention], last: Dataset | None, decided: Overrides
) -> tuple[list[Mention], Harvest, Matcher]:
    """Ask for what is listed, search for what has no identifier of a registry, and ask for what that found."""
    listed = listed_works(group(mentions))
    harvest = harvester.run(
        [*listed.works, *listed.repositories.values(), *decided.companions(listed.works)]
    )
    matcher = Matcher(harvester)
    matches = matcher.run(
        search.subjects(mentions, listed, harvest.records, harvest.missing, decided), last
    )
    matches.edges |= {
        (found, found) for found in matches.pairs.values() if found not in listed.works
    }
    mentions = [
        msgspec.structs.replace(mention, target=Target("identifier", matches.pairs[place]))
        if place in matches.pairs
        else mention
        for place, mention in enumerate(mentions)
    ]
    listed, today = listed_works(group(mentions)), harvester.now.date().isoformat()
    harvester.run([*matches.pairs.values(), *(found for _, found in matches.edges)])
    harvester.run(carry_over.doubtful(harvest, listed, last))
    carry_over.keep_marks(last, harvest)
    carry_over.settle(harvest, listed, last, today)
    carry_over.recount(last, harvest)
    harvest.records += carry_over.works(last, harvest, today)
    harvest.records += carry_over.repositories(last, harvest, today)
    harvest.missing = carry_over.confirmed(last, harvest)
    return mentions, harvest, matcher


@contextmanager
def _opened(
    settings: Settings,
    now: datetime,
    scope: Scope | None = None,
    budget: Budget | None = None,
    progress: Progress = lambda *_: None,
    *,
    readonly: bool = False,
) -> Iterator[Harvester]:
    """Open the cache and the door to the outside, and close both."""
    http = Http(settings, budget=budget)
    cache = Cache(Path(settings.cache), readonly=readonly)
    try:
        yield Harvester(settings, discover(), cache, http, now, scope, progress)
    finally:
        http.close()
        cache.close()


def _known(view: View) -> set[Identifier]:
    """Give every identifier of this run: listed, answered for, or named by an answer."""
    records = [record for record in view.harvest.records if isinstance(record, Record)]
    named = {other for record in records for other in record.same_work}
    return {
        *view.listed.works,
        *view.listed.repositories,
        *(record.identifier for record in records),
        *named,
    }


def extract(seeds: Sequence[str], remote: Remote | None = None) -> Reading:
    """Read lists into mentions. Raises UsageError where none is named."""
    if not seeds:
        raise UsageError(
            "no seeds: name a list (harvest refresh my-list.md) or set `seeds` in harvest.toml"
        )
    return read_lists(seeds, remote=remote)


def row(mention: Mention) -> dict[str, Any]:
    """Return a mention as one line of `harvest extract`."""
    line = msgspec.to_builtins(mention)
    raw, target = line.pop("raw"), mention.target
    name = str(target.identifier) if target.identifier else None
    line |= {"kind": target.kind, "identifier": name, "version": target.version}
    ordered = {key: line[key] for key in EXTRACT}
    return ordered if raw is None else {**ordered, "raw": raw}


def _report(
    settings: Settings,
    now: datetime,
    run_id: str | None,
    mentions: list[Mention],
    new: Dataset,
    tallies: dict[str, Tally],
) -> Run:
    kinds = Counter(mention.target.kind for mention in mentions)
    return Run(
        run_id=run_id or uuid.uuid4().hex,
        version=__version__,
        started_at=now.isoformat(timespec="seconds"),
        seeds=settings.seeds,
        mentions={
            "total": len(mentions),
            "identified": kinds["identifier"],
            "placeholders": kinds["placeholder"],
            "other": kinds["link"],
        },
        works={"total": len(new.works), **Counter(work.status for work in new.works)},
        repositories={
            "total": len(new.repositories),
            **Counter(r.status for r in new.repositories),
        },
        sources=tallies,
        degraded=[_degraded(name, tally) for name, tally in tallies.items() if tally.degraded],
    )


def _good_at(run: Run, before: Run | None, scope: Scope | None) -> str | None:
    if not run.degraded and not (scope and scope.only):
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
    history = output / stars.FILE
    hosts = [record for record in harvest.records if isinstance(record, RepositoryRecord)]
    files = {
        "run.json": msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n",
        stars.FILE: stars.extend(history.read_bytes() if history.is_file() else None, hosts),
    }
    for writer in writers.discover().values():
        if writer.published:
            files.update(writer.write(new))
    return files


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return {"total": counts.total(), **dict(sorted(counts.items()))}


def _news(news: changes.Changes, written: bytes, output: Path) -> dict[str, bytes]:
    """Give changes.json; it stays as it is until something changes again, so that a quiet night changes no byte."""
    if not news and (output / changes.FILE).is_file():
        return {}
    last = output / store.FILE
    news.before = changes.digest(last.read_bytes()) if last.is_file() else None
    news.after = changes.digest(written)
    return {changes.FILE: changes.encode(news)}
