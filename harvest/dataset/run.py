"""run.json: what a run did, and everything of it that has a time or depends on the day."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from harvest.dataset import encoding
from harvest.dataset.changes import Changes
from harvest.models import Dataset, Finding, Mention, Tally

FILE = "run.json"

log = logging.getLogger(__name__)


class Run(msgspec.Struct, kw_only=True):
    """The report of a run.

    `mentions` adds up: total = identified + placeholders + other. `findings` and `changes` are
    counted, in total and by code or kind. `good_at` is the start of the last run that asked every
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

    def encode(self) -> bytes:
        """Return run.json."""
        return encoding.indented(self)


def read(folder: Path) -> Run | None:
    """Read the report of the last run, if there is one. A broken file is ignored with a warning."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Run)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s: %s; ignored", path, error)
        return None


def count_mentions(mentions: Iterable[Mention]) -> dict[str, int]:
    """Count mentions by what they are."""
    kinds = Counter(mention.target.kind for mention in mentions)
    return {
        "total": kinds.total(),
        "identified": kinds["identifier"],
        "placeholders": kinds["placeholder"],
        "other": kinds["link"],
    }


def count_works(dataset: Dataset) -> dict[str, int]:
    """Count works by status."""
    return {"total": len(dataset.works), **Counter[str](work.status for work in dataset.works)}


def count_repositories(dataset: Dataset) -> dict[str, int]:
    """Count repositories by status."""
    statuses = Counter[str](repository.status for repository in dataset.repositories)
    return {"total": len(dataset.repositories), **statuses}


def count_findings(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by code."""
    return _count(finding.code for finding in findings)


def count_changes(changes: Changes) -> dict[str, int]:
    """Count changes by kind."""
    return _count(change.kind for change in (*changes.works, *changes.repositories))


def _count(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return {"total": counts.total(), **dict(sorted(counts.items()))}


def degraded(tallies: Mapping[str, Tally]) -> list[str]:
    """Return a sentence for each source that owes answers."""
    return [_debt(name, tally) for name, tally in tallies.items() if tally.degraded]


def _debt(name: str, tally: Tally) -> str:
    parts = []
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.deferred:
        parts.append(f"{tally.deferred} not asked")
    if tally.stale:
        parts.append(f"{tally.stale} of them keep their last answer")
    return f"{name}: {', '.join(parts)} ({tally.error})"
