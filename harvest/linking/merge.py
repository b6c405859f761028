"""Which value wins: registries before the starter snapshot before the lists, the published form before the preprint."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from harvest.config import FILE, ActivityMonths, Correction
from harvest.dates import parse_date, sort_key
from harvest.entries import CodeLink, ListedWorks, fold_case
from harvest.identifiers import url
from harvest.linking import integrity, score, uncollected
from harvest.linking.cluster import Clusters, cluster
from harvest.models import (
    Activity,
    Assertion,
    Author,
    Claim,
    Dataset,
    Identifier,
    IntegrityNotice,
    Manifestation,
    ManifestationKind,
    Mention,
    Provenance,
    Record,
    Repository,
    RepositoryRecord,
    Work,
    WorkRepository,
    WorkStatus,
)

# The best identifier of a work, and the order of its forms.
SCHEMES = (
    "doi",
    "arxiv",
    "pubmed",
    "pmc",
    "openreview",
    "jmlr",
    "pmlr",
    "acl",
    "ieee",
    "pii",
    "url",
)
SCHEME_RANKS = {scheme: rank for rank, scheme in enumerate(SCHEMES)}
LAST = len(SCHEMES)
KINDS: tuple[ManifestationKind, ...] = ("version_of_record", "dataset", "preprint", "web", "other")
ALWAYS = ("doi", "arxiv", "openreview", "pii", "url")  # keys of `identifiers` that every work has
ALIASES = frozenset(
    {"pii", "ieee", "pubmed", "pmc"}
)  # names of a form that has its own identifier, not forms themselves
FIELDS = ("type", "title", "authors", "date", "container", "publisher", "cited_by")


@uncollected()
def merge(
    listed: ListedWorks,
    records: Iterable[Record | RepositoryRecord],
    missing: Collection[Identifier],
    limits: ActivityMonths,
    last: Dataset | None = None,
    ranks: Mapping[str, int] | None = None,
    linked: Clusters | None = None,
) -> Dataset:
    """Build the dataset from what lists name and sources say.

    `missing` are the identifiers that a registry says do not exist, `last` the last published dataset (its work ids
    are kept), `ranks` the rank of each source, `linked` which identifiers are one work (None: what the records assert,
    and likeness). The order of the records plays no part.
    """
    ranks = ranks or {}
    by_rank = sorted(
        records, key=lambda record: (ranks.get(record.source, 0), record.source, record.identifier)
    )
    papers = [record for record in by_rank if isinstance(record, Record)]
    hosts = [record for record in by_rank if isinstance(record, RepositoryRecord)]
    linked = linked or cluster(listed.works, papers)
    works = _works(listed, linked, papers, missing, last)
    repositories, names = _repositories(listed, hosts, missing, limits, linked.overrides.exclude)
    _link(works, repositories, listed.code_links, names)
    return Dataset(
        works=sorted((work for work, _ in works), key=lambda work: work.id),
        repositories=sorted(repositories, key=lambda repository: repository.id),
    )


# -- works -----------------------------------------------------------------------------------------------------------


def _works(
    listed: ListedWorks,
    linked: Clusters,
    records: list[Record],
    missing: Collection[Identifier],
    last: Dataset | None,
) -> list[tuple[Work, list[Identifier]]]:
    said: dict[Identifier, list[Record]] = {}
    told: dict[Identifier, list[IntegrityNotice]] = {}
    for record in records:
        said.setdefault(record.identifier, []).append(record)
        for target, notice in record.notices:
            told.setdefault(target, []).append(notice)
    ids = _stable_ids(linked.groups, listed, last)
    works = []
    for group, (identity, aliases) in zip(linked.groups, ids, strict=True):
        mentions = [mention for identifier in group for mention in listed.works.get(identifier, ())]
        known = [record for identifier in group for record in said.get(identifier, ())]
        work = _work(identity, aliases, group, mentions, known, missing)
        notices = [notice for identifier in group for notice in told.get(identifier, ())]
        work.integrity = integrity.merge_notices([*work.integrity, *notices])
        matched = {
            linked.matched[identifier] for identifier in group if identifier in linked.matched
        }
        if found := sorted(matched.intersection(group)):
            work.provenance["identifiers"] = Provenance(score.NAME, str(found[0]))
        for identifier in group:
            if correction := linked.overrides.corrections.get(identifier):
                _correct(work, correction, known)
        works.append((work, group))
    return works


def _correct(work: Work, correction: Correction, records: list[Record]) -> None:
    """Put in a maintainer's values; what the sources say instead stays in the provenance."""
    given = {
        field: value
        for field, value in msgspec.structs.asdict(correction).items()
        if value is not None
    }
    for field, value in given.items():
        claims = {
            Claim(record.source, str(record.identifier), _scalar(getattr(record, field)))
            for record in _tier(field, records)
        }
        also = tuple(sorted(claim for claim in claims if claim.value != value))
        work.provenance[field] = Provenance(FILE, None, also)
        setattr(work, field, [Author(name) for name in value] if field == "authors" else value)
    if "date" in given:
        work.year = int(given["date"][:4])


