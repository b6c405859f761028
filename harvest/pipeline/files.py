"""The files that a run publishes: dataset.json, the formats made of it, and the histories."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
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
from harvest.dataset.publication import Publication
from harvest.dataset.run import Run
from harvest.digests import sha256_of
from harvest.lookup.carry_over import Records
from harvest.lookup.session import Session
from harvest.models import Dataset, Finding
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


def encode(draft: Draft, dataset: Dataset, before: Run | None, settings: Settings) -> None:
    """Add dataset.json and what follows from it. The lists and answers are needed no more."""
    output = Path(settings.output)
    draft.files |= json.JsonWriter().write(Publication(dataset=dataset))
    draft.is_settled = _is_settled(draft, dataset, output)
    if not draft.is_settled and not draft.are_decisions_plain:
        draft.decisions = None
    _plan_formats(draft, before, settings)
    draft.files |= _news(draft.news, draft.files[store.FILE], output)
    draft.files[name_index.INDEX] = name_index.index(draft.files[store.FILE], dataset)


def _is_settled(draft: Draft, dataset: Dataset, output: Path) -> bool:
    """Return True if another run of the same answers would publish the same.

    It goes on from what this one publishes. That makes no difference where this one went on from
    the same, or from nothing and no value was carried over.
    """
    if (output / store.FILE).is_file():
        return all(store.is_same(output / name, content) for name, content in draft.files.items())
    return draft.is_settled and all(it.status == "ok" for it in dataset.repositories)


def _plan_formats(draft: Draft, before: Run | None, settings: Settings) -> None:
    """Decide whether the formats are made again. If not, drop the dataset to free its memory."""
    report, output = draft.report, Path(settings.output)
    last = before.files if before else {}
    names = set(chain.from_iterable(last.values()))
    report.inputs = publication.digest(draft.files, settings.publish)
    is_same = (
        before is not None and before.inputs == report.inputs and last.keys() == set(pool.names())
    )
    if is_same and all((output / name).is_file() for name in names):
        report.files, draft.dataset = last, None
    else:
        draft.obsolete = names


def contents(draft: Draft, settings: Settings, start: float) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file, the report last; none is held longer than needed.

    `start` is when the run began.
    """
    names, content = set(draft.files), None
    output = Path(settings.output)
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


def _news(news: Changes, written: bytes, output: Path) -> dict[str, bytes]:
    """Return changes.json; it stays until something changes, so a quiet night alters no byte."""
    if not news and (output / changes.FILE).is_file():
        return {}
    last = output / store.FILE
    news.before = sha256_of(last) if last.is_file() else None
    news.after = changes.digest(written)
    return {changes.FILE: changes.encode(news)}
