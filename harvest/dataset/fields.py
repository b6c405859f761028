"""The fields by which works are chosen, each with its kind and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, get_args

import msgspec

from harvest import models
from harvest.models import Dataset, Repository, Work

Kind = Literal["text", "number", "date", "flag"]
Value = str | int | bool

DATES = (models.Day, models.ReducedDate, models.Instant)
OF_CODE = frozenset({"license", "language"})  # a work's own are `text.license`, `text.language`
NOT_OF_CODE = frozenset({"id", "status", "url", "aliases", "works", "source", "stale_since"})
# What a value of several fields is chosen by.
MAIN: dict[type[msgspec.Struct], str] = {
    models.Author: "name",
    models.Manifestation: "identifier",
    models.IntegrityNotice: "kind",
    models.WorkRepository: "id",
    models.Place: "seed",
    models.Provenance: "source",
    models.Assertion: "source",
    models.Event: "name",
    models.Funder: "name",
}


class Field(msgspec.Struct, frozen=True):
    """A field: its kind, and a function that returns its values for a work, none if unknown."""

    kind: Kind
    values: Callable[[Work], list[Value]]


def fields_of(dataset: Dataset) -> dict[str, Field]:
    """Return every field of the works of a dataset by its name.

    There are those of a work, its identifiers by scheme, its facets by name, those of its own code,
    and `retracted`, `list` and `section`. Where two have one name, the first of these is meant, but
    for `license` and `language`.
    """
    works = dataset.works
    names = _keys(work.facets for work in works)
    facets = {name: Field("text", partial(_facet, name)) for name in names}
    schemes = _keys(work.identifiers for work in works)
    return {
        "retracted": Field("flag", lambda work: [is_retracted(work)]),
        "list": Field("text", lambda work: [place.seed for place in work.mentions]),
        "section": Field("text", _sections),
        **_fields_of_code(dataset),
        **facets,
        **{f"facets.{name}": field for name, field in facets.items()},
        **{scheme: Field("text", partial(_scheme, scheme)) for scheme in schemes},
        **_fields_of_work(),
        "identifiers": Field("text", lambda work: [*work.curies]),
    }


def is_retracted(work: Work) -> bool:
    """Return True if a form of a work is retracted or withdrawn."""
    return any(notice.kind in {"retraction", "withdrawal"} for notice in work.integrity)


def _fields_of_work() -> dict[str, Field]:
    return {
        f"text.{name}" if name in OF_CODE else name: Field(kind, partial(_values, name))
        for name, kind in _kinds(Work)
    }


def _fields_of_code(dataset: Dataset) -> dict[str, Field]:
    """Return the fields of the repositories that are a work's own code."""
    repositories = {repository.id: repository for repository in dataset.repositories}
    return {
        name: Field(kind, partial(_values_of_code, name, repositories))
        for name, kind in _kinds(Repository)
        if name not in NOT_OF_CODE
    }


def _keys(values: Iterable[dict[str, list[str]]]) -> set[str]:
    return set().union(*values)


def _kinds(struct: type[msgspec.Struct]) -> Iterable[tuple[str, Kind]]:
    for field in msgspec.structs.fields(struct):
        yield field.name, _kind(field.type)


def _kind(annotation: Any) -> Kind:
    parts = {annotation, *get_args(annotation)}
    if not parts.isdisjoint(DATES):
        return "date"
    if bool in parts:
        return "flag"
    numbers = {int, models.PositiveInt, models.NonNegativeInt}
    return "number" if not parts.isdisjoint(numbers) else "text"


def _values(name: str, record: Work | Repository) -> list[Value]:
    return _flatten(getattr(record, name))


def _values_of_code(name: str, repositories: dict[str, Repository], work: Work) -> list[Value]:
    values: list[Value] = []
    for link in work.repositories:
        repository = repositories.get(link.id)
        if link.role == "code" and repository:
            values += _values(name, repository)
    return values


def _facet(name: str, work: Work) -> list[Value]:
    return [*work.facets.get(name, ())]


def _scheme(name: str, work: Work) -> list[Value]:
    return [*work.identifiers.get(name, ())]


def _sections(work: Work) -> list[Value]:
    """Return each heading above a place, so that a section is named by any of them."""
    return list(chain.from_iterable(place.section for place in work.mentions))


def _flatten(value: Any) -> list[Value]:
    """Return the values within lists, dictionaries and structs."""
    if value is None:
        return []
    if isinstance(value, msgspec.Struct):
        return _flatten(attrgetter(MAIN[type(value)])(value))
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, str | int | bool):
        return [value]
    return list(chain.from_iterable(map(_flatten, value)))