def _work(
    identity: str,
    aliases: list[str],
    group: list[Identifier],
    mentions: list[Mention],
    records: list[Record],
    missing: Collection[Identifier],
) -> Work:
    registries = [record for record in records if not record.provisional]
    snapshot = [record for record in records if record.provisional]
    registries.sort(key=_face)
    snapshot.sort(key=_face)
    values: dict[str, Any] = {"authors": []}
    provenance: dict[str, Provenance] = {}
    undisputed: dict[Identifier, Provenance] = {}
    for field in FIELDS:
        tier = _tier(field, registries) or _tier(field, snapshot)
        if tier:
            winner = min(tier, key=lambda r: sort_key(r.date or "")) if field == "date" else tier[0]
            values[field] = getattr(winner, field)
            also = (
                _losers(field, winner, records) if len(records) > 1 or winner.former_titles else ()
            )
            alone = undisputed.setdefault(
                winner.identifier, Provenance(winner.source, str(winner.identifier))
            )
            same = alone.source == winner.source and not also  # most values share one provenance
            provenance[field] = alone if same else Provenance(winner.source, alone.identifier, also)
    for field, value in _listed_values(mentions).items():
        if not values.get(field) and value:
            values[field] = value
            provenance[field] = Provenance("list")
    day = values.get("date")
    return Work(
        id=identity,
        aliases=aliases,
        status=_status(group, registries, snapshot, missing),
        type=values.get("type"),
        title=values.get("title"),
        authors=list(values["authors"]),
        date=day,
        year=int(day[:4]) if day else None,
        container=values.get("container"),
        publisher=values.get("publisher"),
        cited_by=values.get("cited_by"),
        identifiers=_identifiers(group),
        manifestations=_manifestations(group, [*registries, *snapshot]),
        integrity=[notice for record in registries for notice in record.integrity],
        facets={},
        repositories=[],
        mentions=sorted(
            (mention.place for mention in mentions),
            key=lambda place: (place.seed, place.line, place.url),
        ),
        provenance=provenance,
        assertions=sorted({_assertion(record) for record in registries}),
        stale_since=min((r.stale_since for r in registries if r.stale_since), default=None),
    )


def _assertion(record: Record) -> Assertion:
    return Assertion(
        record.source, str(record.identifier), tuple(sorted(set(map(str, record.same_work))))
    )


def _face(record: Record) -> tuple[int, int, str]:
    """Order records so that the form that stands for the work comes first; the sort keeps the rank of sources."""
    return (
        KINDS.index(record.kind),
        SCHEME_RANKS.get(record.identifier.scheme, LAST),
        record.identifier.value,
    )


def _preference(identifier: Identifier) -> tuple[int, str]:
    return SCHEME_RANKS.get(identifier.scheme, LAST), str(identifier)


def _tier(field: str, records: list[Record]) -> list[Record]:
    return [record for record in records if getattr(record, field) not in (None, ())]


def _losers(field: str, winner: Record, records: list[Record]) -> tuple[Claim, ...]:
    claims = {
        Claim(record.source, str(record.identifier), _scalar(getattr(record, field)))
        for record in _tier(field, records)
        if getattr(record, field) != getattr(winner, field)
    }
    if field == "title":
        claims |= {
            claim
            for record in records
            for claim in record.former_titles
            if claim.value != winner.title
        }
    return tuple(sorted(claims, key=lambda claim: (claim.source, claim.identifier)))


def _scalar(value: str | int | tuple[Author, ...]) -> str | int:
    return "; ".join(author.name for author in value) if isinstance(value, tuple) else value


def _listed_values(mentions: list[Mention]) -> dict[str, str | None]:
    """Give what the lists themselves say, the first mention first. Author strings stay in the mentions, unsplit."""
    ordered = sorted(mentions, key=lambda mention: (mention.seed, mention.line))
    dates = (parse_date(mention.date) for mention in ordered if mention.date)
    return {
        "title": next((mention.title for mention in ordered if mention.title), None),
        "date": next(filter(None, dates), None),
    }


def _status(
    group: list[Identifier],
    registries: list[Record],
    snapshot: list[Record],
    missing: Collection[Identifier],
) -> WorkStatus:
    if registries:
        return "resolved"
    asked = [identifier for identifier in group if identifier.scheme in ("doi", "arxiv")]
    if asked and all(identifier in missing for identifier in asked):
        return "not_found"
    return "provisional" if snapshot else "listed"


