"""What a page holds of a publication: three parts, each a set of columns.

`core` is what lists, search, filters and figures need, and is unpacked first. `detail` has the rest
of each work and repository, `other` the findings and changes.

Texts that a work repeats are written as a marker (U+0001), a letter and a number: `i0` is its first
identifier, `v0` that without the scheme, `u0` its address, `t` the title. So provenance is nearly
the same for all works. A text that begins with the marker gets another one before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from harvest.dataset import columns
from harvest.dataset.publication import Publication
from harvest.dataset.stars import StarCount
from harvest.identifiers import url
from harvest.identifiers.tables import TABLES
from harvest.models import Author, Identifier, Repository, Work

MOST_WORKS = 50_000
MOST_CHANGES = 2_000
MOST_COUNTS = 24  # of the stars of one repository
MOST_ABSTRACTS = 600_000  # characters of all abstracts; a page with more holds none

_MARK = "\x01"
_ADDRESSES = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
_PAGES = {scheme: page for scheme, page in TABLES.pages.items() if isinstance(page, str)}
_PLAIN = ("type", "status", "container", "cited_by", "stale_since", "integrity")
_DETAIL = (
    "aliases", "publisher", "identifiers", "manifestations", "provenance", "assertions", "key",
    "former_keys", "volume", "issue", "pages", "article_number", "issn", "isbn", "editors", "event",
    "series", "journal_ref", "language", "license", "funders", "subjects", "year",
)  # fmt: skip
_REPOSITORY = ("stars", "activity", "language", "license")
_REPOSITORY_DETAIL = (
    "status", "url", "description", "topics", "forks", "open_issues", "archived", "fork_of",
    "latest_release", "commits_last_year", "stale_since", "missing_since", "aliases",
)  # fmt: skip
_PLACE = ("line", "section", "title", "authors", "date", "url", "label")

Rows = list[dict[str, Any]]


def newest(works: Sequence[Work]) -> list[Work]:
    """Return the works that a page has room for, the newest first, those without a date last."""
    order = sorted(works, key=lambda work: (work.date or "", work.id), reverse=True)
    return order[:MOST_WORKS]


def content(
    publication: Publication, works: Iterable[Work], rules: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Any]]:
    """Return the parts for some works, in the order of the dataset.

    `rules` are the names, levels and advice of the rules behind the findings, by code.
    """
    chosen = {work.id for work in works}
    rows = [work for work in publication.works if work.id in chosen]
    used = {repository.id for work in rows for repository in work.repositories}
    repositories = [it for it in publication.repositories if it.id in used]
    people = {person: number for number, person in enumerate(_people(rows))}
    seeds = sorted({place.seed for work in rows for place in work.mentions})
    core = {
        "total": len(publication.works),
        "findings": len(publication.findings),
        "changes": len(publication.changes),
        "sizes": {"works": len(rows), "repositories": len(repositories)},
        "abstracts_left_out": any(it.abstract for it in rows) and not _has_abstracts(rows),
        "pages": _PAGES,
        "as_of": _as_of(publication),
        "settings": {
            "title": publication.settings.title,
            "description": publication.settings.description,
            "group": publication.settings.group,
        },
        "names": [person.name for person in people],
        "lists": seeds,
        "works": _core(rows, people, seeds, {it.id: at for at, it in enumerate(repositories)}),
        "repositories": _repositories(repositories),
        "history": _history(publication.stars, repositories),
    }
    return {
        "core": core,
        "detail": _detail(rows, people, seeds, repositories),
        "other": _other(publication, rules),
    }


def _people(works: Iterable[Work]) -> dict[Author, None]:
    return dict.fromkeys(person for work in works for person in work.authors)


def _as_of(publication: Publication) -> str | None:
    """Return the last day on which something was published, as far as the history tells."""
    days = [change.date for change in publication.changes]
    days += [count.date for count in publication.stars]
    return max(days, default=None)


def _core(
    works: list[Work], people: dict[Author, int], seeds: list[str], places: dict[str, int]
) -> columns.Table:
    own = columns.table([_fields(work, _PLAIN) for work in works], _PLAIN)
    own |= {
        "id": columns.column([work.id for work in works]),
        "title": columns.column([work.title for work in works]),
        "date": columns.column([work.date for work in works]),
        "authors": columns.column([[people[person] for person in it.authors] for it in works]),
        "preprint": columns.column([_day_of(work, "preprint") for work in works]),
        "published": columns.column([_day_of(work, "version_of_record") for work in works]),
        "repositories": columns.column([_code(work, places) for work in works]),
        "lists": columns.column([_lists(work, seeds) for work in works]),
    }
    names = sorted({name for work in works for name in work.facets})
    facets = {name: columns.column([it.facets.get(name, []) for it in works]) for name in names}
    return own | {"facets": facets}


def _fields(record: Work | Repository, names: Iterable[str]) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(record, name)) for name in names}


def _day_of(work: Work, kind: str) -> str | None:
    """Return the first day of a form: None without such a form, empty without its day."""
    days = [form.date or "" for form in work.manifestations if form.kind == kind]
    return min(filter(None, days), default="") if days else None


def _code(work: Work, places: dict[str, int]) -> list[int]:
    """Return its repositories as twice their number, one more for the code of the original."""
    return [2 * places[it.id] + (it.role == "original") for it in work.repositories]


def _lists(work: Work, seeds: list[str]) -> list[int]:
    return sorted({seeds.index(place.seed) for place in work.mentions})


def _repositories(repositories: list[Repository]) -> columns.Table:
    table = columns.table([_fields(it, _REPOSITORY) for it in repositories], _REPOSITORY)
    return table | {
        "id": columns.column([it.id for it in repositories]),
        "pushed": columns.column([(it.pushed_at or "")[:10] for it in repositories]),
        "created": columns.column([(it.created_at or "")[:10] for it in repositories]),
    }


def _history(stars: Iterable[StarCount], repositories: list[Repository]) -> dict[str, Any]:
    """Return the days and stars of repositories with two or more counts, by their place."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for count in stars:
        counts[count.repository_id][count.date] = count.stars
    history = {}
    for place, repository in enumerate(repositories):
        own = sorted(counts.get(repository.repository_id or 0, {}).items())
        if len(own) > 1:
            own = _thinned(own)
            start = date.fromisoformat(own[0][0])
            days = [(date.fromisoformat(day) - start).days for day, _ in own]
            history[str(place)] = [own[0][0], days, [number for _, number in own]]
    return history


