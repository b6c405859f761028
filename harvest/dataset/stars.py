"""stars.csv: the history of each repository, a row for each day on which its numbers changed.

Rows are only ever added. They are keyed by the number of the repository at GitHub, which survives
renames.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from operator import itemgetter

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

    Records that are not newer than that row come from an old cache and are left out.
    """
    text = history.decode() if history else ",".join(COLUMNS) + "\n"
    if not text.endswith("\n"):  # somebody has merged it by hand
        text += "\n"
    last = {row["repository_id"]: row for row in csv.DictReader(io.StringIO(text))}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    rows = [_row(record) for record in records if _has_numbers(record)]
    for row in sorted(rows, key=itemgetter("date", "repository")):
        before = last.get(row["repository_id"], {"date": ""})
        numbers = {"stars": row["stars"], "forks": row["forks"]}
        if row["date"] > before["date"] and not numbers.items() <= before.items():
            writer.writerow(row)
            last[row["repository_id"]] = row
    return (text + out.getvalue()).encode()


def _has_numbers(record: RepositoryRecord) -> bool:
    """Return True if a record is a fresh answer of the host with all numbers."""
    repository = record.repository
    numbers = (repository.repository_id, repository.stars, repository.forks)
    return not record.stale_since and None not in numbers


def _row(record: RepositoryRecord) -> dict[str, str]:
    repository = record.repository
    return {
        "date": record.as_of or "",
        "repository_id": str(repository.repository_id),
        "repository": repository.id,
        "stars": str(repository.stars),
        "forks": str(repository.forks),
    }
