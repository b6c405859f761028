"""One JSON object a line, each with `kind`: work or repository. For streams and line tools."""

from __future__ import annotations

import msgspec

from harvest.dataset.publication import Publication
from harvest.writers.base import Writer


class JsonLinesWriter(Writer):
    """dataset.jsonl: the works, then the repositories."""

    name = "jsonl"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return dataset.jsonl."""
        lines = []
        for kind, records in (
            ("work", publication.works),
            ("repository", publication.repositories),
        ):
            for record in records:
                row = {"kind": kind, **msgspec.to_builtins(record)}
                lines.append(msgspec.json.encode(row) + b"\n")
        return {"dataset.jsonl": b"".join(lines)}
