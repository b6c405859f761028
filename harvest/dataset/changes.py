"""Changes between two datasets, each with its cause.

Values are compared only if both come from registries, or both from the same source. The first
answer of a registry, in place of the snapshot or the list, is no change of the world. Titles that
differ in case or punctuation are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Literal

import msgspec

from harvest.config import FILE as OVERRIDES
from harvest.dataset import encoding
from harvest.garbage import without_gc
from harvest.linking import overrides
from harvest.linking.overrides import Groups, Overrides
from harvest.models import (
    NO_REGISTRY,
    AnyDataset,
    AnyWork,
    NoticeKind,
    Repository,
    RepositoryStatus,
)
from harvest.text import fold

FILE = "changes.json"

Kind = Literal[
    "added", "gone", "merged", "split", "published", "retitled", "retracted", "withdrawn",
    "questioned", "corrected", "unlisted", "renamed", "blocked", "back", "archived", "unarchived",
    "stars",
]  # fmt: skip
Cause = Literal["list edited", "settings edited", "source changed", "repository moved"]

NOTICES: dict[NoticeKind, Kind] = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "expression_of_concern": "questioned",
    "correction": "corrected",
}
_STATUSES: dict[RepositoryStatus, Kind] = {"ok": "back", "gone": "gone", "blocked": "blocked"}
_NO_REGISTRY = NO_REGISTRY | {OVERRIDES}  # the last is a maintainer's decision
_ORDER = attrgetter("id", "kind")

Names = dict[str, set[str]]  # the identifiers of works, by id


class Change(msgspec.Struct, frozen=True):
    """One change of a work or repository, from `before` to `after` if it has two values."""

    id: str
    kind: Kind
    cause: Cause
    title: str | None = None
    before: str | int | None = None
    after: str | int | None = None

    @property
    def difference(self) -> str:
        """The values with an arrow between them, one alone, or nothing."""
        values = [str(value) for value in (self.before, self.after) if value is not None]
        return " -> ".join(values)


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


@without_gc()
def between(old: AnyDataset, new: AnyDataset, decisions: Overrides = overrides.NONE) -> Changes:
    """Return what changed from `old` to `new`; `decisions` are those by which `new` was made."""
    works = _compare_works(old.works, new.works, decisions)
    repositories = _compare_repositories(old.repositories, new.repositories, decisions)
    return Changes(works=sorted(works, key=_ORDER), repositories=sorted(repositories, key=_ORDER))


def encode(changes: Changes) -> bytes:
    """Encode changes.json, one change a line."""
    digests = msgspec.json.encode({"before": changes.before, "after": changes.after})
    works = encoding.rows(changes.works) if changes.works else b"[]"
    repositories = encoding.rows(changes.repositories) if changes.repositories else b"[]"
    layout = b'%s,\n"works": %s,\n"repositories": %s}\n'
    return layout % (digests.removesuffix(b"}"), works, repositories)


def lines(changes: Changes) -> Iterator[str]:
    """Yield each change as a line of text."""
    for change in (*changes.works, *changes.repositories):
        title = f"“{change.title}”" if change.title else ""
        parts = (change.kind, change.id, title, change.difference, f"({change.cause})")
        yield "  ".join(filter(None, parts))


def _cause(*, is_decision: bool = False, is_edit: bool = False) -> Cause:
    if is_decision:
        return "settings edited"
    return "list edited" if is_edit else "source changed"


def _names_several(decisions: Groups, works: Iterable[set[str]]) -> bool:
    """Return True if a decision has identifiers of two or more of some works."""
    works = list(works)
    for decision in decisions:
        names = set(map(str, decision))
        if sum(not names.isdisjoint(work) for work in works) > 1:
            return True
    return False


# -- works -----------------------------------------------------------------------------------------


def _compare_works(
    old: Sequence[AnyWork], new: Sequence[AnyWork], decisions: Overrides
) -> Iterator[Change]:
    last = {work.id: work for work in old}
    excluded = set(map(str, decisions.exclude))
    places_before, places_now = _places(*old), _places(*new)
    names_before = {work.id: _curies(work) for work in old}
    names_now = {work.id: _curies(work) for work in new}
    heirs, origins = _relatives(names_before, names_now), _relatives(names_now, names_before)
    for work in old:
        ids = heirs[work.id]
        if not ids:
            cause = _cause(
                is_decision=not excluded.isdisjoint(names_before[work.id]),
                is_edit=places_now.isdisjoint(_places(work)),
            )
            yield Change(work.id, "gone", cause, work.title)
        elif len(ids) > 1:
            names = (names_now[heir] for heir in ids)
            cause = _cause(is_decision=_names_several(decisions.different, names))
            yield Change(work.id, "split", cause, work.title, after="; ".join(ids))
    for work in new:
        ids = origins[work.id]
        if not ids:
            cause = _cause(is_edit=places_before.isdisjoint(_places(work)))
            yield Change(work.id, "added", cause, work.title)
        elif len(ids) > 1:
            names = (names_before[origin] for origin in ids)
            cause = _cause(
                is_decision=_names_several(decisions.same, names),
                is_edit=not _places(work) <= places_before,
            )
            yield Change(work.id, "merged", cause, work.title, before="; ".join(ids))
        elif len(heirs[ids[0]]) == 1:
            yield from _compare_work(last[ids[0]], work)


def _relatives(works: Names, others: Names) -> dict[str, list[str]]:
    """Return, for each work, the ids of the others that share an identifier or have its id."""
    owners: dict[str, str] = {}
    for other, names in others.items():
        owners.update(dict.fromkeys(names, other))
    relatives = {}
    for work, names in works.items():
        relatives[work] = sorted({owners[name] for name in names if name in owners})
    return relatives


def _curies(work: AnyWork) -> set[str]:
    curies = {work.id}
    for scheme, values in work.identifiers.items():
        for value in values:
            curies.add(f"{scheme}:{value}")
    return curies


def _places(*works: AnyWork) -> set[tuple[str, str]]:
    """Return list and link (or title) of each entry. A row on another line has not changed."""
    places: set[tuple[str, str]] = set()
    for work in works:
        places.update((place.seed, place.url or place.title or "") for place in work.mentions)
    return places


def _compare_work(old: AnyWork, new: AnyWork) -> Iterator[Change]:
    """Yield the changes of one work. The first answer of a registry is none, but for the title."""
    if old.status == "resolved":
        yield from _compare_forms(old, new)
        yield from _compare_notices(old, new)
    if not old.title or not new.title or old.title == new.title:
        return
    if fold(old.title) == fold(new.title):
        return
    before, now = _title_source(old), _title_source(new)
    if before == now or _NO_REGISTRY.isdisjoint({before, now}):
        cause = _cause(is_decision=now == OVERRIDES, is_edit=now == "list")
        yield Change(new.id, "retitled", cause, before=old.title, after=new.title)


def _compare_forms(old: AnyWork, new: AnyWork) -> Iterator[Change]:
    """Yield that a version of record came out, unless the work had its identifier before."""
    versions = _versions_of_record(new)
    if not _versions_of_record(old) and not versions <= _curies(old):
        cause = _cause(is_edit=not _places(new) <= _places(old))
        yield Change(new.id, "published", cause, new.title, after="; ".join(sorted(versions)))


def _versions_of_record(work: AnyWork) -> set[str]:
    forms = work.manifestations
    return {form.identifier for form in forms if form.kind == "version_of_record"}


def _compare_notices(old: AnyWork, new: AnyWork) -> Iterator[Change]:
    last: dict[NoticeKind, set[str | None]] = defaultdict(set)
    for notice in old.integrity:
        last[notice.kind].add(notice.notice)
    notices: dict[NoticeKind, set[str]] = defaultdict(set)
    for notice in new.integrity:
        same = last[notice.kind]
        may_be_same = notice.notice in same or bool(same and None in {notice.notice, *same})
        if not may_be_same:
            notices[notice.kind].add(notice.notice or notice.source)
    for kind, names in notices.items():
        after = "; ".join(sorted(names))
        yield Change(new.id, NOTICES[kind], "source changed", new.title, after=after)


def _title_source(work: AnyWork) -> str | None:
    origin = work.provenance.get("title")
    return origin.source if origin else None


# -- repositories ----------------------------------------------------------------------------------


def _compare_repositories(
    old: list[Repository], new: list[Repository], decisions: Overrides
) -> Iterator[Change]:
    excluded = set(map(str, decisions.exclude))
    by_key: dict[str | int, Repository] = {}
    for repository in old:
        by_key |= dict.fromkeys(_keys(repository), repository)
    missing = {repository.id for repository in old}
    for repository in new:
        matches = [by_key[key] for key in _keys(repository) if key in by_key]
        if not matches:
            yield Change(repository.id, "added", "list edited")
            continue
        last = matches[0]
        missing.discard(last.id)
        if last.status != "unchecked":
            yield from _compare_repository(last, repository)
    for name in missing:
        cause = _cause(is_decision=name.lower() in excluded, is_edit=True)
        yield Change(name, "unlisted", cause)


def _keys(repository: Repository) -> list[str | int]:
    """Return what identifies a repository: its number, its name, its former names."""
    numbers = [repository.repository_id] if repository.repository_id else []
    return [*numbers, *map(str.lower, [repository.id, *repository.aliases])]


def _compare_repository(old: Repository, new: Repository) -> Iterator[Change]:
    if old.id.lower() != new.id.lower():
        yield Change(new.id, "renamed", "repository moved", before=old.id, after=new.id)
    if old.status != new.status and new.status in _STATUSES:
        yield Change(new.id, _STATUSES[new.status], "source changed")
    if old.source != new.source:
        return
    if {old.archived, new.archived} == {True, False}:
        yield Change(new.id, "archived" if new.archived else "unarchived", "source changed")
    if old.stars != new.stars and None not in {old.stars, new.stars}:
        yield Change(new.id, "stars", "source changed", before=old.stars, after=new.stars)
