"""Digests of the input and output of the last run; an unchanged run stops early.

A run that is settled leaves them in the memo: one that owes no answer, and after which another run
of the same lists and answers would publish the same bytes. In doubt there are none, and the
whole line is run.
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from hashlib import file_digest
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from harvest.dataset import change_log, changes, name_index, publication, stars, store
from harvest.dataset.run import Run, count
from harvest.digests import digest
from harvest.linking.ledger import Verdict
from harvest.lookup import remote_lists
from harvest.lookup.answers import Answer
from harvest.lookup.memo import version
from harvest.lookup.session import Session
from harvest.models import Finding, Identifier, Reading, Tally
from harvest.writers import json

RETENTION = timedelta(days=400)  # unused answers leave the cache: longer than any answer is good
# From the first four the next run goes on. The others follow from them, and no writer makes them.
PUBLISHED = (
    store.FILE, publication.FINDINGS, change_log.FILE, stars.FILE,
    json.SCHEMA, name_index.INDEX,
)  # fmt: skip

DueMoments = dict[str, list[float]]


class LastRun(msgspec.Struct, frozen=True):
    """The digests and the report of a run, and when its answers fall due, by source.

    `inputs` is a digest of the lists, the answers and the settings; `published` is one of the files
    from which the next run goes on, None where that run may publish others. `moment` is the time of
    the run, `oldest` that of the oldest try in the cache. All times are Unix times.
    """

    inputs: bytes
    published: bytes | None
    moment: float
    oldest: float
    due: DueMoments
    report: Run

    def is_quiet(self, now: float) -> bool:
        """Return True if nothing falls due until a second from now."""
        first = min(chain.from_iterable(self.due.values()), default=now + 2)
        return first > now + 1 and self.oldest > now - RETENTION.total_seconds()

    def repeat(self, session: Session) -> Run:
        """Return the report of a run that makes nothing anew, without its times."""
        sources = {}
        for name, tally in self.report.sources.items():
            requests = session.http.requests[name]  # for lists on GitHub
            sources[name] = Tally(from_cache=tally.asked + tally.from_cache, requests=requests)
        return msgspec.structs.replace(
            self.report,
            run_id=uuid.uuid4().hex,
            started_at=session.now.isoformat(timespec="seconds"),
            sources=sources,
            changes=count(()),
        )


class Decisions(NamedTuple):
    """The decisions of linking: rows, findings and verdicts, as in an `Explanation`."""

    rows: dict[int, Identifier]
    findings: list[Finding]
    verdicts: list[Verdict]


class Explanation(msgspec.Struct, frozen=True):
    """The decisions of linking in a run, with digests of its input and of what it published.

    `published` is as in `LastRun`. `rows` are the identifiers found for bare rows, by the index of
    their mention, `findings` those of linking.
    """

    inputs: bytes
    published: bytes | None
    rows: dict[int, Identifier]
    findings: list[Finding]
    verdicts: list[Verdict]


def read(session: Session) -> LastRun | None:
    """Return what the last run of these settings was made of, if that was in the past."""
    if not _is_possible(session):
        return None
    last = session.memo.get(_key("last-run", session), LastRun)
    return last if last and last.moment <= session.now.timestamp() else None


def digest_of(reading: Reading) -> bytes:
    """Return a digest of lists: of their files in their order, and what was found in reading."""
    files = [(name, digest(file.data)) for name, file in reading.files.items()]
    return digest(msgspec.json.encode([files, reading.findings]))


def is_current(last: LastRun, lists: bytes, session: Session) -> bool:
    """Return True if lists (by their digest), answers, settings and program are what they were."""
    return last.inputs == _inputs(lists, session)[0]


def same(lists: bytes, before: Run | None, session: Session) -> LastRun | None:
    """Return what the last run was made of, if this one would publish the same bytes.

    `before` is the report beside the dataset.
    """
    last = read(session)
    if last is None or not last.is_quiet(session.now.timestamp()):
        return None
    output, report = Path(session.settings.output), last.report
    if before is None or (before.inputs, before.files) != (report.inputs, report.files):
        return None
    names = chain([changes.FILE], *report.files.values())
    if not all((output / name).is_file() for name in names):
        return None
    if published(output) != last.published or not is_current(last, lists, session):
        return None
    return last


def when_due(answers: Iterable[Answer[Any]]) -> DueMoments:
    """Return when answers fall due, by source; 0 is the time of one that is owed."""
    due: DueMoments = defaultdict(list)
    for answer in answers:
        due[answer.source].append(answer.good_until or 0)
    return dict(due)


def explanation(lists: bytes, session: Session) -> Explanation | None:
    """Return what linking decided on these lists and answers, if the last run was made of them."""
    if not _is_possible(session):
        return None
    last = session.memo.get(_key("explanation", session), Explanation)
    return last if last and last.inputs == _inputs(lists, session)[0] else None


def surroundings(session: Session) -> bytes:
    """Return a digest of what others may change while a run is at work.

    They are the files that it reads beside the lists, each by its place, time and size on the disk,
    and what other processes write to the cache.
    """
    stats = [path.stat() for path in session.files if path.is_file()]
    signs = [(it.st_dev, it.st_ino, it.st_mtime_ns, it.st_size) for it in stats]
    return digest(msgspec.json.encode([signs, session.cache.writes_of_others()]))


def keep(
    lists: bytes,
    report: Run,
    due: DueMoments,
    decisions: Decisions | None,
    session: Session,
    *,
    before: bytes,
    is_settled: bool,
) -> None:
    """Keep what a run was made of, unless it owes an answer or others changed what it was made of.

    `decisions` are None if they do not follow from that alone. `before` are the surroundings at the
    start of the run. `is_settled` is True if another run of the same would publish the same bytes.
    """
    if report.degraded or not _is_possible(session):
        return
    inputs, oldest = _inputs(lists, session)
    if surroundings(session) != before:
        return
    last = LastRun(
        inputs=inputs,
        published=published(Path(session.settings.output)) if is_settled else None,
        moment=session.now.timestamp(),
        oldest=oldest,
        due=due,
        report=report,
    )
    session.memo.put(_key("last-run", session), last)
    if decisions is not None:
        explanation = Explanation(inputs, last.published, *decisions)
        session.memo.put(_key("explanation", session), explanation)


def published(output: Path) -> bytes:
    """Return a digest of the files that each run makes."""
    parts = []
    for name in PUBLISHED:
        path = output / name
        if path.is_file():
            with path.open("rb") as file:
                parts += [name.encode(), file_digest(file, "sha256").digest()]
    return digest(*parts)


def _is_possible(session: Session) -> bool:
    """Return True if a run follows from its inputs alone, and answers last longer as time passes.

    A mirror is not among them, and a recording wants the whole line.
    """
    settings, fresh = session.settings, session.settings.fresh
    is_plain = not settings.mirror and not settings.record and session.scope.max_age is None
    return is_plain and fresh.young <= fresh.work <= fresh.old


def _key(name: str, session: Session) -> str:
    folder = os.fsencode(Path(session.settings.output).resolve())
    return f"{name}-{digest(folder).hex()}"


def _inputs(lists: bytes, session: Session) -> tuple[bytes, float]:
    """Return a digest of all that decides what is published, and the time of the oldest try."""
    answers, oldest = session.cache.state(without=remote_lists.SCHEME)  # lists are read anyhow
    content = digest(
        version(),
        lists,
        repr(session.settings).encode(),
        session.digest_of_files,
        answers,
    )
    return content, oldest
