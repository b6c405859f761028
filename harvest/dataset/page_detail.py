"""The details of a work, which a page shows when it is opened and writes into exports.

Texts that a work repeats are written as a marker (U+0001), a letter and a number: `i0` is its first
identifier, `v0` that without the scheme, `u0` its address, `t` the title. So provenance is nearly
the same for all works. A text that begins with the marker gets another one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from harvest.dataset import columns
from harvest.identifiers import url
from harvest.identifiers.tables import TABLES
from harvest.models import Author, Identifier, Repository, Work

MAX_ABSTRACTS = 600_000  # characters of all abstracts; a page with more holds none

_MARK = "\x01"
_ADDRESSES = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
_WORK = (
    "publisher", "identifiers", "manifestations", "assertions", "key", "former_keys",
    "volume", "issue", "pages", "article_number", "issn", "isbn", "editors", "event", "series",
    "journal_ref", "language", "license", "funders", "subjects", "year",
)  # fmt: skip
_REPOSITORY = (
    "status", "url", "description", "topics", "forks", "open_issues", "archived", "fork_of",
    "latest_release", "commits_last_year", "stale_since", "missing_since", "aliases",
)  # fmt: skip
_JSON = frozenset({str, int, bool, type(None)})  # the types of values that are JSON as they are
_NUMBERS = _JSON - {str}
_PLACE = ("line", "section", "title", "authors", "date", "url", "label")

Rows = list[dict[str, Any]]


def detail(
    works: Sequence[Work],
    people: Iterable[Author],
    seeds: Mapping[str, int],
    repositories: Iterable[Repository],
) -> dict[str, Any]:
    """Return the rest of works, of their places in the lists, people and repositories."""
    names = (*_WORK, "abstract") if has_room_for_abstracts(works) else _WORK
    rows: Rows = []
    places: Rows = []
    for work in works:
        texts = _texts(work)
        row = _shorten(fields(work, names), texts)
        rows.append(row | {"provenance": _provenance(work, texts), "addresses": _addresses(work)})
        for place in work.mentions:
            row = _shorten(msgspec.to_builtins(place), texts)
            places.append(row | {"seed": seeds[place.seed]})
    return {
        "works": columns.table(rows, ("addresses", *names, "provenance")),
        "sizes": columns.column([len(work.mentions) for work in works]),
        "places": columns.table(places, ("seed", *_PLACE)),
        "people": _names(people),
        "repositories": columns.table(
            [fields(it, _REPOSITORY) for it in repositories], _REPOSITORY
        ),
    }


def fields(record: Work | Repository, names: Iterable[str]) -> dict[str, Any]:
    """Return fields of a record as JSON."""
    values = {name: getattr(record, name) for name in names}
    for name, value in values.items():
        if type(value) not in _JSON:
            values[name] = msgspec.to_builtins(value)
    return values


def identifiers(work: Work) -> list[str]:
    """Return its id and the identifiers of its forms, each once."""
    names = [form.identifier for form in work.manifestations]
    return [*dict.fromkeys([work.id, *names])]


def has_room_for_abstracts(works: Iterable[Work]) -> bool:
    """Return True if a page has room for the abstracts of all these works."""
    return sum(len(work.abstract or "") for work in works) <= MAX_ABSTRACTS


def _addresses(work: Work) -> dict[str, str]:
    """Return the addresses of identifiers that no template gives."""
    addresses = {}
    for curie in (work.id, *work.curies):
        identifier = Identifier.of(curie)
        if not isinstance(TABLES.pages.get(identifier.scheme), str) and identifier.scheme != "url":
            with suppress(ValueError):  # it has none
                addresses[curie] = url(identifier)
    return addresses


def _texts(work: Work) -> dict[str, str]:
    """Return the markers of the texts that a work repeats."""
    texts: dict[str, str] = {}
    for number, identifier in enumerate(identifiers(work)):
        scheme, _, value = identifier.partition(":")
        texts.setdefault(identifier, f"{_MARK}i{number}")
        texts.setdefault(value, f"{_MARK}v{number}")
        if scheme in _ADDRESSES:
            texts.setdefault(_ADDRESSES[scheme] + value, f"{_MARK}u{number}")
    if work.title:
        texts.setdefault(work.title, f"{_MARK}t")
    return texts


def _provenance(work: Work, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the origin of each value; most values share one."""
    origins = set(work.provenance.values())
    short = {origin: _shorten(msgspec.to_builtins(origin), texts) for origin in origins}
    return {name: short[origin] for name, origin in work.provenance.items()}


def _shorten(value: Any, texts: Mapping[str, str]) -> Any:
    """Return JSON with markers in place of texts; names of fields stay."""
    if isinstance(value, str):
        return texts.get(value) or (_MARK + value if value[:1] == _MARK else value)
    if not value or type(value) in _JSON:
        return value
    if isinstance(value, dict):
        short = {}
        for name, item in value.items():
            is_plain = not item or type(item) in _NUMBERS
            short[name] = item if is_plain else _shorten(item, texts)
        return short
    return [_shorten(item, texts) for item in value]


def _names(people: Iterable[Author]) -> columns.Table:
    rows = [
        {"split": _split(person), "orcid": person.orcid, "rors": person.rors} for person in people
    ]
    return columns.table(rows, ("split", "orcid", "rors"))


def _split(person: Author) -> int | list[str | None]:
    """Return the length of the given name where given and family name make the name, else both.

    The length is in UTF-16 units, as JavaScript counts them.
    """
    if person.given and person.family and f"{person.given} {person.family}" == person.name:
        return len(person.given.encode("utf-16-le", "surrogatepass")) // 2
    return [person.given, person.family]
