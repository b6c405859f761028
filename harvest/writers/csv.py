"""works.csv and repositories.csv: one row a record, lists joined by a semicolon."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from harvest.models import Dataset, Repository, Work

NAME = "csv"
PUBLISHED = True

WORK = (
    "id", "status", "type", "title", "authors", "date", "year", "container", "publisher", "cited_by", "doi", "arxiv",
    "repositories", "mentions",
)  # fmt: skip
LISTS = ("aliases", "topics", "works")  # fields of a repository that hold several values
REPOSITORY = (*(name for name in Repository.__struct_fields__ if name not in LISTS), *LISTS)

Cell = str | int | bool | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that starts so


def write(dataset: Dataset) -> dict[str, bytes]:
    """Give works.csv and repositories.csv (UTF-8, RFC 4180 quoting, line feeds)."""
    return {
        "works.csv": _table(WORK, map(_work, dataset.works)),
        "repositories.csv": _table(REPOSITORY, map(_repository, dataset.repositories)),
    }


def _work(work: Work) -> dict[str, Cell]:
    return {
        "id": work.id,
        "status": work.status,
        "type": work.type,
        "title": work.title,
        "authors": _joined(author.name for author in work.authors),
        "date": work.date,
        "year": work.year,
        "container": work.container,
        "publisher": work.publisher,
        "cited_by": work.cited_by,
        "doi": _joined(work.identifiers["doi"]),
        "arxiv": _joined(work.identifiers["arxiv"]),
        "repositories": _joined(repository.id for repository in work.repositories),
        "mentions": _joined(f"{place.seed}:{place.line}" for place in work.mentions),
    }


def _repository(repository: Repository) -> dict[str, Cell]:
    row: dict[str, Cell] = {name: getattr(repository, name) for name in REPOSITORY}
    return row | {name: _joined(getattr(repository, name)) for name in LISTS}


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)


def _table(columns: Sequence[str], rows: Iterable[dict[str, Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_safe(row[column]) for column in columns)
    return out.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    """Put an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return cell
    line = cell.replace(
        "\r", " "
    )  # which ends a row to most readers, and Python before 3.13 does not quote it
    return f"'{line}" if cell.startswith(_FORMULA) else line
