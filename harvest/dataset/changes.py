"""What changed between two datasets, and why.

Only what the same kind of witness said then and now is compared: that a registry answers for the first time, where the
starter snapshot or the list spoke before, is no change of the world. A difference in case or punctuation is no change
of a title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Literal

import msgspec

from harvest.config import FILE as DECISIONS
from harvest.models import Dataset, NoticeKind, Repository, Work
from harvest.text import fold

FILE = "changes.json"

Kind = Literal[
    "added", "gone", "merged", "split", "published", "retitled", "retracted", "withdrawn", "questioned", "corrected",
    "unlisted", "renamed", "blocked", "back", "archived", "unarchived", "stars",
]  # fmt: skip
Cause = Literal["list edited", "source changed", "repository moved"]
Places = set[
    tuple[str, str]
]  # list and link (or title), without the line: moving a row changes nothing

NOTICES: dict[NoticeKind, Kind] = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "expression_of_concern": "questioned",
    "correction": "corrected",
}
_WITNESSES = {"starter", "list", DECISIONS}  # who is no registry; the last is a maintainer


class Change(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One change of a work or repository; `before` and `after` are what it changed from and to, where there are two."""

    id: str
    kind: Kind
    cause: Cause
    title: str | None = None
    before: str | int | None = None
    after: str | int | None = None


class Changes(msgspec.Struct, kw_only=True):
    """All changes from one dataset to another, sorted; `before` and `after` are the SHA-256 of their dataset.json."""

    before: str | None = None
    after: str | None = None
    works: list[Change] = []
    repositories: list[Change] = []

    def __bool__(self) -> bool:
        return bool(self.works or self.repositories)


def between(old: Dataset, new: Dataset) -> Changes:
    """Give what changed from `old` to `new`."""
    return Changes(
        works=sorted(_works(old, new), key=_order),
        repositories=sorted(_repositories(old, new), key=_order),
    )


def encode(changes: Changes) -> bytes:
    """Give changes.json, one change a line."""
    head = msgspec.json.encode({"before": changes.before, "after": changes.after})[:-1]
    lists = (
        b',\n"%s": [%s]'
        % (name, b"\n" + b",\n".join(map(msgspec.json.encode, rows)) + b"\n" if rows else b"")
        for name, rows in ((b"works", changes.works), (b"repositories", changes.repositories))
    )
    return head + b"".join(lists) + b"}\n"


def digest(dataset: bytes) -> str:
    """Give the name by which a published dataset.json is known."""
    return sha256(dataset).hexdigest()


def lines(changes: Changes) -> Iterator[str]:
    """Give each change as a line of text."""
    for change in (*changes.works, *changes.repositories):
        moved = " -> ".join(
            str(value) for value in (change.before, change.after) if value is not None
        )
        parts = (
            change.kind,
            change.id,
            change.title and f"“{change.title}”",
            moved,
            f"({change.cause})",
        )
        yield "  ".join(part for part in parts if part)


def _order(change: Change) -> tuple[str, ...]:
    return change.id, change.kind, str(change.before), str(change.after)


# -- works -----------------------------------------------------------------------------------------------------------


def _works(old: Dataset, new: Dataset) -> Iterator[Change]:
    heirs, sources = _families(old.works, new.works), _families(new.works, old.works)
    listed_before, listed_now = _places(old.works), _places(new.works)
    by_id = {work.id: work for work in old.works}
    for work in old.works:
        if not heirs[work.id]:
            cause: Cause = "source changed" if _places([work]) & listed_now else "list edited"
            yield Change(id=work.id, kind="gone", title=work.title, cause=cause)
        elif len(heirs[work.id]) > 1:
            into = "; ".join(sorted(heirs[work.id]))
            yield Change(
                id=work.id, kind="split", title=work.title, after=into, cause="source changed"
            )
    for work in new.works:
        origin, places = sources[work.id], _places([work])
        if not origin:
            cause = "source changed" if places & listed_before else "list edited"
            yield Change(id=work.id, kind="added", title=work.title, cause=cause)
        elif len(origin) > 1:
            cause = "source changed" if places <= listed_before else "list edited"
            yield Change(
                id=work.id,
                kind="merged",
                title=work.title,
                before="; ".join(sorted(origin)),
                cause=cause,
            )
        if len(origin) == 1 and len(heirs[min(origin)]) == 1:
            yield from _altered(by_id[min(origin)], work)


