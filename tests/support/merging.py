"""Records of every source, and what they are merged into."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from harvest.config import ActivityMonths
from harvest.entries import CodeLink, ListedWorks
from harvest.linking.cluster import Clusters, cluster
from harvest.linking.merge import merge
from harvest.models import (
    Dataset,
    Identifier,
    Mention,
    Record,
    Repository,
    RepositoryRecord,
)

DOI, ARXIV, PII = (
    Identifier.of(text) for text in ("doi:10.1000/a", "arxiv:2301.08227", "pii:S0010482523005802")
)
RANKS = {"crossref": 10, "arxiv": 20, "starter": 90}


def crossref(identifier: Identifier = DOI, **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "version_of_record",
        "type": "journal-article",
        "title": "Published title",
    }
    return Record(source="crossref", identifier=identifier, **{**base, **fields})


def arxiv(identifier: Identifier = ARXIV, **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "preprint",
        "type": "posted-content",
        "title": "Preprint title",
        "container": "arXiv",
    }
    return Record(source="arxiv", identifier=identifier, **{**base, **fields})


def starter(identifier: Identifier = DOI, **fields: Any) -> Record:
    return Record(
        source="starter",
        identifier=identifier,
        provisional=True,
        **{"title": "Remembered", **fields},
    )


def listed(*identifiers: Identifier, **mention: Any) -> ListedWorks:
    mentions = {
        identifier: [
            Mention(
                seed="a.md", line=number, url=str(identifier), role="paper", entry=number, **mention
            )
        ]
        for number, identifier in enumerate(identifiers, 1)
    }
    return ListedWorks(works=mentions)


def merged(
    listing: ListedWorks,
    *records: Record | RepositoryRecord,
    missing: Collection[Identifier] = (),
    last: Dataset | None = None,
    clusters: Clusters | None = None,
) -> Dataset:
    """The dataset of some records; without `clusters`, they and likeness say what is one work."""
    papers = [record for record in records if isinstance(record, Record)]
    clusters = clusters or cluster(listing.works, papers, twins=listing.twins)
    return merge(listing, records, missing, ActivityMonths(), last, RANKS, clusters)


def only(dataset: Dataset) -> Any:
    (work,) = dataset.works
    return work


def host(name: str = "Owner/Name", asked: str | None = None, **fields: Any) -> RepositoryRecord:
    record = {key: fields.pop(key) for key in ("as_of", "empty", "source") if key in fields}
    base = {"status": "ok", "repository_id": 7, "pushed_at": "2026-06-01T00:00:00Z"}
    repository = Repository(
        id=f"github:{name}", url=f"https://github.com/{name}", **{**base, **fields}
    )
    identifier = Identifier("github", asked or name)
    known: dict[str, Any] = {"source": "github", "as_of": "2026-11-21", **record}
    return RepositoryRecord(identifier=identifier, repository=repository, **known)


def code(*names: str, work: Identifier | None = DOI) -> ListedWorks:
    listing = listed(*([work] if work else []))
    for name in names:
        key = Identifier("github", name.lower())
        listing.repositories[key] = Identifier("github", name)
        if work:
            listing.code_links.add(CodeLink(work, key, "code"))
    return listing
