"""Works as a dataset holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvest.dataset.publication import Publication
from harvest.models import Author, Dataset, Provenance, Repository, Work


def make_work(number: int, **fields: object) -> Work:
    """Return a resolved work as it is published; `fields` replace the made-up ones."""
    doi = f"10.1000/{number:03}"
    base: dict[str, object] = {
        "id": f"doi:{doi}",
        "aliases": [],
        "status": "resolved",
        "type": "journal-article",
        "title": f"Work {number}",
        "authors": [Author("Ada Lovelace", "Ada", "Lovelace")],
        "date": "2023-01-19",
        "year": 2023,
        "container": None,
        "publisher": None,
        "cited_by": 0,
        "identifiers": {"doi": [doi], "arxiv": [], "openreview": [], "pii": [], "url": []},
        "manifestations": [],
        "integrity": [],
        "facets": {},
        "repositories": [],
        "mentions": [],
        "provenance": {"title": Provenance("crossref", f"doi:{doi}")},
    }
    return Work(**{**base, **fields})


def make_repository(name: str, **fields: object) -> Repository:
    """Return a repository by `owner/name`."""
    return Repository(id=f"github:{name}", url=f"https://github.com/{name}", **fields)


def make_publication(
    *works: Work, repositories: Iterable[Repository] = (), **fields: Any
) -> Publication:
    """Return a publication of these works and repositories; `fields` are its other parts."""
    return Publication(dataset=Dataset([*works], [*repositories]), **fields)


def make_dataset(works: int, repositories: int = 0) -> Dataset:
    """Return a dataset of so many works and repositories."""
    return Dataset(
        [make_work(n) for n in range(works)],
        [make_repository(f"o/n{n}") for n in range(repositories)],
    )
