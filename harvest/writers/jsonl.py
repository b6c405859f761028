"""One JSON object a line, each with its `kind`. For streams and line tools.

The kinds are work, repository, facet (one value of a work), finding and change, whose own kind is
`change`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harvest.dataset.publication import Publication
from harvest.writers.base import Writer
from harvest.writers.csv import facets


class JsonLinesWriter(Writer):
    """dataset.jsonl: the works, then the repositories, and what stands around them."""

    name = "jsonl"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return dataset.jsonl."""
        lines = [msgspec.json.encode(row) + b"\n" for row in _rows(publication)]
        return {"dataset.jsonl": b"".join(lines)}


def _rows(publication: Publication) -> Iterator[dict[str, Any]]:
    for work in publication.works:
        yield {"kind": "work", **msgspec.structs.asdict(work)}
    for repository in publication.repositories:
        yield {"kind": "repository", **msgspec.structs.asdict(repository)}
    for facet in facets(publication.works):
        yield {"kind": "facet", **facet}
    for finding in publication.findings:
        row = msgspec.structs.asdict(finding)
        del row["fix"]  # of `lint --fix` alone
        yield {"kind": "finding", **row}
    for change in publication.changes:
        row = msgspec.structs.asdict(change)
        yield {"change": row["kind"], **row, "kind": "change"}
