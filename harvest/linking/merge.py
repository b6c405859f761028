"""Which value wins.

Registries come before the starter snapshot, and that before the lists; the published form before
the preprint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any, TypeVar

import msgspec

from harvest.config import FILE, ActivityMonths, Correction
from harvest.dates import parse_date, sort_key
from harvest.entries import ListedWorks
from harvest.garbage import without_gc
from harvest.identifiers import url
from harvest.linking import integrity, score
from harvest.linking.author_lists import part_name
from harvest.linking.cluster import Clusters
from harvest.linking.repositories import merge_repositories
from harvest.linking.work_ids import assign_ids, scheme_rank
from harvest.models import (
    AnyDataset,
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
    RepositoryRecord,
    Work,
    WorkRepository,
    WorkStatus,
)

KINDS: tuple[ManifestationKind, ...] = ("version_of_record", "dataset", "preprint", "web", "other")
KIND_BY_SCHEME: dict[str, ManifestationKind] = {"arxiv": "preprint", "url": "web"}
ALWAYS = ("doi", "arxiv", "openreview", "pii", "url")  # keys of `identifiers` that every work has
# Other names of a form with an identifier.
NO_FORM = frozenset({"acm", "ieee", "ijcai", "mitpress", "osf", "oup", "pii", "pmc", "pubmed"})
FIELDS = ("type", "title", "authors", "date", "container", "publisher", "cited_by")
# What a citation needs besides: what the record of the container says of it, and single facts.
OF_CONTAINER = (
    "volume", "issue", "pages", "article_number", "issn", "isbn", "editors", "event", "series",
)  # fmt: skip
FACTS = ("journal_ref", "language", "license", "funders", "subjects", "abstract")
WHOLE_NAMES = frozenset({"arxiv"})  # sources that leave given and family name together
NOTHING = (None, ())  # values of a field that a record does not have


Item = TypeVar("Item")


@without_gc()
def merge(
    listing: ListedWorks,
    records: Iterable[Record | RepositoryRecord],
    missing: Collection[Identifier],
    limits: ActivityMonths,
    last: AnyDataset | None,
    ranks: Mapping[str, int],
    clusters: Clusters,
) -> Dataset:
    """Build the dataset from what lists name and sources say.

    `missing` are the identifiers that a registry says do not exist, `last` the last published
    dataset (its work ids are kept), `ranks` the rank of each source, `clusters` the identifiers of
    each work. The order of the records does not matter.
    """
    by_rank = sorted(records, key=lambda record: (record.source, record.identifier))
    by_rank.sort(key=lambda record: ranks.get(record.source, 0))
    papers = [record for record in by_rank if isinstance(record, Record)]
    hosts = [record for record in by_rank if isinstance(record, RepositoryRecord)]
    works = _works(listing, clusters, papers, missing, last)
    exclude = clusters.overrides.exclude
    names = {key: name for key, name in listing.repositories.items() if key not in exclude}
    repositories = merge_repositories(names, hosts, missing, limits)
    by_identifier: dict[Identifier, Work] = {}
    for group, work in zip(clusters.groups, works, strict=True):
        by_identifier.update(dict.fromkeys(group, work))
    for link in sorted(listing.code_links):
        linked, repository = by_identifier.get(link.work), repositories.get(link.repository)
        if linked and repository:  # neither is excluded
            code = WorkRepository(repository.id, link.role)
            linked.repositories = sorted({*linked.repositories, code})
            repository.works = sorted({*repository.works, linked.id})
    unique = {repository.id: repository for repository in repositories.values()}
    return Dataset(
        works=sorted(works, key=lambda work: work.id),
        repositories=sorted(unique.values(), key=lambda repository: repository.id),
    )


def _works(
    listing: ListedWorks,
    clusters: Clusters,
    records: list[Record],
    missing: Collection[Identifier],
    last: AnyDataset | None,
) -> list[Work]:
    by_identifier: dict[Identifier, list[Record]] = defaultdict(list)
    notices: dict[Identifier, list[IntegrityNotice]] = defaultdict(list)
    for record in records:
        by_identifier[record.identifier].append(record)
        for target, notice in record.notices:
            notices[target].append(notice)
    ids = assign_ids(clusters.groups, listing.works, last)
    matched, works = clusters.matched, []
    for group, (work_id, aliases) in zip(clusters.groups, ids, strict=True):
        of_work = _collect(group, by_identifier)
        work = _work(work_id, aliases, group, _collect(group, listing.works), of_work, missing)
        work.integrity = integrity.merge_notices([*work.integrity, *_collect(group, notices)])
        matches = {matched[name] for name in group if name in matched}.intersection(group)
        if matches:
            work.provenance["identifiers"] = Provenance(score.NAME, str(min(matches)))
        elif not clusters.by_list.isdisjoint(group):
            work.provenance["identifiers"] = Provenance("list")
        for identifier in group:
            if identifier in clusters.overrides.corrections:
                _correct(work, clusters.overrides.corrections[identifier], of_work)
        works.append(work)
    return works


def _collect(group: Iterable[Identifier], table: Mapping[Identifier, list[Item]]) -> list[Item]:
    items: list[Item] = []
    for identifier in group:
        items += table.get(identifier, ())
    return items


def _work(
    work_id: str,
    aliases: list[str],
    group: list[Identifier],
    mentions: list[Mention],
    records: list[Record],
    missing: Collection[Identifier],
) -> Work:
    records = sorted(records, key=_form_rank)  # which keeps the order of the sources of a form
    registries = [record for record in records if not record.provisional]
    snapshot = [record for record in records if record.provisional]
    values, provenance = _choose_values(registries, snapshot, mentions)
    places = [mention.place for mention in mentions]
    return Work(
        id=work_id,
        aliases=aliases,
        status=_status(group, registries, snapshot, missing),
        **values,
        year=int(values["date"][:4]) if values["date"] else None,
        identifiers=_identifiers(group),
        manifestations=_manifestations(group, [*registries, *snapshot]),
        integrity=list(chain.from_iterable(record.integrity for record in registries)),
        facets={},
        repositories=[],
        mentions=sorted(places, key=lambda place: (place.seed, place.line, place.url)),
        provenance=provenance,
        assertions=sorted({_assertion(record) for record in registries}),
        stale_since=min((r.stale_since for r in registries if r.stale_since), default=None),
    )


def _form_rank(record: Record) -> tuple[int, int, str]:
    return KINDS.index(record.kind), scheme_rank(record.identifier), record.identifier.value


def _choose_values(
    registries: list[Record], snapshot: list[Record], mentions: list[Mention]
) -> tuple[dict[str, Any], dict[str, Provenance]]:
    records = [*registries, *snapshot]
    if len(records) == 1 and not records[0].former_titles:  # as of most works
        values, provenance = _values_of(records[0])
    else:
        values, provenance = _winning_values(registries, snapshot)
    for field, value in _listed_values(mentions).items():
        if value and not values[field]:
            values[field] = value
            provenance[field] = Provenance("list")
    is_whole = "authors" in provenance and provenance["authors"].source in WHOLE_NAMES
    values["authors"] = [part_name(it) if is_whole else it for it in values["authors"] or ()]
    return values, provenance


def _values_of(record: Record) -> tuple[dict[str, Any], dict[str, Provenance]]:
    """Return the values of the only record of a work, and their one origin."""
    values: dict[str, Any] = dict.fromkeys(FIELDS)
    provenance: dict[str, Provenance] = {}
    origin = Provenance(record.source, str(record.identifier))
    has_place = record.container is not None or record.title is not None
    for field in (*FIELDS, *FACTS, *(OF_CONTAINER if has_place else ())):
        value = getattr(record, field)
        if value not in NOTHING:
            values[field] = list(value) if isinstance(value, tuple) else value
            provenance[field] = origin
    return values, provenance


def _winning_values(
    registries: list[Record], snapshot: list[Record]
) -> tuple[dict[str, Any], dict[str, Provenance]]:
    """Return the best values of several records, with what the others say in their origins."""
    values: dict[str, Any] = dict.fromkeys(FIELDS)
    provenance: dict[str, Provenance] = {}
    origins: dict[Provenance, Provenance] = {}  # most values share one
    records = [*registries, *snapshot]
    for field in FIELDS:
        winner = _first(field, records)
        if winner is None:
            continue
        if field == "date":
            dated = _having(field, registries) or _having(field, snapshot)
            winner = min(dated, key=lambda record: sort_key(record.date or ""))
        values[field] = getattr(winner, field)
        claims = _claims(field, values[field], records)
        origin = Provenance(winner.source, str(winner.identifier), claims)
        provenance[field] = origins.setdefault(origin, origin)
    for field, winner in _choose_details(provenance, records).items():
        value = getattr(winner, field)
        values[field] = list(value) if isinstance(value, tuple) else value
        origin = Provenance(winner.source, str(winner.identifier))
        provenance[field] = origins.setdefault(origin, origin)
    return values, provenance


def _choose_details(
    provenance: Mapping[str, Provenance], records: list[Record]
) -> dict[str, Record]:
    """Return the record that gives each detail.

    A volume never stands beside another journal: it is of the record that gives the container, or
    the title of a book of its own.
    """
    winners = {}
    for field in FACTS:
        first = _first(field, records)
        if first:
            winners[field] = first
    origin = provenance.get("container") or provenance.get("title")
    for record in records:
        name = record.source, str(record.identifier)
        if origin and name == (origin.source, origin.identifier):
            winners |= {field: record for field in OF_CONTAINER if _has(record, field)}
    return winners


def _has(record: Record, field: str) -> bool:
    return getattr(record, field) not in NOTHING


def _first(field: str, records: Iterable[Record]) -> Record | None:
    """Return the first record that has a field."""
    for record in records:
        if getattr(record, field) not in NOTHING:  # as in _has: this is called 20 times a work
            return record
    return None


def _having(field: str, records: Iterable[Record]) -> list[Record]:
    return [record for record in records if _has(record, field)]


def _claims(field: str, value: object, records: list[Record]) -> tuple[Claim, ...]:
    """Return what others say instead, and the titles that the work had before."""
    others = [record for record in _having(field, records) if getattr(record, field) != value]
    claims = {_claim(field, record) for record in others}
    if field == "title":
        former = chain.from_iterable(record.former_titles for record in records)
        claims.update(claim for claim in former if claim.value != value)
    return tuple(sorted(claims))


def _claim(field: str, record: Record) -> Claim:
    value = getattr(record, field)
    if field == "authors":
        value = "; ".join(author.name for author in value)
    return Claim(record.source, str(record.identifier), value)


def _listed_values(mentions: list[Mention]) -> dict[str, str | None]:
    """Return what the lists say, the first mention first. Authors stay in the mentions, unsplit."""
    ordered = sorted(mentions, key=lambda mention: (mention.seed, mention.line))
    dates = (parse_date(mention.date) for mention in ordered if mention.date)
    titles = (mention.title for mention in ordered)
    return {
        "title": next(filter(None, titles), None),
        "date": next(filter(None, dates), None),
    }


def _correct(work: Work, correction: Correction, records: list[Record]) -> None:
    """Put in a maintainer's values; what the sources say instead stays in the provenance."""
    for field, value in msgspec.structs.asdict(correction).items():
        if value is not None:
            claims = {_claim(field, record) for record in _having(field, records)}
            others = sorted(claim for claim in claims if claim.value != value)
            work.provenance[field] = Provenance(FILE, None, tuple(others))
            setattr(work, field, [Author(name) for name in value] if field == "authors" else value)
    if correction.date:
        work.year = int(correction.date[:4])


