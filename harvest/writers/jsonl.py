"""One JSON object a line, each with `kind`: work or repository. For streams and line tools."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harvest.models import Dataset
from harvest.writers.base import Writer


class JsonLinesWriter(Writer):
    """dataset.jsonl: the works, then the repositories."""

    name = "jsonl"

    def write(self, dataset: Dataset) -> dict[str, bytes]:
        """Return dataset.jsonl."""
        return {"dataset.jsonl": b"".join(_lines(dataset))}


def _lines(dataset: Dataset) -> Iterator[bytes]:
    for kind, records in (("work", dataset.works), ("repository", dataset.repositories)):
        for record in records:
            yield msgspec.json.encode({"kind": kind, **msgspec.to_builtins(record)}) + b"\n"
