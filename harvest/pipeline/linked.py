"""Works and repositories, linked and merged from answers. Nothing is asked here."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

import msgspec

from harvest.dataset import store
from harvest.linking import identity_claims, integrity, look_alikes, overrides
from harvest.linking.cluster import cluster
from harvest.linking.ledger import Verdict
from harvest.linking.look_alikes import Key
from harvest.linking.merge import merge
from harvest.lookup.carry_over import Records, carry_over
from harvest.lookup.session import Session
from harvest.models import Dataset, Finding, Identifier, Mention, Record, RepositoryRecord
from harvest.pipeline.lookups import Lookups


class Linked(msgspec.Struct, frozen=True):
    """The dataset without facets, the records behind it, and what linking has to report.

    `mentions` are those of the lists, with the identifiers that a search found.
    """

    dataset: Dataset
    mentions: list[Mention]
    records: Records
    findings: list[Finding]
    verdicts: list[Verdict]


def link(lookups: Lookups, session: Session, common: Collection[Key] | None = None) -> Linked:
    """Turn answers into works and repositories. Nothing is asked here.

    `common` is as in `add_titles`.
    """
    listing, matches, last = lookups.listing, lookups.matches, session.last
    records = carry_over(
        lookups.answers,
        listing,
        last,
        session.today,
        lookups.former_titles,
        partial(store.works_of, Path(session.settings.output)),
    )
    clusters = lookups.clusters
    if clusters is None or not nothing_carried_over(records.works, lookups.answers.papers):
        clusters = cluster(
            listing.works, records.works, session.overrides, matches.edges, listing.twins, common
        )
    records = _with_abstracts(records, session.settings.abstracts)
    ranks = {source.name: source.rank for source in session.sources.values()}
    activity = session.settings.activity
    all_records: list[Record | RepositoryRecord] = [*records.works, *records.repositories]
    dataset = merge(listing, all_records, records.missing, activity, last, ranks, clusters)
    findings = [
        *matches.findings,
        *identity_claims.doubtful_claims(clusters.doubtful, listing.works),
        *look_alikes.uncertain_matches(clusters.verdicts, listing.works),
        *integrity.conflicts(dataset.works),
        *integrity.anomalies(dataset.works, records.works),
        *overrides.conflicts(session.overrides, clusters.groups),
    ]
    verdicts = [*matches.verdicts, *clusters.verdicts]
    return Linked(dataset, lookups.mentions, records, findings, verdicts)


def nothing_carried_over(records: list[Record], papers: list[Record]) -> bool:
    """Return True if records say of works what the answers do: nothing was carried over."""
    if len(records) != len(papers):
        return False
    for record, paper in zip(records, papers, strict=True):
        if record is not paper:
            bare = msgspec.structs.replace(record, former_titles=(), stale_since=None)
            if bare != paper:
                return False
    return True


def _with_abstracts(records: Records, sources: str) -> Records:
    """Return the records with the abstracts that may be published (setting `abstracts`)."""
    if sources == "all":
        return records
    works = [
        record
        if record.abstract is None or record.source == sources
        else msgspec.structs.replace(record, abstract=None)
        for record in records.works
    ]
    return msgspec.structs.replace(records, works=works)


def current_identifiers(lookups: Lookups, linked: Linked) -> set[Identifier]:
    """Return the identifiers in lists and answers."""
    listing = lookups.listing
    names = {*listing.works, *listing.repositories}
    for record in linked.records.works:
        names.update((record.identifier, *record.same_work))
    return names
