"""changes.csv: every change that a run has published, with its day. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from harvest.dataset import tables
from harvest.dataset.changes import Change, Changes

FILE = "changes.csv"
COLUMNS = ("date", "id", "kind", "cause", "title", "before", "after")


class LoggedChange(Change, frozen=True, kw_only=True):
    """A change, and the day of the run that published it."""

    date: str


def extend(log: bytes | None, changes: Changes, day: str) -> bytes:
    """Return the log with the changes of a run on `day` (ISO 8601), each once a day.

    Stars have one row a repository and day, which begins where its last row ends.
    """
    text = log or tables.encode(COLUMNS, ())
    if not text.endswith(b"\n"):  # somebody has merged it by hand
        text += b"\n"
    rows = [*changes.works, *changes.repositories]
    if not rows:
        return text
    return text + tables.encode(COLUMNS, new_rows(read(text), rows, day), head=False)


def read(log: bytes) -> list[LoggedChange]:
    """Return the changes of a log in its order. Raises msgspec.ValidationError for a broken row."""
    return [parse_row(row) for row in tables.decode(log)]


def parse_row(cells: Mapping[str, str | None]) -> LoggedChange:
    """Return a row of a log. Raises msgspec.ValidationError for a broken one."""
    values: dict[str, str | int | None] = {}
    for name, cell in cells.items():
        values[name] = cell or None
    if cells["kind"] == "stars":
        values |= {"before": int(cells["before"] or ""), "after": int(cells["after"] or "")}
    return msgspec.convert(values, LoggedChange)


def new_rows(
    log: Sequence[LoggedChange], changes: Iterable[Change], day: str
) -> Iterator[tables.Row]:
    """Yield a row for each change of a day that is not logged yet."""
    today = {_key(row) for row in log if row.date == day}
    stars = {row.id: row.after for row in log if row.kind == "stars"}
    for change in changes:
        if _key(change) in today:
            continue
        row = msgspec.structs.asdict(change)
        if change.kind == "stars":
            row["before"] = stars.get(change.id, change.before)
        yield {"date": day, **row}


def _key(change: Change) -> tuple[str | int | None, ...]:
    if change.kind == "stars":
        return change.id, change.kind
    return change.id, change.kind, change.before, change.after
