"""The starter snapshot: facts about the default lists, for a night without any registry.

Its records are provisional and its repositories unchecked: every registry overrides them. Each
value was seen in a public place. Where the title was matched to the identifier by other evidence
than a page that shows both, `confidence` says "inferred" and the record asserts no identity (a
wrong value is corrected by the registry's answer, a wrong merge is not).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from harvest.errors import UsageError
from harvest.identifiers import url
from harvest.linking.merge import KIND_BY_SCHEME
from harvest.lookup.answers import AnyRecord
from harvest.models import (
    Curie,
    Day,
    Identifier,
    Instant,
    NonNegativeInt,
    Record,
    ReducedDate,
    Repository,
    RepositoryRecord,
)
from harvest.sources.base import kind_of
from harvest.text import make_author

NAME = "starter"


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    family: str
    given: str | None = None


class _Identified(msgspec.Struct, kw_only=True):
    identifier: Curie


class _Line(_Identified, kw_only=True, forbid_unknown_fields=True):
    confidence: Literal["confirmed", "inferred"]


class _Work(_Line, kw_only=True, forbid_unknown_fields=True):
    title: str | None = None
    authors: tuple[_Person, ...] = ()
    date: ReducedDate | None = None
    container: str | None = None
    publisher: str | None = None
    type: str | None = None
    same_work: tuple[Curie, ...] = ()


class _Repository(_Line, kw_only=True, forbid_unknown_fields=True):
    """`pushed_at` is the last commit; `as_of` the day on which stars and forks were counted."""

    description: str | None = None
    language: str | None = None
    license: str | None = None
    created_at: Instant | None = None
    pushed_at: Instant | None = None
    default_branch: str | None = None
    stars: NonNegativeInt | None = None
    forks: NonNegativeInt | None = None
    as_of: Day | None = None


def load(path: Path) -> dict[Identifier, AnyRecord]:
    """Read the snapshot, one JSON object a line; a file that is not there is an empty one.

    Raises UsageError with file:line for a line in any other shape: no other night will mend it.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    records: dict[Identifier, AnyRecord] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = read(line.encode())
        except (msgspec.DecodeError, ValueError) as error:
            raise UsageError(f"{path}:{number}: not a record of the snapshot: {error}") from error
        if record.identifier in records:
            raise UsageError(f"{path}:{number}: {record.identifier} is there twice")
        records[record.identifier] = record
    return records


def read(line: bytes) -> AnyRecord:
    """Read one line. Raises ValueError or DecodeError for an unknown shape."""
    identifier = Identifier.of(msgspec.json.decode(line, type=_Identified).identifier)
    if identifier.scheme == "github":
        return _repository(identifier, msgspec.json.decode(line, type=_Repository))
    return _record(identifier, msgspec.json.decode(line, type=_Work))


def _record(identifier: Identifier, line: _Work) -> Record:
    authors = (make_author(person.given, person.family) for person in line.authors)
    return Record(
        source=NAME,
        identifier=identifier,
        kind=KIND_BY_SCHEME.get(identifier.scheme) or kind_of(line.type),
        type=line.type,
        title=line.title,
        authors=tuple(filter(None, authors)),
        date=line.date,
        container=line.container,
        publisher=line.publisher,
        same_work=tuple(map(Identifier.of, line.same_work)),
        provisional=True,
    )


def _repository(identifier: Identifier, line: _Repository) -> RepositoryRecord:
    values = msgspec.structs.asdict(line)
    facts = {name: values[name] for name in Repository.__struct_fields__ if name in values}
    repository = Repository(id=str(identifier), url=url(identifier), **facts)
    return RepositoryRecord(
        source=NAME,
        identifier=identifier,
        repository=repository,
        as_of=line.as_of,
        provisional=True,
    )