def _altered(old: Work, new: Work) -> Iterator[Change]:
    """Compare a work with what it was; what no registry had answered for has not changed, it is merely known now."""
    if old.status == "resolved":
        yield from _news(old, new)
    if old.title and new.title and fold(old.title) != fold(new.title) and _comparable(old, new):
        said: Cause = "list edited" if _witness(new) in {"list", DECISIONS} else "source changed"
        yield Change(id=new.id, kind="retitled", before=old.title, after=new.title, cause=said)


def _news(old: Work, new: Work) -> Iterator[Change]:
    """Tell that a work was published, retracted or the like."""
    cause: Cause = "source changed" if _places([new]) <= _places([old]) else "list edited"
    before, after = (
        {f.identifier for f in work.manifestations if f.kind == "version_of_record"}
        for work in (old, new)
    )
    if not before and after - _names(
        old
    ):  # a DOI that was known had been published, though nobody told of it
        yield Change(
            id=new.id,
            kind="published",
            title=new.title,
            after="; ".join(sorted(after)),
            cause=cause,
        )
    for kind in sorted(
        {notice.kind for notice in new.integrity} - {notice.kind for notice in old.integrity}
    ):
        notices = "; ".join(sorted({n.notice or n.source for n in new.integrity if n.kind == kind}))
        yield Change(
            id=new.id, kind=NOTICES[kind], title=new.title, after=notices, cause="source changed"
        )


def _witness(work: Work) -> str | None:
    found = work.provenance.get("title")
    return found.source if found else None


def _comparable(old: Work, new: Work) -> bool:
    """Tell whether both titles come from registries, or both from the same place that is none."""
    before, now = _witness(old), _witness(new)
    return before == now or not {before, now} & _WITNESSES


def _families(works: Iterable[Work], others: Iterable[Work]) -> dict[str, set[str]]:
    """Give, for each work, the ids of those among `others` that share an identifier with it, or bear its id."""
    owners: dict[str, str] = {}
    for other in others:
        owners.update(dict.fromkeys(_names(other), other.id))
    return {work.id: {owners[name] for name in _names(work) if name in owners} for work in works}


def _names(work: Work) -> set[str]:
    return {work.id, *work.curies}


def _places(works: Iterable[Work]) -> Places:
    return {
        (place.seed, place.url or place.title or "") for work in works for place in work.mentions
    }


# -- repositories ----------------------------------------------------------------------------------------------------


def _repositories(old: Dataset, new: Dataset) -> Iterator[Change]:
    before = {key: repository for repository in old.repositories for key in _keys(repository)}
    seen: set[str] = set()
    for repository in new.repositories:
        last = next((before[key] for key in _keys(repository) if key in before), None)
        if last is None:
            yield Change(id=repository.id, kind="added", cause="list edited")
            continue
        seen.add(last.id)
        yield from _moved(last, repository)
    for repository in old.repositories:
        if repository.id not in seen:
            yield Change(id=repository.id, kind="unlisted", cause="list edited")


def _keys(repository: Repository) -> list[str | int]:
    """Give by what a repository is recognised: its number, its name, the names that it had."""
    number = [repository.repository_id] if repository.repository_id is not None else []
    return [*number, repository.id.lower(), *(alias.lower() for alias in repository.aliases)]


def _moved(old: Repository, new: Repository) -> Iterator[Change]:
    """Compare a repository with what it was, as far as its host had told of it."""
    if old.status == "unchecked":
        return
    if old.id.lower() != new.id.lower():
        yield Change(
            id=new.id, kind="renamed", before=old.id, after=new.id, cause="repository moved"
        )
    if old.status != new.status and new.status in {"gone", "blocked"}:
        kind: Kind = "gone" if new.status == "gone" else "blocked"
        yield Change(id=new.id, kind=kind, cause="source changed")
    elif new.status == "ok" and old.status in {"gone", "blocked"}:
        yield Change(id=new.id, kind="back", cause="source changed")
    if old.source != new.source:
        return
    if old.archived is not None and new.archived is not None and old.archived != new.archived:
        yield Change(
            id=new.id, kind="archived" if new.archived else "unarchived", cause="source changed"
        )
    if old.stars is not None and new.stars is not None and old.stars != new.stars:
        yield Change(
            id=new.id, kind="stars", before=old.stars, after=new.stars, cause="source changed"
        )
