"""works.csv and repositories.csv: one row a record, lists joined by a semicolon."""

from __future__ import annotations

from collections.abc import Iterable

from harvest.dataset import tables
from harvest.dataset.publication import Publication
from harvest.dataset.tables import Cell
from harvest.models import Repository, Work
from harvest.writers.base import Writer

Row = dict[str, Cell]

WORK = (
    "id", "status", "type", "title", "authors", "date", "year", "container", "publisher",
    "cited_by", "doi", "arxiv", "repositories", "mentions", "key", "volume", "issue", "pages",
)  # fmt: skip
LISTS = ("aliases", "topics", "works")  # fields of a repository with several values
REPOSITORY = (*(name for name in Repository.__struct_fields__ if name not in LISTS), *LISTS)


class CsvWriter(Writer):
    """works.csv and repositories.csv (UTF-8, RFC 4180 quoting, line feeds)."""

    name = "csv"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return both tables."""
        return {
            "works.csv": tables.encode(WORK, map(_work, publication.works)),
            "repositories.csv": tables.encode(
                REPOSITORY, map(_repository, publication.repositories)
            ),
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
    return row | {name: _join(getattr(repository, name)) for name in LISTS}


def _join(values: Iterable[str]) -> str:
    return "; ".join(values)