def _identifiers(group: list[Identifier]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {scheme: [] for scheme in ALWAYS}
    for identifier in group:
        values.setdefault(identifier.scheme, []).append(identifier.value)
    return values


def _manifestations(group: list[Identifier], records: list[Record]) -> list[Manifestation]:
    forms = [identifier for identifier in group if identifier.scheme not in ALIASES] or group
    by_identifier = {record.identifier: record for record in reversed(records)}
    shown = []
    for identifier in forms:
        record = by_identifier.get(identifier)
        kind = record.kind if record else _kind(identifier)
        day = record.date if record else None
        shown.append(Manifestation(str(identifier), kind, day, url(identifier)))
    return sorted(shown, key=lambda form: form.identifier)


def _kind(identifier: Identifier) -> ManifestationKind:
    return {"arxiv": "preprint", "url": "web"}.get(identifier.scheme, "other")  # type: ignore[return-value]  # of kinds


def _stable_ids(
    members: list[list[Identifier]], listed: ListedWorks, last: Dataset | None
) -> list[tuple[str, list[str]]]:
    """Give each group its id and aliases: the id that it had in the last dataset, else its best listed identifier.

    An id of the last dataset goes to the group that holds it, or, when its identifier is in no list any more, to the
    groups that share another identifier with that work. Ids that a group had before stay as its aliases, until a
    work of its own bears them: what is split off gets its id back.
    """
    before: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    for work in last.works if last else ():
        aliases[work.id] = work.aliases
        before.update(dict.fromkeys(work.curies, work.id))
    current = {str(identifier) for group in members for identifier in group}
    ids: list[tuple[str, list[str]]] = []
    given: set[str] = set()
    for group in members:
        own = {str(identifier) for identifier in group}
        had = {before[name] for name in own if name in before}
        candidates = [
            name for name in had if (name in own or name not in current) and name not in given
        ]
        returned = [Identifier.of(alias) for name in had for alias in aliases[name] if alias in own]
        best = min(returned or (i for i in group if i in listed.works), key=_preference)
        identity = min(
            candidates,
            key=lambda name: (name not in own, _preference(Identifier.of(name))),
            default=str(best),
        )
        given.add(identity)
        old = {alias for name in had if name in candidates for alias in (name, *aliases[name])}
        ids.append(
            (
                identity,
                sorted(alias for alias in old - {identity} if alias in own or alias not in current),
            )
        )
    return ids


# -- repositories ----------------------------------------------------------------------------------------------------


def _repositories(
    listed: ListedWorks,
    records: list[RepositoryRecord],
    missing: Collection[Identifier],
    limits: ActivityMonths,
    ignored: Collection[Identifier] = frozenset(),
) -> tuple[list[Repository], dict[Identifier, str]]:
    """Give the repositories, and under which id each listed name is found among them."""
    said: dict[Identifier, RepositoryRecord] = {}
    for record in records:  # the best-ranked source comes first
        said.setdefault(fold_case(record.identifier), record)
    gone = {fold_case(identifier) for identifier in missing if identifier.scheme == "github"}
    merged: dict[int | str, Repository] = {}
    names: dict[Identifier, str] = {}
    for key in sorted(listed.repositories.keys() - ignored):
        repository = _repository(listed.repositories[key], said.get(key), limits, gone=key in gone)
        number: int | str = repository.repository_id or repository.id.lower()
        repository = merged.setdefault(number, repository)
        names[key] = repository.id
    aliases: dict[str, set[str]] = {}
    for key, identity in names.items():
        if str(key) != identity.lower():
            aliases.setdefault(identity, set()).add(str(listed.repositories[key]))
    for repository in merged.values():
        repository.aliases = sorted({*repository.aliases, *aliases.get(repository.id, ())})
    return list(merged.values()), names


def _repository(
    name: Identifier, record: RepositoryRecord | None, limits: ActivityMonths, *, gone: bool
) -> Repository:
    if record is None:
        repository = Repository(id=str(name), url=url(name))
    else:
        repository = record.repository
        repository.source = record.source
        repository.stale_since = record.stale_since
    if gone:
        repository.status = "gone"
    repository.activity = _activity(repository, record, limits)
    return repository


def _activity(
    repository: Repository, record: RepositoryRecord | None, limits: ActivityMonths
) -> Activity:
    """Judge by the day on which the host was asked, never by today: the same cache gives the same dataset."""
    if repository.status == "gone":
        return "gone"
    if repository.archived:
        return "archived"
    if record and record.empty:
        return "empty"
    if record is None or record.as_of is None or repository.pushed_at is None:
        return "unknown"
    asked, pushed = date.fromisoformat(record.as_of), date.fromisoformat(repository.pushed_at[:10])
    months = (asked.year - pushed.year) * 12 + asked.month - pushed.month - (asked.day < pushed.day)
    if months < limits.active:
        return "active"
    return "slow" if months < limits.slow else "dormant"


def _link(
    works: list[tuple[Work, list[Identifier]]],
    repositories: list[Repository],
    links: Iterable[CodeLink],
    names: Mapping[Identifier, str],
) -> None:
    owner = {identifier: work for work, group in works for identifier in group}
    shown: dict[str, set[WorkRepository]] = {}
    named: dict[str, set[str]] = {}
    for row in links:
        work = owner.get(row.work)
        if work and row.repository in names:  # neither is left out by a maintainer
            identity = names[row.repository]
            shown.setdefault(work.id, set()).add(WorkRepository(identity, row.role))
            named.setdefault(identity, set()).add(work.id)
    for work, _ in works:
        work.repositories = sorted(shown.get(work.id, ()))
    for repository in repositories:
        repository.works = sorted(named.get(repository.id, ()))
