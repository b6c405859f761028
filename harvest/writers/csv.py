"""Tables: works.csv and repositories.csv with one row a record and lists joined by a semicolon.

facets.csv, findings.csv and changes.csv are long: one row a value, a finding or a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from harvest.dataset import change_log, tables
from harvest.dataset.publication import FINDING_COLUMNS, Publication
from harvest.dataset.tables import Cell
from harvest.models import Repository, Work
from harvest.writers.base import Writer

Row = dict[str, Cell]

WORK = (
    "id", "status", "type", "title", "authors", "date", "year", "container", "publisher",
    "cited_by", "doi", "arxiv", "repositories", "mentions", "key", "volume", "issue", "pages",
    "integrity",
)  # fmt: skip
LISTS = ("aliases", "topics", "works")  # fields of a repository with several values
FACET = ("work", "name", "value")
_OF_WORK = [name for name in WORK if name in Work.__struct_fields__]
_work = attrgetter(*_OF_WORK)
REPOSITORY = (*(name for name in Repository.__struct_fields__ if name not in LISTS), *LISTS)


class CsvWriter(Writer):
    """works.csv and the tables beside it (UTF-8, RFC 4180 quoting, line feeds)."""

    name = "csv"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return all tables."""
        works, repositories = publication.works, publication.repositories
        findings = map(msgspec.structs.asdict, publication.findings)
        changes = map(msgspec.structs.asdict, publication.changes)
        return {
            "works.csv": tables.encode(WORK, map(work_row, works)),
            "repositories.csv": tables.encode(REPOSITORY, map(repository_row, repositories)),
            "facets.csv": tables.encode(FACET, facets(works)),
            "findings.csv": tables.encode(FINDING_COLUMNS, findings),
            change_log.FILE: tables.encode(change_log.COLUMNS, changes),
        }


def facets(works: Iterable[Work]) -> Iterator[dict[str, str]]:
    """Yield a row for each value of each facet of each work."""
    for work in works:
        for name, values in work.facets.items():
            for value in values:
                yield {"work": work.id, "name": name, "value": value}


def work_row(work: Work) -> Row:
    """Return the row of a work."""
    row = dict(zip(_OF_WORK, _work(work), strict=True))
    return row | {
        "authors": _join(author.name for author in work.authors),
        "doi": _join(work.identifiers["doi"]),
        "arxiv": _join(work.identifiers["arxiv"]),
        "repositories": _join(repository.id for repository in work.repositories),
        "mentions": _join(f"{place.seed}:{place.line}" for place in work.mentions),
        "integrity": _join(dict.fromkeys(notice.kind for notice in work.integrity)),
    }


def repository_row(repository: Repository) -> Row:
    """Return the row of a repository."""
    row = {name: getattr(repository, name) for name in REPOSITORY}
    return row | {name: _join(getattr(repository, name)) for name in LISTS}


def _join(values: Iterable[str]) -> str:
    return "; ".join(values)