def _thinned(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return counts at even steps, with the first and the last."""
    if len(counts) <= MOST_COUNTS:
        return counts
    step = (len(counts) - 1) / (MOST_COUNTS - 1)
    return [counts[round(step * number)] for number in range(MOST_COUNTS)]


# -- detail ----------------------------------------------------------------------------------------


def _detail(
    works: list[Work], people: dict[Author, int], seeds: list[str], repositories: list[Repository]
) -> dict[str, Any]:
    places: Rows = []
    rows: Rows = []
    names = (*_DETAIL, "abstract") if _has_abstracts(works) else _DETAIL
    for work in works:
        texts = _texts(work)
        row = _shorten(_fields(work, names), texts)
        rows.append(row | {"others": _identifiers(work)[1:], "addresses": _addresses(work)})
        for place in work.mentions:
            row = _shorten(msgspec.to_builtins(place), texts)
            places.append(row | {"seed": seeds.index(place.seed)})
    return {
        "works": columns.table(rows, ("others", "addresses", *names)),
        "sizes": columns.column([len(work.mentions) for work in works]),
        "places": columns.table(places, ("seed", *_PLACE)),
        "people": _names(people),
        "repositories": columns.table(
            [_fields(it, _REPOSITORY_DETAIL) for it in repositories], _REPOSITORY_DETAIL
        ),
    }


def _has_abstracts(works: list[Work]) -> bool:
    """Return True if there are abstracts, and room for all of them."""
    return 0 < sum(len(work.abstract or "") for work in works) <= MOST_ABSTRACTS


def _identifiers(work: Work) -> list[str]:
    """Return its id and the identifiers of its forms, each once."""
    return [*dict.fromkeys([work.id, *(form.identifier for form in work.manifestations)])]


def _addresses(work: Work) -> dict[str, str]:
    """Return the addresses of identifiers that no template gives."""
    addresses = {}
    for curie in (work.id, *work.curies):
        identifier = Identifier.of(curie)
        if identifier.scheme not in _PAGES and identifier.scheme != "url":
            with suppress(ValueError):  # it has none
                addresses[curie] = url(identifier)
    return addresses


def _texts(work: Work) -> dict[str, str]:
    """Return the markers of the texts that a work repeats."""
    texts: dict[str, str] = {}
    for number, identifier in enumerate(_identifiers(work)):
        scheme, _, value = identifier.partition(":")
        texts.setdefault(identifier, f"{_MARK}i{number}")
        texts.setdefault(value, f"{_MARK}v{number}")
        if scheme in _ADDRESSES:
            texts.setdefault(_ADDRESSES[scheme] + value, f"{_MARK}u{number}")
    if work.title:
        texts.setdefault(work.title, f"{_MARK}t")
    return texts


def _shorten(value: Any, texts: dict[str, str]) -> Any:
    """Return JSON with markers in place of texts; names of fields stay."""
    if isinstance(value, str):
        return texts.get(value) or (_MARK + value if value.startswith(_MARK) else value)
    if isinstance(value, dict):
        return {name: _shorten(item, texts) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shorten(item, texts) for item in value]
    return value


def _names(people: Iterable[Author]) -> columns.Table:
    """Return the parts of names.

    `split` is the length of a given name where given and family name make the name, in UTF-16
    units as JavaScript counts them; else both parts.
    """
    rows = []
    for person in people:
        split: object = [person.given, person.family]
        if person.given and person.family and f"{person.given} {person.family}" == person.name:
            split = len(person.given.encode("utf-16-le", "surrogatepass")) // 2
        rows.append({"split": split, "orcid": person.orcid, "rors": person.rors})
    return columns.table(rows, ("split", "orcid", "rors"))


# -- findings and changes --------------------------------------------------------------------------


def _other(publication: Publication, rules: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    findings = [msgspec.structs.asdict(finding) for finding in publication.findings]
    changes = [msgspec.structs.asdict(change) for change in publication.changes[-MOST_CHANGES:]]
    seeds = sorted({it.seed for it in publication.findings})
    seeds += sorted({place.seed for it in publication.works for place in it.mentions} - {*seeds})
    codes = {finding.code for finding in publication.findings}
    return {
        "findings": columns.table(findings, ("seed", "line", "code", "message")),
        "changes": columns.table(
            changes, ("date", "id", "kind", "cause", "title", "before", "after")
        ),
        "sizes": {"findings": len(findings), "changes": len(changes)},
        "all_changes": len(publication.changes),
        "addresses": {seed: publication.settings.line_pattern(seed) for seed in seeds},
        "rules": {code: rule for code, rule in rules.items() if code in codes},
    }
