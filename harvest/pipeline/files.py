"""The files that a run publishes: dataset.json, the formats made of it, and the histories."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

import msgspec

from harvest.checks.report import findings_json
from harvest.config import Settings
from harvest.dataset import (
    change_log,
    changes,
    encoding,
    history,
    name_index,
    publication,
    run,
    stars,
    store,
)
from harvest.dataset.changes import Changes
from harvest.dataset.run import Run
from harvest.digests import sha256_of
from harvest.lookup.carry_over import Records
from harvest.lookup.session import Session
from harvest.models import Dataset, Finding
from harvest.new_files import Content
from harvest.pipeline import last_run
from harvest.writers import json, pool


class Draft(msgspec.Struct):
    """The report of a run, and the files that it publishes; others stay, but for the `obsolete`.

    `dataset` is there if the formats have to be written. `due` is when its answers fall due.
    `decisions` are those of linking, plain if they follow from lists and answers alone.
    `is_settled` is True if another run of the same would publish the same. It is set to True first
    if every answer was found; later checks may clear it.
    """

    report: Run
    files: dict[str, bytes] = {}
    dataset: Dataset | None = None
    obsolete: set[str] = set()
    news: Changes = msgspec.field(default_factory=Changes)
    due: last_run.DueMoments = {}
    decisions: last_run.Decisions | None = None
    are_decisions_plain: bool = False
    is_settled: bool = True


def histories(
    news: Changes, records: Records, findings: Sequence[Finding], session: Session
) -> dict[str, bytes]:
    """Return the histories and findings, from which the formats are made.

    Raises UsageError for a history that cannot be read.
    """
    output, cache = Path(session.settings.output), Path(session.settings.cache)
    counts = history.read(stars.FILE, output, cache)
    log = history.read(change_log.FILE, output, cache)
    with publication.refuse_broken(output / stars.FILE):
        counts = stars.extend(counts, records.repositories)
    with publication.refuse_broken(output / change_log.FILE):
        log = change_log.extend(log, news, session.today)
    return {
        stars.FILE: counts,
        change_log.FILE: log,
        publication.FINDINGS: findings_json(findings),
    }


def contents(
    draft: Draft, before: Run | None, settings: Settings, start: float
) -> Iterator[tuple[str, Content]]:
    """Yield the name and content of each file; none is held longer than needed.

    dataset.json is the first, from which others are made when it is written, and the report, which
    tells of all, is the last. `before` is the report of the last run, and `start` is when this one
    began.
    """
    output, content = Path(settings.output), None
    if draft.dataset:
        yield store.FILE, json.document(draft.dataset)
        _complete(draft, draft.dataset, before, settings)
    names = {store.FILE, *draft.files}
    if draft.dataset:
        content = publication.assemble(draft.dataset, draft.files, settings.publish, output)
        draft.dataset = None
    while draft.files:
        yield draft.files.popitem()
    if content:
        draft.report.files = {name: list(json.FILES) for name in pool.names()}  # in their order
        for name, parts in pool.write(content, store.new_folder(output)):
            draft.report.files[name] = list(parts)
            yield from ((file, parts[file]) for file in parts.keys() - names)  # histories stay
    draft.report.seconds = round(time.monotonic() - start, 3)
    yield run.FILE, encoding.indented(draft.report)


def _complete(draft: Draft, dataset: Dataset, before: Run | None, settings: Settings) -> None:
    """Add what follows from the new dataset.json. The lists and answers are needed no more."""
    output = Path(settings.output)
    last, new = output / store.FILE, store.new_folder(output) / store.FILE
    news = draft.news
    news.before, news.after = sha256_of(last) if last.is_file() else None, sha256_of(new)
    draft.files[json.SCHEMA] = json.schema()
    draft.is_settled = _is_settled(draft, dataset, output)
    if not draft.is_settled and not draft.are_decisions_plain:
        draft.decisions = None
    _plan_formats(draft, before, settings)
    if news or not (output / changes.FILE).is_file():  # a quiet night alters no byte
        draft.files[changes.FILE] = changes.encode(news)
    draft.files[name_index.INDEX] = name_index.index(new, dataset)


def _is_settled(draft: Draft, dataset: Dataset, output: Path) -> bool:
    """Return True if another run of the same answers would publish the same.

    It goes on from what this one publishes. That makes no difference where this one went on from
    the same, or from nothing and no value was carried over.
    """
    if draft.news.before is None:
        return draft.is_settled and all(it.status == "ok" for it in dataset.repositories)
    if draft.news.before != draft.news.after:
        return False
    return all(store.is_same(output / name, content) for name, content in draft.files.items())


def _plan_formats(draft: Draft, before: Run | None, settings: Settings) -> None:
    """Decide whether the formats are made again. If not, drop the dataset to free its memory."""
    report, output = draft.report, Path(settings.output)
    last = before.files if before else {}
    names = set(chain.from_iterable(last.values()))
    digests = {name: sha256(content).digest() for name, content in draft.files.items()}
    digests[store.FILE] = bytes.fromhex(draft.news.after or "")
    report.inputs = publication.digest(digests, settings.publish)
    is_same = (
        before is not None and before.inputs == report.inputs and last.keys() == set(pool.names())
    )
    if is_same and all((output / name).is_file() for name in names):
        report.files, draft.dataset = last, None
    else:
        draft.obsolete |= names
