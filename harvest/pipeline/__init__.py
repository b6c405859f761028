"""The whole line, from lists to the published dataset. Read it from the top."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from harvest import __version__, checks
from harvest.config import Settings
from harvest.dataset import changes, encoding, facets, history, keys, lake, run, store
from harvest.dataset.changes import Changes
from harvest.dataset.run import Run
from harvest.errors import UsageError
from harvest.garbage import without_gc
from harvest.http.clients import Budget, Http
from harvest.http.recorder import RECORDED_RUN, RecordedRun
from harvest.linking import overrides
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.session import Progress, Scope, Session
from harvest.models import Dataset, Finding, Reading
from harvest.pipeline import last_run
from harvest.pipeline.files import Draft, contents, histories
from harvest.pipeline.linked import current_identifiers, link, nothing_carried_over
from harvest.pipeline.lookups import Lookups, add_titles, look_up, read_seeds
from harvest.pipeline.preview import Plan, plan, preview, verdicts
from harvest.text import file_name

UNREAD = frozenset({"unreadable", "linked-file-unread"})  # files whose entries this run lacks

__all__ = [
    "Plan", "add_titles", "current_identifiers", "link", "look_up", "plan", "preview", "refresh",
    "unread", "verdicts",
]  # fmt: skip


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
        if lake.is_lake(output):
            raise UsageError(f"{output}: holds a lake; name another folder with --output")
        store.restore(output)
        _record_start(session, output)
        surroundings = last_run.surroundings(session)
        remote = RemoteLists(session)
        reading = read_seeds(remote, session)
        lists, before = last_run.digest_of(reading), run.read(output)
        same = last_run.same(lists, before, session)
        draft = Draft(same.repeat(session)) if same else _build_draft(reading, session)
        del reading  # which takes as much memory as the formats
        report = draft.report
        report.run_id = run_id or report.run_id
        report.degraded = [*report.degraded, *remote.stale]
        report.good_at = before.good_at if before else None
        if not report.degraded and scope.only is None:
            report.good_at = report.started_at
        with without_gc():
            store.publish(contents(draft, before, settings, start), output, draft.obsolete)
        history.save(output, Path(settings.cache))
        if same is None:
            last_run.keep(
                lists,
                report,
                draft.due,
                draft.decisions,
                session,
                before=surroundings,
                is_settled=draft.is_settled,
            )
        session.memo.prune(now.timestamp())
    return report


def _build_draft(reading: Reading, session: Session) -> Draft:
    """Make what is published of the lists, without the files that hold all of it."""
    settings = session.settings
    vocabulary = facets.load(settings.vocabulary)
    session.last = store.load_last(Path(settings.output))
    if not reading.mentions and session.last is None:
        why = "nothing is listed there; `harvest extract` shows what is read"
        raise UsageError(f"{', '.join(settings.seeds)}: {why}")
    lookups = look_up(reading.mentions, session)
    session.save_tables()  # before linking takes memory
    return _link_and_check(reading, lookups, vocabulary, session)


@without_gc()  # requests are made before, and their failures leave cycles
def _link_and_check(
    reading: Reading, lookups: Lookups, vocabulary: facets.Vocabulary, session: Session
) -> Draft:
    """Link the answers, and check lists and works."""
    settings, scope, last = session.settings, session.scope, session.last
    linked = link(lookups, session)
    dataset = linked.dataset
    facets.classify(dataset, reading.mentions, vocabulary)
    keys.assign(dataset, last)
    store.check(dataset, last, settings.floor, session.overrides.exclude)
    news = changes.between(last, dataset, session.overrides) if last else Changes()
    session.last = last = None  # from here on, memory is for the files
    identifiers = current_identifiers(lookups, linked)
    findings = [
        *reading.findings,
        *linked.findings,
        *overrides.unused(session.overrides, identifiers, linked.records.missing),
    ]
    findings = checks.check(reading.files, linked.mentions, findings, vocabulary, dataset)
    report = _report(session, reading, lookups, dataset, findings, news)
    if not scope.offline and scope.only is None:
        session.cache.prune(session.now - last_run.RETENTION, lookups.answers.lookups)
    return Draft(
        report=report,
        files=histories(news, linked.records, findings, session),
        dataset=dataset,
        news=news,
        due=last_run.when_due(lookups.all_answers),
        decisions=last_run.Decisions(lookups.matches.rows, linked.findings, linked.verdicts),
        are_decisions_plain=nothing_carried_over(linked.records.works, lookups.answers.papers),
        is_settled=all(answer.state == "found" for answer in lookups.all_answers),
    )


def _record_start(session: Session, output: Path) -> None:
    """Add to a recording what the run begins with: its time, its cache and the last dataset."""
    recorder, settings, scope = session.http.recorder, session.settings, session.scope
    if recorder is None or recorder.is_stopped or scope.offline:
        return
    clean, stored = recorder.sanitizer.text, recorder.sanitizer.stored
    recorded_run = RecordedRun(
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
        (recorder.folder / RECORDED_RUN).write_bytes(encoding.indented(recorded_run))
        session.cache.copy(recorder.folder / "cache", recorder.sanitizer)
        if (output / store.FILE).is_file():
            (recorder.folder / "output").mkdir()
            dataset = (output / store.FILE).read_text("utf-8")
            (recorder.folder / "output" / store.FILE).write_text(stored(dataset), "utf-8")
    except OSError as error:
        recorder.stop(error)


def _report(
    session: Session,
    reading: Reading,
    lookups: Lookups,
    dataset: Dataset,
    findings: Sequence[Finding],
    news: Changes,
) -> Run:
    names = {mention.seed for mention in reading.mentions}
    return Run(
        run_id=uuid.uuid4().hex,
        version=__version__,
        started_at=session.now.isoformat(timespec="seconds"),
        seeds=tuple(map(file_name, session.settings.seeds)),
        mentions=run.count_mentions(reading.mentions),
        works=run.count(work.status for work in dataset.works),
        repositories=run.count(repository.status for repository in dataset.repositories),
        sources=lookups.tallies,
        findings=run.count(sorted(finding.code for finding in findings)),
        changes=run.count(sorted(change.kind for change in (*news.works, *news.repositories))),
        degraded=[
            *run.degraded(lookups.tallies),
            *(f"{it.place}: {it.message}" for it in unread(reading.findings, names)),
        ],
    )


def unread(findings: Iterable[Finding], names: Collection[str]) -> Iterator[Finding]:
    """Yield the findings on lists whose entries a run lacks. `names` are those with entries."""
    for it in findings:
        is_broken = it.code.startswith("malformed-") and it.seed not in names
        if is_broken or it.code in UNREAD:
            yield it
