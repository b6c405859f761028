"""What descriptions of the CSV tables have in common: files with hashes, and types of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from harvest.dataset import change_log
from harvest.dataset.publication import FINDING_COLUMNS, Publication
from harvest.errors import UsageError
from harvest.writers import csv

Type = Literal["string", "integer", "boolean"]

INTEGERS = frozenset({
    "year", "cited_by", "repository_id", "stars", "forks", "open_issues", "commits_last_year",
    "line",
})  # fmt: skip
COLUMNS: dict[str, Sequence[str]] = {
    "works.csv": csv.WORK,
    "repositories.csv": csv.REPOSITORY,
    "facets.csv": csv.FACET,
    "findings.csv": FINDING_COLUMNS,
    change_log.FILE: change_log.COLUMNS,
}


class Table(NamedTuple):
    """A CSV file: its name, content and columns with their types."""

    name: str
    data: bytes
    columns: dict[str, Type]

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, as hexadecimal digits."""
        return sha256(self.data).hexdigest()


def tables(publication: Publication) -> list[Table]:
    """Return the CSV tables of a publication."""
    result = []
    for name, data in csv.CsvWriter().write(publication).items():
        types = {column: _type(column) for column in COLUMNS[name]}
        result.append(Table(name, data, types))
    return result


def license_of(publication: Publication) -> str:
    """Return the licence of the dataset. Raises UsageError where none is set."""
    if publication.settings.license is None:
        raise UsageError("a package names its licence: set `license` in [publish] of harvest.toml")
    return publication.settings.license


def license_url(license_: str) -> str | None:
    """Return the page of a licence that has one; an expression of several has none."""
    is_one = re.fullmatch(r"[A-Za-z0-9.-]+", license_)
    return f"https://spdx.org/licenses/{license_}.html" if is_one else None


def _type(column: str) -> Type:
    if column == "archived":
        return "boolean"
    return "integer" if column in INTEGERS else "string"
