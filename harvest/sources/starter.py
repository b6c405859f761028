"""The starter snapshot: facts about the default seeds that ship with the repository, for a night without any registry.

It is no registry: its records are provisional, its repositories unchecked, and every registry overrides it. A value in
it was seen in a public place; where the title was matched to the identifier by other evidence than a page that shows
both, `confidence` says "inferred" and the record asserts no identity (a wrong value is corrected by the registry's
answer, a wrong merge is not).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from harvest.errors import MalformedError, UsageError
from harvest.http.clients import Http
from harvest.models import (
    Answer,
    Curie,
    Day,
    Identifier,
    Instant,
    ManifestationKind,
    NonNegativeInt,
    Record,
    ReducedDate,
    Repository,
    RepositoryRecord,
)
from harvest.sources.base import ProbeResult, Source
from harvest.text import make_author

NAME = "starter"

_KINDS: dict[str | None, ManifestationKind] = {
    "book": "version_of_record",
    "book-chapter": "version_of_record",
    "dataset": "dataset",
    "journal-article": "version_of_record",
    "posted-content": "preprint",
    "proceedings-article": "version_of_record",
}


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    family: str
    given: str | None = None


class _Line(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    identifier: Curie
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
    """`pushed_at` is the last commit that was seen; `as_of` is the day on which stars and forks were counted."""

    description: str | None = None
    language: str | None = None
    license: str | None = None
    created_at: Instant | None = None
    pushed_at: Instant | None = None
    default_branch: str | None = None
    stars: NonNegativeInt | None = None
    forks: NonNegativeInt | None = None
    as_of: Day | None = None


class Starter(Source):
    """The snapshot that ships with the repository."""

    name = NAME
    rank = 90
    registry = False
    schemes = frozenset(
        {
            "doi",
            "arxiv",
            "github",
            "pii",
            "ieee",
            "openreview",
            "pubmed",
            "pmc",
            "jmlr",
            "pmlr",
            "acl",
            "url",
        }
    )

    def fetch(
        self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
    ) -> Iterator[Answer]:
        """Give what the snapshot holds; not found says that it is not in there, and nothing of the world.

        Raises UsageError for a snapshot that cannot be read: it is a setting, and no other night will mend it.
        """
        snapshot = load(Path(http.settings.starter))
        for identifier in due:
            payload = snapshot.get(identifier)
            yield Answer(
                identifier=identifier, outcome="found" if payload else "not_found", payload=payload
            )

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record | RepositoryRecord:
        """Read one line of the snapshot. Raises MalformedError for a key or a shape that it does not have."""
        try:
            if identifier.scheme == "github":
                return _repository(identifier, msgspec.convert(payload, _Repository))
            return _record(identifier, msgspec.convert(payload, _Work))
        except msgspec.ValidationError as error:
            raise MalformedError(NAME, f"{identifier}: {error}") from error

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Return that there is nothing to ask."""
        return ProbeResult("ok", "is a file")


def load(path: Path) -> dict[Identifier, dict[str, Any]]:
    """Read the snapshot into one payload an identifier; a file that is not there is an empty one.

    Raises UsageError with file:line for a line that is no JSON object with an identifier of its own.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    payloads: dict[Identifier, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            payload = json.loads(line)
            identifier = Identifier.of(payload["identifier"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}:{number}: not a JSON object with an identifier: {error}"
            ) from error
        if identifier in payloads:
            raise UsageError(f"{path}:{number}: {identifier} stands there twice")
        payloads[identifier] = payload
    return payloads


def _record(identifier: Identifier, line: _Work) -> Record:
    return Record(
        source=NAME,
        identifier=identifier,
        kind=_kind(identifier, line.type),
        type=line.type,
        title=line.title,
        authors=tuple(
            filter(None, (make_author(person.given, person.family) for person in line.authors))
        ),
        date=line.date,
        container=line.container,
        publisher=line.publisher,
        same_work=tuple(map(Identifier.of, line.same_work)),
        provisional=True,
    )


def _kind(identifier: Identifier, type_: str | None) -> ManifestationKind:
    match identifier.scheme:
        case "arxiv":
            return "preprint"
        case "url":
            return "web"
        case _:
            return _KINDS.get(type_, "other")


def _repository(identifier: Identifier, line: _Repository) -> RepositoryRecord:
    repository = Repository(
        id=str(identifier),
        url=f"https://github.com/{identifier.value}",
        description=line.description,
        language=line.language,
        license=line.license,
        created_at=line.created_at,
        pushed_at=line.pushed_at,
        default_branch=line.default_branch,
        stars=line.stars,
        forks=line.forks,
    )
    return RepositoryRecord(
        source=NAME,
        identifier=identifier,
        repository=repository,
        as_of=line.as_of,
        provisional=True,
    )
