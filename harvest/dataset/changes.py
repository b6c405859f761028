"""Changes between two datasets, each with its cause.

Values are compared only if both come from registries, or both from the same source. The first
answer of a registry, in place of the snapshot or the list, is no change of the world. Titles that
differ in case or punctuation are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Literal

import msgspec

from harvest.config import FILE as OVERRIDES
from harvest.models import NO_REGISTRY, Dataset, NoticeKind, Repository, RepositoryStatus, Work
from harvest.text import fold

FILE = "changes.json"

Kind = Literal[
    "added", "gone", "merged", "split", "published", "retitled", "retracted", "withdrawn",
    "questioned", "corrected", "unlisted", "renamed", "blocked", "back", "archived", "unarchived",
    "stars",
]  # fmt: skip
Cause = Literal["list edited", "source changed", "repository moved"]
EDITED: Literal["list edited"] = "list edited"
SOURCE: Literal["source changed"] = "source changed"

# List and link (or title) of each entry, without its line: a row that moved has not changed.
Places = set[tuple[str, str]]
Related = dict[str, set[str]]

NOTICES: dict[NoticeKind, Kind] = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "expression_of_concern": "questioned",
    "correction": "corrected",
}
_STATUS_CHANGES: dict[RepositoryStatus, Kind] = {"ok": "back", "gone": "gone", "blocked": "blocked"}
_NO_REGISTRY = NO_REGISTRY | {OVERRIDES}  # the last is a maintainer's decision


class Change(msgspec.Struct, frozen=True, order=True):
    """One change of a work or repository, from `before` to `after` if it has two values."""

    id: str
    kind: Kind
    cause: Cause
    title: str | None = None
    before: str | int | None = None
    after: str | int | None = None


class Changes(msgspec.Struct, kw_only=True):
    """All changes between two datasets, sorted.

    `before` and `after` are the SHA-256 of the two dataset.json.
    """

    before: str | None = None
    after: str | None = None
    works: list[Change] = []
    repositories: list[Change] = []

    def __bool__(self) -> bool:
        return bool(self.works or self.repositories)


def between(old: Dataset, new: Dataset) -> Changes:
    """Return what changed from `old` to `new`."""
    return Changes(
        works=sorted(_compare_works(old, new), key=_sort_key),
        repositories=sorted(_compare_repositories(old, new), key=_sort_key),
    )


def encode(changes: Changes) -> bytes:
    """Encode changes.json, one change a line."""
    head = msgspec.json.encode({"before": changes.before, "after": changes.after})[:-1]
    works, repositories = _encode_rows(changes.works), _encode_rows(changes.repositories)
    return b'%s,\n"works": [%s],\n"repositories": [%s]}\n' % (head, works, repositories)


def _encode_rows(rows: list[Change]) -> bytes:
    return b"\n" + b",\n".join(map(msgspec.json.encode, rows)) + b"\n" if rows else b""


def digest(dataset: bytes) -> str:
    """Return the SHA-256 that identifies a published dataset.json."""
    return sha256(dataset).hexdigest()


def lines(changes: Changes) -> Iterator[str]:
    """Yield each change as a line of text."""
    for change in (*changes.works, *changes.repositories):
        values = [str(value) for value in (change.before, change.after) if value is not None]
        title = change.title and f"“{change.title}”"
        parts = (change.kind, change.id, title, " -> ".join(values), f"({change.cause})")
        yield "  ".join(filter(None, parts))


def _sort_key(change: Change) -> tuple[str, ...]:
    return change.id, change.kind, str(change.before), str(change.after)


# -- works -----------------------------------------------------------------------------------------


def _compare_works(old: Dataset, new: Dataset) -> Iterator[Change]:
    heirs = _related(old.works, new.works)
    origins = _related(new.works, old.works)
    yield from _missing_works(old, heirs, _places(*new.works))
    places_before = _places(*old.works)
    last = {work.id: work for work in old.works}
    for work in new.works:
        ids = sorted(origins[work.id])
        places = _places(work)
        if not ids:
            cause = EDITED if places_before.isdisjoint(places) else SOURCE
            yield Change(work.id, "added", cause, work.title)
        elif len(ids) > 1:
            cause = SOURCE if places <= places_before else EDITED
            yield Change(work.id, "merged", cause, work.title, before="; ".join(ids))
        elif len(heirs[ids[0]]) == 1:
            yield from _compare_work(last[ids[0]], work)


def _missing_works(old: Dataset, heirs: Related, places_now: Places) -> Iterator[Change]:
    for work in old.works:
        ids = sorted(heirs[work.id])
        if not ids:
            cause = EDITED if places_now.isdisjoint(_places(work)) else SOURCE
            yield Change(work.id, "gone", cause, work.title)
        elif len(ids) > 1:
            yield Change(work.id, "split", SOURCE, work.title, after="; ".join(ids))


def _related(works: list[Work], others: list[Work]) -> Related:
    """Return, for each work, the ids of the others that share an identifier or have its id."""
    owners = {}
    for other in others:
        for curie in _curies(other):
            owners[curie] = other.id
    related = {}
    for work in works:
        shared = owners.keys() & _curies(work)
        related[work.id] = {owners[curie] for curie in shared}
    return related


def _curies(work: Work) -> set[str]:
    return {work.id, *work.curies}


def _places(*works: Work) -> Places:
    places = set()
    for work in works:
        for place in work.mentions:
            places.add((place.seed, place.url or place.title or ""))
    return places


def _compare_work(old: Work, new: Work) -> Iterator[Change]:
    """Yield the changes of one work. The first answer of a registry is none, but for the title."""
    if old.status == "resolved":
        yield from _compare_forms(old, new)
        yield from _compare_notices(old, new)
    if not old.title or not new.title or fold(old.title) == fold(new.title):
        return
    before, now = _title_source(old), _title_source(new)
    if before == now or _NO_REGISTRY.isdisjoint({before, now}):
        cause = EDITED if now in {"list", OVERRIDES} else SOURCE
        yield Change(new.id, "retitled", cause, before=old.title, after=new.title)


def _compare_forms(old: Work, new: Work) -> Iterator[Change]:
    """Yield that a version of record came out, unless the work had its identifier before."""
    published = _versions_of_record(new)
    if not _versions_of_record(old) and not published <= _curies(old):
        cause = SOURCE if _places(new) <= _places(old) else EDITED
        yield Change(new.id, "published", cause, new.title, after="; ".join(sorted(published)))


def _versions_of_record(work: Work) -> set[str]:
    forms = work.manifestations
    return {form.identifier for form in forms if form.kind == "version_of_record"}


def _compare_notices(old: Work, new: Work) -> Iterator[Change]:
    """Yield that a work was retracted, withdrawn, questioned or corrected."""
    notices: dict[NoticeKind, set[str]] = {}
    for notice in new.integrity:
        notices.setdefault(notice.kind, set()).add(notice.notice or notice.source)
    for kind in sorted(notices.keys() - {notice.kind for notice in old.integrity}):
        after = "; ".join(sorted(notices[kind]))
        yield Change(new.id, NOTICES[kind], SOURCE, new.title, after=after)


def _title_source(work: Work) -> str | None:
    provenance = work.provenance.get("title")
    return provenance.source if provenance else None


# -- repositories ----------------------------------------------------------------------------------


def _compare_repositories(old: Dataset, new: Dataset) -> Iterator[Change]:
    by_key = {}
    for repository in old.repositories:
        for key in _keys(repository):
            by_key[key] = repository
    missing = {repository.id for repository in old.repositories}
    for repository in new.repositories:
        last = next(filter(None, map(by_key.get, _keys(repository))), None)
        if last is None:
            yield Change(repository.id, "added", EDITED)
            continue
        missing.discard(last.id)
        if last.status != "unchecked":
            yield from _compare_repository(last, repository)
    for name in missing:
        yield Change(name, "unlisted", EDITED)


def _keys(repository: Repository) -> list[str | int]:
    """Return what identifies a repository: its number, its name, its former names."""
    names = [name.lower() for name in (repository.id, *repository.aliases)]
    return [repository.repository_id, *names] if repository.repository_id else [*names]


def _compare_repository(old: Repository, new: Repository) -> Iterator[Change]:
    """Yield the changes of a repository that its host had answered for."""
    if old.id.lower() != new.id.lower():
        yield Change(new.id, "renamed", "repository moved", before=old.id, after=new.id)
    if old.status != new.status and new.status in _STATUS_CHANGES:
        yield Change(new.id, _STATUS_CHANGES[new.status], SOURCE)
    if old.source != new.source:
        return
    if None not in (old.archived, new.archived) and old.archived != new.archived:
        yield Change(new.id, "archived" if new.archived else "unarchived", SOURCE)
    if None not in (old.stars, new.stars) and old.stars != new.stars:
        yield Change(new.id, "stars", SOURCE, before=old.stars, after=new.stars)
