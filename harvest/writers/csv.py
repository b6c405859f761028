"""works.csv and repositories.csv: one row a record, lists joined by a semicolon."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from harvest.models import Dataset, Repository, Work
from harvest.writers.base import Writer

Cell = str | int | bool | None
Row = dict[str, Cell]

WORK = (
    "id", "status", "type", "title", "authors", "date", "year", "container", "publisher",
    "cited_by", "doi", "arxiv", "repositories", "mentions",
)  # fmt: skip
LISTS = ("aliases", "topics", "works")  # fields of a repository with several values
REPOSITORY = (*(name for name in Repository.__struct_fields__ if name not in LISTS), *LISTS)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins so


class CsvWriter(Writer):
    """works.csv and repositories.csv (UTF-8, RFC 4180 quoting, line feeds)."""

    name = "csv"
    published = True

    def write(self, dataset: Dataset) -> dict[str, bytes]:
        """Return both tables."""
        return {
            "works.csv": _table(WORK, map(_work, dataset.works)),
            "repositories.csv": _table(REPOSITORY, map(_repository, dataset.repositories)),
        }


def _work(work: Work) -> Row:
    row = {name: getattr(work, name) for name in WORK if name in Work.__struct_fields__}
    return row | {
        "authors": _join(author.name for author in work.authors),
        "doi": _join(work.identifiers["doi"]),
        "arxiv": _join(work.identifiers["arxiv"]),
        "repositories": _join(repository.id for repository in work.repositories),
        "mentions": _join(f"{place.seed}:{place.line}" for place in work.mentions),
    }


def _repository(repository: Repository) -> Row:
    row = {name: getattr(repository, name) for name in REPOSITORY}
    return row | {name: _join(row[name]) for name in LISTS}


def _join(values: Iterable[str]) -> str:
    return "; ".join(values)


def _table(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_escape(row[column]) for column in columns)
    return out.getvalue().encode()


def _escape(cell: Cell) -> Cell:
    """Put an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return cell
    line = cell.replace("\r", " ")  # ends a row to most readers; Python quotes it from 3.13 on
    return f"'{line}" if cell.startswith(_FORMULA) else line
