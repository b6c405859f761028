"""Previews of a run: what it would ask and publish."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from harvest.config import Settings
from harvest.dataset import run, store
from harvest.linking.ledger import Verdict
from harvest.lookup.database import FILE as CACHE
from harvest.lookup.lookup import requests, seconds
from harvest.lookup.memo import DAY
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.search import SUFFIX, Matches
from harvest.lookup.session import Scope, Session
from harvest.models import Dataset, Finding, LastDataset, Mention, Reading
from harvest.pipeline import last_run
from harvest.pipeline.linked import link
from harvest.pipeline.lookups import look_up, read_seeds


class Plan(NamedTuple):
    """The identifiers that a source would be asked for, with the requests and seconds.

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


def _due(session: Session) -> last_run.DueMoments:
    """Return when the answers of each source fall due: as the last run said, if nothing is new.

    The times of the last run hold for a day, since answers last longer for older works.
    """
    reading = read_seeds(RemoteLists(session), session)
    last = last_run.read(session)
    is_recent = last is not None and session.now.timestamp() < last.moment + DAY
    if last and is_recent and last_run.is_current(last, last_run.digest_of(reading), session):
        due, names = last.due, last.report.sources.keys()
    else:
        session.last = _last(Path(session.settings.output))
        lookups = look_up(reading.mentions, session)
        due, names = last_run.when_due(lookups.all_answers), lookups.tallies.keys()
    return {name: due.get(name, []) for name in names}


class Preview(msgspec.Struct, frozen=True):
    """The dataset that the next run without a network would publish, with its findings.

    `mentions` are those of the lists, with the identifiers that a search found.
    """

    dataset: Dataset
    mentions: list[Mention]
    findings: list[Finding]


def preview(settings: Settings, reading: Reading | None = None) -> Preview | None:
    """Return what the next run without a network would publish.

    It is None where there is neither cache nor mirror. `reading` is that of the lists, or of others
    than the settings name.
    """
    if not _has_answers(settings):
        return None
    with Session(settings, Scope(offline=True), datetime.now(UTC), readonly=True) as session:
        if reading is None:
            reading = read_seeds(RemoteLists(session), session)
        output = Path(settings.output)
        last = last_run.explanation(last_run.digest_of(reading), session)
        is_there = (output / store.FILE).is_file()
        if last and is_there and last.published == last_run.published(output):
            matches = Matches(rows=last.rows)
            return Preview(store.read(output), matches.resolve(reading.mentions), last.findings)
        session.last = _last(output)
        linked = link(look_up(reading.mentions, session), session)
        return Preview(linked.dataset, linked.mentions, linked.findings)


def verdicts(settings: Settings) -> list[Verdict]:
    """Return every verdict on what was searched or looks alike, from the cache.

    Where the settings name no lists, those of the last run are read.
    """
    output = Path(settings.output)
    report = run.read(output)
    if not settings.seeds and report:
        settings = msgspec.structs.replace(settings, seeds=report.seeds)
    if not _has_answers(settings):
        return []
    with Session(settings, Scope(offline=True), datetime.now(UTC), readonly=True) as session:
        reading = read_seeds(RemoteLists(session), session)
        last = last_run.explanation(last_run.digest_of(reading), session)
        if last:
            return last.verdicts
        session.last = _last(output)
        return link(look_up(reading.mentions, session), session).verdicts


def _has_answers(settings: Settings) -> bool:
    """Return True if there is a cache or a mirror."""
    return bool(settings.mirror) or (Path(settings.cache) / CACHE).is_file()


def _last(output: Path) -> LastDataset | None:
    return store.decode(output, LastDataset) if (output / store.FILE).is_file() else None