def _status(
    group: list[Identifier],
    registries: list[Record],
    snapshot: list[Record],
    missing: Collection[Identifier],
) -> WorkStatus:
    if registries:
        return "resolved"
    registered = [identifier for identifier in group if identifier.scheme in ("doi", "arxiv")]
    if registered and all(identifier in missing for identifier in registered):
        return "not_found"
    return "provisional" if snapshot else "listed"


def _identifiers(group: list[Identifier]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {scheme: [] for scheme in ALWAYS}
    for identifier in group:
        values.setdefault(identifier.scheme, []).append(identifier.value)
    return values


def _manifestations(group: list[Identifier], records: list[Record]) -> list[Manifestation]:
    best = {record.identifier: record for record in reversed(records)}
    forms = []
    for identifier in [name for name in group if name.scheme not in NO_FORM] or group:
        record = best.get(identifier)
        kind = record.kind if record else KIND_BY_SCHEME.get(identifier.scheme, "other")
        day = record.date if record else None
        forms.append(Manifestation(str(identifier), kind, day, url(identifier)))
    return sorted(forms, key=lambda form: form.identifier)


def _assertion(record: Record) -> Assertion:
    same_as = sorted({str(identifier) for identifier in record.same_work})
    author_claims = sorted({str(identifier) for identifier in record.author_claims})
    name = str(record.identifier)
    return Assertion(record.source, name, tuple(same_as), tuple(author_claims))
