"""The content of a page: four parts, each a set of columns.

`core` is what lists, search, filters and figures need, and is unpacked first. `detail` has the rest
of each work and repository (see page_detail), `findings` and `changes` their rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from harvest.dataset import change_log, columns, page_detail
from harvest.dataset.publication import FINDING_COLUMNS, Publication
from harvest.dataset.stars import StarCount
from harvest.garbage import without_gc
from harvest.identifiers.tables import TABLES
from harvest.models import Author, Repository, Work

MAX_WORKS = 50_000
MAX_CHANGES = 2_000
MAX_COUNTS = 24  # of the stars of one repository

_PAGES = {scheme: page for scheme, page in TABLES.pages.items() if isinstance(page, str)}
_WORK = (
    "id", "title", "date", "type", "status", "container", "cited_by", "aliases", "stale_since",
    "integrity",
)  # fmt: skip
_OF_THE_PAGE = ("others", "authors", "preprint", "published", "repositories", "lists")
_REPOSITORY = ("id", "stars", "activity", "language", "license")

Numbers = dict[Any, int]  # the number of each


def newest(works: Sequence[Work]) -> list[Work]:
    """Return the works that a page has room for, the newest first, those without a date last."""
    order = sorted(works, key=lambda work: (work.date or "", work.id), reverse=True)
    return order[:MAX_WORKS]


@without_gc()
def content(
    publication: Publication, works: Iterable[Work], rules: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Any]]:
    """Return the parts for some works, in the order of the dataset.

    `rules` are the names, levels and advice of the rules behind the findings, by code.
    """
    ids = {work.id for work in works}
    rows = [work for work in publication.works if work.id in ids]
    repositories = _repositories_of(publication, rows)
    people = _people(rows)
    seeds = _numbers(sorted(_seeds(rows)))
    changes = publication.changes[-MAX_CHANGES:]
    core = _about(publication, rules) | {
        "sizes": {
            "works": len(rows),
            "repositories": len(repositories),
            "findings": len(publication.findings),
            "changes": len(changes),
        },
        "abstracts": _abstracts(rows),
        "names": [person.name for person in people],
        "lists": [*seeds],
        "works": _works(rows, people, seeds, _numbers(it.id for it in repositories)),
        "repositories": _repositories(repositories),
        "history": _history(publication.stars, repositories),
    }
    return {
        "core": core,
        "detail": page_detail.detail(rows, people, seeds, repositories),
        "findings": _table(publication.findings, FINDING_COLUMNS),
        "changes": _table(changes, change_log.COLUMNS),
    }


def _about(publication: Publication, rules: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return what is known of the publication as a whole, whether a page has room for it or not."""
    settings = publication.settings
    seeds = _seeds(publication.works) | {finding.seed for finding in publication.findings}
    codes = {finding.code for finding in publication.findings}
    return {
        "total": len(publication.works),
        "all_changes": len(publication.changes),
        "as_of": _as_of(publication),
        "pages": _PAGES,
        "settings": {
            "title": settings.title,
            "description": settings.description,
            "group": settings.group,
        },
        "addresses": {seed: settings.line_pattern(seed) for seed in sorted(seeds)},
        "rules": {code: rule for code, rule in rules.items() if code in codes},
    }


def _as_of(publication: Publication) -> str | None:
    """Return the last day on which something was published, as far as the history tells."""
    days = [change.date for change in publication.changes]
    days += [count.date for count in publication.stars]
    return max(days, default=None)


def _numbers(names: Iterable[Any]) -> Numbers:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _people(works: Iterable[Work]) -> dict[Author, int]:
    people: dict[Author, int] = {}
    for work in works:
        for person in work.authors:
            people.setdefault(person, len(people))
    return people


def _seeds(works: Iterable[Work]) -> set[str]:
    seeds: set[str] = set()
    for work in works:
        seeds.update(place.seed for place in work.mentions)
    return seeds


def _repositories_of(publication: Publication, works: Iterable[Work]) -> list[Repository]:
    """Return the repositories that some works have."""
    names: set[str] = set()
    for work in works:
        names.update(repository.id for repository in work.repositories)
    return [it for it in publication.repositories if it.id in names]


def _table(records: Iterable[msgspec.Struct], names: Sequence[str]) -> columns.Table:
    return columns.table([msgspec.structs.asdict(record) for record in records], names)


# -- works -----------------------------------------------------------------------------------------


def _works(
    works: Sequence[Work], people: Numbers, seeds: Numbers, repositories: Numbers
) -> columns.Table:
    rows = [page_detail.fields(work, _WORK) for work in works]
    for work, row in zip(works, rows, strict=True):
        row["others"] = page_detail.identifiers(work)[1:]
        row["authors"] = [people[person] for person in work.authors]
        row["preprint"] = _first_day(work, "preprint")
        row["published"] = _first_day(work, "version_of_record")
        row["repositories"] = _code(work, repositories)
        row["lists"] = sorted({seeds[place.seed] for place in work.mentions})
    return columns.table(rows, (*_WORK, *_OF_THE_PAGE)) | {"facets": _facets(works)}


def _facets(works: Sequence[Work]) -> columns.Table:
    names: set[str] = set()
    for work in works:
        names.update(work.facets)
    facets = {}
    for name in sorted(names):
        facets[name] = columns.column([work.facets.get(name, []) for work in works])
    return facets


def _first_day(work: Work, kind: str) -> str | None:
    """Return the first day of a form: None without such a form, empty without its day."""
    days = [form.date or "" for form in work.manifestations if form.kind == kind]
    return min(filter(None, days), default="") if days else None


def _code(work: Work, repositories: Numbers) -> list[int]:
    """Return its repositories as twice their number, one more for the code of the original."""
    return [2 * repositories[it.id] + (it.role == "original") for it in work.repositories]


def _abstracts(works: Sequence[Work]) -> columns.Column | None:
    """Return which works have an abstract that the page does not hold, None if it holds all."""
    if page_detail.has_room_for_abstracts(works):
        return None
    return columns.column([bool(work.abstract) for work in works])


# -- repositories ----------------------------------------------------------------------------------


def _repositories(repositories: Sequence[Repository]) -> columns.Table:
    rows = [page_detail.fields(it, _REPOSITORY) for it in repositories]
    for repository, row in zip(repositories, rows, strict=True):
        row["pushed"] = (repository.pushed_at or "")[:10]
        row["created"] = (repository.created_at or "")[:10]
    return columns.table(rows, (*_REPOSITORY, "pushed", "created"))


def _history(stars: Iterable[StarCount], repositories: Iterable[Repository]) -> dict[str, Any]:
    """Return the days and stars of repositories with two or more counts, by their place."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for count in stars:
        counts[count.repository_id][count.date] = count.stars
    history = {}
    for place, repository in enumerate(repositories):
        row = sorted(counts.get(repository.repository_id or 0, {}).items())
        if len(row) > 1:
            history[str(place)] = _line(_thin(row))
    return history


def _line(counts: Sequence[tuple[str, int]]) -> list[Any]:
    """Return the first day, the days since then, and the stars on them."""
    first = counts[0][0]
    start = date.fromisoformat(first)
    days = [(date.fromisoformat(day) - start).days for day, _ in counts]
    return [first, days, [number for _, number in counts]]


def _thin(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return counts at even steps, with the first and the last."""
    if len(counts) <= MAX_COUNTS:
        return counts
    step = (len(counts) - 1) / (MAX_COUNTS - 1)
    return [counts[round(step * number)] for number in range(MAX_COUNTS)]
