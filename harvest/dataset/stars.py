"""stars.csv: the history of each repository's numbers, a row for each day on which one of them changed.

Rows are only ever added. They are keyed by the number that GitHub gives a repository, which survives renames.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from harvest.models import RepositoryRecord

FILE = "stars.csv"
COLUMNS = ("date", "repository_id", "repository", "stars", "forks")


def extend(history: bytes | None, records: Iterable[RepositoryRecord]) -> bytes:
    """Give the history with a row for each fresh record whose stars or forks differ from its last row.

    What is older than that row, because it comes from a cache that is, would be told as news.
    """
    text = history.decode() if history else ",".join(COLUMNS) + "\n"
    if not text.endswith("\n"):  # somebody has merged it by hand
        text += "\n"
    last = {row["repository_id"]: row for row in csv.DictReader(io.StringIO(text))}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    rows = (_row(record) for record in records if _is_telling(record))
    for row in sorted(rows, key=lambda row: (row["date"], row["repository"])):
        before = last.get(row["repository_id"])
        if before and (
            row["date"] <= before["date"]
            or (before["stars"], before["forks"]) == (row["stars"], row["forks"])
        ):
            continue
        writer.writerow(row)
        last[row["repository_id"]] = row
    return (text + out.getvalue()).encode()


def _is_telling(record: RepositoryRecord) -> bool:
    """Tell whether a record is a new answer of the host with numbers."""
    repository = record.repository
    return not record.stale_since and None not in (
        repository.repository_id,
        repository.stars,
        repository.forks,
    )


def _row(record: RepositoryRecord) -> dict[str, str]:
    repository = record.repository
    return {
        "date": record.as_of or "",
        "repository_id": str(repository.repository_id),
        "repository": repository.id,
        "stars": str(repository.stars),
        "forks": str(repository.forks),
    }
