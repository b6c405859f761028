"""stars.csv: the history of each repository, a row for each day on which its numbers changed.

Rows are only ever added. They are keyed by the number of the repository at GitHub, which survives
renames.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from operator import attrgetter

import msgspec

from harvest.models import RepositoryRecord

FILE = "stars.csv"
COLUMNS = ("date", "repository_id", "repository", "stars", "forks")


class StarCount(msgspec.Struct, frozen=True):
    """The numbers of a repository on a day (ISO 8601); `repository` is its name on that day."""

    date: str
    repository_id: int
    repository: str
    stars: int
    forks: int


def read(history: bytes) -> list[StarCount]:
    """Return the rows of a history. Raises msgspec.ValidationError for a broken row."""
    rows = csv.DictReader(io.StringIO(history.decode()))
    return [msgspec.convert(row, StarCount, strict=False) for row in rows]


def extend(history: bytes | None, records: Iterable[RepositoryRecord]) -> bytes:
    """Return the history with a row for each record whose stars or forks differ from its last row.

    Records that are not newer than that row come from an old cache and are left out. Raises
    msgspec.ValidationError for a broken row.
    """
    text = history or (",".join(COLUMNS) + "\n").encode()
    if not text.endswith(b"\n"):  # somebody has merged it by hand
        text += b"\n"
    last = {count.repository_id: count for count in read(text)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    counts = map(_count, filter(_has_numbers, records))
    for count in sorted(counts, key=attrgetter("date", "repository")):
        if _has_changed(count, last.get(count.repository_id)):
            writer.writerow(msgspec.structs.astuple(count))
            last[count.repository_id] = count
    return text + out.getvalue().encode()


def _has_changed(count: StarCount, before: StarCount | None) -> bool:
    if before is None:
        return bool(count.date)
    has_changed = (count.stars, count.forks) != (before.stars, before.forks)
    return count.date > before.date and has_changed


def _has_numbers(record: RepositoryRecord) -> bool:
    """Return True if a record is a fresh answer of the host with all numbers."""
    repository = record.repository
    numbers = (repository.repository_id, repository.stars, repository.forks)
    return not record.stale_since and None not in numbers


def _count(record: RepositoryRecord) -> StarCount:
    repository = record.repository
    return StarCount(
        date=record.as_of or "",
        repository_id=repository.repository_id or 0,
        repository=repository.id,
        stars=repository.stars or 0,
        forks=repository.forks or 0,
    )
