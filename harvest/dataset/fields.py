"""The fields by which works are chosen, each with its kind and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
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


def fields(dataset: Dataset) -> dict[str, Field]:
    """Return every field of the works of a dataset by its name.

    There are those of a work, its identifiers by scheme, its facets by name, those of its own code,
    and `retracted`, `list` and `section`. Where two have one name, the first of these is meant, but
    for `license` and `language`.
    """
    repositories = {repository.id: repository for repository in dataset.repositories}
    named = {
        "retracted": Field("flag", lambda work: [is_retracted(work)]),
        "list": Field("text", lambda work: [place.seed for place in work.mentions]),
        "section": Field("text", _sections),
    }
    for name, kind in _kinds(Repository):
        if name not in NOT_OF_CODE:
            named[name] = Field(kind, partial(_values_of_code, name, repositories))
    for facet in {name for work in dataset.works for name in work.facets}:
        named[facet] = named[f"facets.{facet}"] = Field("text", partial(_facet, facet))
    for scheme in {name for work in dataset.works for name in work.identifiers}:
        named[scheme] = Field("text", partial(_scheme, scheme))
    for name, kind in _kinds(Work):
        named[f"text.{name}" if name in OF_CODE else name] = Field(kind, partial(_values, name))
    named["identifiers"] = Field("text", lambda work: [*work.curies])
    return named


def is_retracted(work: Work) -> bool:
    """Return True if a form of a work is retracted or withdrawn."""
    return any(notice.kind in {"retraction", "withdrawal"} for notice in work.integrity)


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
    own = [it.id for it in work.repositories if it.role == "code" and it.id in repositories]
    values = []
    for repository in own:
        values += _values(name, repositories[repository])
    return values


def _facet(name: str, work: Work) -> list[Value]:
    return [*work.facets.get(name, ())]


def _scheme(name: str, work: Work) -> list[Value]:
    return [*work.identifiers.get(name, ())]


def _sections(work: Work) -> list[Value]:
    """Return each heading above a place, so that a section is named by any of them."""
    return [heading for place in work.mentions for heading in place.section]


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
    return [leaf for item in value for leaf in _flatten(item)]
