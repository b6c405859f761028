"""The whole line, from lists to the published dataset. Read it from the top."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from harvest import __version__, checks, standing, writers
from harvest.checks.report import findings_json
from harvest.config import Settings
from harvest.dataset import (
    change_log,
    changes,
    encoding,
    facets,
    history,
    keys,
    lines,
    publication,
    run,
    stars,
    store,
)
from harvest.dataset.changes import Changes
from harvest.dataset.publication import Publication
from harvest.dataset.run import Run
from harvest.entries import ListedWorks, group, listed_works
from harvest.errors import UsageError
from harvest.http.clients import Budget, Http
from harvest.http.recorder import NIGHT, Night
from harvest.linking import claims, integrity, look_alikes, overrides
from harvest.linking.cluster import Clusters, cluster
from harvest.linking.ledger import Verdict
from harvest.linking.look_alikes import Key
from harvest.linking.merge import merge
from harvest.linking.overrides import Overrides
from harvest.lookup.answers import Answer, Answers, tally
from harvest.lookup.carry_over import Records, carry_over
from harvest.lookup.database import FILE as CACHE
from harvest.lookup.former_titles import Titles, are_needed, former_titles
from harvest.lookup.last_known import numbers_to_check
from harvest.lookup.lookup import lookup, requests, seconds
from harvest.lookup.memo import Readings
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.search import SUFFIX, Hits, Matches, search
from harvest.lookup.session import Progress, Scope, Session
from harvest.models import (
    Dataset,
    Finding,
    Identifier,
    Mention,
    Reading,
    Record,
    RepositoryRecord,
    Tally,
)
from harvest.readers.templates import Templates
from harvest.readers.walk import read_lists
from harvest.writers import json

DAY = 24 * 60 * 60.0  # seconds
UNREAD = frozenset({"unreadable", "linked-file-unread"})  # files whose entries this run lacks


class Lookups(msgspec.Struct, frozen=True):
    """What the sources and searches say of the lists. `mentions` have the identifiers found.

    `clusters` are the identifiers of each work, by the answers alone, where former titles are
    needed.
    """

    mentions: list[Mention]
    listing: ListedWorks
    answers: Answers
    matches: Matches
    clusters: Clusters | None
    former_titles: Titles
    searches: list[Answer[Hits]]
    tallies: dict[str, Tally]

    @property
    def all_answers(self) -> list[Answer[Any]]:
        """Those to identifiers and those to searches."""
        return [*self.answers, *self.searches]


class Linked(msgspec.Struct, frozen=True):
    """The dataset without facets, the records behind it, and what linking has to report.

    `mentions` are those of the lists, with the identifiers that a search found.
    """

    dataset: Dataset
    mentions: list[Mention]
    records: Records
    findings: list[Finding]
    verdicts: list[Verdict]


def refresh(  # noqa: PLR0913  # all that a run is given
    settings: Settings,
    *,
    scope: Scope | None = None,
    budget: Budget | None = None,
    progress: Progress = lambda *_: None,
    wait: bool = False,
    run_id: str | None = None,
    now: datetime | None = None,
    http: Http | None = None,
) -> Run:
    """Read the lists, look up what they name, link the answers and publish the dataset.

    `http` stands in for the services: a recording.

    Raises UsageError for lists or settings that cannot be used, PublicationError when the last
    output must stand, and LockedError when another run works on the same output, unless `wait`.
    """
    start = time.monotonic()
    now, scope = now or datetime.now(UTC), scope or Scope()
    output = Path(settings.output)
    with (
        store.lock(output, wait=wait),
        Session(settings, scope, now, budget=budget, progress=progress, http=http) as session,
    ):
        store.restore(output)
        _record(session, output)
        remote = RemoteLists(session)
        reading = _read_lists(remote, session)
        lists, before = standing.digest_of(reading), run.read(output)
        same = standing.same(lists, before, session)
        made = Made(same.repeat(session)) if same else _make(reading, session)
        del reading  # which takes as much memory as the formats
        if made.dataset:
            _encode(made, made.dataset, before, settings)
        report = made.report
        report.run_id = run_id or report.run_id
        report.degraded = [*report.degraded, *remote.stale]
        report.good_at = before.good_at if before else None
        if not report.degraded and scope.only is None:
            report.good_at = report.started_at
        store.publish(_contents(made, settings, start), output, made.obsolete)
        history.save(output, Path(settings.cache))
        if same is None:
            standing.keep(
                lists, report, made.due, made.decisions, session, is_settled=made.is_settled
            )
            session.memo.prune()
    return report


class Made(msgspec.Struct):
    """The report of a run, and the files that it publishes; others stay, but for the `obsolete`.

    `dataset` is there if the formats have to be written. `due` is when its answers fall due.
    `decisions` are those of linking, plain if they follow from lists and answers alone.
    `is_settled` is True if another run of the same would publish the same: at first, if every
    answer was found.
    """

    report: Run
    files: dict[str, bytes] = {}
    dataset: Dataset | None = None
    obsolete: set[str] = set()
    news: Changes = msgspec.field(default_factory=Changes)
    due: standing.Due = {}
    decisions: standing.Decisions | None = None
    are_decisions_plain: bool = False
    is_settled: bool = True


def _make(reading: Reading, session: Session) -> Made:
    """Make what is published of the lists, without the files that hold all of it."""
    settings, scope = session.settings, session.scope
    vocabulary = facets.load(settings.vocabulary)
    session.last = last = store.load(Path(settings.output))
    if not reading.mentions and last is None:
        why = "nothing is listed there; `harvest extract` shows what is read"
        raise UsageError(f"{', '.join(settings.seeds)}: {why}")
    lookups = look_up(reading.mentions, session)
    linked = link(lookups, session)
    dataset = linked.dataset
    facets.classify(dataset, reading.mentions, vocabulary)
    keys.assign(dataset, last)
    store.check(dataset, last, settings.floor)
    findings = [
        *reading.findings,
        *linked.findings,
        *_unused(session.overrides, lookups, linked),
    ]
    findings = checks.check(reading.files, linked.mentions, findings, vocabulary, dataset)
    news = changes.between(last, dataset) if last else Changes()
    session.last = last = None  # from here on, memory is for the files
    report = _report(session, reading, lookups, dataset, findings, news)
    if not scope.offline and scope.only is None:
        session.cache.prune(session.now - standing.RETENTION, lookups.answers.lookups)
    session.remember()
    return Made(
        report=report,
        files=_histories(news, linked.records, findings, session),
        dataset=dataset,
        news=news,
        due=standing.when_due(lookups.all_answers),
        decisions=standing.Decisions(lookups.matches.rows, linked.findings, linked.verdicts),
        are_decisions_plain=_are_answers(linked.records.works, lookups.answers.papers),
        is_settled=all(answer.state == "found" for answer in lookups.all_answers),
    )


def _encode(made: Made, dataset: Dataset, before: Run | None, settings: Settings) -> None:
    """Add dataset.json and what follows from it. The lists and answers are needed no more."""
    output = Path(settings.output)
    made.files |= json.JsonWriter().write(Publication(dataset=dataset))
    made.is_settled = _is_settled(made, dataset, output)
    if not made.is_settled and not made.are_decisions_plain:
        made.decisions = None
    _plan_formats(made, before, settings)
    made.files |= _news(made.news, made.files[store.FILE], output)
    made.files[lines.INDEX] = lines.index(made.files[store.FILE], dataset)


def _read_lists(lists: RemoteLists, session: Session) -> Reading:
    readings = Readings(session.memo, Templates(session.settings.layout))
    seeds = session.settings.seeds
    return read_lists(seeds, lists, read_file=readings.read, read_ahead=readings.read_ahead)


def look_up(mentions: list[Mention], session: Session) -> Lookups:
    """Look up what lists name and search for the rest: all requests but those for remote lists."""
    listing = listed_works(group(mentions))
    companions = session.overrides.companions(listing.works)
    answers = lookup([*listing.works, *listing.repositories.values(), *companions], session)
    matches = search(mentions, listing, answers, session)
    if matches.rows:
        mentions = matches.resolve(mentions)
        listing = listed_works(group(mentions))
    answers = lookup(matches.identifiers, session, answers)
    answers = lookup(numbers_to_check(answers, listing, session.last), session, answers)
    return add_titles(mentions, listing, answers, matches, session)


def add_titles(
    mentions: list[Mention],
    listing: ListedWorks,
    answers: Answers,
    matches: Matches,
    session: Session,
    common: Collection[Key] | None = None,
) -> Lookups:
    """Add the former titles of what is listed under another, which completes the lookups.

    `common` are the keys of look-alikes that say nothing, where this is a part of all.
    """
    clusters = None
    if are_needed(listing, answers.papers):
        clusters = cluster(
            listing.works, answers.papers, session.overrides, matches.edges, listing.twins, common
        )
    titles, versions = former_titles(listing, answers, clusters.groups if clusters else (), session)
    searches = [*matches.answers, *versions]
    tallies = _tallies(answers, searches, session)
    return Lookups(mentions, listing, answers, matches, clusters, titles, searches, tallies)


def link(lookups: Lookups, session: Session, common: Collection[Key] | None = None) -> Linked:
    """Turn answers into works and repositories. Nothing is asked here.

    `common` is as in `add_titles`.
    """
    listing, matches, last = lookups.listing, lookups.matches, session.last
    records = carry_over(lookups.answers, listing, last, session.today, lookups.former_titles)
    clusters = lookups.clusters
    if clusters is None or not _are_answers(records.works, lookups.answers.papers):
        clusters = cluster(
            listing.works, records.works, session.overrides, matches.edges, listing.twins, common
        )
    records = _with_abstracts(records, session.settings.abstracts)
    ranks = {source.name: source.rank for source in session.sources.values()}
    activity = session.settings.activity
    all_records: list[Record | RepositoryRecord] = [*records.works, *records.repositories]
    dataset = merge(listing, all_records, records.missing, activity, last, ranks, clusters)
    findings = [
        *matches.findings,
        *claims.doubtful_claims(clusters.doubtful, listing.works),
        *look_alikes.uncertain_matches(clusters.verdicts, listing.works),
        *integrity.conflicts(dataset.works),
        *integrity.anomalies(dataset.works, records.works),
    ]
    verdicts_ = [*matches.verdicts, *clusters.verdicts]
    return Linked(dataset, lookups.mentions, records, findings, verdicts_)


def _are_answers(records: list[Record], papers: list[Record]) -> bool:
    """Return True if records say of works what the answers do: nothing was carried over."""
    if len(records) != len(papers):
        return False
    for record, paper in zip(records, papers, strict=True):
        if record is not paper:
            bare = msgspec.structs.replace(record, former_titles=(), stale_since=None)
            if bare != paper:
                return False
    return True


def _with_abstracts(records: Records, sources: str) -> Records:
    """Return the records with the abstracts that may be published (setting `abstracts`)."""
    if sources == "all":
        return records
    works = [
        record
        if record.abstract is None or record.source == sources
        else msgspec.structs.replace(record, abstract=None)
        for record in records.works
    ]
    return msgspec.structs.replace(records, works=works)


# -- without publication -----------------------------------------------------------------------


class Plan(NamedTuple):
    """How many identifiers a source would be asked for, in how many requests and seconds.

    `tomorrow` is how many fall due within a day, those of now among them.
    """

    identifiers: int
    requests: int
    seconds: float
    tomorrow: int


def plan(
    settings: Settings, scope: Scope | None = None, now: datetime | None = None
) -> dict[str, Plan]:
    """Return what a run would ask, by source: what one without a network would owe.

    For searches it is an upper bound, as answers may make them unnecessary; for the others a lower
    bound, as answers name further identifiers.
    """
    scope = scope or Scope()
    offline = Scope(offline=True, max_age=scope.max_age)
    with Session(settings, offline, now or datetime.now(UTC), readonly=True) as session:
        moment, result = session.now.timestamp(), {}
        for name, moments in _due(session).items():
            source = session.sources[name.removesuffix(SUFFIX)]
            if not scope.includes(source.name):
                moments = []  # noqa: PLW2901  # nobody asks for them
            count = sum(it <= moment for it in moments)
            size = 1 if name.endswith(SUFFIX) else None
            number = requests(source, count, session, size)
            tomorrow = sum(it <= moment + DAY for it in moments)
            result[name] = Plan(count, number, seconds(source, number, session), tomorrow)
        return result


def _due(session: Session) -> standing.Due:
    """Return when the answers of each source fall due: as the last run said, if nothing is new.

    What it said holds for a day, since answers last longer when works grow old.
    """
    reading = _read_lists(RemoteLists(session), session)
    last = standing.read(session)
    is_recent = last is not None and session.now.timestamp() < last.moment + DAY
    if last and is_recent and standing.is_current(last, standing.digest_of(reading), session):
        due, names = last.due, last.report.sources.keys()
    else:
        lookups = look_up(reading.mentions, session)
        due, names = standing.when_due(lookups.all_answers), lookups.tallies.keys()
    return {name: due.get(name, []) for name in names}


class View(msgspec.Struct, frozen=True):
    """What the next run without a network would publish, and what linking says of it.

    `mentions` are those of the lists, with the identifiers that a search found.
    """

    dataset: Dataset
    mentions: list[Mention]
    findings: list[Finding]


def preview(settings: Settings, reading: Reading | None = None) -> View | None:
    """Return what the next run without a network would publish.

    It is None where there is neither cache nor mirror. `reading` is that of the lists, or of others
    than the settings name.
    """
    if not settings.mirror and not (Path(settings.cache) / CACHE).is_file():
        return None
    with Session(settings, Scope(offline=True), datetime.now(UTC), readonly=True) as session:
        if reading is None:
            reading = _read_lists(RemoteLists(session), session)
        output = Path(settings.output)
        last = standing.explanation(standing.digest_of(reading), session)
        session.last = store.read(output) if (output / store.FILE).is_file() else None
        if last and session.last and last.published == standing.published(output):
            matches = Matches(rows=last.rows)
            return View(session.last, matches.resolve(reading.mentions), last.findings)
        linked = link(look_up(reading.mentions, session), session)
        return View(linked.dataset, linked.mentions, linked.findings)


def verdicts(settings: Settings) -> list[Verdict]:
    """Return every verdict on what was searched or looks alike, from the cache.

    Where the settings name no lists, those of the last run are read.
    """
    output = Path(settings.output)
    last_run = run.read(output)
    if not settings.seeds and last_run:
        settings = msgspec.structs.replace(settings, seeds=last_run.seeds)
    if not settings.mirror and not (Path(settings.cache) / CACHE).is_file():
        return []
    with Session(settings, Scope(offline=True), datetime.now(UTC), readonly=True) as session:
        reading = _read_lists(RemoteLists(session), session)
        last = standing.explanation(standing.digest_of(reading), session)
        if last:
            return last.verdicts
        session.last = store.read(output) if (output / store.FILE).is_file() else None
        return link(look_up(reading.mentions, session), session).verdicts


def _record(session: Session, output: Path) -> None:
    """Add to a recording what the run begins with: its time, its cache and the last dataset."""
    recorder, settings, scope = session.http.recorder, session.settings, session.scope
    if recorder is None or recorder.is_stopped or scope.offline:
        return
    clean, stored = recorder.sanitizer.text, recorder.sanitizer.stored
    night = Night(
        version=__version__,
        started_at=session.now.isoformat(),
        urls={name: clean(service.url) for name, service in settings.services.items()},
        token=settings.github_token is not None,
        mailto=settings.mailto is not None,
        fresh=settings.fresh,
        only=scope.only,
        max_age=None if scope.max_age is None else scope.max_age.total_seconds(),
    )
    try:
        (recorder.folder / NIGHT).write_bytes(encoding.indented(night))
        session.cache.copy(recorder.folder / "cache", recorder.sanitizer)
        if (output / store.FILE).is_file():
            (recorder.folder / "output").mkdir()
            dataset = (output / store.FILE).read_text("utf-8")
            (recorder.folder / "output" / store.FILE).write_text(stored(dataset), "utf-8")
    except OSError as error:
        recorder.stop(error)


# -- the report and the files ------------------------------------------------------------------


def _tallies(
    answers: Answers, searches: Iterable[Answer[Hits]], session: Session
) -> dict[str, Tally]:
    by_name: dict[str, list[Answer[Hits]]] = defaultdict(list)
    for answer in searches:
        by_name[answer.source].append(answer)
    tallies = {}
    for name in session.sources:
        made = session.http.requests[name] - session.requests[name + SUFFIX]
        tallies[name] = tally(answers.by_source.get(name, {}).values(), made)
    for name, results in by_name.items():
        tallies[name] = tally(results, session.requests[name])
    return tallies


def _unused(decisions: Overrides, lookups: Lookups, linked: Linked) -> Iterable[Finding]:
    return overrides.unused(decisions, current(lookups, linked), linked.records.missing)


def current(lookups: Lookups, linked: Linked) -> set[Identifier]:
    """Return the identifiers in lists and answers."""
    listing = lookups.listing
    names = {*listing.works, *listing.repositories}
    for record in linked.records.works:
        names.update((record.identifier, *record.same_work))
    return names


def _report(
    session: Session,
    reading: Reading,
    lookups: Lookups,
    dataset: Dataset,
    findings: Sequence[Finding],
    news: Changes,
) -> Run:
    lost = [f"{it.seed}:{it.line}: {it.message}" for it in reading.findings if it.code in UNREAD]
    return Run(
        run_id=uuid.uuid4().hex,
        version=__version__,
        started_at=session.now.isoformat(timespec="seconds"),
        seeds=session.settings.seeds,
        mentions=run.count_mentions(reading.mentions),
        works=run.count(work.status for work in dataset.works),
        repositories=run.count(repository.status for repository in dataset.repositories),
        sources=lookups.tallies,
        findings=run.count(sorted(finding.code for finding in findings)),
        changes=run.count(sorted(change.kind for change in (*news.works, *news.repositories))),
        degraded=[*run.degraded(lookups.tallies), *lost],
    )


def _histories(
    news: Changes, records: Records, findings: Sequence[Finding], session: Session
) -> dict[str, bytes]:
    """Return what every run has beside the dataset, and the formats are made of."""
    output, cache = Path(session.settings.output), Path(session.settings.cache)
    counts = history.read(stars.FILE, output, cache)
    log = history.read(change_log.FILE, output, cache)
    return {
        stars.FILE: stars.extend(counts, records.repositories),
        change_log.FILE: change_log.extend(log, news, session.today),
        publication.FINDINGS: findings_json(findings),
    }


def _is_settled(made: Made, dataset: Dataset, output: Path) -> bool:
    """Return True if another run of the same answers would publish the same.

    It goes on from what this one publishes. That makes no difference where this one went on from
    the same, or from nothing and no value was carried over.
    """
    if (output / store.FILE).is_file():
        return all(store.is_same(output / name, content) for name, content in made.files.items())
    return made.is_settled and all(it.status == "ok" for it in dataset.repositories)


def _plan_formats(made: Made, before: Run | None, settings: Settings) -> None:
    """Let the dataset go, if all formats would be as they are."""
    report, output = made.report, Path(settings.output)
    formats = {name for name, it in writers.discover().items() if it.published}
    last = before.files if before else {}
    names = set(chain.from_iterable(last.values()))
    report.inputs = publication.digest(made.files, settings.publish)
    is_same = before is not None and before.inputs == report.inputs and last.keys() == formats
    if is_same and all((output / name).is_file() for name in names):
        report.files, made.dataset = last, None
    else:
        made.obsolete = names


def _contents(made: Made, settings: Settings, start: float) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file, the report last; none is held longer than needed.

    `start` is when the run began.
    """
    names, content = set(made.files), None
    if made.dataset:
        output = Path(settings.output)
        content = publication.assemble(made.dataset, made.files, settings.publish, output)
        made.dataset = None
    while made.files:
        yield made.files.popitem()
    for name, writer in writers.discover().items() if content else ():
        if content and writer.published:
            is_there = name == json.JsonWriter.name
            own = dict.fromkeys(json.FILES, b"") if is_there else writer.write(content)
            made.report.files[name] = list(own)
            yield from ((file, own[file]) for file in own.keys() - names)  # histories stay
    made.report.seconds = round(time.monotonic() - start, 3)
    yield run.FILE, encoding.indented(made.report)


def _news(news: Changes, written: bytes, output: Path) -> dict[str, bytes]:
    """Return changes.json; it stays until something changes, so a quiet night alters no byte."""
    if not news and (output / changes.FILE).is_file():
        return {}
    last = output / store.FILE
    news.before = changes.digest_of(last) if last.is_file() else None
    news.after = changes.digest(written)
    return {changes.FILE: changes.encode(news)}
